//! Builds the static page: three WebAssembly binaries, their JavaScript, and the files beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use kyori_text::{LANGUAGES, compile};
use serde::{Deserialize, Serialize};
use wasm_bindgen_cli_support::Bindgen;

use crate::shell::{background_cargo, cache_dir, cargo, find, root, run, say, target_dir};

const TARGET: &str = "wasm32-unknown-unknown";

/// Extensions of files in assets/ that the page does not load: what things are made from, presets that are compiled in,
/// screenshots.
const SOURCES: [&str; 8] = ["csv", "ftl", "json", "png", "py", "rs", "sh", "toml"];

/// One WebAssembly binary of the page.
pub struct Binary {
    /// Name in dist/: `{name}.js` and `{name}_bg.wasm`.
    name: &'static str,
    bin: &'static str,
    features: &'static str,
    /// Cargo profile: the page is built small, the engines fast.
    profile: &'static str,
    pub what: &'static str,
}

pub const PAGE: Binary = Binary {
    name: "app",
    bin: "app",
    features: "page",
    profile: "page",
    what: "the page",
};
/// The page as `cargo xtask dev` builds it: in seconds, and large.
pub const DEV_PAGE: Binary = Binary {
    profile: "page-dev",
    ..PAGE
};
pub const CPU: Binary = Binary {
    name: "engine-cpu",
    bin: "worker",
    features: "worker",
    profile: "web",
    what: "the CPU engine",
};
pub const GPU: Binary = Binary {
    name: "engine-gpu",
    bin: "worker",
    features: "worker,gpu",
    profile: "web",
    what: "the WebGPU engine",
};

/// How dist/ is built.
#[derive(Args, Clone, Debug, Default)]
#[group(id = "dist")]
pub struct Build {
    /// Leave out the WebGPU engine, which takes by far the longest
    #[arg(long)]
    pub no_gpu: bool,
    /// Also note every file's size under brotli in manifest.json
    #[arg(long)]
    pub brotli: bool,
}

/// How dist/ is built, for commands that use it.
#[derive(Args, Clone, Debug)]
#[group(id = "prepared")]
pub struct Prepare {
    /// Take dist/ as it is
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    build: Build,
}

impl Prepare {
    /// Builds dist/, unless it is to be taken as it is.
    pub fn run(&self, brotli: bool) -> Result<Manifest> {
        if self.no_build {
            return Manifest::read();
        }
        Build {
            brotli: brotli || self.build.brotli,
            ..self.build.clone()
        }
        .run()
    }

    /// Builds what a race needs at least, and starts to build the rest in the background.
    pub fn start(&self) -> Result<Started> {
        if self.no_build {
            return Ok(Started {
                manifest: Manifest::read()?,
                rest: None,
            });
        }
        let manifest = self.build.without_gpu(!self.build.no_gpu)?;
        let build = self.build.clone();
        let rest = (!build.no_gpu).then(|| thread::spawn(move || build.add_gpu()));
        Ok(Started { manifest, rest })
    }
}

/// A dist/ that can be served, and perhaps grows by the WebGPU engine.
pub struct Started {
    pub manifest: Manifest,
    pub rest: Option<thread::JoinHandle<Result<Manifest>>>,
}

impl Manifest {
    fn read() -> Result<Self> {
        let path = folder().join("manifest.json");
        let text = fs::read(&path).with_context(|| {
            format!(
                "{} is missing; build the page with `cargo xtask build`",
                path.display()
            )
        })?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{} is not what `cargo xtask build` writes", path.display()))
    }

    /// Whether the WebGPU engine is there.
    pub fn has_gpu(&self) -> bool {
        self.files.contains_key(&format!("{}_bg.wasm", GPU.name))
    }
}

/// What dist/manifest.json says, for progress bars and caches.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Changes with any file.
    pub version: String,
    pub files: BTreeMap<String, Size>,
    /// Engines that are being built and will join.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coming: Vec<String>,
}

/// Size of a file in bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Size {
    pub bytes: u64,
    /// At quality 11, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brotli: Option<u64>,
}

/// Where the page is built.
pub fn folder() -> PathBuf {
    root().join("dist")
}

impl Build {
    /// Builds what has changed, and leaves nothing in dist/ that does not belong there.
    pub fn run(&self) -> Result<Manifest> {
        let mut parts = build_light()?;
        if self.no_gpu {
            say("leaving out the WebGPU engine (--no-gpu)");
        } else {
            say(
                "next is the WebGPU engine; its first build takes some ten minutes on two cores, later ones far less",
            );
            parts.push(GPU.build(cargo())?);
        }
        self.publish(&parts, &[])
    }

    /// Page and CPU engine, which a race can be run with while the WebGPU engine is perhaps still to come.
    fn without_gpu(&self, gpu_comes: bool) -> Result<Manifest> {
        let coming = if gpu_comes { &[GPU.name][..] } else { &[] };
        self.publish(&build_light()?, coming)
    }

    /// Builds the WebGPU engine and puts it beside the two others.
    fn add_gpu(&self) -> Result<Manifest> {
        let gpu = GPU.build(background_cargo())?;
        self.publish(&[PAGE.bound(), CPU.bound(), gpu], &[])
    }

    /// Writes dist/ from bound binaries and the files beside them.
    fn publish(&self, bound: &[PathBuf], coming: &[&str]) -> Result<Manifest> {
        let mut files = Files::of_page(bound)?;
        let mut manifest = files.write_down(coming)?;
        files.write(&folder())?;
        if self.brotli {
            for (name, size) in &mut manifest.files {
                size.brotli = Some(brotli_size(name, &files.contents[name])?);
            }
            let path = folder().join("manifest.json");
            replace(&path, &serde_json::to_vec_pretty(&manifest)?)?;
        }
        say(format!(
            "dist/ holds {} files, {}",
            files.contents.len(),
            megabytes(files.bytes())
        ));
        Ok(manifest)
    }
}

/// Page and CPU engine at the same time: each is on one core for much of its build.
fn build_light() -> Result<Vec<PathBuf>> {
    ensure_page()?;
    thread::scope(|scope| {
        let page = scope.spawn(|| PAGE.build(cargo()));
        let cpu = CPU.build(cargo());
        let page = page.join().expect("building returns errors as values");
        Ok(vec![page?, cpu?])
    })
}

/// That there is something to build, and a compiler that can.
pub fn ensure_page() -> Result<()> {
    let index = root().join("index.html");
    if !index.is_file() {
        bail!("{} is missing: there is no page to build", index.display());
    }
    ensure_wasm_target()
}

impl Binary {
    /// Compiles and binds it. The folder with its JavaScript and WebAssembly.
    pub fn build(&self, mut cargo: Command) -> Result<PathBuf> {
        let started = Instant::now();
        say(format!("compiling {}", self.what));
        run(cargo
            .args([
                "build",
                "--target",
                TARGET,
                "--profile",
                self.profile,
                "--no-default-features",
            ])
            .args(["--features", self.features, "--bin", self.bin])
            // These would replace the flags of .cargo/config.toml, which switch SIMD on.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"))?;
        // Both engines end up under this name; it is read before the next build.
        let wasm = self.compiled().with_extension("wasm");
        let bytes = read(&wasm)?;
        let bound = self.bound();
        let stamp = self.stamp();
        let fresh = format!("{} {:016x}", env!("CARGO_PKG_VERSION"), hash(&bytes));
        if fs::read_to_string(&stamp).is_ok_and(|old| old == fresh) {
            say(format!("{} is unchanged", self.what));
        } else {
            say(format!(
                "binding {} ({})",
                self.what,
                megabytes(bytes.len() as u64)
            ));
            // Without it the folder does not count as complete.
            let _ = fs::remove_file(&stamp);
            remove_folder(&bound)?;
            self.bind(bytes, &bound)?;
            fs::write(&stamp, fresh)?;
        }
        say(format!(
            "{} took {:.1} s",
            self.what,
            started.elapsed().as_secs_f64()
        ));
        Ok(bound)
    }

    /// What cargo calls it, without an extension.
    fn compiled(&self) -> PathBuf {
        target_dir().join(TARGET).join(self.profile).join(self.bin)
    }

    /// The project's own files that it was compiled from, as cargo wrote them down.
    pub fn sources(&self) -> Result<BTreeSet<PathBuf>> {
        let list = self.compiled().with_extension("d");
        let text =
            fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
        Ok(dependencies(&text))
    }

    /// Where what wasm-bindgen makes of it lies.
    fn bound(&self) -> PathBuf {
        let name = match self.profile {
            profile if profile == DEV_PAGE.profile => profile,
            _ => self.name,
        };
        cache_dir().join("bindgen").join(name)
    }

    fn stamp(&self) -> PathBuf {
        self.bound().with_extension("stamp")
    }

    /// The folder of an earlier build, if there was one.
    pub fn earlier(&self) -> Option<PathBuf> {
        (self.stamp().is_file() && self.bound().is_dir()).then(|| self.bound())
    }

    /// What the wasm-bindgen program does; as a library its version is the one in Cargo.lock.
    fn bind(&self, wasm: Vec<u8>, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        Bindgen::new()
            .input_bytes(self.name, wasm)
            .web(true)?
            .typescript(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .out_name(self.name)
            .generate(folder)
            .with_context(|| format!("wasm-bindgen cannot read {}", self.what))
    }
}

/// The right side of a rule as make reads it: names with spaces between them, a space within a name as `\ `.
fn dependencies(rule: &str) -> BTreeSet<PathBuf> {
    let Some((_, names)) = rule.split_once(": ") else {
        return BTreeSet::new();
    };
    names
        .replace("\\ ", "\0")
        .split_whitespace()
        .map(|name| PathBuf::from(name.replace('\0', " ")))
        .collect()
}

fn ensure_wasm_target() -> Result<()> {
    let out = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(root())
        .output()
        .context("cannot start rustc; install Rust from https://rustup.rs")?;
    let folder = PathBuf::from(String::from_utf8_lossy(&out.stdout).trim());
    if out.status.success() && folder.is_dir() {
        return Ok(());
    }
    if find(&["rustup"]).is_none() {
        bail!(
            "this Rust has no target {TARGET}, and there is no rustup to add it; see https://rustup.rs"
        );
    }
    say(format!("adding the Rust target {TARGET} with rustup"));
    run(Command::new("rustup")
        .args(["target", "add", TARGET])
        .current_dir(root()))
}

/// The texts, one file a language, and index.html, which picks the one to fetch.
fn add_texts(files: &mut Files, index: &Path) -> Result<()> {
    let folder = root().join("assets").join("text");
    let books = compile::all(&folder, "assets/text").map_err(|failures| {
        let lines: Vec<_> = failures.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the texts cannot be used:\n{}", lines.join("\n"))
    })?;
    for (language, book) in LANGUAGES.iter().zip(&books) {
        let name = format!("text/{}.txt", language.id);
        files.contents.insert(name, compile::catalogue(book).into());
    }
    let ids: Vec<_> = LANGUAGES.iter().map(|language| language.id).collect();
    let page = String::from_utf8(read(index)?).context("index.html is not UTF-8")?;
    let (place, list) = ("const languages = [\"en\"];", serde_json::to_string(&ids)?);
    if !page.contains(place) {
        bail!("index.html must hold `{place}`, where the build puts the list of languages");
    }
    let page = page.replace(place, &format!("const languages = {list};"));
    files
        .contents
        .insert("index.html".into(), page.into_bytes());
    Ok(())
}

/// The golden cases of losses as one JSON array, for the page's own check of its device.
fn golden_cases() -> Result<Option<Vec<u8>>> {
    let folder = root().join("tests").join("golden");
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut cases = Vec::new();
    for path in walk(&folder)? {
        if path.extension().is_some_and(|e| e == "json") {
            let case: serde_json::Value = serde_json::from_slice(&read(&path)?)
                .with_context(|| format!("{} is not JSON", path.display()))?;
            if case["kind"] == "loss" {
                cases.push(case);
            }
        }
    }
    Ok(Some(serde_json::to_vec(&cases)?))
}

/// The files of dist/ by their path, with `/` between folders.
#[derive(Default)]
pub struct Files {
    contents: BTreeMap<String, Vec<u8>>,
}

impl Files {
    /// Everything that the page is served with, but for the list of it.
    pub fn of_page(bound: &[PathBuf]) -> Result<Self> {
        let mut files = Self::default();
        for folder in bound {
            files.add_folder("", folder, |_| true)?;
        }
        add_texts(&mut files, &root().join("index.html"))?;
        files.add_folder("", &root().join("www"), |_| true)?;
        files.add_folder("data", &root().join("assets"), |path| {
            let extension = path.extension().and_then(|e| e.to_str());
            !SOURCES.contains(&extension.unwrap_or_default())
        })?;
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            files.add(licence, &root().join(licence))?;
        }
        files.add_folder("maps", &root().join("assets").join("maps"), |_| true)?;
        if let Some(cases) = golden_cases()? {
            files.contents.insert("golden.json".into(), cases);
        }
        Ok(files)
    }

    /// Adds the list of all that is there.
    pub fn write_down(&mut self, coming: &[&str]) -> Result<Manifest> {
        let mut manifest = self.manifest();
        manifest.coming = coming.iter().map(|&name| name.to_owned()).collect();
        let json = serde_json::to_vec_pretty(&manifest)?;
        self.contents.insert("manifest.json".into(), json);
        Ok(manifest)
    }

    /// Changes one of the files.
    pub fn edit(&mut self, name: &str, edit: impl FnOnce(String) -> String) -> Result<()> {
        let bytes = self.contents.remove(name).unwrap_or_default();
        let text = String::from_utf8(bytes).with_context(|| format!("{name} is not a text"))?;
        self.contents.insert(name.into(), edit(text).into_bytes());
        Ok(())
    }

    /// A number that changes with any of these files.
    pub fn hash_of(&self, wanted: impl Fn(&str) -> bool) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (name, bytes) in self.contents.iter().filter(|(name, _)| wanted(name)) {
            hasher.write(name.as_bytes());
            hasher.write(bytes);
        }
        hasher.finish()
    }

    fn add(&mut self, name: &str, path: &Path) -> Result<()> {
        if self.contents.insert(name.to_owned(), read(path)?).is_some() {
            bail!(
                "two files want to be dist/{name}; the second one is {}",
                path.display()
            );
        }
        Ok(())
    }

    fn add_folder(
        &mut self,
        prefix: &str,
        folder: &Path,
        wanted: impl Fn(&Path) -> bool,
    ) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        for path in walk(folder)?.iter().filter(|path| wanted(path)) {
            let parts: Vec<_> = path
                .strip_prefix(folder)?
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            let name = parts.join("/");
            let name = if prefix.is_empty() {
                name
            } else {
                format!("{prefix}/{name}")
            };
            self.add(&name, path)?;
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.contents.values().map(|bytes| bytes.len() as u64).sum()
    }

    fn manifest(&self) -> Manifest {
        let size = |bytes: &Vec<u8>| Size {
            bytes: bytes.len() as u64,
            brotli: None,
        };
        let sizes = self.contents.iter();
        Manifest {
            version: format!("{:016x}", self.hash_of(|_| true)),
            files: sizes
                .map(|(name, bytes)| (name.clone(), size(bytes)))
                .collect(),
            coming: Vec::new(),
        }
    }

    /// Writes what differs, so that a server or a watcher sees no change where there is none.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for (name, bytes) in &self.contents {
            let path = folder.join(name);
            if fs::read(&path).is_ok_and(|old| old == *bytes) {
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            replace(&path, bytes)?;
        }
        let wanted: BTreeSet<PathBuf> =
            self.contents.keys().map(|name| folder.join(name)).collect();
        for path in walk(folder)? {
            if !wanted.contains(&path) {
                fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
    }
}

/// Size under brotli at quality 11; remembered, because 20 MB of WebAssembly take a minute.
fn brotli_size(name: &str, bytes: &[u8]) -> Result<u64> {
    let known = cache_dir()
        .join("brotli")
        .join(format!("{:016x}-{}", hash(bytes), bytes.len()));
    if let Some(size) = fs::read_to_string(&known)
        .ok()
        .and_then(|text| text.trim().parse().ok())
    {
        return Ok(size);
    }
    if bytes.len() > 1 << 20 {
        say(format!("compressing {name}"));
    }
    let mut writer = brotli::CompressorWriter::new(Count(0), 1 << 16, 11, 24);
    writer.write_all(bytes)?;
    let size = writer.into_inner().0;
    fs::create_dir_all(cache_dir().join("brotli"))?;
    fs::write(known, size.to_string())?;
    Ok(size)
}

/// Takes bytes and keeps their number.
struct Count(u64);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The files below a folder, in order, without hidden ones.
fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("cannot read {}", folder.display()))?;
    entries.sort_by_key(|entry| entry.file_name());
    let mut files = Vec::new();
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            files.extend(walk(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// Writes a file in one go: whoever reads it meanwhile gets the old one or the new one whole.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    fs::write(&new, bytes)
        .and_then(|()| fs::rename(&new, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn remove_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

pub fn megabytes(bytes: u64) -> String {
    if bytes < 100_000 {
        format!("{:.1} kB", bytes as f64 / 1e3)
    } else {
        format!("{:.2} MB", bytes as f64 / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_cargo_wrote_down() {
        let rule = "/t/app.wasm: /a/src/lib.rs /a/my\\ files/x.json /a/b.rs\n";
        let names = ["/a/src/lib.rs", "/a/my files/x.json", "/a/b.rs"];
        assert_eq!(dependencies(rule), names.map(PathBuf::from).into());
        assert!(dependencies("").is_empty());
    }

    #[test]
    fn a_folder_holds_what_is_written_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("kyori-dist-{}", std::process::id()));
        fs::create_dir_all(folder.join("old")).unwrap();
        fs::write(folder.join("old/left.txt"), "left").unwrap();
        let mut files = Files::default();
        files.contents.insert("a.css".into(), b"a {}".to_vec());
        files.contents.insert("data/b".into(), b"b".to_vec());
        let version = files.manifest().version;
        files.edit("a.css", |text| text + "b {}").unwrap();
        assert_ne!(files.manifest().version, version);
        let manifest = files.write_down(&["engine-gpu"]).unwrap();
        assert_eq!(manifest.files["a.css"].bytes, 8);
        files.write(&folder).unwrap();
        let names: Vec<_> = walk(&folder).unwrap();
        let wanted = ["a.css", "data/b", "manifest.json"];
        assert_eq!(names, wanted.map(|name| folder.join(name)));
        let read: Manifest = serde_json::from_slice(&read(&names[2]).unwrap()).unwrap();
        assert_eq!(read.coming, ["engine-gpu"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
