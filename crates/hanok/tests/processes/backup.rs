//! A backup that is made while people confirm, and what becomes of it: the trail is whole, people sign in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hanok_base::directory::DEMO_MARK;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{Db, DbError, Engine, MigrationSet};
use hanok_testkit::{PASSWORD, Sink};
use serde_json::json;

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

/// Somebody signs in at a restored server, and the shop asks for somebody else, who confirms.
async fn people_use(restored: &Installation, house: &House) {
    let name = json!({ "username": "person0", "password": PASSWORD });
    let client = restored.client(0);
    let signing_in = client.post("/api/v1/auth/login").json(name);
    signing_in.await.assert_status(200);
    let asked = house.ask(restored.client(0), 1).await;
    let answer = house.try_confirm(restored.client(0), &asked).await;
    answer.unwrap().assert_status(200);
}

async fn completed(store: &hanok_db::StoreConfig) -> BTreeSet<String> {
    const SQL: &str = "SELECT id FROM auth_transaction WHERE status = 'COMPLETED'";
    let db = Db::open(store).await.unwrap();
    let found: Result<Vec<(uuid::Uuid,)>, DbError> =
        db.read(async |conn| conn.all(SQL, &[]).await).await;
    db.close().await;
    let ids = found.unwrap().into_iter();
    ids.map(|(id,)| id.to_string()).collect()
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
    let stop = AtomicBool::new(false);
    let backing_up = async {
        let backup = ["backup", path(&copy), "--keys", path(&keys)];
        let child = house.installed.begin(0, &backup);
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let output = ended.await.unwrap();
        stop.store(true, Ordering::SeqCst);
        output
    };
    let (output, meanwhile) = tokio::join!(backing_up, confirm_until(&house, &stop));
    assert!(output.status.success(), "{output:?}");
    assert!(meanwhile.len() >= PEOPLE, "nobody was held up");
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
    let found = completed(restored.store()).await;
    assert!(
        before.is_subset(&found),
        "what was answered before it is in it"
    );
    assert!(found.is_subset(&all), "and nothing that never was");
    let server = restored.serve(0).await;
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
async fn a_backup_from_before_a_reindex_is_indexed_under_the_new_key() {
    let sink = Sink::start().await;
    let house = House::prepare(Store::sqlite(), 1, &sink, 2).await;
    let place = house.installed.place().to_owned();
    let copy = place.join("copy");
    house.installed.run(&["backup", path(&copy)]);
    house.installed.run(&["keys", "reindex"]);
    let restored = beside(Store::sqlite(), &house.installed.origin(), &sink);
    let keys = place.join("keys");
    let told = restored.run(&["restore", path(&copy), "--keys", path(&keys)]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("2 accounts are indexed anew"), "{told}");
    let _server = restored.serve(0).await;
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
