//! What is measured of an embedding: one table, which training, curves, files, charts and the command line read.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::metric::{MetricError, Quality, Query, Spread, evaluate_with_log_distance, spread};

/// Embeddings of classes that were not trained on, with what several measures share.
pub struct Embedded<'a> {
    /// `[sample, dim]`
    pub embeddings: &'a [f32],
    pub dim: usize,
    /// One entry a sample.
    pub labels: &'a [u32],
    pub quality: Quality,
    pub spread: Spread,
    pub log_distance: f64,
}

impl<'a> Embedded<'a> {
    /// # Errors
    /// [`MetricError`] where the lengths do not fit or a value is not finite.
    pub fn new(embeddings: &'a [f32], dim: usize, labels: &'a [u32]) -> Result<Self, MetricError> {
        let (quality, log_distance) = evaluate_with_log_distance(embeddings, dim, labels, &[1])?;
        Ok(Self {
            embeddings,
            dim,
            labels,
            quality,
            spread: spread(embeddings, dim, labels)?,
            log_distance,
        })
    }
}

/// Which of two values is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
}

/// What a value is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share, 0..=1.
    Share,
    /// A squared distance of embeddings of length 1, 0..=4.
    SquaredDistance,
    /// The natural logarithm of one.
    LogSquaredDistance,
}

/// A row of the table. Its name and one sentence for a learner are among the texts, by its id.
#[derive(Clone, Copy, Debug)]
pub struct MeasureInfo {
    /// Its name in files, and on the command line with `-` for `_`.
    pub id: &'static str,
    pub better: Better,
    pub unit: Unit,
    /// Whether it says how well neighbours are found, so that losses can be timed and ranked by it. The others describe
    /// the embedding.
    pub ranks: bool,
    pub of: fn(&Embedded<'_>) -> f64,
    /// Of one query, where it is a mean over queries.
    pub of_query: Option<fn(&Query) -> f64>,
}

/// Declares the enum [`Measure`] and its table. The order is that of the columns in files.
macro_rules! measures {
    ($($variant:ident => $info:expr),+ $(,)?) => {
        /// Something that is measured of a lane at each evaluation. The training loss is not among them: it is of the
        /// batches, not of the embedding, and cannot be compared between losses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Measure {
            $($variant,)+
        }

        impl Measure {
            /// Every measure, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its row of the table.
            pub fn info(self) -> &'static MeasureInfo {
                match self {
                    $(Self::$variant => const { &$info },)+
                }
            }
        }
    };
}

measures! {
    RecallAt1 => MeasureInfo {
        id: "recall_at_1",
        better: Better::Higher,
        unit: Unit::Share,
        ranks: true,
        of: |embedded| embedded.quality.recall_at[0],
        of_query: Some(|query| f64::from(u8::from(query.is_found(1)))),
    },
    RPrecision => MeasureInfo {
        id: "r_precision",
        better: Better::Higher,
        unit: Unit::Share,
        ranks: true,
        of: |embedded| embedded.quality.r_precision,
        of_query: Some(Query::r_precision),
    },
    MapAtR => MeasureInfo {
        id: "map_at_r",
        better: Better::Higher,
        unit: Unit::Share,
        ranks: true,
        of: |embedded| embedded.quality.map_at_r,
        of_query: Some(Query::map_at_r),
    },
    Tightness => MeasureInfo {
        id: "tightness",
        better: Better::Lower,
        unit: Unit::SquaredDistance,
        ranks: false,
        of: |embedded| embedded.spread.tightness,
        of_query: None,
    },
    Contrast => MeasureInfo {
        id: "contrast",
        better: Better::Higher,
        unit: Unit::SquaredDistance,
        ranks: false,
        of: |embedded| embedded.spread.contrast,
        of_query: None,
    },
    LogDistance => MeasureInfo {
        id: "log_distance",
        better: Better::Higher,
        unit: Unit::LogSquaredDistance,
        ranks: false,
        of: |embedded| embedded.log_distance,
        of_query: None,
    },
}

impl Measure {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Those that losses can be timed and ranked by.
    pub fn ranking() -> impl Iterator<Item = Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(|measure| measure.info().ranks)
    }

    pub fn id(self) -> &'static str {
        self.info().id
    }

    /// The measure of this name in files (`map_at_r`) or on the command line (`map-at-r`).
    pub fn from_id(id: &str) -> Option<Self> {
        let same = |measure: &&Self| measure.id().bytes().eq(id.bytes().map(underscored));
        Self::ALL.iter().find(same).copied()
    }

    /// Orders two values, the better one first.
    pub fn order(self, a: f64, b: f64) -> std::cmp::Ordering {
        match self.info().better {
            Better::Higher => b.total_cmp(&a),
            Better::Lower => a.total_cmp(&b),
        }
    }
}

fn underscored(byte: u8) -> u8 {
    if byte == b'-' { b'_' } else { byte }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::from_id(&id)
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&id), &"the id of a measure"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_an_id_of_its_own_and_is_found_by_it() {
        for &measure in Measure::ALL {
            let info = measure.info();
            assert_eq!(Measure::from_id(info.id), Some(measure));
            assert_eq!(Measure::from_id(&info.id.replace('_', "-")), Some(measure));
            let text = serde_json::to_string(&measure).unwrap();
            assert_eq!(serde_json::from_str::<Measure>(&text).unwrap(), measure);
        }
        assert_eq!(Measure::from_id("MAP@R"), None);
        assert!(serde_json::from_str::<Measure>("\"nonsense\"").is_err());
    }

    #[test]
    fn the_values_are_those_of_the_metrics() {
        // East and north are one class, west twice the other: the sample in the north is as far from east as from west.
        let embeddings = [1.0, 0.0, 0.6, 0.8, -1.0, 0.0, -1.0, 0.0];
        let embedded = Embedded::new(&embeddings, 2, &[0, 0, 1, 1]).unwrap();
        for &measure in Measure::ALL {
            let expected = match measure {
                Measure::RecallAt1 | Measure::RPrecision | Measure::MapAtR => 1.0,
                Measure::Tightness => embedded.spread.tightness,
                Measure::Contrast => embedded.spread.contrast,
                Measure::LogDistance => embedded.log_distance,
            };
            assert_eq!((measure.info().of)(&embedded), expected, "{measure:?}");
        }
        assert!(embedded.spread.tightness < embedded.spread.contrast);
        assert!(Embedded::new(&[f32::NAN; 8], 2, &[0, 0, 1, 1]).is_err());
    }

    /// What losses are ranked by can be taken apart by classes.
    #[test]
    fn measures_of_queries_are_their_means() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(6);
        let embeddings: Vec<f32> = (0..90 * 3).map(|_| rng.random_range(-1.0..1.0)).collect();
        let labels: Vec<u32> = (0..90).map(|sample| sample / 5).collect();
        let embedded = Embedded::new(&embeddings, 3, &labels).unwrap();
        let queries = crate::metric::each_query(&embeddings, 3, &labels).unwrap();
        for &measure in Measure::ALL {
            let info = measure.info();
            assert_eq!(info.of_query.is_some(), info.ranks, "{measure:?}");
            if let Some(of) = info.of_query {
                let mean = queries.iter().map(of).sum::<f64>() / 90.0;
                assert!((mean - (info.of)(&embedded)).abs() < 1e-12 && mean > 0.0);
            }
        }
    }

    #[test]
    fn the_better_value_comes_first() {
        let mut values = [0.2, 0.5];
        values.sort_by(|&a, &b| Measure::MapAtR.order(a, b));
        assert_eq!(values, [0.5, 0.2]);
        values.sort_by(|&a, &b| Measure::Tightness.order(a, b));
        assert_eq!(values, [0.2, 0.5]);
    }
}
