//! The command line of Hanok.

mod cli;

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// Less work than the system's, and what is free goes back to it; `.cargo/config.toml` says how it is built.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    cli::run()
}
