//! What a backup and a restore refuse, in words that say what to do, and that nothing is left of the try.

use std::fs;
use std::path::{Path, PathBuf};

use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{Db, Engine};
use serde_json::{Value, json};

use crate::backup::blank;
use crate::installation::Installation;
use crate::store::Store;

/// Ends with exit code 1 or 2 and these words.
fn refused(installed: &Installation, arguments: &[&str], words: &str) {
    let output = installed.try_run(arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{told}");
    assert!(told.contains(words), "{words:?} is not in {told:?}");
}

/// An installation with a backup, its keys in it.
fn with_backup(store: Store) -> (Installation, PathBuf) {
    let installed = Installation::new(store, 1);
    installed.run(&["migrate"]);
    let copy = installed.place().join("copy");
    installed.run(&["backup", copy.to_str().unwrap(), "--with-keys"]);
    (installed, copy)
}

async fn a_place_in_use_is_refused(store: Store) {
    let engine = store.config.engine;
    let taken = match engine {
        Engine::Sqlite => "there is a database at",
        Engine::Postgres => "the PostgreSQL database is not empty",
    };
    let (installed, copy) = with_backup(store);
    let restore = ["restore", copy.to_str().unwrap()];
    let server = installed.serve(0).await;
    refused(&installed, &restore, "stop the server there");
    drop(server);
    refused(&installed, &restore, taken);
    let other = Installation::new(blank(engine).await, 1);
    other.run(&restore);
    refused(&other, &restore, taken);
    other.run(&["audit", "verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_use_is_refused_on_sqlite() {
    a_place_in_use_is_refused(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_use_is_refused_on_postgresql() {
    if let Some(store) = Store::postgres().await {
        a_place_in_use_is_refused(store).await;
    }
}

/// Another backup, changed by hand.
fn changed(copy: &Path, name: &str, change: impl FnOnce(&Path)) -> String {
    let other = copy.with_file_name(name);
    fs::create_dir(&other).unwrap();
    for entry in fs::read_dir(copy).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), other.join(entry.file_name())).unwrap();
    }
    change(&other);
    other.display().to_string()
}

fn with_manifest(place: &Path, change: impl FnOnce(&mut Value)) {
    let file = place.join("manifest.json");
    let mut manifest = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(file, manifest.to_string()).unwrap();
}

async fn a_backup_that_was_changed_is_refused(store: Store) {
    let engine = store.config.engine;
    let (_made, copy) = with_backup(store);
    let target = Installation::new(blank(engine).await, 1);
    let data = copy.join(match engine {
        Engine::Sqlite => "hanok.db",
        Engine::Postgres => "hanok.dump",
    });
    let data = data.file_name().unwrap();
    let restore = |place: String, words| refused(&target, &["restore", &place], words);
    let damaged = changed(&copy, "damaged", |place| {
        let mut bytes = fs::read(place.join(data)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(place.join(data), bytes).unwrap();
    });
    restore(damaged, "the backup is damaged");
    let short = changed(&copy, "short", |place| {
        fs::remove_file(place.join(data)).unwrap();
    });
    restore(short, "the backup is damaged");
    let unfinished = changed(&copy, "unfinished", |place| {
        fs::remove_file(place.join("manifest.json")).unwrap();
    });
    restore(unfinished, "was not finished");
    let forged = changed(&copy, "forged", |place| {
        with_manifest(place, |manifest| manifest["demo"] = json!(true));
    });
    restore(forged, "manifest.json was changed");
    let foreign = changed(&copy, "foreign", |place| {
        let ring = place.join("key-ring.json");
        fs::remove_file(&ring).unwrap();
        KeyRing::create(&ring, &Random::system(), Clock::system().now()).unwrap();
    });
    restore(foreign, "the key ring is not the one of this backup");
    let newer = changed(&copy, "newer", |place| {
        with_manifest(place, |manifest| manifest["schema"]["accounts"] = json!(99));
    });
    restore(newer, "the backup is of a newer release");
    let next = changed(&copy, "next", |place| {
        with_manifest(place, |manifest| manifest["format"] = json!(2));
    });
    restore(next, "the backup is of a newer release");
    let other = changed(&copy, "other", |place| {
        with_manifest(place, |manifest| manifest["engine"] = json!("other"));
    });
    restore(other, "restore it on the same engine");
    let keyless = changed(&copy, "keyless", |place| {
        fs::remove_file(place.join("key-ring.json")).unwrap();
    });
    restore(keyless, "--keys DIR");
    // Nothing of all this left anything.
    assert!(!target.place().join("keys/key-ring.json").exists());
    assert!(Db::is_blank(target.store()).await.unwrap());
    target.run(&["restore", copy.to_str().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_changed_is_refused_on_sqlite() {
    a_backup_that_was_changed_is_refused(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_changed_is_refused_on_postgresql() {
    if let Some(store) = Store::postgres().await {
        a_backup_that_was_changed_is_refused(store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_put_nowhere_else_than_where_nothing_is_and_its_keys_apart() {
    let (installed, copy) = with_backup(Store::sqlite());
    let manifest = fs::read(copy.join("manifest.json")).unwrap();
    let copy = copy.display().to_string();
    let keys = format!("{copy}/../copy/keys");
    refused(&installed, &["backup", &copy], "holds something already");
    let next = installed.place().join("next").display().to_string();
    let within = format!("{next}/keys");
    for together in [&next, &within, &installed.place().display().to_string()] {
        refused(
            &installed,
            &["backup", &next, "--keys", together],
            "say --with-keys",
        );
    }
    refused(&installed, &["backup", &copy, "--keys", &keys], "");
    assert_eq!(fs::read(format!("{copy}/manifest.json")).unwrap(), manifest);
    assert!(!Path::new(&next).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checkpoints_of_another_trail_and_another_ring_in_place_are_not_overwritten() {
    let (_made, copy) = with_backup(Store::sqlite());
    let restore = ["restore", copy.to_str().unwrap()];
    let target = Installation::new(Store::sqlite(), 1);
    let checkpoints = target.place().join("data-0/audit-checkpoints.jsonl");
    fs::create_dir(checkpoints.parent().unwrap()).unwrap();
    fs::write(&checkpoints, "a line\n").unwrap();
    refused(&target, &restore, "move it away and keep it");
    assert_eq!(fs::read_to_string(&checkpoints).unwrap(), "a line\n");
    fs::remove_file(&checkpoints).unwrap();
    let ring = target.place().join("keys/key-ring.json");
    fs::create_dir(ring.parent().unwrap()).unwrap();
    KeyRing::create(&ring, &Random::system(), Clock::system().now()).unwrap();
    let before = fs::read(&ring).unwrap();
    refused(
        &target,
        &restore,
        "the key ring is not the one of this backup",
    );
    let named = [&restore[..], &["--keys", copy.to_str().unwrap()]].concat();
    refused(&target, &named, "is the key ring in place");
    assert_eq!(fs::read(&ring).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_outlived_its_database_is_not_played_into_the_restored_one() {
    let (_made, copy) = with_backup(Store::sqlite());
    let restore = ["restore", copy.to_str().unwrap()];
    let target = Installation::new(Store::sqlite(), 1);
    let database = target.store().sqlite_path.clone();
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", database.display()));
    for ending in ["-wal", "-shm", "-journal"] {
        fs::write(beside(ending), "left behind").unwrap();
        refused(&target, &restore, &beside(ending).display().to_string());
        assert!(!database.exists());
        fs::remove_file(beside(ending)).unwrap();
    }
    target.run(&restore);
    // A server that was killed leaves its journal, and somebody moves the database alone away.
    drop(target.serve(0).await);
    assert!(beside("-wal").exists());
    fs::rename(&database, beside("-old")).unwrap();
    refused(&target, &restore, &beside("-wal").display().to_string());
    assert!(!database.exists());
}
