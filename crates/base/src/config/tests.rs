//! The loader as an operator meets it.

mod sections;
mod variables;

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::*;
use crate::Secret;

const DEFAULTS: &str = r#"
environment = "development" # HANOK__ENVIRONMENT
apps = ["identity"] # HANOK__APPS
[server]
port = 8080 # HANOK__SERVER__PORT
quota = 0.5 # HANOK__SERVER__QUOTA
open = false # HANOK__SERVER__OPEN
name = "hanok" # HANOK__SERVER__NAME
proxies = [] # HANOK__SERVER__PROXIES
[server.levels] # HANOK__SERVER__LEVELS__TARGET
[store]
engine = "sqlite" # HANOK__STORE__ENGINE
postgres_port = 5432 # HANOK__STORE__POSTGRES_PORT
# HANOK__STORE__POSTGRES_PASSWORD HANOK__STORE__POSTGRES_URL
"#;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Root {
    environment: Environment,
    apps: Vec<String>,
    server: Server,
    store: Store,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Server {
    port: u16,
    quota: f64,
    open: bool,
    name: String,
    proxies: Vec<IpAddr>,
    levels: BTreeMap<String, Level>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Store {
    engine: Engine,
    postgres_port: u16,
    /// The password.
    postgres_password: Option<Secret>,
    postgres_url: Option<Secret>,
}

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Engine {
    Sqlite,
    Postgres,
}

impl Validate for Root {
    fn validate(&self) -> Vec<Problem> {
        let problem =
            (self.server.name == "x").then(|| Problem::new("name", "expected a longer name"));
        Problem::within("server", problem.into_iter().collect())
    }
}

fn environment(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

fn with(variables: &[(&str, &str)]) -> Loader {
    Loader::new(DEFAULTS).environment(environment(variables))
}

fn faults(loader: Loader) -> Vec<String> {
    loader
        .load::<Root>()
        .unwrap_err()
        .0
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn source<'a, T>(loaded: &'a Loaded<T>, key: &str) -> (&'a str, String) {
    let entry = loaded
        .entries
        .iter()
        .find(|entry| entry.key == key)
        .unwrap();
    (entry.shown_value.as_str(), entry.source.to_string())
}

#[test]
fn a_later_layer_overrides_an_earlier_one_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (file, dotenv) = (dir.path().join("hanok.toml"), dir.path().join(".env"));
    fs::write(&file, "[server]\nport = 1\nname = \"file\"\nquota = 1\n").unwrap();
    fs::write(
        &dotenv,
        "HANOK__SERVER__NAME='from dotenv'\nHANOK__SERVER__PORT=2\nOTHER=x\n",
    )
    .unwrap();
    let loaded = Loader::new(DEFAULTS)
        .file(&file)
        .dotenv(&dotenv)
        .environment(environment(&[
            ("HANOK__SERVER__OPEN", "yes"),
            ("HANOK__SERVER__PORT", "3"),
        ]))
        .flags([
            "server.port=4".to_owned(),
            "server.levels.hanok_db::pool=debug".to_owned(),
        ]);
    let loaded = loaded.load::<Root>().unwrap();
    assert_eq!(loaded.value.server.port, 4);
    assert_eq!(loaded.value.server.levels["hanok_db::pool"], Level::Debug);
    assert_eq!(source(&loaded, "server.port"), ("4", "flag".to_owned()));
    assert_eq!(
        source(&loaded, "server.quota"),
        ("1", file.display().to_string())
    );
    assert_eq!(
        source(&loaded, "server.name"),
        (
            "\"from dotenv\"",
            format!("HANOK__SERVER__NAME in {}", dotenv.display())
        )
    );
    assert_eq!(
        source(&loaded, "server.open"),
        ("true", "HANOK__SERVER__OPEN in the environment".to_owned())
    );
}

#[test]
fn text_is_read_by_the_type_of_its_setting() {
    let loaded = with(&[
        ("HANOK__APPS", "identity, board"),
        ("HANOK__SERVER__NAME", "0123"),
        ("HANOK__SERVER__QUOTA", "2"),
        ("HANOK__SERVER__OPEN", "on"),
        ("HANOK__SERVER__PROXIES", "[\"::1\"]"),
        ("HANOK__SERVER__LEVELS__HANOK_DB", "debug"),
        ("HANOK__STORE__POSTGRES_PASSWORD", "12345678"),
    ])
    .load::<Root>()
    .unwrap();
    let value = &loaded.value;
    assert_eq!(value.apps, ["identity", "board"]);
    assert_eq!(
        (
            value.server.name.as_str(),
            value.server.quota,
            value.server.open
        ),
        ("0123", 2.0, true)
    );
    assert_eq!(value.server.proxies, ["::1".parse::<IpAddr>().unwrap()]);
    assert_eq!(value.server.levels["hanok_db"], Level::Debug);
    assert_eq!(
        value.store.postgres_password.as_ref().unwrap().expose(),
        "12345678"
    );
}

#[test]
fn every_fault_is_told_at_once_with_source_key_and_expectation() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("hanok.toml");
    fs::write(&file, "nonsense = 1\n[server]\nprot = 1\nopen = \"maybe\"\nproxies = [\"home\"]\n[store]\npostgres_password = 5\n").unwrap();
    let found = faults(
        Loader::new(DEFAULTS)
            .file(&file)
            .environment(environment(&[
                ("HANOK__SERVER__PORT", "70000"),
                ("HANOK__STORE__ENGINE", "oracle"),
                ("HANOK__SERVER__NAME", "x"),
            ]))
            .flags([
                "server.quota".to_owned(),
                "store.postgres_password=hunter2".to_owned(),
                "server=1".to_owned(),
            ]),
    );
    let path = file.display();
    assert_eq!(
        found,
        [
            format!("{path}: nonsense: unknown setting"),
            format!("{path}: server.open: expected true or false, found \"maybe\""),
            format!("{path}: server.prot: unknown setting; did you mean server.port?"),
            format!("{path}: store.postgres_password: expected text"),
            "HANOK__SERVER__PORT in the environment: server.port: expected a whole number from 0 to 65535, found \"70000\"".into(),
            "HANOK__STORE__ENGINE in the environment: store.engine: expected one of sqlite, postgres, found \"oracle\"".into(),
            "flag: expected section.key=value".into(),
            "flag: store.postgres_password: a secret is given by file or environment only: HANOK__STORE__POSTGRES_PASSWORD or HANOK__STORE__POSTGRES_PASSWORD_FILE".into(),
            "flag: server: expected a table of settings".into(),
            format!("{path}: server.proxies: invalid IP address syntax"),
            "HANOK__SERVER__NAME in the environment: server.name: expected a longer name".into(),
        ]
    );
}

#[test]
fn a_file_is_missed_only_when_it_was_named() {
    let missing = "/nonexistent/hanok.toml";
    assert!(
        Loader::new(DEFAULTS)
            .file_if_present(missing)
            .dotenv("/nonexistent/.env")
            .load::<Root>()
            .is_ok()
    );
    let found = faults(Loader::new(DEFAULTS).file(missing));
    assert!(
        found[0].starts_with("/nonexistent/hanok.toml: cannot be read"),
        "{found:?}"
    );
}

#[test]
fn broken_files_are_named_without_repeating_them() {
    let dir = tempfile::tempdir().unwrap();
    let (file, dotenv) = (dir.path().join("hanok.toml"), dir.path().join(".env"));
    fs::write(&file, "[server]\nport = \n").unwrap();
    fs::write(&dotenv, "PORT=1\nSECRET hunter2\n").unwrap();
    let found = faults(Loader::new(DEFAULTS).file(&file).dotenv(&dotenv)).join("\n");
    assert!(found.contains("hanok.toml: is not TOML, line 2"), "{found}");
    assert!(
        found.contains(".env: a line after PORT cannot be read"),
        "{found}"
    );
    assert!(!found.contains("hunter2"), "{found}");
}

#[test]
fn a_key_can_be_made_secret_by_name() {
    let loaded = with(&[])
        .secret_keys(&["server.name"])
        .load::<Root>()
        .unwrap();
    assert_eq!(source(&loaded, "server.name").0, "[secret]");
}

#[test]
fn the_default_file_and_the_type_are_compared() {
    assert_eq!(drift::<Root>(DEFAULTS), Vec::<String>::new());
    let other = DEFAULTS.replace("open = false # HANOK__SERVER__OPEN", "opne = false");
    assert_eq!(
        drift::<Root>(&other),
        [
            "default: server.opne: unknown setting; did you mean server.open?",
            "server.open has no default",
            "server.open: HANOK__SERVER__OPEN is not named",
        ]
    );
}
