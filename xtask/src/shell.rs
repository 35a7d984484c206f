//! Running other programs, and saying what to do where one is missing.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The folder that holds the workspace's `Cargo.toml`.
///
/// Cargo names it when it runs a program. Only a program that is started by hand falls back to where it was compiled: two
/// checkouts that share a target folder also share this program.
pub fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().unwrap_or(&xtask).to_path_buf()
}

/// Cargo's target folder.
pub fn target_dir() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Where this program keeps what it downloads and remembers.
pub fn cache_dir() -> PathBuf {
    target_dir().join("xtask")
}

/// What is going on, on a line of its own.
pub fn say(what: impl AsRef<str>) {
    eprintln!("» {}", what.as_ref());
}

/// The cargo that runs this program.
pub fn cargo() -> Command {
    let mut command = Command::new(cargo_path());
    command.current_dir(root());
    command
}

/// The same with the processor time that nothing else wants, and without a progress bar that others would write into.
pub fn background_cargo() -> Command {
    let mut command = match find(&["nice"]) {
        Some(nice) => {
            let mut command = Command::new(nice);
            command.args(["-n", "15"]).arg(cargo_path());
            command
        }
        None => Command::new(cargo_path()),
    };
    command
        .current_dir(root())
        .env("CARGO_TERM_PROGRESS_WHEN", "never");
    command
}

fn cargo_path() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a command to its end; an exit status other than 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// The command as one would type it.
pub fn show(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word: &OsStr| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first of these programs that is in `PATH`.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .flat_map(|folder| {
                [
                    folder.join(name),
                    folder.join(format!("{name}.exe")),
                    folder.join(format!("{name}.cmd")),
                ]
            })
            .find(|candidate| candidate.is_file())
    })
}

/// Whether packages can be installed without asking: Debian or a relative of it, and root.
pub fn can_apt_install() -> bool {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    root && Path::new("/etc/debian_version").exists() && find(&["apt-get"]).is_some()
}

/// Installs Debian packages.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    say(format!("installing {} with apt-get", packages.join(", ")));
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    run(Command::new("apt-get")
        .args(["install", "-qq", "-y", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}
