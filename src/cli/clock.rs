//! The clock that costs are measured with.

use crate::record::Clock;

/// Milliseconds by the best clock that there is: the processor time of this thread, else the time that passes.
pub fn best() -> (Clock, impl Fn() -> f64) {
    #[cfg(unix)]
    return (Clock::Processor, processor_ms);
    #[cfg(not(unix))]
    {
        let start = std::time::Instant::now();
        (Clock::Wall, move || start.elapsed().as_secs_f64() * 1e3)
    }
}

#[cfg(unix)]
fn processor_ms() -> f64 {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 * 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It goes on while this thread computes, and not while it sleeps.
    #[test]
    #[cfg(unix)]
    fn sleeping_costs_nothing() {
        let (clock, now_ms) = best();
        assert_eq!(clock, Clock::Processor);
        let start = now_ms();
        std::thread::sleep(std::time::Duration::from_millis(60));
        let slept = now_ms() - start;
        assert!((0.0..30.0).contains(&slept), "{slept} ms");
        let start = now_ms();
        let mut sum = 0.0f64;
        while now_ms() - start < 5.0 {
            sum = std::hint::black_box(sum + 1.0);
        }
        assert!(sum > 0.0);
    }
}
