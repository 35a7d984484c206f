//! Every loss against the reference's values and gradients.
//!
//! `GOLDEN_DIR=<folder> cargo test --release --test golden -- --nocapture` checks another folder of such files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use burn::tensor::Device;
use kyori::golden::{Case, GoldenError, check_loss_case, check_metrics_case};
use pollster::block_on;

#[test]
fn golden_values_and_gradients() {
    let folder = std::env::var_os("GOLDEN_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden"),
        PathBuf::from,
    );
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .filter(|path| path.file_name().is_some_and(|name| name != "index.json"))
        .collect();
    files.sort();

    let device = Device::flex();
    let (mut passed, mut failed, mut unknown) = (0, 0, 0);
    let mut worst: BTreeMap<String, (usize, f64, f64)> = BTreeMap::new();
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy();
        let json = std::fs::read_to_string(file).unwrap();
        match Case::parse(&json) {
            Ok(Case::Loss(case)) => {
                let mut good = true;
                for lanes in [1, 3] {
                    match block_on(check_loss_case(&case, &device, lanes)) {
                        Ok(report) => {
                            let entry = worst.entry(case.name.clone()).or_default();
                            entry.0 += usize::from(lanes == 1);
                            entry.1 = entry.1.max(report.value_error);
                            entry.2 = entry.2.max(report.gradient_error);
                            if !report.passed {
                                good = false;
                                println!(
                                    "FAILED {name}, {lanes} lane(s): value off by {:.1e}, gradient by {:.1e}",
                                    report.value_error, report.gradient_error
                                );
                            }
                        }
                        Err(error) => {
                            good = false;
                            println!("FAILED {name}, {lanes} lane(s): {error}");
                        }
                    }
                }
                if good { passed += 1 } else { failed += 1 }
            }
            Ok(Case::Metrics(case)) => match check_metrics_case(&case) {
                Ok(report) => {
                    let entry = worst.entry(report.loss.clone()).or_default();
                    entry.0 += 1;
                    entry.1 = entry.1.max(report.value_error);
                    if report.passed {
                        passed += 1;
                    } else {
                        failed += 1;
                        println!("FAILED {name}: a metric off by {:.1e}", report.value_error);
                    }
                }
                Err(error) => {
                    failed += 1;
                    println!("FAILED {name}: {error}");
                }
            },
            Err(error @ GoldenError::UnknownLoss { .. }) => {
                unknown += 1;
                println!("NOT IMPLEMENTED {name}: {error}");
            }
            Err(error) => {
                failed += 1;
                println!("FAILED {name}: {error}");
            }
        }
    }
    println!("{:34} cases  value     gradient", "largest relative error");
    for (loss, (cases, value, gradient)) in &worst {
        println!("{loss:34} {cases:5}  {value:.1e}   {gradient:.1e}");
    }
    println!("golden: {passed} passed, {failed} failed, {unknown} not implemented");
    assert!(!files.is_empty(), "{} holds no case", folder.display());
    assert_eq!(failed, 0, "{failed} golden cases failed");
}
