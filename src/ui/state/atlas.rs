//! The map of which loss wins where: a file that is fetched when somebody first needs it.

use std::rc::Rc;

use super::{Effect, Effects};
use crate::bridge::FetchFailure;
use crate::experiment::Experiment;
use crate::lean;
use crate::record::WinMap;

/// A map that has come.
#[derive(Debug, PartialEq)]
pub struct Map {
    pub map: WinMap,
    /// The experiments of all cells, in their order.
    pub cells: Vec<Rc<Experiment>>,
}

/// Why there is no map.
#[derive(Clone, Debug, PartialEq)]
pub enum MapFailure {
    /// The file did not come.
    File(FetchFailure),
    /// What came is no map; `detail` says where.
    Damaged { detail: String },
}

/// How far the map is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Atlas {
    /// Nobody has asked for it.
    #[default]
    Unasked,
    Coming,
    Here(Rc<Map>),
    Failed(MapFailure),
}

impl Atlas {
    /// Has the map fetched, where it is not here and not on its way.
    pub(super) fn want(&mut self, effects: &mut Effects) {
        if matches!(self, Self::Unasked | Self::Failed(_)) {
            *self = Self::Coming;
            effects.push(Effect::FetchMap);
        }
    }

    pub(super) fn fetched(&mut self, outcome: Result<String, FetchFailure>) {
        let read = outcome.map_err(MapFailure::File).and_then(|text| {
            lean::read::<WinMap>(&text).map_err(|error| MapFailure::Damaged {
                detail: error.to_string(),
            })
        });
        *self = match read {
            Ok(map) => {
                let links = map.cells.iter().map(|cell| &cell.link);
                let cells = links.map(|link| Rc::new(Experiment::from_fragment(link).0));
                Self::Here(Rc::new(Map {
                    cells: cells.collect(),
                    map,
                }))
            }
            Err(failure) => Self::Failed(failure),
        };
    }

    /// Whether an experiment is that of a cell, with its conditions and its tuned losses. No, as long as the map is not here.
    pub fn has(&self, experiment: &Experiment) -> bool {
        let same = |cell: &Rc<Experiment>| {
            cell.conditions == experiment.conditions && cell.entries == experiment.entries
        };
        match self {
            Self::Here(map) => map.cells.iter().any(same),
            _ => false,
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::loss::LossKind;

    /// As the page gets it.
    const FILE: &str = include_str!("../../../assets/maps/glyphs.json");

    pub fn here() -> Rc<Map> {
        let mut atlas = Atlas::Coming;
        atlas.fetched(Ok(FILE.to_owned()));
        match atlas {
            Atlas::Here(map) => map,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_cell_of_the_map_can_be_raced() {
        let found = here();
        assert!(found.map.cells.len() >= 9);
        let atlas = Atlas::Here(found.clone());
        for (cell, of) in found.cells.iter().zip(&found.map.cells) {
            assert_eq!(cell.sampler, of.sampler);
            assert_eq!(Experiment::from_fragment(&of.link).1, []);
            assert!(cell.validate().is_ok() && atlas.has(cell));
            let losses: Vec<LossKind> = cell.entries.iter().map(|entry| entry.loss).collect();
            assert_eq!(losses, found.map.losses);
        }
        assert!(!atlas.has(&Experiment::default_preset()));
        assert!(!Atlas::Unasked.has(&found.cells[0]));
    }

    /// What is called safe in the file that ships is what the correction over its cells calls safe, of three draws at least.
    #[test]
    fn the_map_is_corrected_and_of_several_draws() {
        let found = here();
        let mut again = found.map.clone();
        again.correct();
        assert_eq!(again, found.map);
        assert!(found.map.repeats >= 3);
        for cell in &found.map.cells {
            let samples = u64::from(cell.steps) * cell.sampler.batch() as u64;
            let all = found.map.samples.unwrap();
            assert!(samples.abs_diff(all) <= cell.sampler.batch() as u64 / 2);
            assert_eq!(cell.area.len(), found.map.losses.len());
        }
    }

    #[test]
    fn the_map_is_fetched_once_and_again_after_a_failure() {
        let mut atlas = Atlas::default();
        let mut effects = Effects::new();
        atlas.want(&mut effects);
        atlas.want(&mut effects);
        assert_eq!(effects, [Effect::FetchMap]);
        let refused = FetchFailure::Refused {
            file: "maps/glyphs.json".to_owned(),
            status: 404,
        };
        atlas.fetched(Err(refused.clone()));
        assert_eq!(atlas, Atlas::Failed(MapFailure::File(refused)));
        atlas.want(&mut effects);
        assert_eq!(effects.len(), 2);
        atlas.fetched(Ok("<!doctype html>".to_owned()));
        assert!(matches!(
            atlas,
            Atlas::Failed(MapFailure::Damaged { ref detail }) if detail.contains("line 1")
        ));
        atlas.want(&mut effects);
        atlas.fetched(Ok(FILE.to_owned()));
        assert_eq!(atlas, Atlas::Here(here()));
        atlas.want(&mut effects);
        assert_eq!(effects.len(), 3);
    }
}
