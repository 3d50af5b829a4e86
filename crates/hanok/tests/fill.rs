//! `hanok demo fill` and `hanok demo reports`, as the person sees them who measures.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

use hanok_db::testing::Postgres;
use hanok_db::{Db, DbError, Engine, StoreConfig, params};
use serde_json::Value;
use tempfile::TempDir;

const SMALL: [&str; 17] = [
    "demo",
    "fill",
    "--accounts",
    "20",
    "--transactions",
    "400",
    "--audit",
    "2000",
    "--providers",
    "6",
    "--days",
    "20",
    "--posts",
    "60",
    "--comments",
    "600",
    "--into-any-store",
];

/// The program in a directory of its own, on the store of these settings.
struct House {
    directory: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl House {
    fn new(settings: Vec<(&'static str, String)>) -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            settings,
        }
    }

    fn data(&self) -> &Path {
        self.directory.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let data = self.data().join("data");
        Command::new(env!("CARGO_BIN_EXE_hanok"))
            .current_dir(self.data())
            .env_clear()
            .arg("--data-dir")
            .arg(data)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .args(arguments)
            .output()
            .unwrap()
    }

    /// What it prints, once it is done.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, arguments: &[&str], code: i32, words: &str) {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(words), "{words:?} is not in {told:?}");
    }
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.report::<_, DbError, _>(async move |conn| conn.one(sql, params![]).await)
        .await
        .unwrap()
}

/// What a filled store is like, whatever its engine.
async fn is_filled(house: &House, config: &StoreConfig) {
    let told = house.done(&SMALL);
    assert!(told.contains("20 people, 400 requests"), "{told}");

    let db = Db::open(config).await.unwrap();
    assert_eq!(count(&db, "SELECT COUNT(*) FROM account").await, 20);
    assert_eq!(
        count(&db, "SELECT COUNT(*) FROM auth_transaction").await,
        400
    );
    assert_eq!(count(&db, "SELECT COUNT(*) FROM board_post").await, 60);
    assert_eq!(count(&db, "SELECT COUNT(*) FROM board_comment").await, 600);
    let made_up = "SELECT COUNT(*) FROM audit_log WHERE request_id = 'job:demo fill'";
    assert_eq!(count(&db, made_up).await, 2_000);
    for kept in [
        "SELECT COUNT(*) FROM auth_transaction WHERE status = 'COMPLETED' AND device_id IS NOT NULL",
        "SELECT COUNT(*) FROM auth_transaction WHERE status = 'FAILED'",
        "SELECT COUNT(*) FROM auth_transaction WHERE status = 'EXPIRED'",
        "SELECT COUNT(*) FROM provider_subject",
        "SELECT COUNT(*) FROM callback_delivery WHERE state = 'DELIVERED'",
        "SELECT COUNT(*) FROM callback_attempt",
        "SELECT COUNT(*) FROM notification_log",
        "SELECT COUNT(*) FROM audit_origin WHERE address IS NOT NULL",
        "SELECT COUNT(*) FROM account WHERE last_login_at IS NOT NULL",
        "SELECT COUNT(*) FROM board_comment WHERE parent IS NOT NULL",
        "SELECT COUNT(*) FROM board_recommendation",
    ] {
        assert!(count(&db, kept).await > 0, "{kept}");
    }
    db.close().await;

    let verdict = house.done(&["audit", "verify"]);
    assert!(verdict.contains(" 0 not yet sealed"), "{verdict}");
    assert!(
        verdict.ends_with("The audit trail is whole.\n"),
        "{verdict}"
    );
    house.refused(&SMALL, 1, "was filled before");
}

/// What the reports tell of it, and how.
fn reports_are_measured(house: &House) {
    let told = house.done(&["demo", "reports", "--json", "--times", "1"]);
    let measured: Vec<Value> = serde_json::from_str(&told).unwrap();
    assert_eq!(measured.len(), 7);
    let rows = |name: &str| {
        let found = measured.iter().find(|one| one["report"] == name).unwrap();
        found["rows"].as_u64().unwrap()
    };
    assert_eq!(rows("hours-of-today"), 24);
    assert!(rows("provider-success") > 0 && rows("latest-completions") > 0);
    assert!(rows("many-addresses") > 0, "two were tried within the hour");

    let plans = house.done(&["demo", "reports", "--plans"]);
    let without: Vec<&str> = plans.split("\nWithout `").skip(1).collect();
    assert_eq!(without.len(), 7, "{plans}");
    for part in without {
        let (indexes, rest) = part.split_once("`:\n\n```\n").unwrap();
        let (plan, _) = rest.split_once("```").unwrap();
        let used = indexes.split("`, `").find(|index| plan.contains(index));
        assert_eq!(used, None, "{part}");
    }
    // An index that is gone could not be dropped once more.
    house.done(&["demo", "reports", "--plans"]);
    house.refused(
        &["demo", "reports", "--only", "nonsense"],
        2,
        "there is no report nonsense",
    );
}

#[tokio::test]
async fn a_store_is_filled_once_and_its_trail_is_whole_on_sqlite() {
    let house = House::new(Vec::new());
    let config = StoreConfig {
        sqlite_path: house.data().join("data/hanok.db"),
        ..StoreConfig::default()
    };
    is_filled(&house, &config).await;
    reports_are_measured(&house);
}

#[tokio::test]
async fn a_store_is_filled_once_and_its_trail_is_whole_on_postgresql() {
    let Some(server) = Postgres::from_env() else {
        println!("not run: PostgreSQL (HANOK_TEST_POSTGRES is unset)");
        return;
    };
    let database = server.database(&[]).await.unwrap();
    let config = database.config().clone();
    assert_eq!(config.engine, Engine::Postgres);
    let url = config.postgres_url.as_ref().unwrap().expose();
    let house = House::new(vec![
        ("HANOK__STORE__ENGINE", "postgres".to_owned()),
        ("HANOK__STORE__POSTGRES_URL", url.to_owned()),
    ]);
    is_filled(&house, &config).await;
    reports_are_measured(&house);
    house.refused(&SMALL[..SMALL.len() - 1], 2, "give --into-any-store");
    database.remove().await.unwrap();
}

#[test]
fn a_directory_that_is_no_demos_is_left_alone() {
    let house = House::new(Vec::new());
    let data = house.data().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("precious"), "x").unwrap();
    house.refused(&SMALL[..SMALL.len() - 1], 1, "is not a demo's");
    assert_eq!(data.read_dir().unwrap().count(), 1);
}

#[test]
fn where_somebody_is_already_only_a_demo_is_filled() {
    let house = House::new(Vec::new());
    house.done(&["migrate"]);
    let people = house.data().join("people.csv");
    std::fs::write(&people, "username,name\ndoyun,이도윤\n").unwrap();
    house.done(&["account", "import", "people.csv"]);
    house.refused(&SMALL, 1, "there are people in this store");
}

#[test]
fn fewer_audit_rows_than_the_requests_leave_are_refused() {
    let house = House::new(Vec::new());
    let few = ["demo", "fill", "--transactions", "100", "--audit", "299"];
    house.refused(&few, 2, "--audit must be 300 or more");
    assert!(!house.data().join("data").exists());
}
