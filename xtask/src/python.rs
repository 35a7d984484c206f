//! A Python with PyTorch and pytorch-metric-learning, for the tests of exported scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{apt_install, cache_dir, can_apt_install, find, run, say};

/// What the exported scripts import. The library's version is the one that the reference values are from.
const PACKAGES: [&str; 2] = ["torch>=2.4", "pytorch-metric-learning==2.9.0"];
const IMPORTS: &str = "import torch, numpy, pytorch_metric_learning";
/// Where PyTorch has builds without CUDA, which are a tenth of the size.
const CPU_INDEX: &str = "https://download.pytorch.org/whl/cpu";
/// The variable that names a Python to use as it is.
const CHOSEN: &str = "KYORI_PYTHON";

/// Finds one, or makes a virtual environment with them in the target folder.
pub fn ensure() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(CHOSEN).map(PathBuf::from) {
        if imports(&path) {
            return Ok(path);
        }
        bail!("{CHOSEN} says {}, which cannot `{IMPORTS}`", path.display());
    }
    let system = find(&["python3", "python"]).context(
        "Python is missing. Install version 3.10 or later: `apt-get install python3 python3-venv`, \
         `brew install python`, or https://python.org",
    )?;
    if imports(&system) {
        return Ok(system);
    }
    let folder = cache_dir().join("python");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let stamp = folder.join(".installed");
    let wanted = PACKAGES.join(" ");
    if fs::read_to_string(&stamp).is_ok_and(|old| old == wanted) && imports(&python) {
        return Ok(python);
    }
    install(&system, &folder, &python).with_context(|| {
        format!(
            "PyTorch could not be installed. Set {CHOSEN} to a Python that has {}, or leave these tests out with \
             --native or --browser",
            PACKAGES.join(" and ")
        )
    })?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

fn imports(python: &Path) -> bool {
    let quiet = || Stdio::null();
    let check = Command::new(python)
        .args(["-c", IMPORTS])
        .stdin(quiet())
        .stdout(quiet())
        .stderr(quiet())
        .status();
    check.is_ok_and(|status| status.success())
}

fn install(system: &Path, folder: &Path, python: &Path) -> Result<()> {
    let environment = || {
        run(Command::new(system)
            .args(["-m", "venv", "--clear"])
            .arg(folder))
    };
    if environment().is_err() {
        // Debian has it in a package of its own.
        if !can_apt_install() {
            bail!(
                "`python3 -m venv` failed; on Debian, `apt-get install python3-venv` provides it"
            );
        }
        apt_install(&["python3-venv"])?;
        environment()?;
    }
    say("installing PyTorch and pytorch-metric-learning with pip");
    let pip = |arguments: &[&str]| {
        let always = [
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
        ];
        run(Command::new(python).args(always).args(arguments))
    };
    if pip(&["--retries", "0", "--index-url", CPU_INDEX, PACKAGES[0]]).is_err() {
        say("that index cannot be reached; the general one has larger builds");
    }
    pip(&PACKAGES)?;
    if !imports(python) {
        bail!("they are installed and still cannot be imported");
    }
    Ok(())
}
