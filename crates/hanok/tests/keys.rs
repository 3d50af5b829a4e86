//! Keys change under a running installation, and nothing is lost.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use hanok::{BuildError, Config, DEFAULTS, Overrides, Program};
use hanok_accounts::account::NewAccount;
use hanok_accounts::audit::{Origin, verify};
use hanok_accounts::person_name::PersonName;
use hanok_accounts::phone::PhoneNumber;
use hanok_accounts::username::Username;
use hanok_accounts::{App, SealedColumn};
use hanok_base::config::Loader;
use hanok_base::keyring::KeyKind;
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::{Db, params};
use hanok_web::Ctx;
use tempfile::TempDir;

const NUMBERS: [(&str, &str); 3] = [
    ("kim", "010-1111-0001"),
    ("lee", "010-1111-0002"),
    ("park", "010-1111-0003"),
];

/// A program over `db` with a key ring of this seed, and the directory it uses.
async fn built(db: Db, seed: u64) -> Result<(Program, TempDir), BuildError> {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = format!("server.data_dir={}", directory.path().display());
    let config = Config::load(Loader::new(DEFAULTS).flags([data_dir]))
        .unwrap()
        .value;
    let clock = Clock::manual(Timestamp::from_seconds(1_795_239_000));
    let random = Random::seeded(seed);
    let keys = KeyRing::generate(&random, clock.now());
    let with = Overrides {
        db: Some(db),
        clock: Some(clock),
        random: Some(random),
        keys: Some(keys),
        ..Overrides::default()
    };
    Ok((Program::build(config, with).await?, directory))
}

/// A program over `db` with three people whose numbers are proven, and the directory it uses.
async fn program(db: Db) -> (Program, TempDir) {
    let (program, directory) = built(db, 1).await.unwrap();
    for (name, number) in NUMBERS {
        let (username, full) = (
            Username::parse(name).unwrap(),
            PersonName::parse(name).unwrap(),
        );
        let phone = Some(PhoneNumber::parse(number).unwrap());
        let new = NewAccount {
            phone,
            phone_proven: true,
            ..NewAccount::new(username, full, None)
        };
        program
            .accounts()
            .create(&ctx(&program), new)
            .await
            .unwrap();
    }
    (program, directory)
}

fn ctx(program: &Program) -> Ctx {
    Ctx::program("test", program.clock().now())
}

fn columns(program: &Program) -> Vec<SealedColumn> {
    program
        .apps()
        .flat_map(App::sealed_columns)
        .copied()
        .collect()
}

async fn count(program: &Program, sql: &'static str) -> i64 {
    program
        .db()
        .read(async move |conn| conn.one::<i64>(sql, params![]).await)
        .await
        .unwrap()
}

/// Every sealed number opens, and is found by its blind index.
async fn assert_all_found(program: &Program) {
    for (name, number) in NUMBERS {
        let row = program.accounts().named(name).await.unwrap();
        let id = row.id;
        let sealed: Vec<u8> = program
            .db()
            .read(async move |conn| {
                conn.one("SELECT phone FROM account WHERE id = $1", params![id])
                    .await
            })
            .await
            .unwrap();
        let phone = program.accounts().phone_of(id, &sealed).unwrap();
        assert_eq!(*phone.normalised(), number);
        let indexes = program.accounts().phone_indexes(&phone);
        let found: Vec<_> = program
            .db()
            .read(async move |conn| {
                let sql =
                    "SELECT key_version FROM account_lookup WHERE value = $1 AND account_id = $2";
                let mut found: Vec<i64> = Vec::new();
                for (_, value) in indexes {
                    found.extend(conn.all::<i64>(sql, params![value, id]).await?);
                }
                Ok::<_, hanok_db::DbError>(found)
            })
            .await
            .unwrap();
        assert_eq!(
            found.len(),
            program.accounts().phone_indexes(&phone).len(),
            "{name}"
        );
    }
}

/// Everything is sealed into the chain, whole, and nothing in it came by hand.
async fn assert_trail_is_the_programs(program: &Program) {
    program
        .sealer()
        .run(program.db(), program.clock().now())
        .await
        .unwrap();
    let report = verify(program.db(), program.keys(), None).await.unwrap();
    assert!(report.is_whole(), "{report}");
    assert_eq!(
        report.database_rows, 0,
        "a re-seal was taken for hand-written SQL: {report}"
    );
}

hanok_db::both_engines! {
    async fn a_ring_that_is_another_installations_is_refused_before_anything_is_written(db: Db) {
        let (program, _directory) = program(db.clone()).await;
        assert_trail_is_the_programs(&program).await;
        let before = count(&program, "SELECT COUNT(*) FROM audit_log").await;
        let refused = built(db, 2).await.err().unwrap();
        assert!(matches!(refused, BuildError::NotOurs(_)), "{refused}");
        assert!(refused.to_string().contains("not the one that this database was written with"));
        assert_eq!(count(&program, "SELECT COUNT(*) FROM audit_log").await, before);
    }

    async fn every_column_that_holds_sealed_values_exists(db: Db) {
        let (program, _directory) = program(db).await;
        for column in columns(&program) {
            let sql = format!("SELECT id, {} FROM {} LIMIT 1", column.column, column.table);
            let read = program.db().read(async move |conn| {
                conn.all::<(uuid::Uuid, Option<Vec<u8>>)>(&sql, params![]).await
            });
            read.await.unwrap_or_else(|error| panic!("{column:?}: {error}"));
        }
    }

    async fn after_a_rotation_every_value_is_sealed_anew_and_the_trail_says_so(db: Db) {
        let (program, _directory) = program(db).await;
        assert_eq!(program.accounts().reseal(&columns(&program)).await.unwrap(), 0, "one version: nothing to do");
        program.keys().rotate(KeyKind::Sealing, program.random(), program.clock().now()).unwrap();
        assert_eq!(program.accounts().reseal(&columns(&program)).await.unwrap(), 3);
        assert_eq!(program.accounts().reseal(&columns(&program)).await.unwrap(), 0);
        assert_eq!(count(&program, "SELECT COUNT(*) FROM audit_log WHERE action = 'KEY_ROTATION'").await, 3);
        assert_eq!(count(&program, "SELECT COUNT(*) FROM account WHERE version = 1").await, 3, "nobody is signed out");
        assert_all_found(&program).await;
        assert_trail_is_the_programs(&program).await;
    }

    async fn a_value_that_does_not_open_is_left_and_stops_nothing(db: Db) {
        let (program, _directory) = program(db).await;
        let broken = program.accounts().named("lee").await.unwrap().id;
        let unit = async move |tx: &mut hanok_db::Tx| {
            tx.execute("UPDATE account SET email = $2 WHERE id = $1", params![broken, vec![0, 0, 0, 1, 9, 9, 9]]).await
        };
        program.db().write::<_, hanok_db::DbError, _>(unit).await.unwrap();
        program.keys().rotate(KeyKind::Sealing, program.random(), program.clock().now()).unwrap();
        assert_eq!(program.accounts().reseal(&columns(&program)).await.unwrap(), 3);
    }

    async fn during_and_after_a_reindex_every_number_is_found(db: Db) {
        let (program, _directory) = program(db).await;
        let accounts = program.accounts();
        assert_eq!(accounts.reindex_under_way(), None);
        let version = program.keys().rotate(KeyKind::Index, program.random(), program.clock().now()).unwrap();
        assert_eq!(accounts.reindex_under_way(), Some(version));
        assert_eq!(accounts.fill_indexes(version).await.unwrap(), 3);
        assert_eq!(accounts.fill_indexes(version).await.unwrap(), 0, "twice is once");
        assert_all_found(&program).await;
        accounts.finish_reindex(Origin::system("test")).await.unwrap();
        assert_eq!(accounts.reindex_under_way(), None);
        assert_eq!(count(&program, "SELECT COUNT(*) FROM account_lookup").await, 3);
        assert_all_found(&program).await;
        assert_trail_is_the_programs(&program).await;
    }

    async fn a_number_that_is_taken_stays_taken_through_a_reindex(db: Db) {
        let (program, _directory) = program(db).await;
        let version = program.keys().rotate(KeyKind::Index, program.random(), program.clock().now()).unwrap();
        let again = || {
            let (username, name) = (Username::parse("thief").unwrap(), PersonName::parse("thief").unwrap());
            let phone = Some(PhoneNumber::parse(NUMBERS[0].1).unwrap());
            NewAccount { phone, phone_proven: true, ..NewAccount::new(username, name, None) }
        };
        assert!(program.accounts().create(&ctx(&program), again()).await.is_err(), "before it is filled");
        program.accounts().fill_indexes(version).await.unwrap();
        assert!(program.accounts().create(&ctx(&program), again()).await.is_err(), "while both are there");
        program.accounts().finish_reindex(Origin::system("test")).await.unwrap();
        assert!(program.accounts().create(&ctx(&program), again()).await.is_err(), "after the switch");
    }
}
