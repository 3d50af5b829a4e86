//! A backup that is made while people confirm, and what becomes of it: the trail is whole, people sign in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hanok_base::directory::DEMO_MARK;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{Db, DbError, Engine, MigrationSet, Record, StoreConfig, Tx, params};
use hanok_testkit::{Client, PASSWORD, PIN, Sink};
use serde_json::{Value, json};

use crate::house::House;
use crate::installation::Installation;
use crate::store::Store;

const PEOPLE: usize = 12;

/// A blank store of the same engine.
pub async fn blank(engine: Engine) -> Store {
    match engine {
        Engine::Sqlite => Store::sqlite(),
        Engine::Postgres => Store::postgres().await.unwrap(),
    }
}

/// Another installation, that is told as the same site.
fn beside(store: Store, origin: &str, sink: &Sink) -> Installation {
    let mut installed = Installation::new(store, 1);
    installed.set("web.public_url", origin);
    installed.set("identity.callback_allow_hosts", sink.origin());
    installed
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// People confirm, one after the other, until they are told to stop; those that were answered 200.
async fn confirm_until(house: &House, stop: &AtomicBool) -> BTreeSet<String> {
    let mut done = BTreeSet::new();
    while !stop.load(Ordering::SeqCst) {
        let asked = house.ask_everybody().await;
        for asked in &asked {
            done.extend(house.confirm(asked).await);
        }
    }
    done
}

async fn sign_in(client: &Client, number: usize) -> Value {
    let name = json!({ "username": format!("person{number}"), "password": PASSWORD });
    let signing_in = client.post("/api/v1/auth/login").json(name);
    signing_in.await.assert_status(200).body
}

/// Somebody signs in at a restored server, and confirms what the shop asks.
async fn people_use(restored: &Installation, house: &House) {
    let signed_in = sign_in(&restored.client(0), 1).await;
    let asked = house.ask(restored.client(0), 1).await;
    let client = restored.client(0);
    let client = client.bearer(signed_in["access_token"].as_str().unwrap());
    let body = json!({ "transaction_id": asked.id, "pin_code": PIN, "binding_code": asked.number });
    let confirming = client.post("/api/v1/auth/confirm").json(body);
    confirming.await.assert_status(200);
}

/// What those who were signed in when the backup was made are answered.
async fn assert_signed_in(restored: &Installation, house: &House, status: u16) {
    for somebody in &house.people {
        let client = restored.client(0).bearer(&somebody.token);
        client.get("/api/v1/me").await.assert_status(status);
    }
}

/// Puts a pairing code, a number, an address and a password under way for somebody.
async fn begin_everything(house: &House) {
    const BEGIN: [&str; 4] = [
        "INSERT INTO pairing (id, account_id, code_hash, created_at, expires_at) VALUES ($1, $1, $2, $3, $3)",
        "INSERT INTO phone_proof (account_id, id, phone, code_mac, created_at, expires_at) \
            VALUES ($1, $1, $2, $2, $3, $3)",
        "INSERT INTO email_proof (account_id, id, email, email_masked, token_hash, created_at, expires_at) \
            VALUES ($1, $1, $2, '*', $2, $3, $3)",
        "INSERT INTO password_reset (account_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $3)",
    ];
    const SOMEBODY: &str = "SELECT id FROM account WHERE username_key = 'person0'";
    let (id,): (uuid::Uuid,) = house.rows(SOMEBODY).await[0];
    let later = Clock::system().now().plus(Duration::from_hours(1));
    let unit = async move |tx: &mut Tx| {
        for begin in BEGIN {
            tx.execute(begin, params![id, &[7_u8; 32], later]).await?;
        }
        Ok(())
    };
    house.db.write::<_, DbError, _>(unit).await.unwrap();
}

/// How much lives and is under way; and the lowest version of an account.
const UNDER_WAY: &str = "SELECT (SELECT COUNT(*) FROM session WHERE ended_at IS NULL) \
    + (SELECT COUNT(*) FROM refresh_token) + (SELECT COUNT(*) FROM pairing) + (SELECT COUNT(*) FROM phone_proof) \
    + (SELECT COUNT(*) FROM email_proof) + (SELECT COUNT(*) FROM password_reset), \
    (SELECT MIN(version) FROM account)";
const COMPLETED: &str = "SELECT id FROM auth_transaction WHERE status = 'COMPLETED'";

async fn rows<R: Record + Send + 'static>(store: &StoreConfig, sql: &'static str) -> Vec<R> {
    let db = Db::open(store).await.unwrap();
    let found: Result<Vec<R>, DbError> = db.read(async move |conn| conn.all(sql, &[]).await).await;
    db.close().await;
    found.unwrap()
}

async fn completed(store: &StoreConfig) -> BTreeSet<String> {
    let ids: Vec<(uuid::Uuid,)> = rows(store, COMPLETED).await;
    ids.into_iter().map(|(id,)| id.to_string()).collect()
}

/// Makes a backup while people confirm; nobody is held up by it.
async fn back_up_under_load(house: &House, copy: &Path, keys: &Path) {
    let stop = AtomicBool::new(false);
    let backing_up = async {
        let backup = ["backup", path(copy), "--keys", path(keys)];
        let child = house.installed.begin(0, &backup);
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let output = ended.await.unwrap();
        stop.store(true, Ordering::SeqCst);
        output
    };
    let (output, meanwhile) = tokio::join!(backing_up, confirm_until(house, &stop));
    assert!(output.status.success(), "{output:?}");
    assert!(meanwhile.len() >= PEOPLE, "nobody was held up");
}

async fn a_backup_under_load_is_restored(store: Store) {
    let sink = Sink::start().await;
    let house = House::prepare(store, 1, &sink, PEOPLE).await;
    let (copy, keys) = (
        house.installed.place().join("copy"),
        house.installed.place().join("saved"),
    );
    let server = house.installed.serve(0).await;
    let asked = house.ask_everybody().await;
    for asked in &asked {
        house.confirm(asked).await.unwrap();
    }
    let before = house.completed().await;
    assert_eq!(before.len(), PEOPLE);
    begin_everything(&house).await;
    let refresh = sign_in(&house.next_client(), 0).await["refresh_token"].clone();
    let (under_way, version): (i64, i64) = house.rows(UNDER_WAY).await[0];
    assert!(
        under_way > 2 * i64::try_from(PEOPLE).unwrap(),
        "{under_way}"
    );
    back_up_under_load(&house, &copy, &keys).await;
    let all = house.completed().await;
    drop(server);

    let restored = beside(
        blank(house.installed.store().engine).await,
        &house.installed.origin(),
        &sink,
    );
    restored.run(&["restore", path(&copy), "--keys", path(&keys), "--check"]);
    let told = restored.run(&["restore", path(&copy), "--keys", path(&keys)]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("The audit trail is whole."), "{told}");
    assert!(told.contains("linked"), "{told}");
    assert!(told.contains("everybody signs in anew"), "{told}");
    let left: Vec<(i64, i64)> = rows(restored.store(), UNDER_WAY).await;
    assert_eq!(left, [(0, version + 1)], "what was ended since is not back");
    let found = completed(restored.store()).await;
    assert!(
        before.is_subset(&found),
        "what was answered before it is in it"
    );
    assert!(found.is_subset(&all), "and nothing that never was");
    let server = restored.serve(0).await;
    assert_signed_in(&restored, &house, 401).await;
    let client = restored.client(0);
    let refreshing = client.post("/api/v1/auth/refresh");
    let refreshing = refreshing.json(json!({ "refresh_token": refresh }));
    refreshing.await.assert_status(401);
    people_use(&restored, &house).await;
    drop(server);
    restored.run(&["audit", "verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_on_while_sqlite_is_copied_and_find_everything_in_the_copy() {
    a_backup_under_load_is_restored(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_on_while_postgresql_is_copied_and_find_everything_in_the_copy() {
    if let Some(store) = Store::postgres().await {
        a_backup_under_load_is_restored(store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_from_before_a_reindex_is_indexed_under_the_new_key_and_may_keep_its_sessions() {
    let sink = Sink::start().await;
    let house = House::prepare(Store::sqlite(), 1, &sink, 2).await;
    let place = house.installed.place().to_owned();
    let copy = place.join("copy");
    house.installed.run(&["backup", path(&copy)]);
    house.installed.run(&["keys", "reindex"]);
    let restored = beside(Store::sqlite(), &house.installed.origin(), &sink);
    let keys = place.join("keys");
    let told = restored.run(&[
        "restore",
        path(&copy),
        "--keys",
        path(&keys),
        "--keep-sessions",
    ]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("2 accounts are indexed anew"), "{told}");
    assert!(!told.contains("everybody signs in anew"), "{told}");
    let _server = restored.serve(0).await;
    assert_signed_in(&restored, &house, 200).await;
    people_use(&restored, &house).await;
}

/// The sets of the program as an earlier release had them: the first migration of each.
pub fn earlier() -> Vec<MigrationSet> {
    let sets = [
        hanok_events::migrations(),
        hanok_accounts::audit::migrations(),
        hanok_accounts::migrations(),
        hanok_identity::migrations(),
    ];
    let first = |set: MigrationSet| MigrationSet {
        migrations: &set.migrations[..1],
        ..set
    };
    sets.map(first).to_vec()
}

async fn an_earlier_release_is_backed_up_and_restored(store: Store) {
    let db = Db::open(&store.config).await.unwrap();
    db.migrate(&earlier()).await.unwrap();
    db.close().await;
    let (engine, old) = (store.config.engine, Installation::new(store, 1));
    let ring = old.place().join("keys");
    fs::create_dir(&ring).unwrap();
    KeyRing::create(
        &ring.join("key-ring.json"),
        &Random::system(),
        Clock::system().now(),
    )
    .unwrap();
    let copy = old.place().join("copy");
    let made = old.run(&["backup", path(&copy), "--with-keys"]);
    let told = String::from_utf8(made.stderr).unwrap();
    assert!(told.contains("Migrations wait"), "{told}");
    assert_eq!(old.try_run(&["migrate", "--check"]).status.code(), Some(1));
    let new = Installation::new(blank(engine).await, 1);
    let restored = new.run(&["restore", path(&copy)]);
    let told = String::from_utf8(restored.stdout).unwrap();
    assert!(told.contains("It was of an earlier release"), "{told}");
    assert!(told.contains("The audit trail is whole."), "{told}");
    new.run(&["migrate", "--check"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_store_of_an_earlier_release_is_backed_up_and_brought_up_to_date_by_the_restore() {
    an_earlier_release_is_backed_up_and_restored(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_store_of_an_earlier_release_is_backed_up_and_brought_up_to_date_by_the_restore()
 {
    if let Some(store) = Store::postgres().await {
        an_earlier_release_is_backed_up_and_restored(store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_stays_a_demo_when_it_is_restored() {
    let demo = Installation::new(Store::sqlite(), 1);
    demo.run(&["migrate"]);
    fs::write(demo.place().join("data-0").join(DEMO_MARK), "").unwrap();
    let copy = demo.place().join("copy");
    demo.run(&["backup", path(&copy), "--with-keys"]);
    let other = Installation::new(Store::sqlite(), 1);
    other.run(&["restore", path(&copy)]);
    let serving = other.try_run(&["serve"]);
    let told = String::from_utf8(serving.stderr).unwrap();
    assert!(told.contains("holds a demo"), "{told}");
}
