//! The driver: with pretended heats and a pretended clock, and with a race on the CPU.

#![cfg(feature = "engine")]
#![allow(clippy::unwrap_used, reason = "what is wrong in a test shows at once")]

use kyori::data::Dataset;
use kyori::device;
use kyori::experiment::{DataSpec, EvaluateOn, Experiment, RaceSpec, SamplerSpec, SyntheticSpec};
use kyori::train::{Driver, Heats, Order, Race, Samples, milliseconds_per_step};
use pollster::block_on;

/// A heat that only counts.
#[derive(Clone, Default)]
struct Heat {
    step: u32,
    evaluated: Vec<u32>,
    /// The step at which its last lane dies.
    dies_at: Option<u32>,
}

/// Heats of `steps` steps that are evaluated at some of them.
struct Pretended {
    heats: Vec<Heat>,
    steps: u32,
    evaluate_at: Vec<u32>,
}

impl Pretended {
    fn new(heats: usize, steps: u32, evaluate_at: &[u32]) -> Self {
        Self {
            heats: vec![Heat::default(); heats],
            steps,
            evaluate_at: evaluate_at.to_vec(),
        }
    }

    fn steps(&self) -> Vec<u32> {
        self.heats.iter().map(|heat| heat.step).collect()
    }
}

impl Heats for Pretended {
    fn count(&self) -> usize {
        self.heats.len()
    }

    fn step_count(&self, heat: usize) -> u32 {
        self.heats[heat].step
    }

    fn is_finished(&self, heat: usize) -> bool {
        let heat = &self.heats[heat];
        heat.step >= self.steps || heat.dies_at.is_some_and(|step| heat.step >= step)
    }

    fn evaluation_due(&self, heat: usize) -> bool {
        let step = self.heats[heat].step;
        let wanted = self.evaluate_at.contains(&step) || self.is_finished(heat);
        wanted && !self.heats[heat].evaluated.contains(&step)
    }

    fn next_stop(&self, heat: usize) -> u32 {
        let step = self.heats[heat].step;
        let next = self.evaluate_at.iter().copied().find(|&at| at > step);
        next.unwrap_or(self.steps).min(self.steps)
    }
}

/// Carries orders out on pretended heats, where a step takes so many milliseconds.
struct Trainer {
    heats: Pretended,
    driver: Driver,
    now_ms: f64,
    step_ms: f64,
    orders: Vec<Order>,
}

impl Trainer {
    fn new(heats: Pretended, burst: u32) -> Self {
        Self {
            driver: Driver::new(heats.count(), burst),
            heats,
            now_ms: 1000.0,
            step_ms: 1.0,
            orders: Vec::new(),
        }
    }

    fn play(&mut self, number: u32) {
        self.driver.play(number, &self.heats, self.now_ms);
    }

    fn step(&mut self, steps: u32, number: u32) {
        self.driver.step(steps, number, &self.heats, self.now_ms);
    }

    fn one(&mut self) -> Order {
        let order = self.driver.next(&self.heats, self.now_ms);
        self.orders.push(order);
        match order {
            Order::Step { heat, steps } => {
                self.heats.heats[heat].step += steps;
                self.now_ms += self.step_ms * f64::from(steps);
            }
            Order::Evaluate { heat } => {
                let heat = &mut self.heats.heats[heat];
                heat.evaluated.push(heat.step);
            }
            Order::Nap { milliseconds } => self.now_ms += milliseconds,
            _ => {}
        }
        order
    }

    /// Until there is an answer.
    fn until_the_answer(&mut self) -> Order {
        for _ in 0..100_000 {
            let order = self.one();
            if matches!(order, Order::Paused { .. } | Order::Finished | Order::Wait) {
                return order;
            }
        }
        panic!("it never ends: {:?}", &self.orders[self.orders.len() - 9..]);
    }

    /// For so long by the clock; the steps of the first heat meanwhile.
    fn run_for(&mut self, milliseconds: f64) -> u32 {
        let (end, before) = (self.now_ms + milliseconds, self.heats.heats[0].step);
        while self.now_ms < end {
            self.one();
        }
        self.heats.heats[0].step - before
    }
}

#[test]
fn nothing_happens_before_somebody_plays_but_the_first_evaluation() {
    let mut trainer = Trainer::new(Pretended::new(2, 10, &[0, 10]), 1);
    assert_eq!(trainer.until_the_answer(), Order::Wait);
    assert_eq!(
        trainer.orders,
        [
            Order::Evaluate { heat: 0 },
            Order::Evaluate { heat: 1 },
            Order::Wait
        ]
    );
    assert!(!trainer.driver.is_training());
}

#[test]
fn evaluations_are_hit_exactly_whatever_the_burst() {
    for burst in [1, 3, 8, u32::MAX] {
        let at = [0, 5, 7, 20, 29, 30];
        let mut trainer = Trainer::new(Pretended::new(3, 30, &at), burst);
        trainer.play(1);
        assert_eq!(trainer.until_the_answer(), Order::Finished);
        for heat in &trainer.heats.heats {
            assert_eq!((heat.step, &heat.evaluated[..]), (30, &at[..]), "{burst}");
        }
        let longest = trainer.orders.iter().map(|order| match order {
            Order::Step { steps, .. } => *steps,
            _ => 0,
        });
        let longest = longest.max().unwrap();
        assert!(
            longest <= burst && longest == burst.min(13),
            "{longest} of {burst}"
        );
    }
}

#[test]
fn heats_stay_abreast() {
    for burst in [1, 8] {
        let mut trainer = Trainer::new(Pretended::new(3, 100, &[0, 100]), burst);
        trainer.play(1);
        for _ in 0..200 {
            trainer.one();
            let steps = trainer.heats.steps();
            let (least, most) = (steps.iter().min().unwrap(), steps.iter().max().unwrap());
            assert!(most - least <= burst, "{steps:?}");
        }
    }
}

#[test]
fn the_pace_is_kept_over_all_heats() {
    for pace in [1.0, 3.0, 30.0] {
        let mut trainer = Trainer::new(Pretended::new(3, 100_000, &[]), 8);
        trainer.driver.set_pace(Some(pace));
        trainer.play(1);
        let seconds = 20.0;
        let steps = trainer.run_for(seconds * 1000.0);
        let expected = f64::from(pace) * seconds;
        assert!(
            (f64::from(steps) - expected).abs() <= 1.0,
            "{steps} steps instead of {expected}"
        );
        let done = trainer.heats.steps();
        assert!(
            done.iter().all(|step| step.abs_diff(done[0]) <= 1),
            "{done:?}"
        );
        // A command never waits longer for a nap to end.
        assert!(trainer.orders.iter().all(|order| match order {
            Order::Nap { milliseconds } => *milliseconds > 0.0 && *milliseconds <= 50.0,
            Order::Step { steps, .. } => *steps == 1,
            _ => true,
        }));
    }
}

#[test]
fn a_long_nap_is_not_followed_by_a_burst() {
    let mut trainer = Trainer::new(Pretended::new(2, 100_000, &[]), 8);
    trainer.driver.set_pace(Some(10.0));
    trainer.play(1);
    trainer.run_for(1000.0);
    // The tab was hidden for a minute, which is 600 steps.
    trainer.now_ms += 60_000.0;
    let steps = trainer.run_for(1000.0);
    assert!(
        (10..=13).contains(&steps),
        "{steps} steps in the second after it"
    );
}

#[test]
fn another_pace_takes_effect_in_the_middle_of_a_play() {
    let mut trainer = Trainer::new(Pretended::new(2, 1_000_000, &[]), 8);
    trainer.driver.set_pace(Some(1.0));
    trainer.play(1);
    assert!(trainer.run_for(5000.0) <= 6);
    trainer.driver.set_pace(None);
    // Each step takes a millisecond, and there are two heats.
    let free = trainer.run_for(1000.0);
    assert!((400..=510).contains(&free), "{free} steps");
    trainer.driver.set_pace(Some(10.0));
    let slow = trainer.run_for(2000.0);
    assert!((15..=25).contains(&slow), "{slow} steps");
    let steps = trainer.heats.steps();
    assert!(steps[0].abs_diff(steps[1]) <= 1, "{steps:?}");
}

#[test]
#[should_panic(expected = "would never take a step")]
fn a_pace_of_zero_is_a_mistake_of_the_caller() {
    Driver::new(1, 1).set_pace(Some(0.0));
}

#[test]
fn it_pauses_at_the_mark_and_goes_on_to_the_next() {
    let mut trainer = Trainer::new(Pretended::new(2, 100, &[0, 20, 100]), 8);
    trainer.driver.set_stop_at(20);
    trainer.play(1);
    assert_eq!(trainer.until_the_answer(), Order::Paused { play: 1 });
    assert_eq!(trainer.heats.steps(), [20, 20]);
    assert_eq!(
        trainer.heats.heats[0].evaluated,
        [0, 20],
        "before it pauses"
    );
    assert_eq!(
        trainer.until_the_answer(),
        Order::Wait,
        "it is answered once"
    );
    // A mark that has been passed stops at once; none lets it go to the end.
    trainer.play(2);
    assert_eq!(trainer.until_the_answer(), Order::Paused { play: 2 });
    trainer.driver.set_stop_at(33);
    trainer.play(3);
    assert_eq!(trainer.until_the_answer(), Order::Paused { play: 3 });
    assert_eq!(trainer.heats.steps(), [33, 33]);
    trainer.driver.set_stop_at(0);
    trainer.play(4);
    assert_eq!(trainer.until_the_answer(), Order::Finished);
}

#[test]
fn steps_are_counted_from_the_heat_that_is_behind() {
    let mut trainer = Trainer::new(Pretended::new(3, 100, &[]), 8);
    trainer.play(1);
    // The first heat is ahead by its burst.
    while trainer.heats.steps() != [8, 0, 0] {
        trainer.one();
    }
    trainer.driver.pause(&trainer.heats, trainer.now_ms);
    trainer.step(1, 2);
    assert_eq!(trainer.until_the_answer(), Order::Paused { play: 2 });
    assert_eq!(trainer.heats.steps(), [8, 1, 1]);
    trainer.step(9, 3);
    assert_eq!(trainer.until_the_answer(), Order::Paused { play: 3 });
    assert_eq!(trainer.heats.steps(), [10, 10, 10]);
    // The mark comes first; Play forgets how far the steps were to go.
    trainer.driver.set_stop_at(12);
    trainer.step(50, 4);
    assert_eq!(trainer.until_the_answer(), Order::Paused { play: 4 });
    assert_eq!(trainer.heats.steps(), [12, 12, 12]);
    trainer.driver.set_stop_at(0);
    trainer.play(5);
    assert_eq!(trainer.until_the_answer(), Order::Finished);
}

#[test]
fn a_pause_is_answered_with_the_number_of_what_it_ended() {
    let mut trainer = Trainer::new(Pretended::new(2, 100, &[]), 8);
    trainer.play(7);
    trainer.one();
    trainer.step(3, 8);
    trainer.one();
    let paused = trainer.driver.pause(&trainer.heats, trainer.now_ms);
    assert_eq!(paused, Order::Paused { play: 8 });
    assert_eq!(trainer.until_the_answer(), Order::Wait);
    // Whoever asks once more gets an answer once more.
    let again = trainer.driver.pause(&trainer.heats, trainer.now_ms);
    assert_eq!(again, Order::Paused { play: 8 });
}

#[test]
fn a_heat_whose_lanes_have_all_died_is_evaluated_and_holds_nobody_back() {
    let mut trainer = Trainer::new(Pretended::new(2, 40, &[0, 20, 40]), 1);
    trainer.heats.heats[0].dies_at = Some(7);
    trainer.play(1);
    assert_eq!(trainer.until_the_answer(), Order::Finished);
    assert_eq!(trainer.heats.steps(), [7, 40]);
    assert_eq!(trainer.heats.heats[0].evaluated, [0, 7]);
    let reports = |heat: usize| {
        let of = move |order: &Order| match order {
            Order::Report { heat: of, step, .. } if *of == heat => Some(*step),
            _ => None,
        };
        trainer.orders.iter().rev().find_map(of)
    };
    assert_eq!((reports(0), reports(1)), (Some(7), Some(40)));
    // Steps are counted from a heat that still trains.
    let mut trainer = Trainer::new(Pretended::new(2, 40, &[]), 1);
    trainer.heats.heats[0].dies_at = Some(2);
    trainer.step(10, 1);
    trainer.until_the_answer();
    trainer.step(5, 2);
    trainer.until_the_answer();
    assert_eq!(trainer.heats.steps(), [2, 15]);
}

#[test]
fn each_heat_reports_a_few_times_a_second_and_at_its_end() {
    let mut trainer = Trainer::new(Pretended::new(2, 1000, &[]), 1);
    trainer.play(1);
    trainer.until_the_answer();
    let reports: Vec<(u32, f32)> = trainer
        .orders
        .iter()
        .filter_map(|order| match order {
            Order::Report {
                heat: 0,
                step,
                steps_per_second,
            } => Some((*step, *steps_per_second)),
            _ => None,
        })
        .collect();
    // 1000 steps of two heats take 2 s.
    assert!((8..=9).contains(&reports.len()), "{reports:?}");
    assert_eq!(reports.last().unwrap().0, 1000);
    for (step, rate) in &reports[..7] {
        assert!((rate - 500.0).abs() < 10.0, "{rate} steps/s at step {step}");
    }
    // A pause counts for no rate.
    let mut trainer = Trainer::new(Pretended::new(1, 1000, &[]), 1);
    trainer.play(1);
    trainer.run_for(100.0);
    trainer.driver.pause(&trainer.heats, trainer.now_ms);
    trainer.now_ms += 60_000.0;
    trainer.step(5, 2);
    trainer.until_the_answer();
    let last = trainer.orders.iter().rev().find_map(|order| match order {
        Order::Report {
            steps_per_second, ..
        } => Some(*steps_per_second),
        _ => None,
    });
    assert_eq!(last, Some(1000.0));
}

#[test]
fn a_race_without_heats_is_finished() {
    let mut trainer = Trainer::new(Pretended::new(0, 10, &[0]), 1);
    trainer.play(1);
    assert_eq!(trainer.until_the_answer(), Order::Finished);
}

/// A small race of two losses on the CPU.
fn small() -> (RaceSpec, Dataset) {
    let mut experiment = Experiment::from_fragment("v=1").0;
    experiment.data = DataSpec::Synthetic(SyntheticSpec {
        classes: 20,
        dim: 8,
        samples_per_class: 6,
        spread: 0.2,
        noise: 0.2,
        seed: 1,
    });
    experiment.sampler = SamplerSpec::Shuffled { batch: 12 };
    experiment.net.hidden = vec![8];
    experiment.net.dim = 4;
    experiment.schedule.steps = 12;
    experiment.seeds = 2;
    experiment.entries.truncate(2);
    let dataset = Dataset::open(&experiment.data, None).unwrap();
    (experiment.race(EvaluateOn::Test), dataset)
}

/// Trains until there is an answer; it, and the steps at which each heat was evaluated.
fn train(race: &mut Race, driver: &mut Driver) -> (Order, Vec<Vec<u32>>) {
    let mut evaluated = vec![Vec::new(); race.heats()];
    loop {
        match driver.next(race, 0.0) {
            Order::Step { heat, steps } => {
                for _ in 0..steps {
                    race.step(heat);
                }
                if race.evaluation_due(heat) {
                    block_on(race.settle(heat)).unwrap();
                }
            }
            Order::Evaluate { heat } => {
                let point = block_on(race.evaluate(heat)).unwrap();
                assert_eq!(point.step, race.step_count(heat));
                evaluated[heat].push(point.step);
            }
            Order::Report { .. } | Order::Nap { .. } => {}
            answer => return (answer, evaluated),
        }
    }
}

fn lay_out(spec: &RaceSpec, dataset: &Dataset) -> Race {
    let (device, _) = device::cpu();
    let samples = Samples::new(dataset, &device);
    Race::new(spec, dataset, &samples, &device).unwrap()
}

#[test]
fn a_race_is_evaluated_where_it_says_and_finishes() {
    let (spec, dataset) = small();
    for burst in [1, 8] {
        let mut race = lay_out(&spec, &dataset);
        let mut driver = Driver::new(race.heats(), burst);
        driver.play(1, &race, 0.0);
        let (answer, evaluated) = train(&mut race, &mut driver);
        assert_eq!(answer, Order::Finished);
        assert_eq!(evaluated, [&spec.evaluate_at[..]; 2]);
    }
}

#[test]
fn rates_that_are_set_between_steps_hold_from_the_next_one_on() {
    let (spec, dataset) = small();
    let embeddings = |change: Option<f32>| {
        let mut race = lay_out(&spec, &dataset);
        let mut driver = Driver::new(race.heats(), 1);
        driver.set_stop_at(5);
        driver.play(1, &race, 0.0);
        let (answer, _) = train(&mut race, &mut driver);
        assert_eq!(answer, Order::Paused { play: 1 });
        if let Some(lr) = change {
            assert_eq!(
                race.set_rates(1, lr, 1.0),
                Some(5),
                "the steps done by then"
            );
        }
        let before = block_on(race.frame(1)).unwrap();
        driver.set_stop_at(0);
        driver.play(2, &race, 0.0);
        assert_eq!(train(&mut race, &mut driver).0, Order::Finished);
        (before, block_on(race.frame(1)).unwrap())
    };
    let (same, faster) = (embeddings(None), embeddings(Some(0.1)));
    assert_eq!(same.0, faster.0, "up to then nothing has changed");
    assert_ne!(same.1, faster.1);
    assert_eq!(lay_out(&spec, &dataset).set_rates(7, 0.1, 1.0), None);
}

#[test]
fn a_diverging_heat_ends_early_and_the_other_goes_on() {
    let (mut spec, dataset) = small();
    for lane in &mut spec.heats[0].lanes {
        lane.lr = 1e38;
    }
    let mut race = lay_out(&spec, &dataset);
    let mut driver = Driver::new(race.heats(), 1);
    driver.play(1, &race, 0.0);
    let (answer, evaluated) = train(&mut race, &mut driver);
    assert_eq!(answer, Order::Finished);
    assert!(race.is_finished(0) && race.step_count(0) < 12);
    assert_eq!(race.step_count(1), 12);
    let ends = evaluated.iter().map(|steps| *steps.last().unwrap());
    assert_eq!(ends.collect::<Vec<_>>(), [race.step_count(0), 12]);
}

#[test]
fn a_race_is_timed_also_where_it_diverges() {
    let (mut spec, dataset) = small();
    let (device, _) = device::cpu();
    let samples = Samples::new(&dataset, &device);
    for lr in [1e-3, 1e38] {
        for lane in spec.heats.iter_mut().flat_map(|heat| &mut heat.lanes) {
            lane.lr = lr;
        }
        // A clock that only counts how often it is asked.
        let ticks = std::cell::Cell::new(0.0);
        let clock = || {
            ticks.set(ticks.get() + 1.0);
            ticks.get()
        };
        let timed = milliseconds_per_step(&spec, &dataset, &samples, &device, clock);
        let milliseconds = block_on(timed).unwrap();
        assert!(
            milliseconds.is_finite() && milliseconds > 0.0,
            "{milliseconds}"
        );
    }
}
