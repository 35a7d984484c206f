//! Sentences that a race can refute: what the project says of losses is checked by training, and a sentence that no longer
//! holds fails.
//!
//! `assets/claims/claims.json` has one entry a sentence: the race, and what must hold of its curves. The sentence is a
//! message, `claim-ID`, and has no number in it; the numbers are those of `assets/claims/measured.json`, which
//! `kyori claims --all --write` writes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::compare::{Margin, Planned, Sample, planned};
use super::stats::{Interval, mean_variance};
use super::summary::reach_of;
use super::{Better, Difference, Measure, Recording, Summary};
use crate::experiment::{Entry, Experiment, Preset, Protocol, SettingTextError};
use crate::lean;
use crate::loss::LossKind;

const CLAIMS: &str = include_str!("../../assets/claims/claims.json");
const MEASURED: &str = include_str!("../../assets/claims/measured.json");

/// A sentence, the race that it is about, and what must hold there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Claim {
    /// Of its sentence, and for the command line.
    pub id: String,
    pub race: ClaimedRace,
    pub measure: Measure,
    /// All of it must hold.
    pub holds: Vec<Relation>,
    /// Cheap enough to be checked by every run of the tests.
    #[serde(default)]
    pub fast: bool,
}

/// The race of a claim: a preset, and what is otherwise.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ClaimedRace {
    pub preset: String,
    pub protocol: Protocol,
    /// Instead of the preset's.
    #[serde(default)]
    pub losses: Vec<LossKind>,
    /// Seeds of each loss; of each draw, where there are draws.
    pub seeds: usize,
    /// The winners of all draws of the tuning race, each with seeds of its own, and draws are what is compared.
    #[serde(default)]
    pub draws: bool,
    /// Settings that are otherwise, as a link says them.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
}

/// How two losses of a race compare.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Relation {
    pub loss: LossKind,
    pub than: LossKind,
    pub by: By,
    pub is: Is,
}

/// What two losses are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The mean height of the curve.
    Area,
    /// The value at the last step.
    End,
    /// Steps until the curve stays at or above this level; the race's last for a seed that does not get there.
    StepsTo(f64),
}

/// What a claim says of the first of two losses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Is {
    /// It is better, and that is shown.
    Better,
    /// Both are equal within the margin that verdicts use.
    Equal,
    /// No difference is shown: what would be said of two losses that are alike.
    NotShown,
}

/// What was measured of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The first loss's mean over seeds, or over draws, and half the width of its 95 % confidence interval.
    pub value: Interval,
    /// The other's.
    pub than: Interval,
    /// Corrected after Holm over the relations of the claim.
    pub difference: Difference,
    /// Whether the first is the better of the two on average.
    pub ahead: bool,
    /// Whether the relation holds.
    pub holds: bool,
}

/// What was measured of a claim, one for each relation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub id: String,
    pub measured: Vec<Measured>,
}

impl Evidence {
    /// With four decimals: it is part of the page, and further digits are noise that takes room.
    pub fn rounded(mut self) -> Self {
        let round = |value: &mut f64| *value = (*value * 1e4).round() / 1e4;
        for measured in &mut self.measured {
            for interval in [&mut measured.value, &mut measured.than] {
                round(&mut interval.mean);
                interval.half.iter_mut().for_each(round);
            }
            match &mut measured.difference {
                Difference::Shown { p, .. }
                | Difference::Equal { p, .. }
                | Difference::NotShown { p, .. } => round(p),
                Difference::OneSeed => (),
            }
        }
        self
    }

    pub fn holds(&self) -> bool {
        self.measured.iter().all(|measured| measured.holds)
    }
}

/// What was measured of all claims, and where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    pub machine: String,
    pub claims: Vec<Evidence>,
}

static ALL: LazyLock<Vec<Claim>> =
    LazyLock::new(|| lean::read(CLAIMS).expect("the embedded claims are read by a test"));

static ALL_MEASURED: LazyLock<Measurements> = LazyLock::new(|| {
    lean::read(MEASURED).expect("the embedded measurements of the claims are read by a test")
});

/// All claims, in the order in which they are told.
pub fn claims() -> &'static [Claim] {
    &ALL
}

/// What was last measured of all claims.
pub fn measurements() -> &'static Measurements {
    &ALL_MEASURED
}

impl Claim {
    pub fn from_id(id: &str) -> Option<&'static Self> {
        claims().iter().find(|claim| claim.id == id)
    }

    /// What was last measured of it.
    pub fn evidence(&self) -> Option<&'static Evidence> {
        let mut all = measurements().claims.iter();
        all.find(|evidence| evidence.id == self.id)
    }

    /// What is measured of its race's curves: of one recording, or of one for each draw. None where a loss is missing or
    /// has no curve.
    pub fn check(&self, recordings: &[Recording]) -> Option<Evidence> {
        let races: Vec<Race<'_>> = recordings
            .iter()
            .map(|recording| {
                let summary = recording.summary(self.measure)?;
                Some(Race { recording, summary })
            })
            .collect::<Option<_>>()?;
        let pairs = self.holds.iter().map(|relation| {
            let sample = |loss| sample(&races, loss, relation.by);
            let (loss, than) = (sample(relation.loss)?, sample(relation.than)?);
            let summary = &races.first()?.summary;
            Some((loss, than, relation.by.margin(summary)))
        });
        let pairs: Vec<_> = pairs.collect::<Option<_>>()?;
        let found = planned(&pairs);
        let measured = self.holds.iter().zip(&pairs).zip(found);
        let measured = measured.map(|((relation, (loss, than, _)), found)| {
            Some(Measured {
                value: relation.by.interval(loss)?,
                than: relation.by.interval(than)?,
                difference: found.difference,
                ahead: found.first_is_better,
                holds: relation.is.holds(found),
            })
        });
        Some(Evidence {
            id: self.id.clone(),
            measured: measured.collect::<Option<_>>()?,
        })
    }
}

impl ClaimedRace {
    /// The race as an experiment; with draws the first of [`experiments`](Self::experiments).
    ///
    /// # Errors
    /// Where a setting is none, or its text no value of it.
    ///
    /// # Panics
    /// Where there is no such preset, which a test looks up.
    pub fn experiment(&self) -> Result<Experiment, SettingTextError> {
        let preset = Preset::from_id(&self.preset).expect("a test looks up the presets of claims");
        let mut experiment = preset.experiment(self.protocol);
        experiment.seeds = self.seeds;
        if !self.losses.is_empty() {
            let entry = |&loss| Entry::preset(loss, self.protocol, &preset.conditions);
            experiment.entries = self.losses.iter().map(entry).collect();
        }
        for (key, value) in &self.set {
            experiment.read_setting(key, value)?;
        }
        Ok(experiment)
    }

    /// The races to run: one, or one for each draw of the tuning.
    ///
    /// # Errors
    /// As for [`experiment`](Self::experiment).
    pub fn experiments(&self) -> Result<Vec<Experiment>, SettingTextError> {
        let experiment = self.experiment()?;
        Ok(if self.draws {
            experiment.of_draws()
        } else {
            vec![experiment]
        })
    }
}

impl Is {
    fn holds(self, found: Planned) -> bool {
        match self {
            Self::Better => found.first_is_better && found.difference.is_shown(),
            Self::Equal => matches!(found.difference, Difference::Equal { .. }),
            Self::NotShown => !found.difference.is_shown(),
        }
    }
}

/// Curves of one race, and their numbers.
struct Race<'a> {
    recording: &'a Recording,
    summary: Summary,
}

impl Race<'_> {
    /// A number of each seed of a loss, smaller ones better.
    fn sample(&self, loss: LossKind, by: By) -> Option<Sample> {
        let heats = &self.recording.heats;
        let at = heats.iter().position(|heat| heat.entry.loss == loss)?;
        let heat = &self.summary.heats[at];
        let sign = match self.summary.measure.info().better {
            Better::Higher => -1.0,
            Better::Lower => 1.0,
        };
        let exact = |values: &[f64]| Sample {
            values: values.iter().map(|value| sign * value).collect(),
            cut_off: false,
            factor: None,
        };
        Some(match by {
            By::Area => exact(&heat.areas),
            By::End => exact(&heat.ends),
            By::StepsTo(level) => {
                let end = self.summary.steps;
                reach_of(&heats[at], self.summary.measure, level, end).restricted(f64::from(end))
            }
        })
    }
}

/// A number of each seed of the only race, or the mean of each of several races.
fn sample(races: &[Race<'_>], loss: LossKind, by: By) -> Option<Sample> {
    if let [race] = races {
        return race.sample(loss, by);
    }
    let samples = races.iter().map(|race| race.sample(loss, by));
    let samples: Vec<Sample> = samples.collect::<Option<_>>()?;
    let means = samples
        .iter()
        .map(|sample| Some(mean_variance(&sample.values)?.0));
    Some(Sample {
        values: means.collect::<Option<_>>()?,
        cut_off: samples.iter().any(|sample| sample.cut_off),
        factor: None,
    })
}

impl By {
    /// Of a sample, in which smaller values are better.
    fn interval(self, sample: &Sample) -> Option<Interval> {
        let found = sample.interval()?;
        Some(match self {
            // Values that are better where they are larger were turned round; no measure that races are claimed by is
            // negative.
            Self::Area | Self::End => Interval {
                mean: found.mean.abs(),
                ..found
            },
            Self::StepsTo(_) => found,
        })
    }

    /// What counts as no difference between two losses.
    fn margin(self, summary: &Summary) -> Margin {
        match self {
            Self::Area | Self::End => {
                let margin = summary.equal_values();
                Box::new(move |_, _| margin)
            }
            Self::StepsTo(_) => Box::new(Summary::equal_steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::recording::tests::linear;
    use super::*;

    fn relation(loss: LossKind, than: LossKind, by: By, is: Is) -> Relation {
        Relation { loss, than, by, is }
    }

    fn claim(holds: Vec<Relation>) -> Claim {
        Claim {
            id: "test".to_owned(),
            race: ClaimedRace {
                preset: "paper".to_owned(),
                protocol: Protocol::Matched,
                losses: Vec::new(),
                seeds: 4,
                draws: false,
                set: BTreeMap::new(),
            },
            measure: Measure::MapAtR,
            holds,
            fast: false,
        }
    }

    /// The race of the tests of recordings: straight lines up to these steps, and the losses in their order.
    fn raced(until: &[&[f64]]) -> (Recording, LossKind, LossKind) {
        let recording = linear(until, 0.5);
        let losses = [0, 1].map(|heat| recording.heats[heat].entry.loss);
        (recording, losses[0], losses[1])
    }

    #[test]
    fn what_holds_holds_and_its_opposite_does_not() {
        let (race, fast, slow) =
            raced(&[&[100.0, 110.0, 105.0, 100.0], &[200.0, 215.0, 205.0, 200.0]]);
        let holds = |relation: Relation| {
            let found = claim(vec![relation])
                .check(std::slice::from_ref(&race))
                .unwrap();
            found.holds()
        };
        for by in [By::Area, By::StepsTo(0.4)] {
            assert!(holds(relation(fast, slow, by, Is::Better)), "{by:?}");
            assert!(!holds(relation(slow, fast, by, Is::Better)), "{by:?}");
            assert!(!holds(relation(fast, slow, by, Is::Equal)), "{by:?}");
            assert!(!holds(relation(fast, slow, by, Is::NotShown)), "{by:?}");
        }
        // At the end they are the same to the last digit.
        assert!(holds(relation(slow, fast, By::End, Is::NotShown)));
        assert!(!holds(relation(slow, fast, By::End, Is::Better)));
    }

    #[test]
    fn the_numbers_are_those_of_the_curves() {
        let (race, fast, slow) = raced(&[&[100.0, 120.0], &[200.0, 240.0]]);
        let found = claim(vec![
            relation(slow, fast, By::StepsTo(0.4), Is::Better),
            relation(fast, slow, By::End, Is::Equal),
        ])
        .check(&[race])
        .unwrap();
        let steps = &found.measured[0];
        assert!((steps.value.mean - 176.0).abs() < 1e-3, "{steps:?}");
        assert!((steps.than.mean - 88.0).abs() < 1e-3 && !steps.ahead && !steps.holds);
        assert!((found.measured[1].value.mean - 0.5).abs() < 1e-6);
    }

    #[test]
    fn with_draws_draws_are_compared_and_not_seeds() {
        // Within a draw the first is ahead in every seed; over three draws it is not.
        let draws = [
            (&[100.0, 101.0, 102.0][..], &[200.0, 202.0, 204.0][..]),
            (&[300.0, 301.0, 302.0], &[150.0, 151.0, 152.0]),
            (&[200.0, 201.0, 202.0], &[205.0, 207.0, 209.0]),
        ];
        let races: Vec<_> = draws.iter().map(|(a, b)| raced(&[a, b])).collect();
        let (_, first, second) = races[0].clone();
        let better = claim(vec![relation(first, second, By::Area, Is::Better)]);
        assert!(
            better
                .check(std::slice::from_ref(&races[0].0))
                .unwrap()
                .holds()
        );
        let all: Vec<Recording> = races.into_iter().map(|race| race.0).collect();
        let found = better.check(&all).unwrap();
        assert!(!found.holds());
        assert_eq!(found.measured[0].value.count, 3);
    }

    #[test]
    fn all_claims_can_be_raced_and_have_been() {
        let all: Vec<Claim> = serde_json::from_str(CLAIMS).unwrap();
        assert_eq!(all, claims());
        let ids: HashSet<&str> = all.iter().map(|claim| &*claim.id).collect();
        assert_eq!(ids.len(), all.len());
        let measured: Measurements = serde_json::from_str(MEASURED).unwrap();
        assert_eq!(&measured, measurements());
        assert_eq!(measured.claims.len(), all.len());
        for claim in &all {
            assert!(Preset::from_id(&claim.race.preset).is_some(), "{claim:?}");
            assert!(claim.race.seeds > 1 && !claim.holds.is_empty(), "{claim:?}");
            for experiment in claim.race.experiments().unwrap() {
                assert_eq!(experiment.validate(), Ok(()), "{}", claim.id);
                for relation in &claim.holds {
                    for loss in [relation.loss, relation.than] {
                        let mut raced = experiment.entries.iter();
                        assert!(raced.any(|entry| entry.loss == loss), "{}", claim.id);
                    }
                }
            }
            let evidence = claim
                .evidence()
                .expect("it has not been measured: `cargo run --release -- claims --all --write`");
            assert_eq!(evidence.measured.len(), claim.holds.len(), "{}", claim.id);
            assert!(evidence.holds(), "{} does not hold: {evidence:?}", claim.id);
        }
    }
}
