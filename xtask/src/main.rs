use clap::{Parser, Subcommand};

mod datasets;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the bundled data sets in assets/.
    Datasets(datasets::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Datasets(args) => datasets::run(&args),
    }
}
