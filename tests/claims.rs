//! Claims of the project that take seconds are raced in every run of the tests. `kyori claims --all` races all of them.

#![cfg(feature = "cli")]

use std::path::Path;

use kyori::cli::claims::check;
use kyori::cli::run::cores;
use kyori::record::claim::claims;

#[test]
fn claims_that_take_seconds_hold() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let fast: Vec<_> = claims().iter().filter(|claim| claim.fast).collect();
    assert!(!fast.is_empty());
    for claim in fast {
        let found = check(claim, &assets, cores()).unwrap();
        assert!(
            found.holds(),
            "{} does not hold any more: {found:#?}",
            claim.id
        );
    }
}
