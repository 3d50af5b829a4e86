//! A copy of the whole store while units go on, and putting it back.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use hanok_db::testing::{Postgres, TestDatabase, on_sqlite};
use hanok_db::{Db, DbError, Engine, StoreConfig, both_engines, params};
use tokio::task::JoinHandle;

use crate::schema::{ADD_COUNTER, COUNTERS, SETS};

async fn add(db: &Db, name: String) -> Result<u64, DbError> {
    db.write(async move |tx| tx.execute(ADD_COUNTER, params![name, 1_i64]).await)
        .await
}

async fn counters(db: &Db) -> Result<i64, DbError> {
    db.read(async |conn| conn.one(COUNTERS, &[]).await).await
}

/// Somebody who writes until they are told to stop.
struct Load {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicI64>,
    task: JoinHandle<Result<(), DbError>>,
}

impl Load {
    fn begin(db: &Db) -> Self {
        let (stop, written) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicI64::new(0)),
        );
        let (db, ended, count) = (db.clone(), Arc::clone(&stop), Arc::clone(&written));
        let task = tokio::spawn(async move {
            while !ended.load(Ordering::SeqCst) {
                let next = count.load(Ordering::SeqCst);
                add(&db, format!("load {next}")).await?;
                count.store(next + 1, Ordering::SeqCst);
            }
            Ok(())
        });
        Self {
            stop,
            written,
            task,
        }
    }

    fn written(&self) -> i64 {
        self.written.load(Ordering::SeqCst)
    }

    /// Returns when more was written than now.
    async fn goes_on(&self) {
        let now = self.written();
        while self.written() == now {
            tokio::task::yield_now().await;
        }
    }

    async fn end(self) -> Result<i64, DbError> {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.expect("the load did not panic")?;
        Ok(self.written.load(Ordering::SeqCst))
    }
}

/// A place of the same engine where nothing is yet.
async fn blank(
    engine: Engine,
    directory: &Path,
) -> Result<(StoreConfig, Option<TestDatabase>), DbError> {
    if engine == Engine::Sqlite {
        let sqlite_path = directory.join("restored.db");
        let config = StoreConfig {
            sqlite_path,
            ..StoreConfig::default()
        };
        return Ok((config, None));
    }
    let server = Postgres::from_env().expect("the server of this test");
    let database = server.database(&[]).await?;
    Ok((database.config().clone(), Some(database)))
}

both_engines! {
    sets(SETS);

    async fn a_copy_is_of_one_moment_while_units_go_on(db: Db) {
        let directory = tempfile::tempdir().expect("a directory");
        let copy = directory.path().join("copy");
        for number in 0..200 {
            add(&db, format!("before {number}")).await?;
        }
        let load = Load::begin(&db);
        load.goes_on().await;
        let before = load.written();
        db.backup(&copy).await?;
        let after = load.written();
        load.goes_on().await;
        let whole = load.end().await?;
        assert_eq!(counters(&db).await?, 200 + whole);

        let (config, database) = blank(db.engine(), directory.path()).await?;
        assert!(Db::is_blank(&config).await?);
        Db::restore(&config, &copy).await?;
        assert!(!Db::is_blank(&config).await?);
        let restored = Db::open(&config).await?;
        assert_eq!(restored.pending_migrations(SETS).await?, Vec::<String>::new());
        // All that was answered before it began, and no more than was begun when it ended; without gaps.
        let found = counters(&restored).await? - 200;
        assert!((before..=after + 1).contains(&found), "{before} {found} {after}");
        let last = format!("load {}", found - 1);
        let known = "SELECT COUNT(*) FROM counter WHERE name = $1";
        let is_there = async move |conn: &mut hanok_db::Conn| conn.one::<i64>(known, params![last]).await;
        assert_eq!(restored.read::<_, DbError, _>(is_there).await?, 1);
        // It is a store like any other.
        assert_eq!(add(&restored, "after".to_owned()).await?, 1);
        assert!(restored.hand_written("DELETE FROM person").await.is_ok());
        restored.close().await;
        if let Some(database) = database {
            database.remove().await?;
        }
    }

    async fn a_place_that_is_not_blank_is_left_alone(db: Db) {
        let directory = tempfile::tempdir().expect("a directory");
        let copy = directory.path().join("copy");
        db.backup(&copy).await?;
        add(&db, "here".to_owned()).await?;
        let mut config = None;
        let other = db.reopen(|same| config = Some(same.clone())).await?;
        let config = config.expect("the settings");
        assert!(!Db::is_blank(&config).await?);
        assert_eq!(Db::restore(&config, &copy).await, Err(DbError::Other("there is data already".to_owned())));
        assert_eq!(counters(&other).await?, 1);
        other.close().await;
    }

    async fn a_copy_that_is_none_is_refused_and_leaves_nothing(db: Db) {
        let directory = tempfile::tempdir().expect("a directory");
        let unwritable = db.backup(Path::new("/nowhere/at/all/copy")).await;
        assert!(unwritable.is_err_and(|error| error.to_string().contains("/nowhere/at/all/copy")));
        let (config, database) = blank(db.engine(), directory.path()).await?;
        let absent = Db::restore(&config, &directory.path().join("absent")).await;
        assert!(absent.is_err(), "{absent:?}");
        assert!(Db::is_blank(&config).await?);
        if let Some(database) = database {
            let no_archive = directory.path().join("text");
            std::fs::write(&no_archive, "not an archive").expect("a file");
            let refused = Db::restore(&config, &no_archive).await.expect_err("no archive");
            assert!(refused.to_string().starts_with("pg_restore: error: "), "{refused}");
            database.remove().await?;
        }
    }

    async fn nothing_is_restored_into_a_database_that_another_process_has_open(db: Db) {
        let directory = tempfile::tempdir().expect("a directory");
        let copy = directory.path().join("copy");
        db.backup(&copy).await?;
        let (config, Some(database)) = blank(db.engine(), directory.path()).await? else {
            // The lock on the data directory keeps them apart.
            return Ok(());
        };
        let serving = Db::open(&config).await?;
        let refused = Db::restore(&config, &copy).await.expect_err("it is in use");
        assert!(refused.to_string().contains("is connected to this database"), "{refused}");
        assert!(Db::is_blank(&config).await?);
        serving.close().await;
        Db::restore(&config, &copy).await?;
        // Whoever comes afterwards is let in at once.
        Db::open(&config).await?.close().await;
        database.remove().await?;
    }

    async fn nobody_begins_to_use_a_database_while_a_backup_is_restored_into_it(db: Db) {
        if db.engine() == Engine::Sqlite {
            return Ok(());
        }
        let directory = tempfile::tempdir().expect("a directory");
        let (config, database) = blank(db.engine(), directory.path()).await?;
        let url = config.postgres_url.as_ref().expect("a URL").expose().to_owned();
        let (restoring, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("a connection");
        let connection = tokio::spawn(connection);
        restoring.batch_execute("SELECT pg_advisory_lock(448612560749)").await.expect("the lock");
        let refused = Db::open(&config).await.err().expect("it is being restored");
        assert!(refused.to_string().contains("a backup is being restored"), "{refused}");
        drop(restoring);
        connection.await.expect("its end").expect("a good one");
        let mut opened = Db::open(&config).await;
        while opened.is_err() {
            tokio::task::yield_now().await;
            opened = Db::open(&config).await;
        }
        opened?.close().await;
        if let Some(database) = database {
            database.remove().await?;
        }
    }

    async fn what_is_applied_is_named(db: Db) {
        let applied = db.applied_migrations(SETS).await?;
        let names: Vec<_> = applied.iter().map(|one| (one.set, one.version)).collect();
        let expected: Vec<_> = SETS.iter().flat_map(|set| set.migrations.iter().map(|one| (set.name, one.version))).collect();
        assert_eq!(names, expected);
    }
}

#[test]
fn a_damaged_store_is_found_when_it_is_copied() {
    on_sqlite(SETS, async |db| {
        let directory = tempfile::tempdir().expect("a directory");
        for number in 0..500 {
            add(&db, format!("some {number}")).await?;
        }
        let mut path = None;
        let same = db
            .reopen(|config| path = Some(config.sqlite_path.clone()))
            .await?;
        same.close().await;
        db.close().await;
        let path = path.expect("a path");
        let mut bytes = std::fs::read(&path).expect("the file");
        // The pages of the tables, behind the schema's.
        let third = bytes.len() / 3;
        bytes[third..2 * third].fill(0x5a);
        std::fs::write(&path, bytes).expect("the file");
        let config = StoreConfig {
            sqlite_path: path,
            ..StoreConfig::default()
        };
        let damaged = Db::open(&config).await?;
        let copied = damaged.backup(&directory.path().join("copy")).await;
        assert!(copied.is_err(), "a damaged store was copied without a word");
        damaged.close().await;
        Ok(())
    });
}
