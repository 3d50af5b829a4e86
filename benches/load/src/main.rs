//! The load of `make bench`: a process of its own that plays one scenario against one server on loopback.
//!
//! `hanok-bench-load SCENARIO.json` keeps a fixed number of HTTP/1.1 connections busy, one request at a time on
//! each, until the scenario's count or its time is reached, and prints one line of JSON: what was answered and how
//! long it took. `hanok-bench-load argon2id COUNT` hashes instead, for the price of one hash, and
//! `hanok-bench-load sockets` is thousands of Socket.IO clients, led over its standard input. It exits with 1 when any answer was not the expected one, so that a bench never measures errors.

mod drive;
mod hashes;
mod http;
mod report;
mod scenario;
mod sockets;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use crate::report::Report;
use crate::scenario::Scenario;

fn main() -> ExitCode {
    match play() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "hanok-bench-load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was answered as expected.
fn play() -> Result<bool, Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: hanok-bench-load SCENARIO.json | argon2id COUNT | sockets")?;
    if path == "sockets" {
        sockets::obey()?;
        return Ok(true);
    }
    if path == "argon2id" {
        let count = std::env::args().nth(2).unwrap_or_default().parse()?;
        let told = serde_json::to_string(&hashes::measure(count)?)?;
        writeln!(std::io::stdout(), "{told}")?;
        return Ok(true);
    }
    let scenario = Scenario::load(path.as_ref())?;
    let mut outcome = drive::run(&scenario);
    scenario.save_captured(std::mem::take(&mut outcome.captured))?;
    let report = Report::new(&scenario, outcome);
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(report.is_complete())
}
