//! The committed OpenAPI document is the one the code makes.

use std::collections::BTreeSet;

use hanok::{Config, DEFAULTS, Program};
use hanok_base::config::Loader;

#[tokio::test]
async fn the_committed_document_is_the_programs_own() {
    let config = Config::load(Loader::new(DEFAULTS)).unwrap().value;
    let made = Program::describe(config)
        .await
        .unwrap()
        .to_pretty_json()
        .unwrap();
    let committed = include_str!("../../../docs/openapi.json");
    assert!(
        made.trim_end() == committed.trim_end(),
        "the interface changed: cargo run -p hanok -- openapi > docs/openapi.json"
    );
}

#[test]
fn every_call_has_a_name_of_its_own() {
    let committed = include_str!("../../../docs/openapi.json");
    let names: Vec<&str> = committed
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("\"operationId\": "))
        .collect();
    assert!(!names.is_empty());
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), different.len());
}
