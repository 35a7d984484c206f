//! Checks golden cases natively: losses against values and gradients, metrics against numbers.

use std::fmt::Write as _;
use std::path::Path;

use pollster::block_on;

use super::CliError;
use crate::device;
use crate::golden::{Case, GoldenError, MetricsCase, check_loss_case};
use crate::metric::{
    Distance, MetricError, adjusted_mutual_information, evaluate, normalised_mutual_information,
};

/// Metrics are counts and their quotients: they agree to rounding or not at all.
const METRIC_TOLERANCE: f64 = 1e-6;

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
            Ok(Case::Metrics(case)) => match check_metrics(&case) {
                Ok(wrong) if wrong.is_empty() => None,
                Ok(wrong) => Some(wrong.join(", ")),
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

/// What of a metrics case does not agree, in words; empty if all does.
///
/// # Errors
/// Where the case's shapes do not fit each other.
pub fn check_metrics(case: &MetricsCase) -> Result<Vec<String>, MetricError> {
    const KS: [usize; 4] = [1, 2, 4, 8];
    let distance = if case.cosine {
        Distance::Cosine
    } else {
        Distance::Euclidean
    };
    let quality = evaluate(&case.embeddings, case.dim, &case.labels, &KS, distance)?;
    let mut found = vec![
        ("precision_at_1".to_owned(), quality.recall_at[0]),
        ("r_precision".to_owned(), quality.r_precision),
        ("mean_average_precision_at_r".to_owned(), quality.map_at_r),
        (
            "num_queries".to_owned(),
            (quality.queries + quality.lone) as f64,
        ),
        ("num_lone_queries".to_owned(), quality.lone as f64),
        (
            "nmi".to_owned(),
            normalised_mutual_information(&case.labels, &case.cluster_labels)?,
        ),
        (
            "ami".to_owned(),
            adjusted_mutual_information(&case.labels, &case.cluster_labels)?,
        ),
    ];
    found.extend(
        KS.iter()
            .zip(&quality.recall_at)
            .map(|(k, &recall)| (format!("recall_at_k.{k}"), recall)),
    );
    let wrong = found.iter().filter_map(|(key, found)| {
        let &expected = case.results.get(key)?;
        let same =
            (found.is_nan() && expected.is_nan()) || (found - expected).abs() <= METRIC_TOLERANCE;
        (!same).then(|| format!("{key} is {found} instead of {expected}"))
    });
    Ok(wrong.collect())
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
        assert_eq!(check_metrics(&case).unwrap(), Vec::<String>::new());
        case.results.insert("ami".to_owned(), 0.5);
        assert_eq!(check_metrics(&case).unwrap().len(), 1);
        case.labels.pop();
        assert!(check_metrics(&case).is_err());
    }
}
