//! The engine on the command line: race, tune, map, losses, verify.

use std::process::ExitCode;

fn main() -> ExitCode {
    kyori::cli::main()
}
