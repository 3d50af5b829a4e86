//! A page of the list is found by its index, however many posts there are, and holds what it should.

use hanok_base::{Clock, Id, Random};
use hanok_db::{Db, DbError, Engine, MigrationSet, Value, params};
use uuid::Uuid;

use super::*;
use crate::post::PostId;

const PERSON: Uuid = Uuid::from_u128(1);
const OPEN: Uuid = Uuid::from_u128(2);
const CLOSED: Uuid = Uuid::from_u128(3);
/// How many posts there are: every fourth one where the person may not read.
const POSTS: i64 = 6_000;

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(crate::migrations());
    sets
}

async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) \
        VALUES ($1, 'a', 'a', 'a', 1)";
    const CATEGORY: &str = "INSERT INTO board_category (id, name, name_key, description, kind, position, \
        everyone_reads, everyone_writes, created_at) VALUES ($1, $2, $2, '', 'free', 1, $3, TRUE, 1)";
    const POST: &str = "INSERT INTO board_post (id, category_id, author_id, title, body, created_at, \
        last_comment_at, recommend_count) VALUES ($1, $2, $3, 't', 'b', $4, $5, $6)";
    let (clock, random) = (Clock::system(), Random::seeded(1));
    db.write::<_, DbError, _>(async move |tx| {
        tx.execute(ACCOUNT, params![PERSON]).await?;
        tx.execute(CATEGORY, params![OPEN, "open", true]).await?;
        tx.execute(CATEGORY, params![CLOSED, "closed", false])
            .await?;
        for at in 1..=POSTS {
            let id: PostId = Id::new(&clock, &random);
            let category = if at % 4 == 0 { CLOSED } else { OPEN };
            let (commented, liked) = ((at * 7) % 1_000, (at * 13) % 50);
            let values = params![id, category, PERSON, at, commented, liked];
            tx.execute(POST, values).await?;
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", params![]).await.map(|_| ()))
        .await
}

async fn plan(db: &Db, sql: String, values: Vec<Value<'static>>) -> Vec<String> {
    let engine = db.engine();
    let explained = db.write::<_, DbError, _>(async move |tx| match engine {
        Engine::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, &values).await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
        Engine::Postgres => tx.all(&format!("EXPLAIN {sql}"), &values).await,
    });
    explained.await.unwrap()
}

fn every_list() -> impl Iterator<Item = Wanted> {
    let categories = [None, Some(CategoryId::from_uuid(OPEN))];
    categories.into_iter().flat_map(|category| {
        let sorts = Sort::ALL.iter();
        sorts.map(move |sort| Wanted {
            category,
            sort: *sort,
        })
    })
}

fn person(is_moderator: bool) -> Viewer {
    Viewer {
        account: hanok_accounts::AccountId::from_uuid(PERSON),
        is_moderator,
    }
}

hanok_db::both_engines! {
    sets(&sets());

    async fn no_list_walks_or_sorts_the_posts(db: Db) {
        fill(&db).await?;
        for wanted in every_list() {
            let (sql, values) = store::statement(
                &person(false), &wanted, ((i64::MAX, i64::MAX), false), (20, 40), Timestamp::from_micros(1));
            let steps = plan(&db, sql, values).await;
            let walks = |step: &String| step.contains("SCAN o") && !step.contains("INDEX")
                || step.contains("USE TEMP B-TREE FOR ORDER BY")
                || step.contains("Seq Scan on board_post") || step.trim_start().starts_with("->  Sort")
                || step.trim_start().starts_with("Sort ");
            assert!(!steps.iter().any(walks), "{wanted:?}: {steps:#?}");
        }
    }

    async fn pages_follow_each_other_without_gap_or_repetition(db: Db) {
        fill(&db).await?;
        for wanted in every_list() {
            let seen = db.read::<_, DbError, _>(async move |conn| {
                let (mut seen, mut from) = (Vec::new(), None);
                let since = Timestamp::from_micros(1);
                for _ in 0..5 {
                    let rows = store::from(conn, person(false), wanted, (from, false, 20), since).await?;
                    let Some(last) = rows.last() else { break };
                    let key = match wanted.sort {
                        Sort::New => last.serial,
                        Sort::Commented => last.last_comment_at.micros(),
                        Sort::Recommended => last.recommend_count,
                    };
                    from = Some((key, last.serial));
                    seen.extend(rows.iter().map(|row| row.serial));
                }
                let page = |number| NumberedPage::new(Some(number), None).unwrap();
                let mut numbered = Vec::new();
                for number in 1..=5 {
                    let rows = store::page(conn, person(false), wanted, page(number), since).await?;
                    numbered.extend(rows.iter().map(|row| row.serial));
                }
                Ok((seen, numbered))
            }).await?;
            assert_eq!(seen.0, seen.1, "{wanted:?}");
            assert_eq!(seen.0.len(), 100);
            assert!(seen.0.iter().all(|serial| serial % 4 != 0), "nothing of a category that is not theirs");
        }
    }

    async fn a_moderator_reads_every_category(db: Db) {
        fill(&db).await?;
        let wanted = Wanted { category: None, sort: Sort::New };
        let rows = db.read::<_, DbError, _>(async move |conn| {
            store::page(conn, person(true), wanted, NumberedPage::new(None, None).unwrap(), Timestamp::from_micros(1)).await
        }).await?;
        assert_eq!(rows.iter().map(|row| row.serial).collect::<Vec<_>>(), (POSTS - 19..=POSTS).rev().collect::<Vec<_>>());
    }
}
