//! The load of `make bench`: a process of its own that plays one scenario against one server on loopback.
//!
//! `hanok-bench-load SCENARIO.json` keeps a fixed number of HTTP/1.1 connections busy, one request at a time on
//! each, until the scenario's count or its time is reached, and prints one line of JSON: what was answered and how
//! long it took. It exits with 1 when any answer was not the expected one, so that a bench never measures errors.

mod drive;
mod http;
mod report;
mod scenario;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use crate::report::Report;
use crate::scenario::Scenario;

fn main() -> ExitCode {
    match play() {
        Ok(report) if report.is_complete() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "hanok-bench-load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play() -> Result<Report, Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: hanok-bench-load SCENARIO.json")?;
    let scenario = Scenario::load(path.as_ref())?;
    let outcome = drive::run(&scenario);
    scenario.save_captured(&outcome.captured)?;
    let report = Report::new(&scenario, outcome);
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(report)
}
