//! Serves the page while someone works on it: what is saved is built quickly, and shown at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::dist::{self, Binary, CPU, DEV_PAGE, Files, GPU};
use crate::serve::{News, Site, open_browser};
use crate::shell::{cache_dir, cargo, root, say};

/// How often files are looked at. Their times are asked for, which works on every file system and costs a millisecond.
const EVERY: Duration = Duration::from_millis(100);

/// What the page is made of, in the project's folder.
const WATCHED: [&str; 8] = [
    "src",
    "www",
    "assets",
    "tests/golden",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
];

/// Of these, what only the compiler turns into something. Beside them it reads some of the assets; which ones, it says.
const COMPILED: [&str; 4] = ["src", "Cargo.toml", "Cargo.lock", ".cargo/config.toml"];

#[derive(Args, Clone, Debug)]
pub struct Dev {
    /// Port on localhost
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Open the page in the default browser
    #[arg(long)]
    open: bool,
    /// Build the CPU engine as well, now and whenever a file is saved; without this, engines are taken as they are
    #[arg(long)]
    engine: bool,
}

impl Dev {
    pub fn run(&self) -> Result<()> {
        dist::ensure_page()?;
        let desk = Desk {
            engine: self.engine,
            folder: cache_dir().join("dev"),
            news: Arc::default(),
        };
        desk.find_engine()?;
        let mut before = Snapshot::take();
        desk.attempt(Desk::compile);
        desk.attempt(Desk::publish);
        fs::create_dir_all(&desk.folder)?;
        let mounts = vec![("/".into(), desk.folder.clone())];
        let site = Site::start_with_news(self.port, mounts, Some(desk.news.clone()))?;
        say(format!(
            "{} shows what you save (end with Ctrl+C)",
            site.url()
        ));
        if self.open {
            open_browser(&site.url());
        }
        loop {
            thread::sleep(EVERY);
            let now = Snapshot::take();
            let changed = now.since(&before);
            if !changed.is_empty() {
                // What is saved while this is built is seen in the next round.
                before = now;
                desk.show(&changed);
            }
        }
    }
}

/// Where the page is put together.
struct Desk {
    engine: bool,
    folder: PathBuf,
    news: Arc<News>,
}

/// What a page compares with what it shows.
#[derive(Serialize)]
struct Version {
    page: String,
    style: String,
}

impl Desk {
    /// Sees to it that there is an engine to train with.
    fn find_engine(&self) -> Result<()> {
        if self.engine || CPU.earlier().is_none() {
            CPU.build(cargo())?;
        } else {
            say("the engines are taken as they are; --engine builds the CPU engine anew");
        }
        Ok(())
    }

    /// Brings what has changed to the browser.
    fn show(&self, changed: &BTreeSet<PathBuf>) {
        let started = Instant::now();
        say(format!("changed: {}", names(changed)));
        // Styles, texts and pictures need no compiler, and do not wait for it.
        self.attempt(Self::publish);
        if self.needs_compiler(changed) && self.attempt(Self::compile) {
            self.attempt(Self::publish);
        }
        say(format!(
            "{:.1} s after it was seen",
            started.elapsed().as_secs_f64()
        ));
    }

    fn needs_compiler(&self, changed: &BTreeSet<PathBuf>) -> bool {
        // Before the first build that succeeds, nothing is known.
        let Ok(sources) = DEV_PAGE.sources() else {
            return true;
        };
        let compiled = COMPILED.map(|name| root().join(name));
        changed.iter().any(|path| {
            sources.contains(path) || compiled.iter().any(|known| path.starts_with(known))
        })
    }

    fn compile(&self) -> Result<()> {
        DEV_PAGE.build(cargo())?;
        if self.engine {
            CPU.build(cargo())?;
        }
        Ok(())
    }

    /// Puts together what is there, and tells the pages.
    fn publish(&self) -> Result<()> {
        let bound: Vec<PathBuf> = [&DEV_PAGE, &CPU, &GPU]
            .into_iter()
            .filter_map(Binary::earlier)
            .collect();
        let mut files = Files::of_page(&bound)?;
        let style = |name: &str| name.ends_with(".css");
        let version = serde_json::to_string(&Version {
            page: format!("{:016x}", files.hash_of(|name| !style(name))),
            style: format!("{:016x}", files.hash_of(style)),
        })?;
        let script = script(&version);
        files.edit("index.html", |page| with_script(&page, &script))?;
        files.write_down(&[])?;
        files.write(&self.folder)?;
        self.news.tell(version);
        Ok(())
    }

    /// An error is for whoever is writing; the next change may mend it.
    fn attempt(&self, what: impl Fn(&Self) -> Result<()>) -> bool {
        let result = what(self);
        if let Err(error) = &result {
            say(format!("error: {error:#}"));
        }
        result.is_ok()
    }
}

/// The script that listens, knowing what the page beside it shows.
fn script(version: &str) -> String {
    include_str!("dev.js").replace(r#"{"page": "", "style": ""}"#, version)
}

fn with_script(page: &str, script: &str) -> String {
    let script = format!("<script type=\"module\">\n{script}</script>\n");
    match page.rfind("</body>") {
        Some(at) => format!("{}{script}{}", &page[..at], &page[at..]),
        None => format!("{page}{script}"),
    }
}

/// Times and sizes of all files that are watched.
#[derive(Default, PartialEq)]
struct Snapshot(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Snapshot {
    fn take() -> Self {
        let mut files = Self::default();
        for name in WATCHED {
            files.add(&root().join(name));
        }
        files
    }

    /// What cannot be read is not there, such as a file that an editor is just replacing.
    fn add(&mut self, path: &Path) {
        let Ok(about) = fs::metadata(path) else {
            return;
        };
        if !about.is_dir() {
            let state = (about.modified().ok(), about.len());
            self.0.insert(path.to_path_buf(), state);
            return;
        }
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            // An editor's own files.
            let name = entry.file_name();
            if !name.to_string_lossy().starts_with('.') && !name.to_string_lossy().ends_with('~') {
                self.add(&entry.path());
            }
        }
    }

    /// What is new, gone or different.
    fn since(&self, before: &Self) -> BTreeSet<PathBuf> {
        let both = self.0.keys().chain(before.0.keys());
        both.filter(|path| self.0.get(*path) != before.0.get(*path))
            .cloned()
            .collect()
    }
}

fn names(changed: &BTreeSet<PathBuf>) -> String {
    let root = root();
    let short = |path: &PathBuf| {
        path.strip_prefix(&root)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let mut names: Vec<_> = changed.iter().take(3).map(short).collect();
    if changed.len() > names.len() {
        names.push(format!("{} more", changed.len() - names.len()));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stands_in_the_page_and_knows_its_version() {
        let script = script(r#"{"page":"12","style":"34"}"#);
        assert!(
            script.contains(r#"let shown = {"page":"12","style":"34"};"#),
            "{script}"
        );
        assert!(
            script.contains(&format!("\"/{}\"", crate::serve::EVENTS)),
            "{script}"
        );
        let page = with_script("<html><body>x</body></html>", "1\n");
        assert_eq!(
            page,
            "<html><body>x<script type=\"module\">\n1\n</script>\n</body></html>"
        );
        assert!(with_script("x", "1").starts_with("x<script"));
    }

    #[test]
    fn a_snapshot_sees_what_is_new_gone_and_different() {
        let folder = std::env::temp_dir().join(format!("kyori-dev-{}", std::process::id()));
        fs::create_dir_all(folder.join("deep")).unwrap();
        let file = |name: &str| folder.join(name);
        let take = || {
            let mut files = Snapshot::default();
            files.add(&folder);
            files
        };
        fs::write(file("same"), "1").unwrap();
        fs::write(file("deep/longer"), "1").unwrap();
        fs::write(file("gone"), "1").unwrap();
        let before = take();
        fs::write(file("deep/longer"), "12").unwrap();
        fs::write(file("new"), "1").unwrap();
        fs::write(file(".swap"), "1").unwrap();
        fs::remove_file(file("gone")).unwrap();
        let changed = take().since(&before);
        assert_eq!(
            changed,
            ["deep/longer", "gone", "new"].map(file).into(),
            "{changed:?}"
        );
        fs::remove_dir_all(folder).unwrap();
    }
}
