//! Which targets there are: one that no crate has would be set without a word and change nothing.

use hanok_base::telemetry::{ACCESS, SECURITY};

/// Every crate of the program and of its tests.
const LOCKED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"));

/// Crates that go by another name than their package, and targets that are no crates.
const BESIDES: [&str; 3] = ["webpki", ACCESS, SECURITY];

/// Typing errors that are taken for one.
const FAR: usize = 3;

/// Refuses a target of which no crate is the first part, and names the nearest.
pub(super) fn check(target: &str) -> Result<(), String> {
    let (name, rest) = target.split_at(target.find("::").unwrap_or(target.len()));
    let known: Vec<String> = known().collect();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    let distance = |known: &String| strsim::damerau_levenshtein(known, name);
    let nearest = known.iter().min_by_key(|known| distance(known));
    let meant = nearest
        .filter(|known| distance(known) <= FAR)
        .map(|known| format!("; did you mean {known}{rest}?"))
        .unwrap_or_default();
    Err(format!("no part of the program is called {name}{meant}"))
}

fn known() -> impl Iterator<Item = String> {
    let names = LOCKED
        .lines()
        .filter_map(|line| line.strip_prefix("name = \""));
    let crates = names.map(|name| name.trim_end_matches('"').replace('-', "_"));
    crates.chain(BESIDES.map(ToOwned::to_owned))
}
