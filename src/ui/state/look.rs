//! A look inside a loss: who pulls whom in the batch that it trains on next, for as long as somebody looks.

use super::{Effects, Sheet, State};
use crate::bridge::{Bulk, Command, RunId};
use crate::loss::LossKind;
use crate::record::{Inside, InsideHeader};
use crate::ui::model::Same;

/// What is seen, and whether more has been asked for.
#[derive(Debug, Default)]
pub struct Look {
    /// The run of which a request is under way; there is never a second one. Of an older run, no answer comes any more.
    asked: Option<RunId>,
    /// The run of what is seen.
    run: RunId,
    /// The batch stays, whatever is trained meanwhile.
    held: bool,
    seen: Option<Same<Inside>>,
}

impl Look {
    /// What was seen last; none before the first answer.
    pub fn seen(&self) -> Option<&Same<Inside>> {
        self.seen.as_ref()
    }

    /// Whether the batch stays, so that it can be read.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Nobody looks any more, or at something else. An answer may still be on its way.
    fn turn_away(&mut self) {
        self.held = false;
        self.seen = None;
    }

    fn take(&mut self, header: InsideHeader, bulk: Option<Bulk>) {
        if self.held && self.seen.is_some() {
            return;
        }
        let seen = match bulk {
            Some(Bulk::Floats(floats)) => Inside::from_floats(header, floats),
            _ => None,
        };
        if let Some(seen) = seen {
            self.seen = Some(Same::new(seen));
        }
    }
}

impl State {
    /// Shows what lies over the page, and begins to look where it is a look inside.
    pub(super) fn show_sheet(&mut self, sheet: Option<Sheet>, effects: &mut Effects) {
        self.screen.show(sheet);
        self.look.turn_away();
        self.ask_inside(effects);
    }

    /// Keeps the batch that is seen, or goes on to the next ones.
    pub(super) fn hold_look(&mut self, held: bool, effects: &mut Effects) {
        self.look.held = held;
        self.ask_inside(effects);
    }

    /// The loss that somebody looks into.
    fn looked_into(&self) -> Option<LossKind> {
        match self.screen.sheet() {
            Some(Sheet::Inside(loss)) => Some(loss),
            _ => None,
        }
    }

    /// The heat and lane that somebody looks into, where the loss is in the race that is laid out.
    fn looked_at(&self) -> Option<(usize, usize)> {
        let loss = self.looked_into()?;
        let tracks = self.race.tracks();
        let heat = tracks.iter().position(|track| track.loss == loss)?;
        // While trials are in the race's place, the workers hold no such heat.
        self.tuning_now()
            .is_none()
            .then(|| (heat, tracks[heat].lane_shown))
    }

    /// Asks for the next batch, unless one has been asked for, or nobody looks.
    fn ask_inside(&mut self, effects: &mut Effects) {
        let Some((heat, lane)) = self.looked_at() else {
            return;
        };
        let run = self.race.run();
        if self.look.asked == Some(run) || self.look.held {
            return;
        }
        let look = |heat| Command::LookInside { heat, lane };
        let before = effects.len();
        self.devices.send_heat(run, heat, look, effects);
        // Nothing is sent to a worker that has not laid out the run yet.
        if effects.len() > before {
            self.look.asked = Some(run);
        }
    }

    /// A heat has sent a frame: time for another look at it.
    pub(super) fn look_again(&mut self, heat: usize, effects: &mut Effects) {
        if self
            .looked_at()
            .is_some_and(|(looked_at, _)| looked_at == heat)
        {
            self.ask_inside(effects);
        }
    }

    /// A worker has laid out its part of a run.
    pub(super) fn look_anew(&mut self, effects: &mut Effects) {
        let run = self.race.run();
        if self.look.run != run {
            self.look.run = run;
            self.look.turn_away();
        }
        self.ask_inside(effects);
    }

    /// Takes an answer. Where it is of another heat or lane than is looked at by now, the right one is asked for.
    pub(super) fn on_inside(
        &mut self,
        heat: usize,
        header: InsideHeader,
        bulk: Option<Bulk>,
        effects: &mut Effects,
    ) {
        self.look.asked = None;
        match self.looked_at() {
            Some(at) if at == (heat, header.lane) => self.look.take(header, bulk),
            Some(_) => self.ask_inside(effects),
            None => {}
        }
    }
}
