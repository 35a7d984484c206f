//! When to step, evaluate, nap, pause and finish.
//!
//! Whoever trains a race (the worker, the command line, a timing) asks a [`Driver`] for the next [`Order`], carries it
//! out, and asks again. The driver knows no browser, no tensors and no clock of its own: it is told the time, and sees of
//! the heats only what [`Heats`] says.

/// A nap is never longer, so that a command never waits for a slow pace.
const LONGEST_NAP_MS: f64 = 50.0;
/// How much of what a late nap has cost is made up for. More would be a burst after a tab has slept.
const CATCH_UP_MS: f64 = 200.0;
/// Each heat that trains reports about this often.
const REPORT_EVERY_MS: f64 = 250.0;

/// What a driver has to know of the heats that it drives.
pub trait Heats {
    fn count(&self) -> usize;
    /// Steps that a heat has done.
    fn step_count(&self, heat: usize) -> u32;
    /// Whether all its steps are done, or no lane is left.
    fn is_finished(&self, heat: usize) -> bool;
    /// Whether its metrics are to be computed at the step that it has reached.
    fn evaluation_due(&self, heat: usize) -> bool;
    /// The step at which it has to be looked at next: its next evaluation or its last step.
    fn next_stop(&self, heat: usize) -> u32;
}

/// What is to be done next. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// Train so many steps of a heat, or fewer where something else has come up meanwhile.
    Step { heat: usize, steps: u32 },
    /// Compute a heat's metrics at the step that it has reached.
    Evaluate { heat: usize },
    /// Tell how far a heat is.
    Report {
        heat: usize,
        step: u32,
        steps_per_second: f32,
    },
    /// Do nothing for so long: the pace is limited.
    Nap { milliseconds: f64 },
    /// Play or Step number `play` has come to its end, and there are steps left.
    Paused { play: u32 },
    /// All heats are finished and evaluated.
    Finished,
    /// Nothing is to be done until somebody plays or steps.
    Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Idle,
    /// To the stop mark or the end.
    Play,
    /// Until every heat has reached this step, or the stop mark.
    Reach(u32),
}

/// When and at which step a heat last reported.
#[derive(Clone, Copy, Debug, Default)]
struct Reported {
    at_ms: f64,
    step: u32,
}

/// Decides what a race does next. Heats stay abreast: the one with the fewest steps goes first.
#[derive(Clone, Debug)]
pub struct Driver {
    goal: Goal,
    /// The number of the last Play or Step.
    play: u32,
    /// Pause when every heat has done this many steps.
    stop_at: Option<u32>,
    /// Steps a second and heat.
    pace: Option<f32>,
    /// Most steps that one heat is given at once where the pace is not limited.
    burst: u32,
    /// When the next round of steps may start, where the pace is limited.
    next_round_ms: f64,
    reported: Vec<Reported>,
}

impl Driver {
    /// A driver of so many heats at step 0, idle, as fast as the device can. `burst` is how many steps one heat may be
    /// given at once: 1 keeps all abreast, more spares a GPU the waiting between them.
    pub fn new(heats: usize, burst: u32) -> Self {
        Self {
            goal: Goal::Idle,
            play: 0,
            stop_at: None,
            pace: None,
            burst: burst.max(1),
            next_round_ms: 0.0,
            reported: vec![Reported::default(); heats],
        }
    }

    /// Train to the stop mark or the end. `play` numbers this Play; [`Order::Paused`] answers with it.
    pub fn play(&mut self, play: u32, heats: &impl Heats, now_ms: f64) {
        self.begin(Goal::Play, play, heats, now_ms);
    }

    /// Train so many steps of every heat, counted from the one that is furthest behind, then pause.
    pub fn step(&mut self, steps: u32, play: u32, heats: &impl Heats, now_ms: f64) {
        let slowest = (0..heats.count())
            .filter(|&heat| !heats.is_finished(heat))
            .map(|heat| heats.step_count(heat))
            .min();
        let until = slowest.unwrap_or(0).saturating_add(steps);
        self.begin(Goal::Reach(until), play, heats, now_ms);
    }

    fn begin(&mut self, goal: Goal, play: u32, heats: &impl Heats, now_ms: f64) {
        self.goal = goal;
        self.play = play;
        self.next_round_ms = now_ms;
        self.all_reported(heats, now_ms);
    }

    /// Stop training. The answer to give, also where nothing trained: whoever asked waits for it.
    pub fn pause(&mut self, heats: &impl Heats, now_ms: f64) -> Order {
        self.goal = Goal::Idle;
        self.all_reported(heats, now_ms);
        Order::Paused { play: self.play }
    }

    /// Stop training without an answer: the device has failed.
    pub fn give_up(&mut self) {
        self.goal = Goal::Idle;
    }

    /// At most so many steps a second and heat, above 0; `None` is as fast as the device can.
    pub fn set_pace(&mut self, steps_per_second: Option<f32>) {
        assert!(
            steps_per_second.is_none_or(|pace| pace > 0.0),
            "a pace of {steps_per_second:?} steps a second would never take a step"
        );
        self.pace = steps_per_second;
    }

    /// Pause when every heat has done this many steps; 0 is no mark.
    pub fn set_stop_at(&mut self, step: u32) {
        self.stop_at = (step > 0).then_some(step);
    }

    /// Whether it plays or steps.
    pub fn is_training(&self) -> bool {
        self.goal != Goal::Idle
    }

    /// The heat whose metrics are due. They are ordered before everything else, also while nothing trains.
    pub fn evaluation_due(&self, heats: &impl Heats) -> Option<usize> {
        (0..heats.count()).find(|&heat| heats.evaluation_due(heat))
    }

    /// What to do now. Each order is to be carried out before the next is asked for; [`Order::Paused`] and
    /// [`Order::Finished`] are given once.
    pub fn next(&mut self, heats: &impl Heats, now_ms: f64) -> Order {
        if let Some(heat) = self.evaluation_due(heats) {
            return Order::Evaluate { heat };
        }
        if !self.is_training() {
            return Order::Wait;
        }
        if let Some(report) = self.report(heats, now_ms) {
            return report;
        }
        let Some(heat) = self.next_heat(heats) else {
            let finished = (0..heats.count()).all(|heat| heats.is_finished(heat));
            let answer = self.pause(heats, now_ms);
            return if finished { Order::Finished } else { answer };
        };
        if let Some(pace) = self.pace
            && starts_round(heats, heat)
        {
            let wait = self.next_round_ms - now_ms;
            if wait > 0.0 {
                return Order::Nap {
                    milliseconds: wait.min(LONGEST_NAP_MS),
                };
            }
            let next = self.next_round_ms + 1000.0 / f64::from(pace);
            self.next_round_ms = next.max(now_ms - CATCH_UP_MS);
        }
        let done = heats.step_count(heat);
        let stop = heats.next_stop(heat).min(self.limit());
        let burst = if self.pace.is_some() { 1 } else { self.burst };
        Order::Step {
            heat,
            steps: burst.min(stop.saturating_sub(done).max(1)),
        }
    }

    /// No heat steps beyond this.
    fn limit(&self) -> u32 {
        let stop = self.stop_at.unwrap_or(u32::MAX);
        match self.goal {
            Goal::Reach(step) => stop.min(step),
            Goal::Idle | Goal::Play => stop,
        }
    }

    /// The heat with the fewest steps of those that may still step.
    fn next_heat(&self, heats: &impl Heats) -> Option<usize> {
        (0..heats.count())
            .filter(|&heat| !heats.is_finished(heat) && heats.step_count(heat) < self.limit())
            .min_by_key(|&heat| heats.step_count(heat))
    }

    /// Word of the first heat that has not reported for a while, or has just come to its end or to the mark.
    fn report(&mut self, heats: &impl Heats, now_ms: f64) -> Option<Order> {
        let limit = self.limit();
        for (heat, reported) in self.reported.iter_mut().enumerate() {
            let step = heats.step_count(heat);
            let elapsed = now_ms - reported.at_ms;
            let due = elapsed >= REPORT_EVERY_MS || heats.is_finished(heat) || step == limit;
            if step <= reported.step || !due {
                continue;
            }
            let steps_per_second = if elapsed > 0.0 {
                f64::from(step - reported.step) * 1000.0 / elapsed
            } else {
                0.0
            };
            *reported = Reported {
                at_ms: now_ms,
                step,
            };
            return Some(Order::Report {
                heat,
                step,
                steps_per_second: steps_per_second as f32,
            });
        }
        None
    }

    /// Counts steps and time anew from here.
    fn all_reported(&mut self, heats: &impl Heats, now_ms: f64) {
        for (heat, reported) in self.reported.iter_mut().enumerate() {
            *reported = Reported {
                at_ms: now_ms,
                step: heats.step_count(heat),
            };
        }
    }
}

/// Whether the next step of this heat, of all the one that is next, is the first of its round over all heats.
fn starts_round(heats: &impl Heats, heat: usize) -> bool {
    let step = heats.step_count(heat);
    (0..heats.count()).all(|other| heats.step_count(other) <= step)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps done, and whether the heat is finished.
    struct Counts([(u32, bool); 3]);

    impl Heats for Counts {
        fn count(&self) -> usize {
            self.0.len()
        }

        fn step_count(&self, heat: usize) -> u32 {
            self.0[heat].0
        }

        fn is_finished(&self, heat: usize) -> bool {
            self.0[heat].1
        }

        fn evaluation_due(&self, _: usize) -> bool {
            false
        }

        fn next_stop(&self, _: usize) -> u32 {
            u32::MAX
        }
    }

    /// A round starts with the heat that is next if no heat is ahead of it, finished or not. Written out once more, with
    /// what the rule says of the heats before it and of the one that is next.
    #[test]
    fn a_round_starts_where_no_heat_is_ahead() {
        let driver = Driver::new(3, 1);
        let one = || (0..4).flat_map(|step| [(step, false), (step, true)]);
        let mut started = 0;
        for (a, b, c) in one().flat_map(|a| one().flat_map(move |b| one().map(move |c| (a, b, c))))
        {
            let heats = Counts([a, b, c]);
            let Some(heat) = driver.next_heat(&heats) else {
                continue;
            };
            let step = heats.step_count(heat);
            let before =
                (0..heat).all(|other| heats.step_count(other) <= step || heats.is_finished(other));
            let ahead = (0..3).any(|other| heats.step_count(other) > step);
            assert_eq!(
                starts_round(&heats, heat),
                before && driver.next_heat(&heats) == Some(heat) && !ahead,
                "{:?}",
                heats.0
            );
            started += usize::from(starts_round(&heats, heat));
        }
        assert!(started > 20, "only {started} of the cases start a round");
    }
}
