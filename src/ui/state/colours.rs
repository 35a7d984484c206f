//! Which loss has which colour.

use litemap::LiteMap;

use crate::loss::LossKind;
use crate::ui::model::LOSS_COLOURS;

/// The colours of the losses in the race, by their index in the palette. A loss keeps its own while it is in the race.
#[derive(Debug)]
pub(super) struct Colours(LiteMap<LossKind, usize>);

impl Colours {
    pub fn new() -> Self {
        Self(LiteMap::new())
    }

    /// Gives every loss a colour: the same in every race, as far as there are enough.
    pub fn choose(&mut self, losses: &[LossKind]) {
        self.0.retain(|loss, _| losses.contains(loss));
        for &loss in losses {
            if let (None, Some(own)) = (self.0.get(&loss), own_colour(loss))
                && !self.is_used(own)
            {
                self.0.insert(loss, own);
            }
        }
        for &loss in losses {
            if !self.0.contains_key(&loss) {
                let spare = (0..LOSS_COLOURS).filter(|&index| !is_owned(index));
                let free = spare
                    .chain(0..)
                    .find(|&index| !self.is_used(index))
                    .expect("there are more numbers than losses");
                self.0.insert(loss, free);
            }
        }
    }

    /// The colour of a loss that was among those of the last [`Self::choose`].
    pub fn of(&self, loss: LossKind) -> usize {
        self.0[&loss]
    }

    fn is_used(&self, colour: usize) -> bool {
        self.0.values().any(|&used| used == colour)
    }
}

/// The colour that a loss has wherever it is free, by its index in the palette.
pub fn own_colour(loss: LossKind) -> Option<usize> {
    loss.info().colour
}

/// Whether some loss has this colour of its own.
fn is_owned(colour: usize) -> bool {
    LossKind::ALL
        .iter()
        .any(|&loss| own_colour(loss) == Some(colour))
}
