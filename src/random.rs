//! Random numbers that are the same for all time, on every platform.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

/// A number for a name: FNV-1a, which is small and stays as it is.
pub fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A generator for one purpose of one seed. Streams of different purposes share nothing, so that what one of them draws
/// never shifts another: losses with and without class vectors start from the same network.
pub fn seeded(seed: u64, purpose: &str) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(hash(purpose));
    rng
}
