//! Which part of the plane a view of an embedding shows.

use crate::order;
use crate::ui::model::Frame;

/// A rectangle in the unit of a frame's coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Crop {
    /// Left and right.
    pub x: [f64; 2],
    /// Bottom and top.
    pub y: [f64; 2],
}

impl Crop {
    fn around_nothing(reach: f64) -> Self {
        Self {
            x: [-reach, reach],
            y: [-reach, reach],
        }
    }

    /// What a frame wants to be seen of it. A circle or a sphere is always shown whole; of a projection, all but its
    /// farthest fiftieth around its middle; of a map of neighbours, all: at its rim lie whole islands, and its middle means
    /// nothing.
    pub fn of(frame: &Frame) -> Self {
        let header = &frame.header;
        if header.components == 3 || (header.explained >= 1.0 && !header.neighbours) {
            return Self::around_nothing(1.06);
        }
        let points = || frame.coordinates.chunks_exact(header.components.max(1));
        if header.neighbours {
            let side = |axis: usize| {
                let at = points().filter_map(move |point| point.get(axis));
                let finite = at.copied().filter(|value| value.is_finite());
                let [low, high] = finite.fold([f32::MAX, f32::MIN], |[low, high], value| {
                    [low.min(value), high.max(value)]
                });
                let (low, high) = (f64::from(low), f64::from(high));
                // A point alone has a picture, too.
                if low < high { [low, high] } else { [-1.0, 1.0] }
            };
            return Self {
                x: side(0),
                y: side(1),
            };
        }
        let reach = |point: &[f32]| point.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        let mut reaches: Vec<f32> = points().map(reach).filter(|x| x.is_finite()).collect();
        order::sort_by(&mut reaches, f32::total_cmp);
        let index = reaches.len().saturating_sub(1 + reaches.len() / 50);
        let most = f64::from(reaches.get(index).copied().unwrap_or(1.0));
        Self::around_nothing(most.max(1e-6) * 1.08)
    }

    /// What is shown next where `wanted` is wanted: it grows at once, so that points stay in the picture, and shrinks
    /// slowly, so that the picture does not breathe.
    pub fn towards(self, wanted: Self) -> Self {
        let next = |now: f64, wanted: f64, grows: bool| {
            now + (wanted - now) * if grows { 1.0 } else { 0.2 }
        };
        let side = |[low, high]: [f64; 2], [wants_low, wants_high]: [f64; 2]| {
            [
                next(low, wants_low, wants_low < low),
                next(high, wants_high, wants_high > high),
            ]
        };
        Self {
            x: side(self.x, wanted.x),
            y: side(self.y, wanted.y),
        }
    }

    /// Part of the way to another.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix =
            |a: [f64; 2], b: [f64; 2]| [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
        Self {
            x: mix(self.x, other.x),
            y: mix(self.y, other.y),
        }
    }

    pub fn middle(self) -> (f64, f64) {
        ((self.x[0] + self.x[1]) / 2.0, (self.y[0] + self.y[1]) / 2.0)
    }

    /// CSS pixels that one unit takes, where all of it is to fit into so many.
    pub fn scale(self, width: f64, height: f64) -> f64 {
        let fit = |room: f64, [low, high]: [f64; 2]| room.max(1.0) / (high - low).max(1e-9);
        fit(width, self.x).min(fit(height, self.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::model::tests::frame;

    /// A frame in the plane.
    fn flat(coordinates: Vec<f32>, neighbours: bool, explained: f32) -> Frame {
        let mut flat = frame(coordinates, 2, explained);
        flat.header.neighbours = neighbours;
        flat
    }

    #[test]
    fn one_stray_point_does_not_shrink_the_picture() {
        let mut coordinates = [0.2, -0.1].repeat(99);
        coordinates.extend([9.0, 0.0]);
        let crop = Crop::of(&flat(coordinates, false, 0.4));
        assert!((crop.x[1] - 0.2 * 1.08).abs() < 1e-6, "{crop:?}");
        assert_eq!(
            Crop::of(&flat(vec![0.1, 0.1], false, 1.0)),
            Crop::around_nothing(1.06)
        );
        assert!(Crop::of(&flat(vec![f32::NAN, 0.0], false, 0.4)).x[1] > 0.0);
    }

    #[test]
    fn a_map_of_neighbours_fills_its_picture_to_its_farthest_island() {
        let mut coordinates = [0.2, -0.1].repeat(99);
        coordinates.extend([3.0, 0.5]);
        let crop = Crop::of(&flat(coordinates, true, 0.0));
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
        assert!(near(crop.x[0], 0.2) && near(crop.x[1], 3.0), "{crop:?}");
        assert!(near(crop.y[0], -0.1) && near(crop.y[1], 0.5), "{crop:?}");
        // Wide and flat: the width decides.
        assert!(near(crop.scale(280.0, 280.0), 100.0));
        assert!(near(crop.middle().0, 1.6) && near(crop.middle().1, 0.2));
        let alone = Crop::of(&flat(vec![0.0, 0.0], true, 0.0));
        assert!(alone.scale(100.0, 100.0).is_finite());
    }

    #[test]
    fn it_grows_at_once_and_shrinks_slowly() {
        let (small, large) = (Crop::around_nothing(1.0), Crop::around_nothing(2.0));
        assert_eq!(small.towards(large), large);
        let shrunk = large.towards(small);
        assert!(shrunk.x[1] > 1.7 && shrunk.x[1] < 2.0 && shrunk.y[0] > -2.0);
        assert_eq!(small.mixed(large, 0.5), Crop::around_nothing(1.5));
    }
}
