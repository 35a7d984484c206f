//! An experiment as a Python script: the same setting in PyTorch with pytorch-metric-learning, to check ours against.

use std::fmt::Write as _;

use super::{EvaluateOn, Experiment, SamplerSpec, Setting, Start, evaluate_at};
use crate::data::{DataError, Dataset, Split};
use crate::loss::{LossInfo, LossKind, Mining, Scale};

/// Pictures of each unseen class that the metrics are computed on, in the script as in the trainer. More would be
/// steadier, but evaluation is to cost at most a fifth of training.
pub const EVALUATION_PER_CLASS: usize = 8;

/// The pre-trained first layer, beside the data sets.
const BACKBONE_FILE: &str = "backbone.bin";

const TEMPLATE: &str = include_str!("python_template.py");

/// Where the template has a setting of the table.
fn mark_of(setting: Setting) -> String {
    let key = setting.face().key.replace('-', "_");
    format!("@{}@", key.to_uppercase())
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
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("the settings cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The library's class for a loss, and whether it is made with the number of classes and dimensions. `None` for the
/// losses that the library lacks; softmax cross-entropy is written out in the script.
fn class_of(loss: LossKind) -> Option<(&'static str, bool)> {
    Some(match loss.info().id {
        "contrastive" | "snr-contrastive" => ("losses.ContrastiveLoss", false),
        "triplet" | "triplet-semi-hard" | "triplet-batch-hard" => {
            ("losses.TripletMarginLoss", false)
        }
        "n-pair" => ("losses.NPairsLoss", false),
        "lifted-structure" => ("losses.LiftedStructureLoss", false),
        "generalised-lifted-structure" => ("losses.GeneralizedLiftedStructureLoss", false),
        "margin" => ("losses.MarginLoss", false),
        "multi-similarity" | "multi-similarity-mined" => ("losses.MultiSimilarityLoss", false),
        "nca" => ("losses.NCALoss", false),
        "supcon" => ("losses.SupConLoss", false),
        "nt-xent" => ("losses.NTXentLoss", false),
        "circle" => ("losses.CircleLoss", false),
        "fast-ap" => ("losses.FastAPLoss", false),
        "proxy-nca" | "proxy-nca-plus-plus" => ("losses.ProxyNCALoss", true),
        "proxy-anchor" => ("losses.ProxyAnchorLoss", true),
        "soft-triple" => ("losses.SoftTripleLoss", true),
        "normalised-softmax" => ("losses.NormalizedSoftmaxLoss", true),
        "cosface" => ("losses.CosFaceLoss", true),
        "arcface" => ("losses.ArcFaceLoss", true),
        "softmax" => ("Softmax", true),
        _ => return None,
    })
}

/// A parameter that belongs to the miner, not to the loss.
fn of_miner(info: &LossInfo, key: &str) -> bool {
    match info.mining {
        Mining::SemiHard => key == "miner_margin",
        Mining::MultiSimilarity => key == "epsilon",
        _ => false,
    }
}

/// A parameter as the library's argument: names and units are the library's own but for Proxy-NCA++'s temperature.
fn argument(info: &LossInfo, index: usize, value: f32) -> String {
    let param = &info.params[index];
    match param.scale {
        Scale::Integer => format!("{}={}", param.key, value.round()),
        Scale::Switch => format!(
            "{}={}",
            param.key,
            if value >= 0.5 { "True" } else { "False" }
        ),
        _ if info.id == "proxy-nca-plus-plus" && param.key == "temperature" => {
            format!("softmax_scale=1 / {value}")
        }
        _ => format!("{}={value}", param.key),
    }
}

impl Experiment {
    /// The files that [`Experiment::to_python`]'s script reads, in `assets/` and in the page's folder `data/`.
    pub fn python_files(&self) -> Vec<String> {
        let source = self.data.source();
        let backbone = (self.start == Start::Pretrained).then_some(BACKBONE_FILE);
        let files = source.file().into_iter().chain(backbone);
        files.map(str::to_owned).collect()
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
        let split = Split::of(&self.data, dataset)?;
        let mut entries = String::new();
        for entry in &self.entries {
            let info = entry.loss.info();
            let (class, learned) =
                class_of(entry.loss).ok_or(ExportError::NotInLibrary { loss: info.name })?;
            let mut arguments: Vec<String> = Vec::new();
            if learned {
                arguments.extend(["CLASSES".to_owned(), "DIM".to_owned()]);
            }
            let mut mining = Vec::new();
            for (index, &value) in entry.params.iter().enumerate() {
                match info.params.get(index) {
                    Some(param) if of_miner(info, param.key) => mining.push(value),
                    Some(_) => arguments.push(argument(info, index, value)),
                    None => {}
                }
            }
            if info.id == "snr-contrastive" {
                arguments.push("distance=distances.SNRDistance()".to_owned());
            }
            let mined = |default: f32| mining.first().copied().unwrap_or(default);
            let miner = match info.mining {
                Mining::SemiHard => {
                    format!(
                        "miners.TripletMarginMiner(margin={}, type_of_triplets=\"semihard\")",
                        mined(0.2)
                    )
                }
                Mining::BatchHard => "miners.BatchHardMiner()".to_owned(),
                Mining::MultiSimilarity => {
                    format!("miners.MultiSimilarityMiner(epsilon={})", mined(0.1))
                }
                Mining::DistanceWeighted => "miners.DistanceWeightedMiner()".to_owned(),
                // The library's N-pair loss picks its pairs itself.
                Mining::NPair | Mining::None => "None".to_owned(),
            };
            // Writing to a string does not fail.
            let _ = writeln!(
                entries,
                "    Entry(\"{}\", lr={}, class_lr_factor={},\n          loss=lambda: {class}({}),\n          miner=lambda: {miner}),",
                info.id,
                entry.lr,
                entry.proxy_lr_factor,
                arguments.join(", "),
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
        let evaluation = split.evaluation(dataset, EvaluateOn::Test, EVALUATION_PER_CLASS);
        let filled = [
            ("@FRAGMENT@", self.to_fragment()),
            ("@FILE@", file.to_owned()),
            ("@FILES@", self.python_files().join(" and ")),
            (
                "@BACKBONE@",
                if self.start == Start::Pretrained {
                    format!("\"{BACKBONE_FILE}\"")
                } else {
                    "None".into()
                },
            ),
            (
                "@TRAIN_CLASSES@",
                serde_json::to_string(&split.train_classes)?,
            ),
            ("@TRAIN@", train),
            ("@EVALUATION@", serde_json::to_string(&evaluation)?),
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
    use crate::experiment::{Entry, Preset, Protocol};

    fn open(spec: &DataSpec) -> Dataset {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets")
            .join(spec.source().file().unwrap());
        Dataset::open(spec, Some(&std::fs::read(path).unwrap())).unwrap()
    }

    #[test]
    fn every_loss_is_in_the_library_but_one() {
        let missing: Vec<&str> = LossKind::ALL
            .iter()
            .filter(|&&loss| class_of(loss).is_none())
            .map(|loss| loss.info().id)
            .collect();
        assert!(
            missing.iter().all(|&id| id == "proxy-nca-excluded"),
            "{missing:?}"
        );
    }

    #[test]
    fn the_script_says_what_the_experiment_says() {
        let mut experiment = Experiment::default_preset();
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
    }

    /// A condition that the script left out would make it another race.
    #[test]
    fn every_number_that_all_data_sets_share_is_in_the_script() {
        let of_set = ["classes"];
        // Layers are written as their widths.
        let apart = ["hidden"];
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
    }

    #[test]
    fn what_python_cannot_do_is_an_error() {
        let mut experiment = Experiment::default_preset();
        let dataset = open(&experiment.data);
        if let Some(loss) = LossKind::from_id("proxy-nca-excluded") {
            experiment.entries = vec![Entry::preset(loss, Protocol::Matched, experiment.sampler)];
            assert!(matches!(
                experiment.to_python(&dataset),
                Err(ExportError::NotInLibrary { .. })
            ));
        }
        experiment.data = DataKind::Synthetic.spec();
        assert!(matches!(
            experiment.to_python(&dataset),
            Err(ExportError::Synthetic)
        ));
    }
}
