//! Measures the engines on workload W and the sizes of what the page loads.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::dist::{self, Manifest, Prepare, Size, megabytes};
use crate::serve::Site;
use crate::shell::{cargo, say, show};
use crate::test::Browser;

const DIST: &str = "/dist/";
const BENCH: &str = "/bench/";

#[derive(Args, Clone, Debug)]
pub struct Bench {
    /// Also write everything that was measured to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Seconds to train for each row in the browser
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Only the sizes
    #[arg(long)]
    sizes: bool,
    #[command(flatten)]
    page: Prepare,
}

/// What was measured.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    engines: Vec<Engine>,
    losses: Vec<LossTime>,
    nets: Vec<NetTime>,
    native_evaluation: Vec<NativeEvaluation>,
    evaluation: Vec<Evaluation>,
    page: Option<Page>,
    sizes: Manifest,
}

/// What a step of one loss costs natively: one lane, batch 90, 100 classes.
#[derive(Debug, Serialize, Deserialize)]
struct LossTime {
    loss: String,
    step_ms: f64,
    /// Median over rounds of the ratio within a round.
    times_proxy_anchor: f64,
}

/// What a step of one kind of network costs natively: glyphs, Proxy Anchor, batch 60.
#[derive(Debug, Serialize, Deserialize)]
struct NetTime {
    net: String,
    lanes: usize,
    step_ms: f64,
    /// Median over rounds of the ratio within a round.
    times_mlp: f64,
}

/// What evaluating costs beside training natively, in every preset's race: its first loss with five lanes.
#[derive(Debug, Serialize, Deserialize)]
struct NativeEvaluation {
    preset: String,
    evaluations: usize,
    /// Pictures that are scored at each.
    pictures: usize,
    evaluation_ms: f64,
    train_ms: f64,
}

/// What evaluating cost beside training in the race that the page opens with, in WebAssembly.
#[derive(Debug, Serialize, Deserialize)]
struct Evaluation {
    loss: String,
    evaluations: usize,
    evaluation_ms: f64,
    train_ms: f64,
}

/// What the times depend on.
#[derive(Serialize)]
struct Machine {
    cores: usize,
    processor: Option<String>,
    /// One-minute load average before measuring.
    load: Option<f64>,
}

/// One engine with so many lanes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Engine {
    engine: String,
    /// The network, where glyphs are trained on with batches of 60; none is workload W.
    net: Option<String>,
    device: String,
    /// Whether the GPU was the CPU in disguise.
    software: bool,
    lanes: usize,
    steps: usize,
    step_ms: f64,
    step_ms_min: f64,
    step_ms_max: f64,
    script_ms: Option<f64>,
    dispatches: Option<f64>,
    submits: Option<f64>,
    wasm_mb: Option<f64>,
    gpu_mb: Option<f64>,
    first_loss_ms: FirstLoss,
    error: Option<String>,
}

/// Milliseconds from navigation (natively: from laying out the race).
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct FirstLoss {
    /// The engine is fetched and compiled.
    compiled: Option<f64>,
    /// The device is open.
    open: Option<f64>,
    /// The race is laid out.
    started: Option<f64>,
    /// The first step is done and its loss read.
    first: Option<f64>,
}

/// The page itself, on the CPU.
#[derive(Debug, Serialize, Deserialize)]
struct Page {
    /// From navigation until Play can be pressed.
    playable_ms: Option<f64>,
    /// From navigation until the first step is on screen, Play being pressed at once.
    first_step_ms: Option<f64>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct InBrowser {
    engines: Vec<Engine>,
    evaluation: Vec<Evaluation>,
    page: Page,
}

impl Bench {
    pub fn run(&self) -> Result<()> {
        let sizes = self.page.run(true)?;
        let mut report = Report {
            machine: Machine::here(),
            engines: Vec::new(),
            losses: Vec::new(),
            nets: Vec::new(),
            native_evaluation: Vec::new(),
            evaluation: Vec::new(),
            page: None,
            sizes,
        };
        if !self.sizes {
            report.engines = native(&["1", "10"])?;
            report.losses = native(&["losses"])?;
            report.nets = native(&["nets"])?;
            report.native_evaluation = native(&["evaluation"])?;
            let InBrowser {
                engines,
                evaluation,
                page,
            } = self.in_browser(report.sizes.has_gpu())?;
            report.engines.extend(engines);
            report.evaluation = evaluation;
            report.page = Some(page);
        }
        print!("{}", report.table());
        if let Some(path) = &self.json {
            let json = serde_json::to_string_pretty(&report)?;
            fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
            say(format!("wrote {}", path.display()));
        }
        Ok(())
    }

    fn in_browser(&self, gpu: bool) -> Result<InBrowser> {
        let browser = Browser::ensure()?;
        let mounts = vec![
            (DIST.into(), dist::folder()),
            (BENCH.into(), browser.folder().to_path_buf()),
        ];
        let site = Site::start(0, mounts)?;
        let url = |mount: &str| format!("http://localhost:{}{mount}", site.port);
        let mut command = browser.node();
        command
            .arg("bench.mjs")
            .env("KYORI_URL", url(DIST))
            .env("KYORI_BENCH_URL", url(BENCH))
            .env("KYORI_BENCH_RACE", run_example(&["default-race"])?.trim())
            .env("KYORI_BENCH_SECONDS", self.seconds.to_string())
            .env("KYORI_GPU", if gpu { "1" } else { "0" });
        let out = capture(&mut command)?;
        serde_json::from_str(&out).context("the measurement in the browser gave no result")
    }
}

fn native<T: DeserializeOwned>(what: &[&str]) -> Result<Vec<T>> {
    say(format!(
        "native engine: {} (the first build takes several minutes)",
        what.join(", ")
    ));
    let out = run_example(what)?;
    out.lines()
        .map(|line| serde_json::from_str(line).context("the native measurement gave no result"))
        .collect()
}

fn run_example(arguments: &[&str]) -> Result<String> {
    capture(
        cargo()
            .args(["run", "--release", "--example", "bench", "--"])
            .args(arguments),
    )
}

/// Runs a command and takes what it prints to standard output.
fn capture(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let out = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !out.status.success() {
        bail!("`{shown}` failed ({})", out.status);
    }
    Ok(String::from_utf8(out.stdout)?)
}

impl Machine {
    fn here() -> Self {
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
        let load = fs::read_to_string("/proc/loadavg")
            .ok()
            .and_then(|text| text.split(' ').next()?.parse().ok());
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor,
            load,
        }
    }
}

impl Report {
    /// As Markdown, to be read here and pasted into the README.
    fn table(&self) -> String {
        let mut text = String::new();
        if !self.engines.is_empty() {
            let Machine {
                cores,
                processor,
                load,
            } = &self.machine;
            let processor = processor.as_deref().unwrap_or("unknown processor");
            let load = load.map_or(String::new(), |load| format!(", load {load:.1}"));
            text += &format!("\n{cores} cores of {processor}{load}\n\n");
            let rows = self.engines.iter().map(Engine::row);
            text += &markdown(&ENGINE_HEAD, rows);
        }
        if !self.losses.is_empty() {
            text += "\nNative step of each loss, one lane, batch 90, 100 classes:\n\n";
            let rows = self.losses.iter().map(|time| {
                vec![
                    time.loss.clone(),
                    format!("{:.2}", time.step_ms),
                    format!("{:.2}", time.times_proxy_anchor),
                ]
            });
            text += &markdown(&["loss", "ms/step", "× Proxy Anchor"], rows);
        }
        if !self.nets.is_empty() {
            text += "\nNative step of each kind of network, glyphs, Proxy Anchor, batch 60:\n\n";
            let rows = self.nets.iter().map(|time| {
                vec![
                    time.net.clone(),
                    time.lanes.to_string(),
                    format!("{:.2}", time.step_ms),
                    format!("{:.2}", time.times_mlp),
                ]
            });
            text += &markdown(&["network", "lanes", "ms/step", "× MLP"], rows);
        }
        if !self.native_evaluation.is_empty() {
            text +=
                "\nNative evaluation in the race of each preset, its first loss, five lanes:\n\n";
            let rows = self.native_evaluation.iter().map(|of| {
                let one = of.evaluation_ms / of.evaluations as f64;
                vec![
                    of.preset.clone(),
                    of.pictures.to_string(),
                    format!("{:.0}", of.train_ms),
                    of.evaluations.to_string(),
                    format!("{one:.1}"),
                    format!("{:.0} %", 100.0 * of.evaluation_ms / of.train_ms),
                ]
            });
            let head = [
                "preset",
                "pictures",
                "training ms",
                "evaluations",
                "ms each",
                "share of training",
            ];
            text += &markdown(&head, rows);
        }
        if !self.evaluation.is_empty() {
            text += "\nEvaluation in the default race, WebAssembly:\n\n";
            let rows = self.evaluation.iter().map(
                |Evaluation {
                     loss,
                     evaluations,
                     evaluation_ms,
                     train_ms,
                 }| {
                    let share = format!("{:.0} %", 100.0 * evaluation_ms / train_ms);
                    let one = evaluation_ms / *evaluations as f64;
                    vec![
                        loss.clone(),
                        format!("{train_ms:.0}"),
                        evaluations.to_string(),
                        format!("{one:.1}"),
                        share,
                    ]
                },
            );
            let head = [
                "loss",
                "training ms",
                "evaluations",
                "ms each",
                "share of training",
            ];
            text += &markdown(&head, rows);
        }
        if let Some(page) = &self.page {
            text += &match &page.error {
                Some(error) => format!("\nThe page could not be measured: {error}\n"),
                None => format!(
                    "\nThe page on the CPU, from navigation: {} ms until Play can be pressed, {} ms until the first step shows.\n",
                    number(page.playable_ms, 0),
                    number(page.first_step_ms, 0)
                ),
            };
        }
        text += "\n";
        let mut files: Vec<_> = self.sizes.files.iter().collect();
        files.sort_by_key(|(_, size)| std::cmp::Reverse(size.bytes));
        let rows = files.iter().map(|(name, Size { bytes, brotli })| {
            vec![
                (*name).clone(),
                bytes.to_string(),
                brotli.map_or("–".into(), |size| size.to_string()),
            ]
        });
        text += &markdown(&["file", "bytes", "brotli"], rows);
        let parts = [
            (
                "page without engine or data",
                &["index.html", "app", ".css"][..],
            ),
            ("CPU engine", &["engine-cpu"]),
            ("WebGPU engine", &["engine-gpu"]),
        ];
        text += "\n";
        for (what, marks) in parts {
            let of = |name: &str| {
                marks
                    .iter()
                    .any(|mark| name.starts_with(mark) || name.ends_with(mark))
            };
            let chosen: Vec<&Size> = self
                .sizes
                .files
                .iter()
                .filter(|(name, _)| of(name))
                .map(|(_, size)| size)
                .collect();
            if !chosen.is_empty() {
                let bytes = chosen.iter().map(|size| size.bytes).sum();
                let brotli = chosen.iter().filter_map(|size| size.brotli).sum();
                text += &format!(
                    "{what}: {}, {} with brotli\n",
                    megabytes(bytes),
                    megabytes(brotli)
                );
            }
        }
        text
    }
}

const ENGINE_HEAD: [&str; 12] = [
    "engine",
    "network",
    "lanes",
    "ms/step",
    "min",
    "max",
    "ms/lane-step",
    "script ms/step",
    "dispatches/step",
    "submits/step",
    "first loss ms",
    "wasm + GPU MB",
];

impl Engine {
    fn row(&self) -> Vec<String> {
        if let Some(error) = &self.error {
            let mut row = vec![error.clone()];
            row.resize(ENGINE_HEAD.len(), "–".into());
            return row;
        }
        let software = if self.software {
            " (software adapter)"
        } else {
            ""
        };
        let memory = match (self.wasm_mb, self.gpu_mb) {
            (Some(wasm), Some(gpu)) => format!("{wasm:.0} + {gpu:.0}"),
            _ => "–".into(),
        };
        vec![
            format!("{}{software}", self.device),
            self.net.clone().unwrap_or_else(|| "workload W".into()),
            self.lanes.to_string(),
            format!("{:.2}", self.step_ms),
            format!("{:.2}", self.step_ms_min),
            format!("{:.2}", self.step_ms_max),
            format!("{:.2}", self.step_ms / self.lanes.max(1) as f64),
            number(self.script_ms, 2),
            number(self.dispatches, 1),
            number(self.submits, 1),
            number(self.first_loss_ms.first, 0),
            memory,
        ]
    }
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or("–".into(), |value| format!("{value:.digits$}"))
}

fn markdown(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule: Vec<String> = head
        .iter()
        .enumerate()
        .map(|(at, _)| if at == 0 { "---" } else { "---:" }.into())
        .collect();
    let mut text = line(&head) + &line(&rule);
    for row in rows {
        text += &line(&row);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_cell_for_each_heading() {
        let measured = r#"{"engine": "gpu", "device": "SwiftShader", "software": true, "lanes": 10, "step_ms": 25.0,
            "dispatches": 96.0, "first_loss_ms": {"first": 7000.4}}"#;
        let engine: Engine = serde_json::from_str(measured).unwrap();
        let row = engine.row();
        assert_eq!(row.len(), ENGINE_HEAD.len());
        assert_eq!(
            [0, 1, 6, 10].map(|cell| row[cell].as_str()),
            [
                "SwiftShader (software adapter)",
                "workload W",
                "2.50",
                "7000"
            ]
        );
        let failed: Engine = serde_json::from_str(r#"{"error": "no adapter"}"#).unwrap();
        assert_eq!(failed.row().len(), ENGINE_HEAD.len());
    }
}
