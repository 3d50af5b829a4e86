//! docs/database.md shows the tables that this release makes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::process::Command;

use serde_json::Value;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/database.md");

fn schema(form: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hanok"));
    let output = command
        .current_dir(directory.path())
        .env_clear()
        .args(["schema", form])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let left: Vec<_> = directory.path().read_dir().unwrap().collect();
    assert!(left.is_empty(), "looking leaves nothing behind: {left:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn page() -> String {
    std::fs::read_to_string(PAGE).unwrap()
}

#[test]
fn the_page_has_the_diagram_that_the_command_draws() {
    let drawn = format!("```mermaid\n{}\n```\n", schema("--mermaid").trim_end());
    assert!(
        page().contains(&drawn),
        "the diagram of docs/database.md is an older one: run scripts/diagram"
    );
}

#[test]
fn the_page_names_every_table_and_view() {
    let (page, schema): (String, Value) =
        (page(), serde_json::from_str(&schema("--json")).unwrap());
    let (_, below) = page.split_once("<!-- diagram: end -->").unwrap();
    let named = ["tables", "views"].map(|kind| schema[kind].as_array().unwrap());
    let names = named
        .into_iter()
        .flatten()
        .map(|one| one["name"].as_str().unwrap());
    let missing: Vec<&str> = names
        .filter(|name| !below.contains(&format!("`{name}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/database.md does not say what these hold: {missing:?}"
    );
}
