//! Checks golden cases natively: losses against values and gradients, metrics against numbers.

use std::fmt::Write as _;
use std::path::Path;

use pollster::block_on;

use super::CliError;
use crate::device;
use crate::golden::{Case, GoldenError, check_loss_case, check_metrics_case};

/// What came of a folder of cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub unknown: usize,
    /// A line for each case that did not pass, and the counts.
    pub report: String,
}

/// Checks every `*.json` of a folder but `index.json`.
///
/// # Errors
/// Where the folder or a file cannot be read.
pub fn verify(folder: &Path) -> Result<Counts, CliError> {
    let list = std::fs::read_dir(folder).map_err(|cause| CliError::file(folder, cause))?;
    let mut files = Vec::new();
    for entry in list {
        let path = entry.map_err(|cause| CliError::file(folder, cause))?.path();
        let json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        if json && path.file_name().is_some_and(|name| name != "index.json") {
            files.push(path);
        }
    }
    files.sort();
    let (device, _) = device::cpu();
    let mut counts = Counts::default();
    for path in &files {
        let text = std::fs::read_to_string(path).map_err(|cause| CliError::file(path, cause))?;
        let failure = match Case::parse(&text) {
            Ok(Case::Loss(case)) => [1, 3].into_iter().find_map(|lanes| {
                match block_on(check_loss_case(&case, &device, lanes)) {
                    Ok(report) if report.passed => None,
                    Ok(report) => Some(format!(
                        "with {lanes} lanes the value is off by {:.1e}, the gradient by {:.1e}",
                        report.value_error, report.gradient_error
                    )),
                    Err(error) => Some(error.to_string()),
                }
            }),
            Ok(Case::Metrics(case)) => match check_metrics_case(&case) {
                Ok(report) if report.passed => None,
                Ok(report) => Some(format!("a metric is off by {:.1e}", report.value_error)),
                Err(error) => Some(error.to_string()),
            },
            Err(error @ GoldenError::UnknownLoss { .. }) => {
                counts.unknown += 1;
                let _ = writeln!(
                    counts.report,
                    "not implemented  {}: {error}",
                    path.display()
                );
                continue;
            }
            Err(error) => Some(error.to_string()),
        };
        match failure {
            None => counts.passed += 1,
            Some(failure) => {
                counts.failed += 1;
                let _ = writeln!(counts.report, "failed  {}: {failure}", path.display());
            }
        }
    }
    let Counts {
        passed,
        failed,
        unknown,
        ..
    } = counts;
    let _ = writeln!(
        counts.report,
        "{passed} passed, {failed} failed, {unknown} not implemented"
    );
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metrics_cases_pass_and_a_changed_one_does_not() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let text = std::fs::read_to_string(folder.join("metrics_03.json")).unwrap();
        let Ok(Case::Metrics(mut case)) = Case::parse(&text) else {
            panic!("no metrics case")
        };
        assert!(check_metrics_case(&case).unwrap().passed);
        case.results.insert("ami".to_owned(), 0.5);
        assert!(!check_metrics_case(&case).unwrap().passed);
        case.labels.pop();
        assert!(check_metrics_case(&case).is_err());
    }
}
