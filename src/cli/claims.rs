//! Races the claims and says which hold.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use kyori_text::{LANGUAGES, Language, messages as text};

use super::{CliError, bar, machine, open, print, record, run, write};
use crate::experiment::{EvaluateOn, Experiment};
use crate::record::claim::{Claim, Evidence, Measurements, claims};
use crate::record::wording;

/// The folder of the project, whose files `--write` writes.
const PROJECT: &str = env!("CARGO_MANIFEST_DIR");
const MEASURED: &str = "assets/claims/measured.json";
/// Between these lines of a README stand the claims.
const BEGIN: &str = "<!-- claims, written by `kyori claims --write` -->\n";
const END: &str = "<!-- end of the claims -->\n";

#[derive(Debug, Args)]
pub struct ClaimsArgs {
    /// All of them, not only those that take seconds
    #[arg(long, conflicts_with = "only")]
    all: bool,
    /// These, by their identifiers, separated by commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Keep what was measured, in assets/claims/measured.json and in the READMEs
    #[arg(long)]
    write: bool,
    /// Folder of the data sets
    #[arg(long, default_value = super::ASSETS)]
    assets: PathBuf,
    /// Cores to use; all by default
    #[arg(long)]
    threads: Option<usize>,
}

/// Trains a claim's race, or races, and looks whether the claim holds.
///
/// # Errors
/// Where the race cannot be run.
pub fn check(claim: &Claim, assets: &Path, threads: usize) -> Result<Evidence, CliError> {
    let experiments = claim.race.experiments()?;
    let steps = |experiment: &Experiment| run::lane_steps(&experiment.race(EvaluateOn::Test));
    let progress = bar(experiments.iter().map(steps).sum(), &claim.id);
    let mut recordings = Vec::new();
    for experiment in &experiments {
        super::check(experiment)?;
        let dataset = open(assets, &experiment.data)?;
        recordings.push(record(
            experiment,
            EvaluateOn::Test,
            &dataset,
            threads,
            &progress,
        )?);
    }
    progress.finish_and_clear();
    claim
        .check(&recordings)
        .ok_or_else(|| CliError::NothingMeasured {
            claim: claim.id.clone(),
        })
}

pub(super) fn command(t: Language, args: &ClaimsArgs) -> Result<ExitCode, CliError> {
    let threads = args.threads.unwrap_or_else(run::cores);
    let mut found = Vec::new();
    for claim in chosen(args)? {
        let evidence = check(claim, &args.assets, threads)?;
        let mark = if evidence.holds() { "✓" } else { "✗" };
        print(&format!(
            "{mark} {}: {}\n",
            claim.id,
            t.say(text::claim_sentence(&claim.id))
        ));
        for said in told(t, claim, &evidence) {
            print(&format!("    {said}\n"));
        }
        found.push(evidence);
    }
    let failed = found.iter().filter(|evidence| !evidence.holds()).count();
    print(&format!(
        "{} of {} claims hold\n",
        found.len() - failed,
        found.len()
    ));
    if args.write {
        keep(found)?;
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn chosen(args: &ClaimsArgs) -> Result<Vec<&'static Claim>, CliError> {
    if args.only.is_empty() {
        let chosen = claims().iter().filter(|claim| args.all || claim.fast);
        return Ok(chosen.collect());
    }
    let find = |id: &String| {
        Claim::from_id(id).ok_or_else(|| CliError::Claim {
            id: id.clone(),
            known: claims()
                .iter()
                .map(|claim| claim.id.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })
    };
    args.only.iter().map(find).collect()
}

/// One line for each relation, marked where it does not hold.
fn told(t: Language, claim: &Claim, evidence: &Evidence) -> Vec<String> {
    let relations = claim.holds.iter().zip(&evidence.measured);
    relations
        .map(|(relation, measured)| {
            let said = t.say(wording::evidence(claim.measure, relation, measured));
            let mark = if measured.holds { "" } else { " ✗" };
            format!("{said}{mark}")
        })
        .collect()
}

/// Writes what was measured of these claims beside what was measured of the others, and all into the READMEs.
fn keep(found: Vec<Evidence>) -> Result<(), CliError> {
    let project = Path::new(PROJECT);
    let path = project.join(MEASURED);
    // The file's, and not those that this program was built with: it may have been written since.
    let text = std::fs::read_to_string(&path).map_err(|cause| CliError::file(&path, cause))?;
    let before: Measurements = serde_json::from_str(&text)?;
    let of = |claim: &Claim| {
        let mut all = found.iter().chain(&before.claims);
        let found = all.find(|evidence| evidence.id == claim.id);
        found.map(|found| found.clone().rounded())
    };
    let measured = Measurements {
        machine: machine(),
        claims: claims().iter().filter_map(of).collect(),
    };
    let text = serde_json::to_string_pretty(&measured)? + "\n";
    write(&path, &text)?;
    for language in LANGUAGES {
        let t = Language::built_in(language.id).expect("it is one of the built-in languages");
        let path = project.join(readme(language.id));
        let old = std::fs::read_to_string(&path).map_err(|cause| CliError::file(&path, cause))?;
        if let Some(new) = with_claims(&old, &markdown(t, &measured)) {
            write(&path, &new)?;
        }
    }
    Ok(())
}

/// The README of a language.
fn readme(language: &str) -> String {
    if language == LANGUAGES[0].id {
        "README.md".to_owned()
    } else {
        format!("README.{language}.md")
    }
}

/// A README with other claims; none where it has no place for them.
fn with_claims(readme: &str, claims: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{claims}{END}{after}"))
}

/// All claims as a list, with their numbers and how to check each.
fn markdown(t: Language, measured: &Measurements) -> String {
    let of = |claim: &Claim| {
        let mut all = measured.claims.iter();
        let evidence = all.find(|evidence| evidence.id == claim.id)?;
        let numbers = told(t, claim, evidence).join("<br>");
        Some(format!(
            "| {} | {} | `{}` |\n",
            t.say(text::claim_sentence(&claim.id)),
            numbers,
            claim.id
        ))
    };
    let rows: String = claims().iter().filter_map(of).collect();
    let head = [
        text::claims_claim(),
        text::claims_measured(),
        text::claims_id(),
    ]
    .map(|head| t.say(head).into_owned());
    format!("| {} |\n|---|---|---|\n{rows}", head.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::claim::measurements;

    #[test]
    fn the_readmes_say_what_was_measured() {
        for language in LANGUAGES {
            let t = Language::built_in(language.id).unwrap();
            let path = Path::new(PROJECT).join(readme(language.id));
            let text = std::fs::read_to_string(&path).unwrap();
            let expected = with_claims(&text, &markdown(t, measurements()));
            let expected = expected.expect("it has a place for the claims");
            assert!(
                text == expected,
                "{} has other claims than were measured: `cargo run --release -- claims --write`",
                path.display()
            );
        }
    }

    #[test]
    fn claims_are_put_between_their_marks() {
        let readme = format!("before\n{BEGIN}old\n{END}after\n");
        let new = with_claims(&readme, "new\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}new\n{END}after\n"));
        assert_eq!(with_claims(&new, "new\n").unwrap(), new);
        assert_eq!(with_claims("no place", "new\n"), None);
    }

    #[test]
    fn an_unknown_claim_is_an_error_that_lists_the_known_ones() {
        let args = ClaimsArgs {
            all: false,
            only: vec!["softmax-is-dead".to_owned()],
            write: false,
            assets: PathBuf::from(super::super::ASSETS),
            threads: None,
        };
        let error = chosen(&args).unwrap_err().to_string();
        assert!(error.contains("softmax-is-dead"), "{error}");
        for claim in claims() {
            assert!(error.contains(&claim.id), "{error}");
        }
    }
}
