//! The log as its readers find it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::dispatcher::with_default;
use tracing::{debug, info};

use super::*;
use crate::clock::Timestamp;
use crate::config::{Level, LogFormat};

const DAY: Duration = Duration::from_hours(24);

fn clock() -> Clock {
    // 2026-11-21T05:30:00Z
    Clock::manual(Timestamp::from_seconds(1_795_239_000))
}

fn config(format: LogFormat, directory: Option<&str>) -> LogConfig {
    LogConfig {
        level: Level::Info,
        levels: BTreeMap::new(),
        format,
        directory: directory.map(PathBuf::from),
        rotate_bytes: 10_000_000,
        application_days: 30,
        access_days: 90,
        security_days: 365,
    }
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn telemetry(config: &LogConfig, environment: Environment, memory: &Memory) -> Telemetry {
    let memory = memory.clone();
    let console = Console::to(move || memory.clone());
    Telemetry::new(
        config,
        environment,
        Path::new("/nonexistent"),
        &clock(),
        console,
    )
    .unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn production_writes_json_unasked() {
    let memory = Memory::default();
    let telemetry = telemetry(
        &config(LogFormat::Auto, None),
        Environment::Production,
        &memory,
    );
    with_default(
        telemetry.dispatch(),
        || info!(target: ACCESS, status = 200, "GET /health"),
    );
    let line: serde_json::Value = serde_json::from_str(&memory.text()).unwrap();
    assert_eq!(line["timestamp"], "2026-11-21T05:30:00.000000Z");
    assert_eq!(
        (&line["target"], &line["status"]),
        (&"access".into(), &200.into())
    );
    assert_eq!(line["message"], "GET /health");
}

#[test]
fn development_writes_for_people() {
    let memory = Memory::default();
    let telemetry = telemetry(
        &config(LogFormat::Auto, None),
        Environment::Development,
        &memory,
    );
    with_default(telemetry.dispatch(), || info!("ready"));
    assert!(
        memory
            .text()
            .starts_with("2026-11-21T05:30:00.000000Z  INFO"),
        "{}",
        memory.text()
    );
}

#[test]
fn levels_hold_per_target_and_change_while_it_runs() {
    let memory = Memory::default();
    let mut config = config(LogFormat::Pretty, None);
    config.levels.insert("hanok_db".into(), Level::Debug);
    let telemetry = telemetry(&config, Environment::Development, &memory);
    let say = |text: &str| {
        debug!(target: "hanok_db::pool", "db {text}");
        debug!(target: "hanok_web", "web {text}");
    };
    let dispatch = telemetry.dispatch().clone();
    let running = telemetry.into_running();
    with_default(&dispatch, || {
        say("before");
        running
            .levels
            .set(
                Level::Debug,
                &BTreeMap::from([("hanok_db".into(), Level::Warn)]),
            )
            .unwrap();
        say("after");
    });
    let text = memory.text();
    assert!(
        text.contains("db before") && !text.contains("web before"),
        "{text}"
    );
    assert!(
        !text.contains("db after") && text.contains("web after"),
        "{text}"
    );
}

#[test]
fn production_refuses_debug_levels_at_start_and_later() {
    let memory = Memory::default();
    let running = telemetry(
        &config(LogFormat::Auto, None),
        Environment::Production,
        &memory,
    )
    .into_running();
    let refused = running.levels.set(Level::Trace, &BTreeMap::new());
    assert!(matches!(refused, Err(TelemetryError::DebugInProduction)));
    let mut debug = config(LogFormat::Auto, None);
    debug.levels.insert("hanok_db".into(), Level::Debug);
    let started = Telemetry::new(
        &debug,
        Environment::Production,
        Path::new("."),
        &clock(),
        Console::stderr(),
    );
    assert!(matches!(started, Err(TelemetryError::DebugInProduction)));
}

#[test]
fn each_class_has_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let console = Console::to(io::sink);
    let config = config(LogFormat::Json, Some("logs"));
    let telemetry = Telemetry::new(
        &config,
        Environment::Development,
        dir.path(),
        &clock(),
        console,
    )
    .unwrap();
    with_default(telemetry.dispatch(), || {
        info!(target: ACCESS, "a request");
        info!(target: SECURITY, "a sign-in");
        info!("a start");
    });
    drop(telemetry);
    let read = |class: &str| {
        fs::read_to_string(dir.path().join(format!("logs/{class}.2026-11-21.log"))).unwrap()
    };
    for (class, message) in [
        ("access", "a request"),
        ("security", "a sign-in"),
        ("application", "a start"),
    ] {
        let text = read(class);
        assert!(
            text.lines().count() == 1 && text.contains(message),
            "{class}: {text}"
        );
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("logs"), "a file").unwrap();
    let config = config(LogFormat::Json, Some("logs"));
    let made = Telemetry::new(
        &config,
        Environment::Development,
        dir.path(),
        &clock(),
        Console::to(io::sink),
    );
    assert!(made.err().unwrap().to_string().contains("logs"));
}

#[test]
fn a_file_ends_with_its_day_or_at_its_size() {
    let dir = tempfile::tempdir().unwrap();
    let clock = clock();
    let open = || RollingFile::open(dir.path(), "application", 10, 30, clock.clone()).unwrap();
    let mut file = open();
    for line in [
        &b"12345\n"[..],
        b"123\n",
        b"1\n",
        b"longer than the limit\n",
    ] {
        file.write_all(line).unwrap();
    }
    let expected = [
        "application.2026-11-21.1.log",
        "application.2026-11-21.2.log",
        "application.2026-11-21.log",
    ];
    assert_eq!(names(dir.path()), expected);
    // A restart goes on in the day's last file.
    drop(file);
    let mut file = open();
    file.write_all(b"1\n").unwrap();
    assert!(names(dir.path()).contains(&"application.2026-11-21.3.log".to_owned()));
    clock.advance(DAY);
    file.write_all(b"1\n").unwrap();
    assert!(names(dir.path()).contains(&"application.2026-11-22.log".to_owned()));
}

#[test]
fn lines_that_come_together_are_parted_where_the_file_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let mut file = RollingFile::open(dir.path(), "access", 10, 30, clock()).unwrap();
    file.write_all(b"12345\n123\n12\nlonger than the limit\n1\n")
        .unwrap();
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("access.2026-11-21.log"), "12345\n123\n");
    assert_eq!(read("access.2026-11-21.1.log"), "12\n");
    assert_eq!(read("access.2026-11-21.2.log"), "longer than the limit\n");
    assert_eq!(read("access.2026-11-21.3.log"), "1\n");
}

#[test]
fn files_go_when_they_are_too_old_and_strangers_stay() {
    let dir = tempfile::tempdir().unwrap();
    let clock = clock();
    for name in [
        "access.2026-11-18.log",
        "access.2026-11-19.7.log",
        "access.old.log",
        "application.2020-01-01.log",
    ] {
        fs::write(dir.path().join(name), "x").unwrap();
    }
    let mut file = RollingFile::open(dir.path(), "access", 10, 2, clock.clone()).unwrap();
    let strangers = ["access.old.log", "application.2020-01-01.log"];
    assert_eq!(
        names(dir.path())[..2],
        ["access.2026-11-19.7.log", "access.2026-11-21.log"]
    );
    clock.advance(DAY);
    file.write_all(b"1\n").unwrap();
    assert_eq!(
        names(dir.path()),
        [
            &["access.2026-11-21.log", "access.2026-11-22.log"],
            &strangers[..]
        ]
        .concat()
    );
}

#[test]
fn the_security_log_is_written_whatever_the_level() {
    let memory = Memory::default();
    let mut config = config(LogFormat::Pretty, None);
    config.level = Level::Error;
    let telemetry = telemetry(&config, Environment::Development, &memory);
    let dispatch = telemetry.dispatch().clone();
    let running = telemetry.into_running();
    let say = |text: &str| {
        info!(target: SECURITY, "security {text}");
        info!("application {text}");
    };
    with_default(&dispatch, || {
        say("first");
        let named = BTreeMap::from([(SECURITY.to_owned(), Level::Error)]);
        running.levels.set(Level::Warn, &named).unwrap();
        say("second");
        running.levels.set(Level::Warn, &BTreeMap::new()).unwrap();
        say("third");
    });
    let text = memory.text();
    assert!(
        text.contains("security first") && text.contains("security third"),
        "{text}"
    );
    assert!(
        !text.contains("security second") && !text.contains("application"),
        "{text}"
    );
}

#[test]
fn a_quiet_class_loses_its_old_files_too() {
    let dir = tempfile::tempdir().unwrap();
    let clock = clock();
    let config = config(LogFormat::Json, Some("logs"));
    let logs = dir.path().join("logs");
    delete_old_logs(&config, &dir.path().join("nowhere"), &clock).unwrap_err();
    fs::create_dir(&logs).unwrap();
    let kept = [
        "access.2026-08-23.log",
        "application.2026-10-22.log",
        "security.2025-11-21.log",
    ];
    let had_their_time = [
        "access.2026-08-22.log",
        "application.2026-10-21.3.log",
        "security.2025-11-20.log",
    ];
    for name in kept.iter().chain(&had_their_time) {
        fs::write(logs.join(name), "x").unwrap();
    }
    delete_old_logs(&config, dir.path(), &clock).unwrap();
    assert_eq!(names(&logs), kept);
    let console = LogConfig {
        directory: None,
        ..config
    };
    assert!(delete_old_logs(&console, &dir.path().join("nowhere"), &clock).is_ok());
}
