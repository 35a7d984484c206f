//! An experiment as a Python script: the same setting in PyTorch with pytorch-metric-learning, to check ours against.

use std::fmt::Write as _;

use super::{
    Convolution, ConvolutionLayout, ConvolutionShape, EvaluateOn, Experiment, SamplerSpec, Setting,
    Start, evaluate_at,
};
use crate::data::{DataError, Dataset, Split};
use crate::loss::{CountParam, Library, LossInfo, ParamInfo, Scale, SwitchParam};

const TEMPLATE: &str = include_str!("python_template.py");

/// Where the template has a setting of the table.
fn mark_of(setting: Setting) -> String {
    let key = setting.face().key.replace('-', "_");
    format!("@{}@", key.to_ascii_uppercase())
}

/// The experiment has no counterpart in Python.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(
        "synthetic data comes from this program's own generator; choose glyphs or digits to export"
    )]
    Synthetic,
    #[error("pytorch-metric-learning has no {loss}; remove it from the race to export the others")]
    NotInLibrary { loss: &'static str },
    #[error("pytorch-metric-learning has no embedding mixup; set mixup to 0 to export the race")]
    Mixup,
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("the settings cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// A hyperparameter's value as Python writes it.
fn in_python(param: &ParamInfo, value: f32) -> String {
    match param.scale {
        Scale::Integer => CountParam::of(value).to_string(),
        Scale::Switch if SwitchParam::of(value) => "True".to_owned(),
        Scale::Switch => "False".to_owned(),
        Scale::Linear | Scale::Log => value.to_string(),
    }
}

/// How the script makes a loss, and its miner: two expressions in Python.
fn constructors(info: &LossInfo, library: &Library, params: &[f32]) -> (String, String) {
    let mut arguments: Vec<String> = Vec::new();
    if info.learns() {
        arguments.extend(["CLASSES".to_owned(), "DIM".to_owned()]);
    }
    let mut more: Vec<String> = library.more.iter().map(|&text| text.to_owned()).collect();
    // What picks no pairs of its own, or picks them within the loss, has no miner.
    let mut miner = library.miner.unwrap_or("None").to_owned();
    for (param, &value) in info.params.iter().zip(params) {
        let place = format!("{{{}}}", param.key);
        let value = in_python(param, value);
        let mut is_placed = false;
        for text in more.iter_mut().chain([&mut miner]) {
            is_placed |= text.contains(&place);
            *text = text.replace(&place, &value);
        }
        if !is_placed {
            arguments.push(format!("{}={value}", param.key));
        }
    }
    arguments.extend(more);
    let loss = format!("{}({})", library.class, arguments.join(", "));
    (loss, miner)
}

impl Experiment {
    /// The files that [`Experiment::to_python`]'s script reads, in `assets/` and in the page's folder `data/`.
    pub fn python_files(&self) -> Vec<String> {
        let source = self.data.source();
        let file = source.file().map(str::to_owned);
        file.into_iter().chain(self.backbone_file()).collect()
    }

    /// The pre-trained first layer, beside the data sets.
    fn backbone_file(&self) -> Option<String> {
        (self.start == Start::Pretrained).then(|| match self.net.convolution {
            None => "backbone.bin".to_owned(),
            Some(convolution) => format!("backbone-{}.bin", convolution.id()),
        })
    }

    /// The convolution as the script has it.
    fn convolution_in_python(&self, dataset: &Dataset) -> String {
        let Some(shape) = self.net.convolution.map(Convolution::shape) else {
            return "None".to_owned();
        };
        let ConvolutionLayout {
            before,
            behind,
            pool,
            ..
        } = shape.on(dataset.features.isqrt());
        let ConvolutionShape {
            kernel,
            stride,
            channels,
            ..
        } = shape;
        format!("({kernel}, {stride}, {channels}, {pool}, {before}, {behind})")
    }

    /// A script that needs nothing but PyTorch, pytorch-metric-learning and [`Experiment::python_files`] beside it. It has
    /// the same network, optimiser, schedule, batches (of the same kind, not the same ones), losses and metrics, and prints
    /// every curve as CSV.
    ///
    /// # Errors
    /// [`ExportError`] for synthetic data and for losses that the library lacks, or where the data set is not the
    /// experiment's.
    pub fn to_python(&self, dataset: &Dataset) -> Result<String, ExportError> {
        let source = self.data.source();
        let file = source.file().ok_or(ExportError::Synthetic)?;
        if self.mixup > 0.0 {
            return Err(ExportError::Mixup);
        }
        let split = Split::of(&self.data, dataset)?;
        let mut entries = String::new();
        for entry in &self.entries {
            let info = entry.loss.info();
            let library = info
                .library
                .as_ref()
                .ok_or(ExportError::NotInLibrary { loss: info.name })?;
            let (loss, miner) = constructors(info, library, &entry.params);
            // Writing to a string does not fail.
            let _ = writeln!(
                entries,
                "    Entry(\"{}\", lr={}, class_lr_factor={}, memory={},\n          loss=lambda: {loss},\n          miner=lambda: {miner}),",
                info.id,
                entry.lr,
                entry.proxy_lr_factor,
                if info.memory { "True" } else { "False" },
            );
        }
        let sampler = match self.sampler {
            SamplerSpec::Shuffled { batch } => format!("(\"shuffled\", {batch}, 0)"),
            SamplerSpec::Balanced { classes, samples } => {
                format!("(\"balanced\", {classes}, {samples})")
            }
        };
        // Whole classes are named by their number; only a split within classes needs every picture's.
        let whole = |index: &u32| {
            split
                .train_classes
                .contains(&dataset.labels[*index as usize])
        };
        let all = (0..dataset.labels.len() as u32).filter(whole).count() == split.train.len();
        let train = if all {
            "None".to_owned()
        } else {
            serde_json::to_string(&split.train)?
        };
        let evaluation =
            split.evaluation(dataset, EvaluateOn::Test, self.data.info().most_scored());
        let filled = [
            ("@FRAGMENT@", self.to_fragment()),
            ("@FILE@", file.to_owned()),
            ("@FILES@", self.python_files().join(" and ")),
            (
                "@BACKBONE@",
                match self.backbone_file() {
                    Some(file) => format!("\"{file}\""),
                    None => "None".into(),
                },
            ),
            (
                "@TRAIN_CLASSES@",
                serde_json::to_string(&split.train_classes)?,
            ),
            ("@TRAIN@", train),
            ("@EVALUATION@", serde_json::to_string(&evaluation)?),
            ("@CONVOLUTION@", self.convolution_in_python(dataset)),
            ("@HIDDEN@", serde_json::to_string(&self.net.hidden)?),
            ("@SAMPLER@", sampler),
            (
                "@EVALUATE_AT@",
                serde_json::to_string(&evaluate_at(self.schedule.steps))?,
            ),
            ("@ENTRIES@", entries),
        ];
        let script = filled
            .iter()
            .fold(TEMPLATE.to_owned(), |script, (mark, text)| {
                script.replace(mark, text)
            });
        // Every other number of the table stands where the template has its key in capitals.
        let numbers = self.numbers().filter(|(setting, _)| setting.face().in_link);
        Ok(numbers.fold(script, |script, (setting, _)| {
            script.replace(&mark_of(setting), &setting.write(self))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataKind, DataSpec};
    use crate::experiment::{Entry, NetSpec, Preset, Protocol};
    use crate::loss::LossKind;

    fn open(spec: &DataSpec) -> Dataset {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets")
            .join(spec.source().file().unwrap());
        Dataset::open(spec, Some(&std::fs::read(path).unwrap())).unwrap()
    }

    /// The script's expressions for a loss at its defaults.
    fn at_defaults(id: &str) -> (String, String) {
        let info = LossKind::from_id(id).unwrap().info();
        constructors(info, &info.library.unwrap(), &info.defaults())
    }

    #[test]
    fn losses_and_miners_are_made_as_the_library_wants_them() {
        let expect = |id: &str, loss: &str, miner: &str| {
            assert_eq!(at_defaults(id), (loss.to_owned(), miner.to_owned()));
        };
        expect(
            "proxy-anchor",
            "losses.ProxyAnchorLoss(CLASSES, DIM, margin=0.1, alpha=32)",
            "None",
        );
        expect(
            "soft-triple",
            "losses.SoftTripleLoss(CLASSES, DIM, centers_per_class=10, la=20, gamma=0.1, margin=0.01)",
            "None",
        );
        expect(
            "proxy-nca-plus-plus",
            "losses.ProxyNCALoss(CLASSES, DIM, softmax_scale=1 / 0.11111111)",
            "None",
        );
        expect(
            "snr-contrastive",
            "losses.ContrastiveLoss(pos_margin=0, neg_margin=1, distance=distances.SNRDistance())",
            "None",
        );
        expect(
            "triplet-semi-hard",
            "losses.TripletMarginLoss(margin=0.05, swap=False, smooth_loss=False)",
            "miners.TripletMarginMiner(margin=0.2, type_of_triplets=\"semihard\")",
        );
        expect(
            "triplet-batch-hard",
            "losses.TripletMarginLoss(margin=0.05, swap=False, smooth_loss=False)",
            "miners.BatchHardMiner()",
        );
        expect(
            "multi-similarity-mined",
            "losses.MultiSimilarityLoss(alpha=2, beta=50, base=0.5)",
            "miners.MultiSimilarityMiner(epsilon=0.1)",
        );
        expect("n-pair", "losses.NPairsLoss()", "None");
        expect("softmax", "Softmax(CLASSES, DIM)", "None");
    }

    #[test]
    fn nothing_is_left_to_fill_in_for_any_loss_of_the_library() {
        for &kind in LossKind::ALL {
            if let Some(library) = kind.info().library {
                let (loss, miner) = constructors(kind.info(), &library, &kind.info().defaults());
                assert!(!loss.contains(['{', '}']), "{kind:?}: {loss}");
                assert!(!miner.contains(['{', '}']), "{kind:?}: {miner}");
            }
        }
    }

    #[test]
    fn the_script_says_what_the_experiment_says() {
        let mut experiment = Experiment::before_convolutions();
        experiment.schedule.steps = 123;
        let script = experiment.to_python(&open(&experiment.data)).unwrap();
        // Marks are words in capitals between two signs; Python's own decorators are not.
        let mark = script
            .split('@')
            .skip(1)
            .find(|text| text.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
        assert_eq!(mark, None);
        assert!(script.contains("STEPS = 123"));
        assert!(script.contains("glyphs.bin"));
        for entry in &experiment.entries {
            assert!(script.contains(&format!(
                "Entry(\"{}\", lr={}",
                entry.loss.info().id,
                entry.lr
            )));
        }
        assert!(script.contains("losses.ProxyAnchorLoss(CLASSES, DIM, "));
        assert!(script.contains("TRAIN = None") && script.contains("BACKBONE = None"));
        experiment.start = Start::Pretrained;
        assert!(
            experiment
                .to_python(&open(&experiment.data))
                .unwrap()
                .contains("BACKBONE = \"backbone.bin\"")
        );
        assert_eq!(experiment.python_files(), ["glyphs.bin", "backbone.bin"]);
        assert!(script.contains("CONVOLUTION = None\nHIDDEN = [128]"));
        experiment.net = NetSpec::convolutional(Convolution::K6S3C32P2, 64);
        let script = experiment.to_python(&open(&experiment.data)).unwrap();
        assert!(script.contains("CONVOLUTION = (6, 3, 32, 2, 1, 2)\nHIDDEN = []"));
        assert_eq!(
            experiment.python_files(),
            ["glyphs.bin", "backbone-conv6s3c32p2.bin"]
        );
    }

    /// A condition that the script left out would make it another race.
    #[test]
    fn every_number_that_all_data_sets_share_is_in_the_script() {
        let of_set = ["classes"];
        // Layers are written as their widths, and there is no script with mixtures.
        let apart = ["hidden", "mixup"];
        for (setting, _) in Experiment::default_preset().numbers() {
            let face = setting.face();
            if face.in_link && !of_set.contains(&face.key) && !apart.contains(&face.key) {
                assert!(TEMPLATE.contains(&mark_of(setting)), "{setting}");
            }
        }
    }

    #[test]
    fn a_split_within_classes_lists_its_pictures() {
        let mut experiment = Preset::from_id("digits")
            .unwrap()
            .experiment(Protocol::Matched);
        experiment.data = DataKind::Digits.spec();
        let script = experiment.to_python(&open(&experiment.data)).unwrap();
        assert!(script.contains("TRAIN = ["));
        let evaluation = script
            .lines()
            .find_map(|line| line.strip_prefix("EVALUATION = "));
        let pictures: Vec<u32> = serde_json::from_str(evaluation.unwrap()).unwrap();
        let scored = experiment.data.info().most_scored();
        assert_eq!(pictures.len(), 10 * scored, "as in the race");
    }

    #[test]
    fn what_python_cannot_do_is_an_error() {
        let mut experiment = Experiment::default_preset();
        let dataset = open(&experiment.data);
        let lacking = |loss: &&LossKind| loss.info().library.is_none();
        if let Some(&loss) = LossKind::ALL.iter().find(lacking) {
            experiment.entries = vec![Entry::preset(
                loss,
                Protocol::Matched,
                &experiment.conditions,
            )];
            assert!(matches!(
                experiment.to_python(&dataset),
                Err(ExportError::NotInLibrary { .. })
            ));
        }
        experiment.entries = Experiment::default_preset().entries;
        experiment.mixup = 0.4;
        let found = experiment.to_python(&dataset);
        assert!(matches!(found, Err(ExportError::Mixup)));
        experiment.data = DataKind::Synthetic.spec();
        assert!(matches!(
            experiment.to_python(&dataset),
            Err(ExportError::Synthetic)
        ));
    }
}
