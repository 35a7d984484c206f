//! What the losses take: memory of those over triplets, and the time of each beside Proxy Anchor's.

mod loss_support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kyori::loss::{Family, LossKind};
use loss_support::{Batch, outcomes};

/// Counts what is allocated.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
/// The counters and the clock are for one test at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promise about `layout` is the system allocator's condition.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: `pointer` came from `alloc` with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn triplets_of_ten_lanes_fit_in_memory() {
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    for kind in LossKind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.info().family == Family::Triplet)
    {
        // Few classes have the most triplets; many the fewest.
        for classes in [2, 30] {
            let labels: Vec<u32> = (0..90).map(|i| i % classes).collect();
            let lanes: Vec<Batch> = (0..10)
                .map(|seed| Batch::random(kind, seed, 64, classes as usize, &labels))
                .collect();
            let before = NOW.load(Ordering::Relaxed);
            PEAK.store(before, Ordering::Relaxed);
            let outcomes = outcomes(kind, &lanes);
            let peak = PEAK.load(Ordering::Relaxed) - before;
            println!("{kind:?}, {classes} classes: {:.0} MB", peak as f64 / 1e6);
            assert!(outcomes.iter().all(|outcome| outcome.is_finite()));
            assert!(
                peak < 200_000_000,
                "{kind:?}, {classes} classes: {peak} bytes"
            );
        }
    }
}

/// Fastest forward and backward pass of one lane: batch 90, 100 classes, 64 dimensions.
fn fastest(kind: LossKind, labels: &[u32]) -> Duration {
    let lanes = [Batch::random(kind, 1, 64, 100, labels)];
    outcomes(kind, &lanes);
    (0..30)
        .map(|_| {
            let start = Instant::now();
            outcomes(kind, &lanes);
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// `cargo test --release --test loss_cost -- --ignored --nocapture`
#[test]
#[ignore = "prints times, which say little on a busy machine"]
fn times() {
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let balanced: Vec<u32> = (0..90).map(|i| i / 3).collect();
    let shuffled: Vec<u32> = (0..90).map(|i| i * i * 7 % 100).collect();
    let (base_balanced, base_shuffled) = (
        fastest(LossKind::ProxyAnchor, &balanced),
        fastest(LossKind::ProxyAnchor, &shuffled),
    );
    println!(
        "{:30} {:>10} {:>6} {:>10} {:>6}",
        "ms, times Proxy Anchor's", "30 x 3", "", "shuffled", ""
    );
    for &kind in LossKind::ALL {
        let (a, b) = (fastest(kind, &balanced), fastest(kind, &shuffled));
        println!(
            "{:30} {:10.3} {:6.2} {:10.3} {:6.2}",
            kind.info().id,
            a.as_secs_f64() * 1e3,
            a.as_secs_f64() / base_balanced.as_secs_f64(),
            b.as_secs_f64() * 1e3,
            b.as_secs_f64() / base_shuffled.as_secs_f64()
        );
    }
}
