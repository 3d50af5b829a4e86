//! The program as an operator and a newcomer meet it: a process, its words and its exit codes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use hanok_testkit::free_port;
use tempfile::TempDir;

/// A command of the program in a directory of its own, with nothing of this process's environment.
fn hanok(directory: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hanok"));
    command
        .current_dir(directory.path())
        .env_clear()
        .stdin(Stdio::null());
    command
}

fn run(directory: &TempDir, arguments: &[&str]) -> Output {
    hanok(directory).args(arguments).output().unwrap()
}

fn with_input(directory: &TempDir, arguments: &[&str], input: &str) -> Output {
    let mut command = hanok(directory);
    let command = command.args(arguments).stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Checks exit code and the words on standard error.
fn assert_fails(output: &Output, code: i32, words: &[&str]) {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{told}");
    for word in words {
        assert!(told.contains(word), "{word:?} is not in {told:?}");
    }
}

fn assert_done(output: &Output) -> String {
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    out(output)
}

/// A port that was free a moment ago.
/// A server process; what it told before it was ready.
struct Serving {
    child: Child,
    told: String,
    _rest: Box<dyn BufRead>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    /// Starts it and reads its words until the line with `ready`.
    fn start(command: &mut Command, on_stderr: bool, ready: &str) -> Self {
        let (pipe, other) = (Stdio::piped(), Stdio::null());
        let command = if on_stderr {
            command.stderr(pipe).stdout(other)
        } else {
            command.stdout(pipe).stderr(other)
        };
        let mut child = command.spawn().unwrap();
        let mut rest: Box<dyn BufRead> = if on_stderr {
            Box::new(BufReader::new(child.stderr.take().unwrap()))
        } else {
            Box::new(BufReader::new(child.stdout.take().unwrap()))
        };
        let mut told = String::new();
        while !told.contains(ready) {
            assert_ne!(
                rest.read_line(&mut told).unwrap(),
                0,
                "it ended before it was ready: {told}"
            );
        }
        Self {
            child,
            told,
            _rest: rest,
        }
    }

    fn demo(directory: &TempDir, port: u16) -> Self {
        let port = port.to_string();
        Self::start(
            hanok(directory).args(["demo", "--port", &port]),
            false,
            "Ctrl-C stops the demo.",
        )
    }

    /// Asks it to stop and says how it ended.
    fn stop(mut self) -> Option<i32> {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().code()
    }
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_str(&assert_done(output)).unwrap()
}

#[test]
fn the_settings_that_the_readme_shows_are_right_and_plain_http_elsewhere_is_not() {
    const README: &str = include_str!("../../../README.md");
    let (_, rest) = README.split_once("```toml\n").unwrap();
    let (settings, _) = rest.split_once("```").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("hanok.toml");
    std::fs::write(&file, settings).unwrap();
    assert_done(&run(&directory, &["config", "check"]));
    let plain = settings.replace("https://id.example.com", "http://id.example.com");
    std::fs::write(&file, plain).unwrap();
    let refused = run(&directory, &["config", "check"]);
    assert_fails(&refused, 2, &["web.public_url", "must be https"]);
}

#[test]
fn a_newcomers_demo_is_walked_stopped_moved_and_keeps_everything() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Serving::demo(&directory, free_port());
    assert!(
        demo.told.contains("haneul") && demo.told.contains("010-1234-5678"),
        "{}",
        demo.told
    );
    let walked = assert_done(&run(&directory, &["demo", "walk"]));
    for seen in [
        "\"status\": \"COMPLETED\"",
        "ci_synthetic  true",
        "A 쇼핑몰",
        "already_processed",
    ] {
        assert!(walked.contains(seen), "{seen:?} is not in {walked}");
    }
    let file = std::fs::read_to_string(directory.path().join("data/demo/demo.json")).unwrap();
    let secret = serde_json::from_str::<serde_json::Value>(&file).unwrap()["client_secret"].clone();
    assert!(!walked.contains(secret.as_str().unwrap()));
    assert_eq!(demo.stop(), Some(0));

    let port = free_port();
    let again = Serving::demo(&directory, port);
    let place = ["--data-dir", "data/demo"];
    let providers = json(&run(
        &directory,
        &[&place[..], &["provider", "list", "--json"]].concat(),
    ));
    assert_eq!(providers["providers"].as_array().unwrap().len(), 1);
    assert!(
        providers["providers"][0]["callback_url"]
            .as_str()
            .unwrap()
            .contains(&port.to_string())
    );
    let people = json(&run(
        &directory,
        &[&place[..], &["account", "list", "--json"]].concat(),
    ));
    assert_eq!(people["accounts"].as_array().unwrap().len(), 5);
    assert_done(&run(&directory, &["demo", "walk"]));
    assert_eq!(again.stop(), Some(0));

    assert!(
        assert_done(&run(
            &directory,
            &[&place[..], &["audit", "verify"]].concat()
        ))
        .contains("whole")
    );
    let refused = run(&directory, &[&place[..], &["serve"]].concat());
    assert_fails(&refused, 2, &["demo", "hanok demo", "--data-dir"]);
}

#[test]
fn a_first_start_says_how_to_make_the_first_administrator() {
    let directory = tempfile::tempdir().unwrap();
    let port = free_port().to_string();
    let serve = |directory| {
        let mut command = hanok(directory);
        command.arg("serve").env("PORT", &port);
        command
    };
    let first = Serving::start(&mut serve(&directory), true, "Ctrl-C stops it.");
    assert!(
        first.told.contains("hanok account create") && first.told.contains("--role super_admin"),
        "{}",
        first.told
    );
    let link = format!("http://localhost:{port}/setup?code=");
    assert!(first.told.contains(&link), "{}", first.told);
    let taken = serve(&directory).output().unwrap();
    assert_fails(&taken, 1, &[&port, "taken", "PORT="]);
    let create = [
        "account",
        "create",
        "--username",
        "doyun",
        "--name",
        "이도윤",
        "--role",
        "super_admin",
        "--password-stdin",
    ];
    assert_fails(
        &with_input(&directory, &create, "short"),
        2,
        &["at least 8 characters"],
    );
    assert_done(&with_input(&directory, &create, "Gangnam-7-dosan!\n"));
    assert_fails(
        &with_input(&directory, &create, "Gangnam-7-dosan!\n"),
        2,
        &["taken"],
    );
    assert_eq!(first.stop(), Some(0));
    let second = Serving::start(&mut serve(&directory), true, "Ctrl-C stops it.");
    assert!(!second.told.contains("account create"), "{}", second.told);
    assert!(!second.told.contains("/setup?code="), "{}", second.told);
    let last = run(
        &directory,
        &["account", "role", "remove", "doyun", "super_admin"],
    );
    assert_fails(&last, 1, &["last active super_admin"]);
    assert_eq!(second.stop(), Some(0));
}

#[test]
fn commands_that_look_make_nothing() {
    let directory = tempfile::tempdir().unwrap();
    assert_fails(
        &run(&directory, &["account", "list"]),
        1,
        &["hanok migrate"],
    );
    assert_fails(&run(&directory, &["migrate", "--check"]), 1, &[]);
    assert_fails(
        &run(&directory, &["demo", "walk"]),
        1,
        &["start the demo first"],
    );
    assert!(assert_done(&run(&directory, &["openapi"])).contains("\"openapi\": \"3.1.0\""));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    assert!(assert_done(&run(&directory, &["migrate"])).contains("up to date"));
    assert_done(&run(&directory, &["migrate", "--check"]));
    assert!(is_private(
        &directory.path().join("data/keys/key-ring.json")
    ));
    assert!(
        assert_done(&run(&directory, &["identity", "expire"])).contains("Expired 0 transactions")
    );
}

#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions())
        .trailing_zeros()
        >= 6
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = hanok(&directory);
    let command = command.args([
        "--set",
        "server.prot=1",
        "--set",
        "log.level=debug",
        "config",
        "check",
    ]);
    let told = command
        .env("ENV", "production")
        .env("DB_PORT", "3306")
        .output()
        .unwrap();
    let words = [
        "server.prot",
        "did you mean server.port",
        "log.level",
        "PostgreSQL, not MySQL",
    ];
    assert_fails(&told, 2, &words);
    let secret = "a secret of more than thirty-two bytes, surely";
    let shown = hanok(&directory)
        .args(["config", "show"])
        .env("SECRET_KEY", secret)
        .output()
        .unwrap();
    let shown = assert_done(&shown);
    assert!(shown.contains("[secret]") && shown.contains("SECRET_KEY in the environment"));
    assert!(!shown.contains(secret));
}

#[test]
fn the_demo_takes_no_directory_that_holds_something_else_and_no_production() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("data/demo/thesis")).unwrap();
    let port = free_port().to_string();
    assert_fails(
        &run(&directory, &["demo", "--port", &port]),
        1,
        &["data/demo", "not a demo's"],
    );
    let production = hanok(&directory)
        .args(["demo", "--port", &port])
        .env("ENV", "production")
        .output()
        .unwrap();
    assert_fails(&production, 2, &["no demo in production"]);
    let served = hanok(&directory)
        .args(["--set", "demo=true", "serve"])
        .output()
        .unwrap();
    assert_fails(&served, 2, &["hanok demo"]);
}

#[test]
fn a_provider_is_made_listed_and_shown_and_its_secret_never_again() {
    let directory = tempfile::tempdir().unwrap();
    assert_done(&run(&directory, &["migrate"]));
    let create = [
        "provider",
        "create",
        "--name",
        "Batch",
        "--site-code",
        "B",
        "--delivery",
        "poll",
        "--json",
    ];
    let made = json(&run(&directory, &create));
    let (id, secret) = (
        made["client_id"].as_str().unwrap(),
        made["client_secret"].as_str().unwrap(),
    );
    assert_eq!(made["key"]["jwk"]["kty"], "oct");
    let shown = assert_done(&run(&directory, &["provider", "show", id, "--json"]));
    assert!(shown.contains("Batch") && !shown.contains(secret));
    assert!(!shown.contains(made["key"]["base64"].as_str().unwrap()));
    let private = [
        "provider",
        "create",
        "--name",
        "X",
        "--site-code",
        "X",
        "--callback-url",
        "http://10.0.0.1/",
    ];
    assert_fails(&run(&directory, &private), 2, &["callback_url"]);
}
