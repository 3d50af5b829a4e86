//! No list walks what was done, whatever narrows it; and what a list has is what its filters say.

use hanok_accounts::AccountId;
use hanok_accounts::activity::ActivityType;
use hanok_accounts::audit::read::Window;
use hanok_base::Timestamp;
use hanok_db::{Conn, Db, DbError, Engine, MigrationSet, PageRequest, Tx, params};
use uuid::Uuid;

use super::search::{self, Search, Statement, statement};
use super::store::{ActivityRow, last_of, sweep};

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.extend(crate::migrations());
    sets
}

const MINA: Uuid = Uuid::from_u128(7);

/// Three thousand activities of two people, one a microsecond.
async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) \
        VALUES ($1, $2, $2, $2, 1)";
    const SQL: &str = "INSERT INTO people_activity (id, account_id, activity_type, at, details) \
        VALUES ($1, $2, $4, $3, '{}')";
    db.write::<_, DbError, _>(async move |tx: &mut Tx| {
        let jun = Uuid::from_u128(8);
        tx.execute(ACCOUNT, params![MINA, "mina"]).await?;
        tx.execute(ACCOUNT, params![jun, "jun"]).await?;
        for at in 1..=3_000_i64 {
            let id = Uuid::from_u128(u128::from(at.unsigned_abs()));
            let account = if at % 10 == 0 { MINA } else { jun };
            let kind = if at % 30 == 0 {
                ActivityType::PostWritten
            } else {
                ActivityType::SignIn
            };
            tx.execute(SQL, params![id, account, at, kind]).await?;
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx: &mut Tx| {
        tx.execute("ANALYZE", params![]).await.map(|_| ())
    })
    .await
}

async fn plan(db: &Db, Statement { sql, values }: Statement) -> Vec<String> {
    let engine = db.engine();
    let explained = db.write::<_, DbError, _>(async move |tx: &mut Tx| {
        if engine == Engine::Postgres {
            let off = "SELECT set_config('enable_seqscan', 'off', true)";
            tx.one::<String>(off, params![]).await?;
            return tx.all::<String>(&format!("EXPLAIN {sql}"), &values).await;
        }
        let steps: Vec<(i64, i64, i64, String)> = tx
            .all(&format!("EXPLAIN QUERY PLAN {sql}"), &values)
            .await?;
        Ok(steps.into_iter().map(|(.., step)| step).collect())
    });
    explained.await.unwrap()
}

fn window(from: i64, until: i64) -> Window {
    Window { from, until }
}

/// Each filter, the index by which it is read, and how many it finds.
fn searches() -> [(Search, &'static str, usize); 6] {
    let all = Search {
        account: None,
        kind: None,
        window: Window::default(),
    };
    let mina = Some(AccountId::from_uuid(MINA));
    let (account, kind) = (mina, Some(ActivityType::PostWritten));
    let some = window(1_001, 2_001);
    [
        (all, "people_activity_newest", 3_000),
        (Search { account, ..all }, "people_activity_of_person", 300),
        (Search { kind, ..all }, "people_activity_of_kind", 100),
        (
            Search {
                window: some,
                ..all
            },
            "people_activity_newest",
            1_000,
        ),
        (
            Search {
                window: some,
                kind,
                ..all
            },
            "people_activity_of_kind",
            33,
        ),
        (
            Search {
                account,
                kind,
                ..all
            },
            "people_activity_of_",
            100,
        ),
    ]
}

async fn found(db: &Db, search: Search, cursor: Option<String>) -> search::Found {
    let read = async move |conn: &mut Conn| {
        let page = PageRequest::longer(400, 400, cursor.as_deref()).unwrap();
        search::page(conn, &search, (&page, true)).await
    };
    db.read::<_, DbError, _>(read).await.unwrap()
}

hanok_db::both_engines! {
    sets(&sets());

    async fn lists_are_read_from_an_index_in_their_order(db: Db) {
        fill(&db).await?;
        let first = PageRequest::new(None, None).unwrap();
        for (search, index, _) in searches() {
            for counts in [false, true] {
                let steps = plan(&db, statement(&search, (&first, counts))).await;
                assert!(steps.iter().any(|step| step.contains(index)), "{search:?}: {steps:#?}");
                let sorts = |step: &String| step.contains("TEMP B-TREE") || step.contains("Sort");
                // What one person did of one kind is little: PostgreSQL would rather sort it.
                let is_little = search.account.is_some() && search.kind.is_some();
                assert!(is_little || !steps.iter().any(sorts), "{search:?}: {steps:#?}");
                let walks = |step: &String| step.contains("Seq Scan on people_activity") || step == "SCAN l";
                assert!(!steps.iter().any(walks), "{search:?}: {steps:#?}");
            }
        }
    }

    async fn every_filter_finds_its_rows_and_pages_hang_together_both_ways(db: Db) {
        fill(&db).await?;
        for (search, _, rows) in searches() {
            let (mut seen, mut cursor, mut back): (Vec<ActivityRow>, _, _) = (Vec::new(), None, None);
            loop {
                let one = found(&db, search, cursor).await;
                assert_eq!((one.rows, one.is_at_least), (u64::try_from(rows.min(1_000)).unwrap(), rows > 1_000));
                seen.extend(one.page.items);
                back = one.page.previous.or(back);
                cursor = one.page.next;
                if cursor.is_none() { break }
            }
            assert_eq!(seen.len(), rows, "{search:?}");
            assert!(seen.is_sorted_by(|one, other| one.at > other.at), "{search:?}");
            for row in &seen {
                assert!(search.account.is_none_or(|account| row.account_id == account));
                assert!(search.kind.is_none_or(|kind| row.activity_type == kind));
                let at = row.at.micros();
                assert!(search.window.from <= at && at < search.window.until);
            }
            let Some(back) = back else { continue };
            let before = found(&db, search, Some(back)).await.page;
            let ids: Vec<_> = before.items.iter().map(|row| row.id).collect();
            let at = seen.iter().position(|row| Some(&row.id) == ids.first()).unwrap();
            let there: Vec<_> = seen.iter().skip(at).take(ids.len()).map(|row| row.id).collect();
            assert_eq!(there, ids, "{search:?}");
            assert_eq!(ids.len(), 400);
        }
    }

    async fn what_is_swept_is_old_and_behind_the_newest(db: Db) {
        fill(&db).await?;
        let left = async |before: i64| {
            let swept = db.write::<_, DbError, _>(async move |tx: &mut Tx| {
                let last = last_of(tx, 1_000).await?.unwrap();
                while sweep(tx, last, Timestamp::from_micros(before), 300).await? == 300 {}
                tx.one::<i64>("SELECT COUNT(*) FROM people_activity", params![]).await
            });
            swept.await.unwrap()
        };
        assert_eq!(left(500).await, 2_500, "what is not old stays");
        assert_eq!(left(2_500).await, 1_000, "and so do the newest thousand");
        let none = db.read::<_, DbError, _>(async |conn: &mut Conn| last_of(conn, 1_001).await);
        assert!(none.await?.is_none());
    }
}
