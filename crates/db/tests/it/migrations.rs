//! Migrations: from nothing, again, two at once, edited, missing.

use hanok_db::{DbError, Migration, MigrationSet, Sql, both_engines};

use crate::schema::SETS;

const ONE: Migration = Migration {
    version: 1,
    name: "one",
    sql: Sql::Both("CREATE TABLE one (a BIGINT)"),
};
const TWO: Migration = Migration {
    version: 2,
    name: "two",
    sql: Sql::Both("CREATE TABLE two (a BIGINT); INSERT INTO two VALUES (2)"),
};
const EDITED: Migration = Migration {
    version: 1,
    name: "one",
    sql: Sql::Both("CREATE TABLE one (b BIGINT)"),
};
const FAULTY: Migration = Migration {
    version: 2,
    name: "two",
    sql: Sql::Both("CREATE TABLE two (a BIGINT); INSERT INTO none VALUES (2)"),
};

const fn set(migrations: &'static [Migration]) -> MigrationSet {
    MigrationSet {
        name: "app",
        migrations,
    }
}

const FIRST: &[MigrationSet] = &[set(&[ONE])];
const BOTH: &[MigrationSet] = &[set(&[ONE, TWO])];
const OTHER: &[MigrationSet] = &[MigrationSet {
    name: "other",
    migrations: &[Migration {
        version: 1,
        name: "one",
        sql: Sql::Both("CREATE TABLE three (a BIGINT)"),
    }],
}];

fn why<T: std::fmt::Debug>(result: Result<T, DbError>) -> String {
    match result {
        Ok(done) => panic!("not refused: {done:?}"),
        Err(error) => error.to_string(),
    }
}

both_engines! {
    async fn each_set_is_applied_once_and_in_order(db: Db) {
        assert_eq!(db.pending_migrations(BOTH).await?, ["app/V1__one", "app/V2__two"]);
        let first = db.migrate(FIRST).await?;
        assert_eq!(first.iter().map(|applied| (applied.set, applied.version)).collect::<Vec<_>>(), [("app", 1)]);
        assert_eq!(db.pending_migrations(BOTH).await?, ["app/V2__two"]);
        assert_eq!(db.migrate(BOTH).await?.len(), 1);
        assert_eq!(db.migrate(OTHER).await?.len(), 1);
        assert_eq!(db.migrate(BOTH).await?, []);
        assert_eq!(db.pending_migrations(BOTH).await?, Vec::<String>::new());
        assert_eq!(db.read(async |c| c.one::<i64>("SELECT a FROM two", &[]).await).await?, 2);
    }

    async fn two_processes_that_start_together_apply_each_once(db: Db) {
        let other = db.reopen(|_| ()).await?;
        let (here, there) = tokio::join!(db.migrate(BOTH), other.migrate(BOTH));
        assert_eq!(here?.len() + there?.len(), 2);
        assert_eq!(db.read(async |c| c.all::<i64>("SELECT a FROM two", &[]).await).await?, [2]);
        other.close().await;
    }

    async fn four_processes_that_start_together_on_an_old_database_apply_each_once(db: Db) {
        db.migrate(FIRST).await?;
        let others = [db.reopen(|_| ()).await?, db.reopen(|_| ()).await?, db.reopen(|_| ()).await?];
        let [one, two, three] = &others;
        let (a, b, c, d) = tokio::join!(db.migrate(BOTH), one.migrate(BOTH), two.migrate(BOTH), three.migrate(BOTH));
        assert_eq!(a?.len() + b?.len() + c?.len() + d?.len(), 1);
        assert_eq!(db.read(async |c| c.all::<i64>("SELECT a FROM two", &[]).await).await?, [2]);
        for other in others {
            other.close().await;
        }
    }

    async fn an_edited_migration_is_refused(db: Db) {
        db.migrate(BOTH).await?;
        let edited = &[set(&[EDITED, TWO])];
        assert!(why(db.migrate(edited).await).contains("V1__one of `app` was edited after it was applied"));
        assert!(why(db.pending_migrations(edited).await).contains("was edited"));
    }

    async fn a_missing_and_a_late_migration_are_refused(db: Db) {
        db.migrate(BOTH).await?;
        assert!(why(db.migrate(FIRST).await).contains("V2__two of `app` is applied but this release does not have it: the database is of a newer release"));
        assert!(why(db.pending_migrations(FIRST).await).contains("does not have it"));
        let late = [MigrationSet { name: "other", migrations: &[TWO] }];
        let later = [MigrationSet { name: "other", migrations: &[ONE, TWO] }];
        db.hand_written("DROP TABLE two; DROP TABLE one").await.map_err(DbError::Other)?;
        db.migrate(&late).await?;
        assert!(why(db.migrate(&later).await).contains("comes before one that is applied"));
    }

    async fn a_migration_that_fails_leaves_nothing_of_itself(db: Db) {
        let refused = why(db.migrate(&[set(&[ONE, FAULTY])]).await);
        assert!(refused.starts_with("migrations of `app`: error applying migration V2__two: "), "{refused}");
        assert!(refused.contains("none"), "{refused}");
        assert_eq!(db.pending_migrations(BOTH).await?, ["app/V2__two"]);
        assert_eq!(db.migrate(BOTH).await?.len(), 1);
    }

    async fn a_deferrable_constraint_is_refused(db: Db) {
        let deferrable = Migration { version: 1, name: "x", sql: Sql::Both("CREATE TABLE x (a BIGINT REFERENCES y DEFERRABLE)") };
        let migrations: &'static [Migration] = Box::leak(Box::new([deferrable]));
        assert!(why(db.migrate(&[set(migrations)]).await).contains("DEFERRABLE"));
        assert!(why(db.migrate(&[MigrationSet { name: "An app", migrations: &[] }]).await).contains("lower-case"));
    }

    async fn the_schema_of_these_tests_is_applied_from_nothing_and_twice(db: Db) {
        assert_eq!(db.migrate(SETS).await?.len(), 2);
        assert_eq!(db.migrate(SETS).await?, []);
    }
}
