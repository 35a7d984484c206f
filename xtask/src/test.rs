//! Runs every test: native ones with cargo, the page's in headless Chromium, exported scripts with PyTorch.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::dist::{self, Manifest, Prepare, Started};
use crate::python;
use crate::serve::Site;
use crate::shell::{apt_install, cache_dir, can_apt_install, cargo, find, root, run, say, show};

/// The page is tested below this path, so that a URL that is not relative shows.
const MOUNT: &str = "/some/where/";

/// The oldest Node whose test runner does what the tests ask for.
const NODE: u32 = 20;

#[derive(Args, Clone, Debug)]
pub struct Test {
    /// Only the native tests, or with the other flags these as well
    #[arg(long)]
    native: bool,
    /// Only the tests of the page
    #[arg(long)]
    browser: bool,
    /// Only the tests of exported scripts
    #[arg(long)]
    python: bool,
    /// Only tests whose name contains this
    filter: Option<String>,
    #[command(flatten)]
    page: Prepare,
}

/// How many tests came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// One runner's result. It can have failed with no failed test, where it did not compile.
struct Outcome {
    name: &'static str,
    counts: Counts,
    success: bool,
    seconds: f64,
}

impl Outcome {
    /// Takes the time of a runner, which returns what it counted and whether it succeeded.
    fn of(name: &'static str, run: impl FnOnce() -> Result<(Counts, bool)>) -> Result<Self> {
        let started = Instant::now();
        let (counts, success) = run()?;
        Ok(Self {
            name,
            counts,
            success,
            seconds: started.elapsed().as_secs_f64(),
        })
    }
}

/// Which of the page's tests: those that look at the WebGPU engine have to wait until it is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    WithoutGpuEngine,
    WithGpuEngine,
}

/// What a test that looks at the WebGPU engine imports.
const GPU_MARK: &str = "HAS_GPU_ENGINE";

impl Test {
    /// The WebGPU engine takes longest to build, mostly on one core. So it is begun early and in the background, and what
    /// does not need it runs meanwhile; so does what is only downloaded.
    pub fn run(&self) -> Result<()> {
        let all = !(self.native || self.browser || self.python);
        let mut outcomes = Vec::new();
        let mut left_out = None;
        // First what asks for packages of the system, one after the other.
        let page = match all || self.browser {
            true => Some((Browser::ensure()?, self.page.start()?)),
            false => None,
        };
        thread::scope(|scope| -> Result<()> {
            let python = (all || self.python).then(|| scope.spawn(python::ensure));
            if all || self.native {
                outcomes.push(Outcome::of("native", || self.native())?);
            }
            if let Some((browser, started)) = page {
                outcomes.push(Outcome::of("browser", || {
                    self.in_browser(&browser, started)
                })?);
            }
            match python.map(|python| python.join().expect("looking for Python returns errors")) {
                Some(Ok(python)) => {
                    outcomes.push(Outcome::of("python", || self.in_python(&python))?);
                }
                // Asked for by name, it must run. Else a large foreign download is no reason to fail what is ours.
                Some(Err(error)) if self.python => return Err(error),
                Some(Err(error)) => left_out = Some(error),
                None => {}
            }
            Ok(())
        })?;
        report(&outcomes, left_out)
    }

    fn native(&self) -> Result<(Counts, bool)> {
        say("native tests (the first build takes several minutes)");
        let mut counts = Counts::default();
        let mut success = true;
        for arguments in [&NATIVE[..], &MEMBERS, &CHECKED] {
            let mut command = cargo();
            command.args(arguments).args(&self.filter);
            success &= follow(&mut command, |line| counts += cargo_counts(line))?;
        }
        Ok((counts, success))
    }

    fn in_python(&self, python: &Path) -> Result<(Counts, bool)> {
        say("exported scripts against pytorch-metric-learning (about three minutes)");
        let mut counts = Counts::default();
        let mut command = cargo();
        command
            .args(NATIVE)
            .args(["--test", "python"])
            .args(&self.filter)
            // One after the other: each takes all cores.
            .args(["--", "--ignored", "--nocapture", "--test-threads=1"])
            .env("KYORI_PYTHON", python);
        let success = follow(&mut command, |line| counts += cargo_counts(line))?;
        Ok((counts, success))
    }

    fn in_browser(&self, browser: &Browser, started: Started) -> Result<(Counts, bool)> {
        let Some(rest) = started.rest else {
            return self.part_in_browser(browser, &started.manifest, Part::Whole);
        };
        let mut counts = Counts::default();
        let mut success = true;
        let mut add = |(more, fine): (Counts, bool)| {
            counts += more;
            success &= fine;
        };
        add(self.part_in_browser(browser, &started.manifest, Part::WithoutGpuEngine)?);
        if !rest.is_finished() {
            say("waiting for the WebGPU engine");
        }
        match rest.join().expect("building returns errors as values") {
            Ok(manifest) => add(self.part_in_browser(browser, &manifest, Part::WithGpuEngine)?),
            Err(error) => {
                say(format!("error: {error:#}"));
                add((Counts::default(), false));
            }
        }
        Ok((counts, success))
    }

    fn part_in_browser(
        &self,
        browser: &Browser,
        page: &Manifest,
        part: Part,
    ) -> Result<(Counts, bool)> {
        let site = Site::start(0, vec![(MOUNT.into(), dist::folder())])?;
        let screenshots = root().join("target").join("screenshots");
        fs::create_dir_all(&screenshots)?;
        say("tests of the page in headless Chromium");
        let mut command = browser.node();
        command
            .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
            .args(
                self.filter
                    .iter()
                    .map(|filter| format!("--test-name-pattern={filter}")),
            )
            .args(browser.files(".test.mjs", part)?)
            .env(
                "KYORI_URL",
                format!("http://localhost:{}{MOUNT}", site.port),
            )
            .env("KYORI_SCREENSHOTS", &screenshots)
            .env("KYORI_GPU", if page.has_gpu() { "1" } else { "0" });
        let mut report = NodeReport::default();
        let success = follow(&mut command, |line| report.read(line))?;
        say(format!("screenshots are in {}", screenshots.display()));
        for line in report.told() {
            println!("{line}");
        }
        Ok((report.counts, success))
    }
}

/// Says how each runner came out, and fails where one did.
fn report(outcomes: &[Outcome], left_out: Option<anyhow::Error>) -> Result<()> {
    eprintln!();
    let mut all = Counts::default();
    for outcome in outcomes {
        let Counts {
            passed,
            failed,
            skipped,
        } = outcome.counts;
        println!(
            "{}: {}. {passed} passed, {failed} failed, {skipped} skipped, {:.1} min",
            outcome.name,
            if outcome.success { "ok" } else { "FAILED" },
            outcome.seconds / 60.0
        );
        all += outcome.counts;
    }
    if let Some(error) = left_out {
        println!("python: NOT RUN. {error:#}");
    }
    println!(
        "all tests: {} passed, {} failed, {} skipped",
        all.passed, all.failed, all.skipped
    );
    if outcomes.iter().any(|outcome| !outcome.success) {
        bail!("some tests failed");
    }
    if all == Counts::default() {
        bail!("no test ran");
    }
    Ok(())
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn cargo_counts(line: &str) -> Counts {
    let Some(rest) = line.trim().strip_prefix("test result: ") else {
        return Counts::default();
    };
    let number = |what: &str| {
        let part = rest
            .split([';', '.'])
            .find_map(|part| part.trim().strip_suffix(what));
        part.and_then(|number| number.trim().parse().ok())
            .unwrap_or(0)
    };
    Counts {
        passed: number("passed"),
        failed: number("failed"),
        skipped: number("ignored"),
    }
}

/// As much of a failure's message is told again at the end.
const MESSAGE_LINES: usize = 6;

/// A test that failed, and the first lines of why.
#[derive(Debug, Default, PartialEq, Eq)]
struct Failure {
    name: String,
    why: Vec<String>,
}

/// What Node's test runner printed, in its reporter "spec".
#[derive(Debug, Default)]
struct NodeReport {
    counts: Counts,
    /// The list of failures at the end has begun.
    listing: bool,
    failed: Vec<Failure>,
}

impl NodeReport {
    fn read(&mut self, line: &str) {
        if self.listing {
            self.list(line);
        } else if line.starts_with("✖ failing tests:") {
            self.listing = true;
        } else {
            self.count(line);
        }
    }

    /// `ℹ pass 3` and its like.
    fn count(&mut self, line: &str) {
        let Some((what, number)) = line
            .trim()
            .strip_prefix("ℹ ")
            .and_then(|rest| rest.split_once(' '))
        else {
            return;
        };
        let Ok(number) = number.parse::<usize>() else {
            return;
        };
        match what {
            "pass" => self.counts.passed = number,
            "fail" | "cancelled" => self.counts.failed += number,
            "skipped" => self.counts.skipped = number,
            _ => {}
        }
    }

    /// `✖ name (3.1ms)`, and lines of its message.
    fn list(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("✖ ") {
            let name = name.rsplit_once(" (").map_or(name, |(name, _)| name);
            self.failed.push(Failure {
                name: name.to_owned(),
                why: Vec::new(),
            });
        } else if let Some(failure) = self.failed.last_mut()
            && failure.why.len() < MESSAGE_LINES
            && line.starts_with(' ')
        {
            failure.why.push(line.trim_end().to_owned());
        }
    }

    /// What one looks for at the end of a long output.
    fn told(&self) -> impl Iterator<Item = String> {
        let tell = |test: &Failure| format!("FAILED: {}\n{}", test.name, test.why.join("\n"));
        self.failed.iter().map(tell)
    }
}

/// Runs a command, shows what it prints and looks at each line. Whether it succeeded.
fn follow(command: &mut Command, mut look: impl FnMut(&str)) -> Result<bool> {
    let shown = show(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let out = child.stdout.take().context("the output was asked for")?;
    let mut screen = std::io::stdout();
    for line in BufReader::new(out).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        writeln!(screen, "{line}")?;
        look(&line);
    }
    Ok(child.wait()?.success())
}

/// Engine, command line and page in one build, since the painters' tests need no browser.
const NATIVE: [&str; 5] = ["test", "--release", "--no-fail-fast", "--features", "page"];
/// The other packages of this repository.
const MEMBERS: [&str; 9] = [
    "test",
    "--release",
    "--no-fail-fast",
    "--package",
    "xtask",
    "--package",
    "kyori-text",
    "--package",
    "kyori-formula",
];
/// Once more with checked arithmetic, which a release build leaves out. Without the engine, whose crates would take minutes
/// to compile and hours to run unoptimised: what people and files hand in is read by the other rooms.
const CHECKED: [&str; 4] = ["test", "--no-fail-fast", "--no-default-features", "--lib"];

/// Node with what the tests need, and a Chromium.
pub struct Browser {
    node: PathBuf,
    chromium: PathBuf,
    folder: PathBuf,
}

impl Browser {
    /// Finds them, installs what can be, and says what to do about the rest.
    pub fn ensure() -> Result<Self> {
        let node = find(&["node"]).context(
            "Node is missing. Install version 20 or later: `apt-get install nodejs npm`, `brew install node`, or https://nodejs.org",
        )?;
        let npm = find(&["npm"])
            .context("npm is missing. It comes with Node; on Debian: `apt-get install npm`")?;
        let version = Command::new(&node)
            .arg("--version")
            .output()
            .context("cannot start node")?;
        let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
        let major: Option<u32> = version
            .trim_start_matches('v')
            .split('.')
            .next()
            .and_then(|text| text.parse().ok());
        if major.is_none_or(|major| major < NODE) {
            bail!(
                "Node {version} is too old for the tests; install version {NODE} or later from https://nodejs.org"
            );
        }
        let chromium = chromium()?;
        let folder = cache_dir().join("browser");
        copy_folder(&root().join("tests").join("browser"), &folder)?;
        install_packages(&npm, &folder)?;
        Ok(Self {
            node,
            chromium,
            folder,
        })
    }

    /// Node in the folder of the tests.
    pub fn node(&self) -> Command {
        let mut command = Command::new(&self.node);
        command
            .current_dir(&self.folder)
            .env("CHROMIUM", &self.chromium);
        command
    }

    /// Where the scripts and what they need lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The scripts of a part whose name ends so.
    fn files(&self, end: &str, part: Part) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.ends_with(end) {
                continue;
            }
            let looks = fs::read_to_string(self.folder.join(&name))?.contains(GPU_MARK);
            if part == Part::Whole || looks == (part == Part::WithGpuEngine) {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }
}

fn chromium() -> Result<PathBuf> {
    const NAMES: [&str; 4] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    if let Some(path) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if path.is_file() {
            return Ok(path);
        }
        bail!("CHROMIUM says {}, which is not there", path.display());
    }
    if let Some(path) = find(&NAMES) {
        return Ok(path);
    }
    if Path::new(MAC).is_file() {
        return Ok(MAC.into());
    }
    if can_apt_install() {
        apt_install(&["chromium"])?;
        if let Some(path) = find(&NAMES) {
            return Ok(path);
        }
    }
    bail!(
        "Chromium is missing. Install it: `sudo apt-get install chromium`, `sudo dnf install chromium`, \
         `brew install --cask google-chrome`, or set CHROMIUM to the program's path"
    )
}

/// npm's packages by the lock file, anew only where that changed.
fn install_packages(npm: &Path, folder: &Path) -> Result<()> {
    let lock = fs::read_to_string(folder.join("package-lock.json"))
        .context("tests/browser/package-lock.json is missing")?;
    let stamp = folder.join("node_modules").join(".installed");
    if fs::read_to_string(&stamp).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    say("installing the test libraries with npm");
    run(Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Copies the tests, so that npm's folder does not lie among the sources.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        if entry.path().is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_counts_of_cargo() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 5 filtered out; finished in 0.02s";
        assert_eq!(
            cargo_counts(line),
            Counts {
                passed: 12,
                failed: 3,
                skipped: 1
            }
        );
        assert_eq!(cargo_counts("running 3 tests"), Counts::default());
    }

    const REPORT: &str = "\
✔ a test (3.2ms)
✖ waits (a little) (90.5ms)
  Error: it did not come
      at somewhere
ℹ tests 7
ℹ pass 4
ℹ fail 1
ℹ cancelled 1
ℹ skipped 1
ℹ duration_ms 33.1

✖ failing tests:

test at race.test.mjs:2:1
✖ waits (a little) (90.5ms)
  Error: it did not come
      at somewhere

test at race.test.mjs:9:1
✖ a|b (1ms)
  Error: another
";

    fn report(text: &str) -> NodeReport {
        let mut report = NodeReport::default();
        text.lines().for_each(|line| report.read(line));
        report
    }

    #[test]
    fn reads_what_node_reports() {
        let report = report(REPORT);
        let counts = Counts {
            passed: 4,
            failed: 2,
            skipped: 1,
        };
        assert_eq!(report.counts, counts);
        let names: Vec<_> = report
            .failed
            .iter()
            .map(|test| test.name.as_str())
            .collect();
        assert_eq!(names, ["waits (a little)", "a|b"]);
        assert_eq!(report.failed[0].why[0], "  Error: it did not come");
        let told: Vec<_> = report.told().collect();
        assert!(
            told[1].starts_with("FAILED: a|b\n  Error: another"),
            "{told:?}"
        );
    }
}
