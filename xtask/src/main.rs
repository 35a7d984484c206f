//! Everything around the code: `cargo xtask build | serve | dev | test | bench | datasets`.

mod bench;
mod datasets;
mod dev;
mod dist;
mod python;
mod serve;
mod shell;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, serves, tests and measures Kyori",
    bin_name = "cargo xtask"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the static page into dist/
    Build(dist::Build),
    /// Build the page and serve it on this machine
    Serve {
        /// Port on localhost
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Open the page in the default browser
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        page: dist::Prepare,
    },
    /// Serve the page while it is worked on: what changes is built quickly and shown at once
    Dev(dev::Dev),
    /// Run every test, native and in a real browser
    Test(test::Test),
    /// Measure the engines, the page's start and the sizes of its files
    Bench(bench::Bench),
    /// Rebuild the data sets in assets/ from their sources
    Datasets(datasets::Args),
}

fn main() -> ExitCode {
    match Cli::parse().task.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Task {
    fn run(self) -> Result<()> {
        match self {
            Self::Build(build) => build.run().map(|_| ()),
            Self::Serve { port, open, page } => serve::run(port, open, page.start()?),
            Self::Dev(dev) => dev.run(),
            Self::Test(test) => test.run(),
            Self::Bench(bench) => bench.run(),
            Self::Datasets(args) => datasets::run(&args),
        }
    }
}
