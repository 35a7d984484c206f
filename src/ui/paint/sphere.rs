//! Turning the unit sphere.

/// Which way a sphere is turned. The eye looks along −z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// Around the upright axis, in radians.
    pub yaw: f64,
    /// Around the level axis, in radians; a quarter turn is the limit, so that up stays up.
    pub pitch: f64,
}

impl Default for Turn {
    /// A little from above and aside, so that it looks like a sphere.
    fn default() -> Self {
        Self {
            yaw: -0.5,
            pitch: 0.35,
        }
    }
}

impl Turn {
    pub fn by(self, yaw: f64, pitch: f64) -> Self {
        let limit = std::f64::consts::FRAC_PI_2;
        Self {
            yaw: (self.yaw + yaw) % std::f64::consts::TAU,
            pitch: (self.pitch + pitch).clamp(-limit, limit),
        }
    }

    /// Right, up, and towards the eye.
    pub fn apply(self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let (sin, cos) = self.yaw.sin_cos();
        let (x, z) = (cos * x + sin * z, cos * z - sin * x);
        let (sin, cos) = self.pitch.sin_cos();
        [x, cos * y - sin * z, cos * z + sin * y]
    }
}

/// Great circles through the axes: the equator and two meridians.
pub fn great_circles(segments: usize) -> [Vec<[f64; 3]>; 3] {
    let circle = |point: fn(f64, f64) -> [f64; 3]| {
        (0..=segments)
            .map(|index| {
                let (sin, cos) = (std::f64::consts::TAU * index as f64 / segments as f64).sin_cos();
                point(cos, sin)
            })
            .collect()
    };
    [
        circle(|cos, sin| [cos, 0.0, sin]),
        circle(|cos, sin| [cos, sin, 0.0]),
        circle(|cos, sin| [0.0, cos, sin]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: [f64; 3], b: [f64; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn turning_keeps_lengths_and_has_the_right_sense() {
        let level = Turn {
            yaw: 0.0,
            pitch: 0.0,
        };
        assert!(close(level.apply([0.1, 0.2, 0.3]), [0.1, 0.2, 0.3]));
        // A drag to the right brings the front to the right, one downwards brings it down.
        let quarter = std::f64::consts::FRAC_PI_2;
        assert!(close(
            level.by(quarter, 0.0).apply([0.0, 0.0, 1.0]),
            [1.0, 0.0, 0.0]
        ));
        assert!(close(
            level.by(0.0, quarter).apply([0.0, 0.0, 1.0]),
            [0.0, -1.0, 0.0]
        ));
        let turned = Turn {
            yaw: 1.1,
            pitch: -0.7,
        }
        .apply([0.6, 0.0, 0.8]);
        assert!((turned.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn up_stays_up() {
        assert!(Turn::default().by(0.0, 9.0).apply([0.0, 1.0, 0.0])[1] >= -1e-12);
    }

    #[test]
    fn circles_are_great_and_closed() {
        for circle in great_circles(36) {
            assert!(close(circle[0], circle[36]));
            assert!(
                circle
                    .iter()
                    .all(|p| (p.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-12)
            );
        }
    }
}
