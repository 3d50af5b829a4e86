//! The sections of this crate, and the part of the default file that belongs to them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::environment;
use crate::config::*;

#[derive(Debug, Deserialize, JsonSchema)]
struct Base {
    environment: Environment,
    demo: bool,
    server: ServerConfig,
    keys: KeysConfig,
    log: LogConfig,
}

impl Validate for Base {
    fn validate(&self) -> Vec<Problem> {
        let mut problems = self.environment.problems(self.demo, &self.log);
        problems.extend(Problem::within("server", self.server.validate()));
        problems.extend(Problem::within("keys", self.keys.validate()));
        problems.extend(Problem::within("log", self.log.validate()));
        problems
    }
}

/// The part of the default file that this crate owns.
fn base_defaults() -> String {
    let text = include_str!("../../../../../config.default.toml");
    let mut ours = true;
    let mut kept = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            ours = ["[server]", "[keys]", "[log]", "[log.levels]"].contains(&line);
        }
        if ours && !line.starts_with("apps =") {
            kept.push(line);
        }
    }
    kept.join("\n")
}

#[test]
fn the_default_file_fits_the_sections_of_this_crate() {
    let defaults = base_defaults();
    assert_eq!(drift::<Base>(&defaults), Vec::<String>::new());
    let loaded = Loader::new(defaults).load::<Base>().unwrap();
    assert_eq!(loaded.value.log.directory, Some("logs".into()));
}

#[test]
fn production_refuses_what_is_for_development() {
    let loader = Loader::new(base_defaults()).environment(environment(&[
        ("ENV", "production"),
        ("HANOK__DEMO", "true"),
        ("HANOK__LOG__FORMAT", "pretty"),
        ("HANOK__LOG__LEVELS__HANOK_DB", "debug"),
        ("HANOK__LOG__LEVEL", "trace"),
        ("HANOK__LOG__DIRECTORY", ""),
        ("SECRET_KEY", "short"),
    ]));
    let faults = loader.load::<Base>().unwrap_err();
    let keys: Vec<&str> = faults.0.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "demo",
            "log.format",
            "log.level",
            "log.levels.hanok_db",
            "keys.secret_key"
        ]
    );
    assert!(
        faults
            .to_string()
            .contains("SECRET_KEY in the environment: keys.secret_key: expected at least 32 bytes")
    );
}

#[test]
fn an_empty_text_unsets_what_may_be_unset() {
    let loader =
        Loader::new(base_defaults()).environment(environment(&[("HANOK__LOG__DIRECTORY", "")]));
    assert_eq!(loader.load::<Base>().unwrap().value.log.directory, None);
}
