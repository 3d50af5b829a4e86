//! How each report is answered with its indexes and how it would be without: they are dropped in a unit that
//! is rolled back.

use std::convert::Infallible;
use std::fmt::Write as _;

use hanok_accounts::command::{Failure, Opened};
use hanok_base::terminal;
use hanok_db::{Db, DbError, Engine, Tx, params};
use hanok_identity::report::{Query, all};

/// The plans of one report.
struct Plans {
    with: Vec<String>,
    without: Vec<String>,
}

/// How a unit ends that is to change nothing.
enum Ended {
    Explained(Plans),
    Store(DbError),
}

impl From<DbError> for Ended {
    fn from(error: DbError) -> Self {
        Self::Store(error)
    }
}

/// Prints the plans of all reports.
///
/// # Errors
/// The store's.
pub(super) async fn show(opened: &Opened) -> Result<(), Failure> {
    let (db, now) = (&opened.accounts.db, opened.accounts.clock.now());
    let zone = opened.accounts.organisation.get().zone.clone();
    for query in all(now, &zone) {
        let mut text = format!("### {}, on {}\n", query.name(), name(db.engine()));
        let indexes = query.indexes().join("`, `");
        let plans = explained(db, query).await?;
        for (head, plan) in [("With", plans.with), ("Without", plans.without)] {
            let lines = plan.join("\n");
            // Writing into a String does not fail.
            let _ = write!(text, "\n{head} `{indexes}`:\n\n```\n{lines}\n```\n");
        }
        terminal::line(text);
    }
    Ok(())
}

const fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    }
}

async fn explained(db: &Db, query: Box<dyn Query>) -> Result<Plans, DbError> {
    let engine = db.engine();
    let unit = async move |tx: &mut Tx| -> Result<Infallible, Ended> {
        let with = explain(tx, engine, query.as_ref(), "with").await?;
        for index in query.indexes() {
            tx.execute(&format!("DROP INDEX {index}"), params![])
                .await?;
        }
        let without = explain(tx, engine, query.as_ref(), "without").await?;
        Err(Ended::Explained(Plans { with, without }))
    };
    match db.write(unit).await {
        Err(Ended::Explained(plans)) => Ok(plans),
        Err(Ended::Store(error)) => Err(error),
        Ok(never) => match never {},
    }
}

/// SQLite does not plan a statement anew that is only explained: `text` makes it another.
async fn explain(
    tx: &mut Tx,
    engine: Engine,
    query: &dyn Query,
    text: &str,
) -> Result<Vec<String>, DbError> {
    let (sql, values) = (query.sql(), query.values());
    if engine == Engine::Postgres {
        return tx.all(&format!("EXPLAIN {sql}"), &values).await;
    }
    let explain = format!("EXPLAIN QUERY PLAN /* {text} */ {sql}");
    let steps: Vec<(i64, i64, i64, String)> = tx.all(&explain, &values).await?;
    Ok(indented(&steps))
}

/// SQLite's steps as a tree: each under the one that it belongs to.
fn indented(steps: &[(i64, i64, i64, String)]) -> Vec<String> {
    let mut above: Vec<i64> = Vec::new();
    let step = |(id, parent, _, text): &(i64, i64, i64, String)| {
        while above.last().is_some_and(|last| last != parent) {
            above.pop();
        }
        let line = format!("{}{text}", "  ".repeat(above.len()));
        above.push(*id);
        line
    };
    steps.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stand_under_the_one_they_belong_to() {
        let step = |id, parent, text: &str| (id, parent, 0, text.to_owned());
        let steps = [
            step(2, 0, "a"),
            step(5, 2, "b"),
            step(9, 5, "c"),
            step(12, 2, "d"),
            step(20, 0, "e"),
        ];
        assert_eq!(indented(&steps), ["a", "  b", "    c", "  d", "e"]);
    }
}
