//! Where the losses of a race stand: compared at one step, with ties.

use super::{HeatRecord, Measure};
use crate::order;

/// Losses with the same number to this many decimals are equal: nobody sees more of them.
const DECIMALS: i32 = 3;

/// The losses of a race at the last step that all of them have been evaluated at.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    pub measure: Measure,
    pub step: u32,
    /// The best first. A loss all of whose seeds have ended is not among them.
    pub places: Vec<Place>,
}

/// One loss's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Index of the loss in the race.
    pub heat: usize,
    /// Mean over its seeds; one that has ended counts with its worst value.
    pub value: f64,
}

impl Ranking {
    /// None before every loss has been evaluated, or where all have ended.
    pub fn of(heats: &[&HeatRecord], measure: Measure) -> Option<Self> {
        let running = || heats.iter().enumerate().filter(|(_, heat)| !heat.is_over());
        let step = running()
            .next()?
            .1
            .points
            .iter()
            .rev()
            .map(|point| point.step)
            .find(|&step| running().all(|(_, heat)| heat.at(step).is_some()))?;
        let mut places: Vec<Place> = running()
            .filter_map(|(heat, record)| {
                let value = record.interval(record.index_of(step)?, measure)?.mean;
                Some(Place { heat, value })
            })
            .collect();
        order::sort_by(&mut places, |a, b| {
            measure.order(a.value, b.value).then(a.heat.cmp(&b.heat))
        });
        (!places.is_empty()).then_some(Self {
            measure,
            step,
            places,
        })
    }

    /// The first, and all whose number looks the same.
    pub fn leaders(&self) -> &[Place] {
        let shown = |value: f64| (value * 10f64.powi(DECIMALS)).round();
        let first = self.places.first().map(|place| shown(place.value));
        let tied = self
            .places
            .iter()
            .take_while(|place| Some(shown(place.value)) == first);
        &self.places[..tied.count()]
    }
}

#[cfg(test)]
mod tests {
    use super::super::recording::tests::linear;
    use super::*;

    fn ranking(heats: &[HeatRecord]) -> Option<Ranking> {
        Ranking::of(&heats.iter().collect::<Vec<_>>(), Measure::MapAtR)
    }

    #[test]
    fn losses_are_compared_at_the_last_step_that_all_have_reached() {
        // The second is faster; of the first one more is known.
        let mut recording = linear(&[&[200.0], &[150.0]], 0.5);
        recording.heats[1].points.truncate(3);
        let found = ranking(&recording.heats).unwrap();
        assert_eq!(found.step, 40);
        assert_eq!(found.leaders()[0].heat, 1);
        assert_eq!(found.leaders().len(), 1);
        recording.heats[1].points.clear();
        assert_eq!(ranking(&recording.heats), None, "nothing is known of one");
    }

    #[test]
    fn equal_numbers_share_a_place() {
        let recording = linear(&[&[200.0], &[300.0], &[200.1]], 0.5);
        let mut heats = recording.heats;
        heats.iter_mut().for_each(|heat| heat.points.truncate(4));
        let leaders: Vec<usize> = ranking(&heats)
            .unwrap()
            .leaders()
            .iter()
            .map(|place| place.heat)
            .collect();
        assert_eq!(leaders, [0, 2], "0.150 looks like 0.150");
    }

    #[test]
    fn a_loss_that_has_ended_has_no_place_and_holds_nobody_back() {
        let mut recording = linear(&[&[20.0], &[400.0]], 0.5);
        recording.heats[0].points.truncate(4);
        recording.heats[0].points[3].lanes[0] = None;
        recording.heats[0].stopped = vec![(0, 60)];
        let found = ranking(&recording.heats).unwrap();
        assert_eq!((found.step, found.places.len()), (400, 1));
        assert_eq!(found.places[0].heat, 1);
    }
}
