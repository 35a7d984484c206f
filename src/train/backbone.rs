//! The pre-trained network: the first layer of one that was trained on other classes, to start from instead of from
//! random weights.
//!
//! Papers start from a network trained on ImageNet and put a new embedding layer on it. So it is here in small: the
//! layer next to the pixels is pre-trained on the 50 glyph classes that such a race leaves out, the embedding layer is
//! random. There is one for the MLP and one for each convolution, each in a file, compiled into the engine. All its numbers
//! are little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `KYORINET` |
//! | 2 | version, now 1 |
//! | 4 | length of the whole file |
//! | 2, 2 | inputs and units of the layer; of a convolution, pixels of a patch and channels |
//! | 2 + n | length and UTF-8 of how it was trained |
//! | 2 + 2·n | number of classes that it was trained on, and each as its index in the data set |
//! | 4 + 2·inputs·units | the weights, input after input: the largest size as f32, then each as a share of it in 1/32767 |
//! | 4 + 2·units | the biases, likewise |
//! | 4 | CRC-32 of everything before |

use burn::tensor::Device;

use super::heat::read;
use super::{Heat, Samples, TrainError};
use crate::bridge::{BackboneError, RaceError};
use crate::data::{Dataset, GlyphSpec, Split};
use crate::experiment::{
    BACKBONE_WIDTH, Conditions, Convolution, DataSpec, EvaluateOn, HeatSpec, LaneSpec, NetSpec,
    RaceSpec, SamplerSpec, Schedule, Start,
};
use crate::loss::LossKind;

const MLP_FILE: &[u8] = include_bytes!("../../assets/backbone.bin");
const K5S2C16P2_FILE: &[u8] = include_bytes!("../../assets/backbone-conv5s2c16p2.bin");
const K6S3C32P2_FILE: &[u8] = include_bytes!("../../assets/backbone-conv6s3c32p2.bin");
const MAGIC: &[u8; 8] = b"KYORINET";
const VERSION: u16 = 1;
/// Where the length of the file stands, and where it ends.
const LENGTH_AT: usize = 10;
const LENGTH_END: usize = LENGTH_AT + 4;

/// A pre-trained first layer, and what it has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Backbone {
    /// How it was trained.
    pub about: String,
    /// The classes that it was trained on, as indices in the data set.
    pub classes: Vec<u32>,
    /// `input * units + unit`
    pub weights: Vec<f32>,
    /// One a unit.
    pub biases: Vec<f32>,
}

impl Backbone {
    /// The one that comes with the program, for the MLP or for a network that begins with this convolution.
    ///
    /// # Errors
    /// Where the file that was compiled in is none.
    pub fn bundled(convolution: Option<Convolution>) -> Result<Self, BackboneError> {
        Self::decode(match convolution {
            None => MLP_FILE,
            Some(Convolution::K5S2C16P2) => K5S2C16P2_FILE,
            Some(Convolution::K6S3C32P2) => K6S3C32P2_FILE,
        })
    }

    /// What a race starts from: nothing where it starts from scratch.
    ///
    /// # Errors
    /// Where data, classes or first layer of the race are not what the pre-trained network is for, or its file is damaged.
    pub fn of(race: &RaceSpec, dataset: &Dataset) -> Result<Option<Self>, TrainError> {
        if race.start == Start::Scratch {
            return Ok(None);
        }
        let Some(most) = race.data.info().most_classes_pretrained else {
            return Err(RaceError::PretrainedData.into());
        };
        let train_classes = race.data.sizes().training_classes;
        if train_classes > most {
            let found = train_classes;
            return Err(RaceError::PretrainedClasses { found, most }.into());
        }
        let convolution = race.net.convolution;
        let backbone = Self::bundled(convolution)?;
        if backbone.classes != Split::pretraining(dataset)?.train_classes {
            return Err(BackboneError::Classes.into());
        }
        let found = match convolution.map(Convolution::shape) {
            Some(shape) => [shape.kernel * shape.kernel, shape.channels],
            None => [
                dataset.features,
                race.net.hidden.first().copied().unwrap_or(0),
            ],
        };
        let expected = [backbone.inputs(), backbone.units()];
        if found != expected {
            return Err(RaceError::PretrainedLayer {
                inputs: expected[0],
                units: expected[1],
                layer_inputs: found[0],
                layer_units: found[1],
            }
            .into());
        }
        Ok(Some(backbone))
    }

    pub fn inputs(&self) -> usize {
        self.weights.len() / self.biases.len().max(1)
    }

    pub fn units(&self) -> usize {
        self.biases.len()
    }

    /// Reads a file. Whatever the bytes are, this ends in a layer of finite numbers or an error.
    ///
    /// # Errors
    /// [`BackboneError`] where it is not one.
    pub fn decode(file: &[u8]) -> Result<Self, BackboneError> {
        if !file.starts_with(MAGIC) {
            return Err(BackboneError::Magic);
        }
        let short = BackboneError::Length {
            expected: LENGTH_END + 4,
            found: file.len(),
        };
        let (body, checksum) = file.split_last_chunk::<4>().ok_or(short.clone())?;
        let mut rest = Reader(body.get(MAGIC.len()..).ok_or(short.clone())?);
        let version = rest.u16().map_err(|_| short.clone())?;
        if version != VERSION {
            return Err(BackboneError::Version {
                found: version,
                reads: VERSION,
            });
        }
        let expected = u32::from_le_bytes(rest.array().map_err(|_| short)?) as usize;
        if expected != file.len() {
            return Err(BackboneError::Length {
                expected,
                found: file.len(),
            });
        }
        if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
            return Err(BackboneError::Checksum);
        }
        let (inputs, units) = (usize::from(rest.u16()?), usize::from(rest.u16()?));
        if inputs == 0 || units == 0 {
            return Err(BackboneError::contents("a layer without weights"));
        }
        let length = rest.u16()?;
        let about = String::from_utf8(rest.take(length.into())?.to_vec())
            .map_err(|_| BackboneError::contents("a text that is not UTF-8"))?;
        let count = rest.u16()?;
        let classes = (0..count)
            .map(|_| rest.u16().map(u32::from))
            .collect::<Result<_, _>>()?;
        let (weights, biases) = (rest.shares(inputs * units)?, rest.shares(units)?);
        if !rest.0.is_empty() {
            return Err(BackboneError::contents("more than a layer"));
        }
        Ok(Self {
            about,
            classes,
            weights,
            biases,
        })
    }

    /// Writes the file. Numbers are rounded to 1/32767 of the largest of their kind, which changes no embedding that one
    /// would notice.
    ///
    /// # Errors
    /// Where a number is not finite or a count does not fit.
    pub fn encode(&self) -> Result<Vec<u8>, BackboneError> {
        let short = |count: usize| {
            u16::try_from(count).map_err(|_| BackboneError::contents("too large a count"))
        };
        let mut file = Vec::from(*MAGIC);
        file.extend(VERSION.to_le_bytes());
        file.extend([0; 4]);
        file.extend(short(self.inputs())?.to_le_bytes());
        file.extend(short(self.units())?.to_le_bytes());
        file.extend(short(self.about.len())?.to_le_bytes());
        file.extend(self.about.as_bytes());
        file.extend(short(self.classes.len())?.to_le_bytes());
        for &class in &self.classes {
            file.extend(short(class as usize)?.to_le_bytes());
        }
        for values in [&self.weights, &self.biases] {
            if values.iter().any(|value| !value.is_finite()) {
                return Err(BackboneError::contents("a number that is not finite"));
            }
            let largest = values
                .iter()
                .fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
            file.extend(largest.to_le_bytes());
            let share = |value: &f32| (value / largest * f32::from(i16::MAX)).round() as i16;
            file.extend(values.iter().flat_map(|value| share(value).to_le_bytes()));
        }
        let length = u32::try_from(file.len() + 4)
            .map_err(|_| BackboneError::contents("too large a count"))?;
        file[LENGTH_AT..LENGTH_END].copy_from_slice(&length.to_le_bytes());
        file.extend(crc32fast::hash(&file).to_le_bytes());
        Ok(file)
    }
}

/// What is left of a file.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], BackboneError> {
        let (head, tail) = self
            .0
            .split_at_checked(length)
            .ok_or(BackboneError::contents("it ends too soon"))?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BackboneError> {
        let (head, tail) = self
            .0
            .split_first_chunk()
            .ok_or(BackboneError::contents("it ends too soon"))?;
        self.0 = tail;
        Ok(*head)
    }

    fn u16(&mut self) -> Result<u16, BackboneError> {
        self.array().map(u16::from_le_bytes)
    }

    /// `count` numbers after the largest of them.
    fn shares(&mut self, count: usize) -> Result<Vec<f32>, BackboneError> {
        let largest = f32::from_le_bytes(self.array()?);
        if !largest.is_finite() || largest <= 0.0 {
            return Err(BackboneError::contents("a size that is not positive"));
        }
        let (pairs, _) = self.take(count * 2)?.as_chunks::<2>();
        Ok(pairs
            .iter()
            .map(|&pair| f32::from(i16::from_le_bytes(pair)) / f32::from(i16::MAX) * largest)
            .collect())
    }
}

/// How the backbone is trained: an MLP with one hidden layer, or a convolution with a linear layer on it. The first layer
/// is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pretraining {
    /// The convolution that is trained; none trains an MLP.
    pub convolution: Option<Convolution>,
    pub loss: LossKind,
    pub steps: u32,
    pub seed: u64,
    pub lr: f32,
    pub weight_decay: f32,
}

impl Pretraining {
    /// The best of a few on validation classes, for the MLP or for a network that begins with this convolution.
    pub fn of(convolution: Option<Convolution>) -> Self {
        Self {
            convolution,
            loss: LossKind::Softmax,
            steps: 200,
            seed: 0,
            lr: if convolution.is_some() { 1e-2 } else { 3e-3 },
            weight_decay: 1e-2,
        }
    }
}

/// Trains the first layer on the classes that [`Split::pretraining`] keeps for that, in random batches of 60.
///
/// # Errors
/// Where the data set is not the glyphs, or training leaves the range of f32.
pub async fn pretrain(
    dataset: &Dataset,
    how: Pretraining,
    device: &Device,
) -> Result<Backbone, TrainError> {
    let split = Split::pretraining(dataset)?;
    let lane = LaneSpec {
        seed: how.seed,
        lr: how.lr,
        proxy_lr_factor: 1.0,
        params: how.loss.info().defaults(),
    };
    let heat = HeatSpec {
        loss: how.loss,
        lanes: vec![lane],
    };
    let race = RaceSpec {
        conditions: Conditions {
            data: DataSpec::Glyphs(GlyphSpec {
                train_classes: split.train_classes.len(),
            }),
            sampler: SamplerSpec::Shuffled { batch: 60 },
            net: match how.convolution {
                None => NetSpec::mlp(&[BACKBONE_WIDTH], 64),
                Some(convolution) => NetSpec::convolutional(convolution, 64),
            },
            start: Start::Scratch,
            schedule: Schedule {
                steps: how.steps,
                weight_decay: how.weight_decay,
                ..Schedule::default()
            },
            ..Conditions::default()
        },
        heats: Vec::new(),
        evaluate_on: EvaluateOn::Validation,
        evaluate_at: Vec::new(),
    };
    let samples = Samples::new(dataset, device);
    let mut heat = Heat::new(&race, &heat, &split, dataset, None, device)?;
    for _ in 0..how.steps {
        heat.step(&samples);
    }
    let net = heat.net();
    let (weights, biases) = (
        read(net.weights[0].clone()).await?,
        read(net.biases[0].clone()).await?,
    );
    if weights
        .iter()
        .chain(&biases)
        .any(|value| !value.is_finite())
    {
        return Err(BackboneError::contents("a number that is not finite").into());
    }
    let net = match how.convolution {
        None => format!("MLP {}-{BACKBONE_WIDTH}-{}", dataset.features, race.net.dim),
        Some(convolution) => format!(
            "{} and a linear layer to {}",
            convolution.id(),
            race.net.dim
        ),
    };
    let about = format!(
        "{} on {} glyph classes: {net}, of which this is the first layer; {} steps of AdamW, batch {}, learning rate {}, \
         weight decay {}, seed {}",
        how.loss.info().name,
        split.train_classes.len(),
        how.steps,
        race.sampler.batch(),
        how.lr,
        how.weight_decay,
        how.seed
    );
    Ok(Backbone {
        about,
        classes: split.train_classes,
        weights,
        biases,
    })
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::data::DataKind;
    use crate::experiment::Experiment;

    fn small() -> Backbone {
        Backbone {
            about: "trained on あ and 雨".into(),
            classes: vec![3, 300],
            weights: vec![0.5, -1.0, 0.25, 0.0, 0.125, 1e-3],
            biases: vec![-3.0, 1.5],
        }
    }

    /// Repairs length and checksum, as a careful forger would.
    fn seal(file: &mut Vec<u8>) {
        file.truncate(file.len() - 4);
        let length = file.len() as u32 + 4;
        file[LENGTH_AT..LENGTH_END].copy_from_slice(&length.to_le_bytes());
        file.extend(crc32fast::hash(file).to_le_bytes());
    }

    fn glyphs() -> Dataset {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/glyphs.bin");
        let file = std::fs::read(path).unwrap();
        Dataset::open(&DataKind::Glyphs.spec(), Some(&file)).unwrap()
    }

    fn pretrained() -> RaceSpec {
        let mut experiment = Experiment::before_convolutions();
        experiment.data = DataSpec::Glyphs(GlyphSpec { train_classes: 150 });
        experiment.start = Start::Pretrained;
        experiment.race(EvaluateOn::Test)
    }

    #[test]
    fn what_was_written_is_read_but_for_rounding() {
        let read = Backbone::decode(&small().encode().unwrap()).unwrap();
        assert_eq!((read.inputs(), read.units()), (3, 2));
        assert_eq!(
            (&read.about, &read.classes),
            (&small().about, &small().classes)
        );
        for (values, expected, largest) in [
            (&read.weights, &small().weights, 1.0),
            (&read.biases, &small().biases, 3.0),
        ] {
            assert_eq!(values.len(), expected.len());
            for (value, expected) in values.iter().zip(expected) {
                assert!(
                    (value - expected).abs() <= 0.51 * largest / 32767.0,
                    "{value} is not {expected}"
                );
            }
        }
        let diverged = Backbone {
            biases: vec![f32::NAN, 0.0],
            ..small()
        };
        assert!(matches!(
            diverged.encode(),
            Err(BackboneError::Contents { .. })
        ));
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let file = small().encode().unwrap();
        for length in 0..file.len() {
            assert!(
                Backbone::decode(&file[..length]).is_err(),
                "{length} of {} bytes",
                file.len()
            );
        }
        assert!(matches!(
            Backbone::decode(&[&file[..], &[0]].concat()),
            Err(BackboneError::Length { .. })
        ));
        for at in 0..file.len() * 8 {
            let mut changed = file.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert!(Backbone::decode(&changed).is_err(), "bit {at}");
        }
        let mut newer = file.clone();
        newer[8] = 2;
        assert_eq!(
            Backbone::decode(&newer),
            Err(BackboneError::Version { found: 2, reads: 1 })
        );
        assert_eq!(
            Backbone::decode(b"<!doctype html><title>404"),
            Err(BackboneError::Magic)
        );
        assert_eq!(Backbone::decode(b""), Err(BackboneError::Magic));
    }

    #[test]
    fn a_valid_checksum_does_not_hide_nonsense() {
        let file = small().encode().unwrap();
        let mut refused = 0;
        for at in LENGTH_END..file.len() - 4 {
            for value in 0..=255 {
                let mut changed = file.clone();
                changed[at] = value;
                seal(&mut changed);
                match Backbone::decode(&changed) {
                    Ok(read) => {
                        assert_eq!(read.weights.len(), read.inputs() * read.units());
                        assert!(
                            read.weights
                                .iter()
                                .chain(&read.biases)
                                .all(|value| value.is_finite())
                        );
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > 1000);
        let mut longer = file.clone();
        longer.extend([0; 2]);
        seal(&mut longer);
        assert_eq!(
            Backbone::decode(&longer),
            Err(BackboneError::contents("more than a layer"))
        );
    }

    #[test]
    fn the_bundled_layers_are_for_the_glyphs_and_have_seen_no_class_of_their_races() {
        let dataset = glyphs();
        for (net, shape, trained) in [
            (
                NetSpec::mlp(&[BACKBONE_WIDTH, 7], 5),
                (24 * 24, BACKBONE_WIDTH),
                "MLP",
            ),
            (
                NetSpec::convolutional(Convolution::K5S2C16P2, 5),
                (25, 16),
                "conv5s2c16p2",
            ),
            (
                NetSpec::convolutional(Convolution::K6S3C32P2, 5),
                (36, 32),
                "conv6s3c32p2",
            ),
        ] {
            let mut race = pretrained();
            race.net = net;
            let backbone = Backbone::of(&race, &dataset).unwrap().unwrap();
            assert_eq!((backbone.inputs(), backbone.units()), shape);
            let about = format!("Softmax cross-entropy on 50 glyph classes: {trained} ");
            assert!(backbone.about.starts_with(&about), "{}", backbone.about);
            has_seen_no_class(&backbone, &race, &dataset);
            race.start = Start::Scratch;
            assert_eq!(Backbone::of(&race, &dataset).unwrap(), None);
        }
        assert!(MLP_FILE.len() < 150_000);
        assert!(K5S2C16P2_FILE.len() + K6S3C32P2_FILE.len() < 5_000);
    }

    fn has_seen_no_class(backbone: &Backbone, race: &RaceSpec, dataset: &Dataset) {
        assert_eq!(backbone.classes.len(), 50);
        let split = Split::of(&race.data, dataset).unwrap();
        assert_eq!(split.train_classes.len(), 150);
        for &sample in split
            .train
            .iter()
            .chain(&split.validation)
            .chain(&split.test)
        {
            assert!(
                !backbone.classes.contains(&dataset.labels[sample as usize]),
                "sample {sample}"
            );
        }
    }

    #[test]
    fn a_race_that_it_does_not_fit_is_an_error() {
        let dataset = glyphs();
        type Break = fn(&mut RaceSpec);
        let breaks: [(Break, &str); 4] = [
            (
                |race| race.data = DataSpec::Glyphs(GlyphSpec { train_classes: 151 }),
                "at most 150",
            ),
            (|race| race.data = DataKind::Synthetic.spec(), "glyphs only"),
            (
                |race| race.net.hidden = vec![64],
                "576 inputs and 128 units",
            ),
            (|race| race.net.hidden.clear(), "576 inputs and 128 units"),
        ];
        for (damage, expected) in breaks {
            let mut race = pretrained();
            damage(&mut race);
            let message = Backbone::of(&race, &dataset).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        // Another edition of the glyphs, whose classes are in another order.
        let mut other = dataset;
        other.class_names.push("外".into());
        let error = Backbone::of(&pretrained(), &other).unwrap_err();
        assert!(
            matches!(error, TrainError::Backbone(BackboneError::Classes)),
            "{error}"
        );
        assert!(error.to_string().contains("kyori pretrain"), "{error}");
    }

    #[test]
    fn pretraining_repeats_itself_and_changes_with_the_seed() {
        let dataset = glyphs();
        let device = Device::flex();
        for convolution in [None, Some(Convolution::K5S2C16P2)] {
            let train = |seed| {
                let how = Pretraining {
                    steps: 3,
                    seed,
                    ..Pretraining::of(convolution)
                };
                block_on(pretrain(&dataset, how, &device)).unwrap()
            };
            assert_eq!(train(1), train(1));
            assert_ne!(train(1).weights, train(2).weights);
            assert_eq!(
                train(1).classes,
                Split::pretraining(&dataset).unwrap().train_classes
            );
        }
    }
}
