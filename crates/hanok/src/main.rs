//! The command line of Hanok.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
