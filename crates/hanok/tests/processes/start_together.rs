//! Several processes that start at once on one store: one makes keys and tables, the others wait for it.

use std::process::Child;

use hanok_db::{Db, MigrationSet};
use hanok_testkit::PASSWORD;
use serde_json::json;

use crate::backup::earlier;
use crate::installation::Installation;
use crate::store::Store;

const PROCESSES: usize = 4;

/// Starts `hanok migrate` four times at once; how many migrations they applied together.
async fn migrate_at_once(installed: &Installation) -> usize {
    let started: Vec<Child> = (0..PROCESSES)
        .map(|process| installed.begin(process, &["migrate"]))
        .collect();
    let mut applied = 0;
    for child in started {
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let output = ended.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        let told = String::from_utf8(output.stdout).unwrap();
        applied += told
            .lines()
            .filter(|line| line.starts_with("applied "))
            .count();
    }
    applied
}

async fn migrations(installed: &Installation, sets: &[MigrationSet]) -> usize {
    let db = Db::open(installed.store()).await.unwrap();
    let applied = db.applied_migrations(sets).await.unwrap().len();
    db.close().await;
    applied
}

async fn each_migration_is_applied_once(store: Store) {
    let db = Db::open(&store.config).await.unwrap();
    db.migrate(&earlier()).await.unwrap();
    db.close().await;
    let old = Installation::new(store, PROCESSES);
    let before = migrations(&old, &earlier()).await;
    let waiting = old.try_run(&["migrate", "--check"]);
    assert_eq!(waiting.status.code(), Some(1));
    let told = String::from_utf8(waiting.stdout).unwrap();
    let waits = told
        .lines()
        .filter(|line| line.starts_with("waits: "))
        .count();
    assert!(told.contains(&format!("{waits} migrations wait")), "{told}");
    assert_eq!(
        migrations(&old, &earlier()).await,
        before,
        "to check is not to migrate"
    );
    assert_eq!(migrate_at_once(&old).await, waits);
    old.run(&["migrate", "--check"]);
    assert_eq!(migrate_at_once(&old).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_apply_each_migration_once_to_an_old_sqlite_database() {
    each_migration_is_applied_once(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_apply_each_migration_once_to_an_old_postgresql_database() {
    if let Some(store) = Store::postgres().await {
        each_migration_is_applied_once(store).await;
    }
}

/// Every one of four servers that were started at once on nothing at all knows the same person.
async fn four_servers_start_on_an_empty_store(store: Store) {
    let installed = Installation::new(store, PROCESSES);
    let servers = [0, 1, 2, 3].map(|process| installed.serve(process));
    let _servers = futures_util::future::join_all(servers).await;
    let create = [
        "account",
        "create",
        "--username",
        "haneul",
        "--name",
        "김하늘",
    ];
    let made = installed.run_with_input(&[&create[..], &["--password-stdin"]].concat(), PASSWORD);
    assert!(made.status.success(), "{made:?}");
    for process in 0..PROCESSES {
        let name = json!({ "username": "haneul", "password": PASSWORD });
        let client = installed.client(process);
        let signed_in = client
            .post("/api/v1/auth/login")
            .json(name)
            .await
            .assert_status(200);
        let token = signed_in.body["access_token"].as_str().unwrap();
        // Each verifies what another signed, and opens what another sealed.
        let next = installed.client((process + 1) % PROCESSES).bearer(token);
        let me = next.get("/api/v1/me").await.assert_status(200);
        assert_eq!(me.body["name"], "김하늘");
    }
    installed.run(&["audit", "verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_servers_that_start_at_once_on_no_sqlite_database_share_what_one_makes() {
    four_servers_start_on_an_empty_store(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_servers_that_start_at_once_on_an_empty_postgresql_database_share_what_one_makes() {
    if let Some(store) = Store::postgres().await {
        four_servers_start_on_an_empty_store(store).await;
    }
}

/// The program finds a migration in the database that it does not have.
async fn a_newer_database_is_refused(store: Store) {
    let installed = Installation::new(store, 1);
    installed.run(&["migrate"]);
    let db = Db::open(installed.store()).await.unwrap();
    db.hand_written(
        "INSERT INTO accounts_migrations (version, name, applied_on, checksum) \
         VALUES (99, 'tomorrow', '2027-01-01T00:00:00Z', '1')",
    )
    .await
    .unwrap();
    db.close().await;
    let copy = installed.place().join("copy").display().to_string();
    for command in [
        &["migrate", "--check"][..],
        &["migrate"],
        &["serve"],
        &["account", "list"],
        &["backup", &copy],
    ] {
        let refused = installed.try_run(command);
        assert_eq!(refused.status.code(), Some(1), "{command:?}");
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(
            told.contains("V99__tomorrow of `accounts`"),
            "{command:?}: {told}"
        );
        assert!(
            told.contains("the database is of a newer release"),
            "{command:?}: {told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_sqlite_database_is_refused_by_every_command() {
    a_newer_database_is_refused(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_postgresql_database_is_refused_by_every_command() {
    if let Some(store) = Store::postgres().await {
        a_newer_database_is_refused(store).await;
    }
}
