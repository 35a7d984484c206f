//! How much of the time pictures may take.

/// Share of the time that pictures may take.
const SHARE: f64 = 0.1;
/// Share that pictures may take which somebody asks for while it trains. The rest is for those of evaluations, so that all losses
/// have pictures of the same steps.
const SHARE_ASKED: f64 = 0.06;
/// Milliseconds that may be overdrawn, so that there is a picture soon.
const CREDIT_MS: f64 = 30.0;

/// Keeps pictures to their share of the time.
#[derive(Clone, Debug, Default)]
pub struct FrameShare {
    train_ms: f64,
    frame_ms: f64,
    /// The step of the last evaluation, and whether its pictures are made.
    evaluation: Option<(u32, bool)>,
}

impl FrameShare {
    /// It has trained for so long.
    pub fn trained(&mut self, milliseconds: f64) {
        self.train_ms += milliseconds;
    }

    /// A picture has taken so long while it trained.
    pub fn framed(&mut self, milliseconds: f64) {
        self.frame_ms += milliseconds;
    }

    /// Whether pictures that somebody asks for can be made now.
    pub fn allows_asked(&self) -> bool {
        self.is_within(SHARE_ASKED)
    }

    /// Whether there is to be a picture of an evaluation at this step: of all losses or of none.
    pub fn allows_evaluation(&mut self, step: u32) -> bool {
        match self.evaluation {
            Some((of, allowed)) if of == step => allowed,
            _ => {
                let allowed = self.is_within(SHARE);
                self.evaluation = Some((step, allowed));
                allowed
            }
        }
    }

    fn is_within(&self, share: f64) -> bool {
        self.frame_ms <= share * (self.train_ms + self.frame_ms) + CREDIT_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of the time that pictures take, and at how many of the evaluations there was one: a race of three losses whose
    /// page asks for pictures after every step.
    fn race(step_ms: f64, frame_ms: f64) -> (f64, usize) {
        let mut share = FrameShare::default();
        let mut made = 0;
        for step in 1..=400 {
            for _ in 0..3 {
                share.trained(step_ms);
            }
            if step % 25 == 0 {
                let losses: Vec<bool> = (0..3).map(|_| share.allows_evaluation(step)).collect();
                assert!(losses.iter().all(|&allowed| allowed == losses[0]));
                for _ in losses.iter().filter(|allowed| **allowed) {
                    share.framed(frame_ms);
                }
                made += usize::from(losses[0]);
            }
            if share.allows_asked() {
                (0..3).for_each(|_| share.framed(frame_ms));
            }
        }
        (share.frame_ms / (share.train_ms + share.frame_ms), made)
    }

    #[test]
    fn pictures_keep_to_their_share_and_those_of_evaluations_come_first() {
        // A slow computer: what pictures were asked for leaves room for those of all evaluations.
        let (share, made) = race(60.0, 15.0);
        assert!(share <= SHARE, "{share}");
        assert_eq!(made, 16);
        assert!(share > 0.5 * SHARE_ASKED, "{share}: hardly any picture");
        // A device that trains so fast that pictures cannot keep up.
        let (share, made) = race(0.5, 15.0);
        let overdrawn = (CREDIT_MS + 3.0 * 15.0) / (1200.0 * 0.5);
        assert!(share <= SHARE + overdrawn, "{share}");
        assert!(made > 0 && made < 16, "{made}");
    }
}
