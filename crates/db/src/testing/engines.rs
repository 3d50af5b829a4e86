//! One test, two engines.

use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use tokio::runtime::{Builder, Runtime};

use crate::config::StoreConfig;
use crate::db::Db;
use crate::error::DbError;
use crate::migrate::MigrationSet;

use super::server::{Postgres, VARIABLE};

/// Tests that run on both engines: for each function a module with the tests `sqlite` and `postgres`.
///
/// Each gets a fresh store with the migrations of `sets(…)`, where it stands first. The PostgreSQL half
/// runs where `HANOK_TEST_POSTGRES` is set and says so where it does not.
///
/// ```
/// hanok_db::both_engines! {
///     async fn a_store_answers(db: Db) {
///         let one: i64 = db.read(async |c| c.one("SELECT CAST(1 AS BIGINT)", &[]).await).await?;
///         assert_eq!(one, 1);
///     }
/// }
/// ```
#[macro_export]
macro_rules! both_engines {
    (sets($sets:expr); $($tests:tt)*) => {
        $crate::__both_engines! { [$sets] $($tests)* }
    };
    ($($tests:tt)*) => {
        $crate::__both_engines! { [&[]] $($tests)* }
    };
}

/// The tests of [`both_engines!`](crate::both_engines).
#[doc(hidden)]
#[macro_export]
macro_rules! __both_engines {
    ([$sets:expr] $($(#[$attribute:meta])* async fn $name:ident($db:ident: Db) $body:block)*) => {
        $(
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                $(#[$attribute])*
                async fn test($db: $crate::Db) -> ::core::result::Result<(), $crate::DbError> {
                    $body;
                    Ok(())
                }

                #[test]
                fn sqlite() {
                    $crate::testing::on_sqlite($sets, test);
                }

                #[test]
                fn postgres() {
                    $crate::testing::on_postgres($sets, test);
                }
            }
        )*
    };
}

/// Runs a test on a fresh SQLite store.
///
/// # Panics
/// As the test does, or when the store cannot be made.
pub fn on_sqlite<F>(sets: &[MigrationSet], test: impl FnOnce(Db) -> F)
where
    F: Future<Output = Result<(), DbError>>,
{
    let directory = tempfile::tempdir().unwrap_or_else(|error| stop(&error));
    let config = StoreConfig {
        sqlite_path: directory.path().join("test.db"),
        ..StoreConfig::default()
    };
    let outcome = runtime().block_on(async {
        let db = Db::open(&config).await?;
        db.migrate(sets).await?;
        let outcome = AssertUnwindSafe(test(db.clone())).catch_unwind().await;
        db.close().await;
        Ok(outcome)
    });
    conclude(outcome);
}

/// Runs a test on a fresh database of the server for tests, if there is one.
///
/// # Panics
/// As the test does, or when the store cannot be made.
#[expect(
    clippy::print_stdout,
    reason = "a test that does not run must not look as if it had"
)]
pub fn on_postgres<F>(sets: &[MigrationSet], test: impl FnOnce(Db) -> F)
where
    F: Future<Output = Result<(), DbError>>,
{
    let Some(server) = Postgres::from_env() else {
        println!("not run: PostgreSQL ({VARIABLE} is unset)");
        return;
    };
    let outcome = runtime().block_on(async {
        let database = server.database(sets).await?;
        let db = Db::open(database.config()).await?;
        let outcome = AssertUnwindSafe(test(db.clone())).catch_unwind().await;
        db.close().await;
        database.remove().await?;
        Ok(outcome)
    });
    conclude(outcome);
}

type Outcome = Result<Result<(), DbError>, Box<dyn Any + Send>>;

fn conclude(outcome: Result<Outcome, DbError>) {
    match outcome {
        Ok(Ok(Ok(()))) => {}
        Ok(Err(panic)) => resume_unwind(panic),
        Ok(Ok(Err(error))) | Err(error) => stop(&error),
    }
}

fn runtime() -> Runtime {
    let built = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    built.unwrap_or_else(|error| stop(&error))
}

#[expect(clippy::panic, reason = "a test ends this way")]
fn stop(error: &dyn std::error::Error) -> ! {
    panic!("{error}")
}
