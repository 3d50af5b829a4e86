//! No search walks the trail, whatever narrows it; and what a search finds is what its filters say.

use hanok_base::{Clock, Random, Timestamp};
use hanok_db::paging::PageRequest;
use hanok_db::{Db, DbError, Engine, MigrationSet, Value, params};
use uuid::Uuid;

use super::line::AuditLine;
use super::search::{Search, Sight, Whose, Window};
use super::statement::{Texts, Wanted};
use super::store;
use crate::AccountId;
use crate::audit::{Action, Audit, Entry, Origin, PastAct};

const MINA: AccountId = AccountId::from_uuid(Uuid::from_u128(1));
const JUN: AccountId = AccountId::from_uuid(Uuid::from_u128(2));
const SHOP: Uuid = Uuid::from_u128(7);
const OWNED: &str = "SELECT target_id FROM audit_log WHERE actor_id = {viewer} AND target_kind = 'service_provider'";

fn sets() -> Vec<MigrationSet> {
    vec![
        hanok_events::migrations(),
        crate::audit::migrations(),
        crate::migrations(),
    ]
}

fn act(at: i64) -> PastAct {
    let entry = match at % 40 {
        0 => Entry::new(Action::AuthRequest).subject(MINA).provider(SHOP),
        1 => Entry::new(Action::UserLogin).subject(JUN),
        2 => Entry::new(Action::DataRevealed).subject(MINA),
        _ => Entry::new(Action::AuthRequest).provider(Uuid::from_u128(8)),
    };
    let actor = match at % 40 {
        1 | 2 => Some(JUN),
        _ => None,
    };
    PastAct {
        at: Timestamp::from_seconds(1_795_239_000 + at),
        origin: Origin {
            actor,
            address: format!("192.0.2.{}", at % 40).parse().ok(),
            agent: "test".to_owned(),
            request_id: format!("request-{at}"),
        },
        entry,
    }
}

async fn fill(db: &Db) {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) VALUES ($1, $2, $2, $2, 1)";
    let clock = Clock::manual(Timestamp::from_seconds(1_795_239_000));
    let random = Random::seeded(1);
    let keys = hanok_base::KeyRing::generate(&random, clock.now());
    let audit = Audit::new(keys.clone(), clock, random);
    let acts: Vec<PastAct> = (0..2_000).map(act).collect();
    let rows = audit.seal_past(&acts).unwrap();
    let mina = act(2);
    db.write::<_, DbError, _>(async move |tx| {
        tx.execute(ACCOUNT, params![MINA, "mina"]).await?;
        tx.execute(ACCOUNT, params![JUN, "jun"]).await?;
        let owned = Entry::new(Action::AdminAction).target("service_provider", SHOP);
        audit.record(tx, &mina.origin, owned).await?;
        rows.insert(tx, &keys)
            .await
            .map_err(|error| DbError::Other(error.to_string()))
    })
    .await
    .unwrap();
    db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", params![]).await.map(|_| ()))
        .await
        .unwrap();
}

async fn plan(db: &Db, sql: String, values: Vec<Value<'static>>) -> Vec<String> {
    let engine = db.engine();
    let explained = db.write::<_, DbError, _>(async move |tx| match engine {
        Engine::Sqlite => {
            let steps: Vec<(i64, i64, i64, String)> = tx
                .all(&format!("EXPLAIN QUERY PLAN {sql}"), &values)
                .await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
        Engine::Postgres => {
            let off = "SELECT set_config('enable_seqscan', 'off', true)";
            tx.one::<String>(off, params![]).await?;
            tx.all(&format!("EXPLAIN {sql}"), &values).await
        }
    });
    explained.await.unwrap()
}

fn own(viewer: AccountId) -> Sight {
    Sight::Own {
        viewer,
        providers: Some(OWNED),
        people: Some("SELECT a.id FROM account a WHERE a.id = {viewer}"),
        approved: Some("SELECT a.id FROM account a WHERE a.id = {viewer}"),
    }
}

fn searches() -> Vec<(Search, &'static str)> {
    let of = |whose| Search {
        whose,
        ..Search::default()
    };
    let window = Window {
        from: 1_795_239_100_000_000,
        until: 1_795_239_900_000_000,
    };
    vec![
        (Search::default(), "audit_log_newest"),
        (of(Whose::Person(MINA)), "audit_log_subject"),
        (of(Whose::LookedAt(MINA)), "audit_log_subject"),
        (
            Search {
                action: Some(Action::UserLogin),
                window,
                ..Search::default()
            },
            "audit_log_action",
        ),
        (
            Search {
                address: "192.0.2.3".parse().ok(),
                window,
                ..Search::default()
            },
            "audit_origin_address",
        ),
        (
            Search {
                request_id: Some("request-5".to_owned()),
                ..Search::default()
            },
            "audit_log_request",
        ),
    ]
}

fn owned_values(values: &[Value<'_>]) -> Vec<Value<'static>> {
    let texts: [&'static str; 3] = ["USER_LOGIN", "192.0.2.3", "request-5"];
    let known = |text: &str| texts.iter().find(|known| **known == text).copied();
    values
        .iter()
        .map(|value| match value {
            Value::I64(number) => Value::I64(*number),
            Value::Uuid(id) => Value::Uuid(*id),
            Value::Text(text) => Value::Text(known(text).unwrap_or("%x%")),
            _ => Value::Null,
        })
        .collect()
}

async fn found(db: &Db, wanted: Search, sight: Sight) -> Vec<AuditLine> {
    let (page, counted) = db
        .read::<_, DbError, _>(async move |conn| {
            let first = PageRequest::new(Some(100), None).unwrap();
            store::search(conn, &wanted, sight, None, (&first, true)).await
        })
        .await
        .unwrap();
    assert!(counted.rows >= u64::try_from(page.items.len()).unwrap());
    page.items
}

hanok_db::both_engines! {
    sets(&sets());

    async fn no_search_walks_the_trail(db: Db) {
        fill(&db).await;
        let first = PageRequest::new(None, None).unwrap();
        for (search, index) in searches() {
            let texts = Texts::of(&search);
            let wanted = Wanted { search: &search, sight: Sight::All, owned: None, texts: &texts, page: &first };
            let rows = store::rows_statement(wanted, None, None).unwrap();
            let counted = store::rows_statement(wanted, Some(wanted), None).unwrap();
            for statement in [rows, counted] {
                let steps = plan(&db, statement.sql.clone(), owned_values(&statement.values)).await;
                assert!(steps.iter().any(|step| step.contains(index)), "{search:?}: {steps:#?}");
                let walks = |step: &String| step.contains("Seq Scan on audit_") || step == "SCAN l" || step == "SCAN o";
                assert!(!steps.iter().any(walks), "{search:?}: {steps:#?}");
            }
        }
        let search = Search::default();
        let texts = Texts::of(&search);
        let wanted = Wanted { search: &search, sight: own(JUN), owned: Some(&[SHOP]), texts: &texts, page: &first };
        let rows = store::rows_statement(wanted, Some(wanted), None).unwrap();
        let steps = plan(&db, rows.sql.clone(), owned_values(&rows.values)).await;
        assert!(steps.iter().any(|step| step.contains("audit_log_provider")), "{steps:#?}");
    }

    async fn every_filter_finds_its_rows_the_newest_first(db: Db) {
        fill(&db).await;
        for (search, _) in searches() {
            let lines = found(&db, search.clone(), Sight::All).await;
            assert!(!lines.is_empty(), "{search:?}");
            assert!(lines.is_sorted_by(|one, other| one.at >= other.at), "{search:?}");
            for line in &lines {
                let at = line.at.micros();
                assert!(search.window.from <= at && at < search.window.until, "{search:?}");
                assert!(search.action.is_none_or(|action| line.action == action.as_str()));
                assert!(search.address.is_none_or(|address| line.address == Some(address.to_string())));
                assert!(search.request_id.as_ref().is_none_or(|id| line.request_id.as_ref() == Some(id)));
            }
        }
    }

    async fn pages_hang_together_both_ways(db: Db) {
        fill(&db).await;
        for (search, _) in searches() {
            let all: Vec<_> = found(&db, search.clone(), Sight::All).await.into_iter().map(|line| line.id).collect();
            let (mut seen, mut cursor, mut back) = (Vec::new(), None::<String>, None);
            while seen.len() < all.len() {
                let request = PageRequest::new(Some(30), cursor.as_deref()).unwrap();
                let wanted = search.clone();
                let (page, _) = db.read::<_, DbError, _>(async move |conn| {
                    store::search(conn, &wanted, Sight::All, None, (&request, false)).await
                }).await?;
                seen.extend(page.items.iter().map(|line| line.id));
                back = page.previous.or(back);
                cursor = page.next;
                if cursor.is_none() { break }
            }
            assert_eq!(seen.get(..all.len()), Some(all.as_slice()), "{search:?}");
            let Some(back) = back else { continue };
            let request = PageRequest::new(Some(30), Some(&back)).unwrap();
            let wanted = search.clone();
            let (page, _) = db.read::<_, DbError, _>(async move |conn| {
                store::search(conn, &wanted, Sight::All, None, (&request, false)).await
            }).await?;
            let ids: Vec<_> = page.items.iter().map(|line| line.id).collect();
            let at = seen.iter().position(|id| Some(id) == ids.first()).unwrap();
            assert_eq!(seen.get(at..at + ids.len()), Some(ids.as_slice()), "{search:?}");
        }
    }

    async fn an_owner_of_providers_sees_their_rows_and_nobody_behind_them(db: Db) {
        fill(&db).await;
        let lines = found(&db, Search::default(), own(JUN)).await;
        assert_eq!(lines.len(), 50);
        for line in &lines {
            assert_eq!(line.provider.as_ref().map(|provider| provider.id), Some(SHOP));
            assert_eq!(line.subject, None);
        }
        let theirs = Search { address: "192.0.2.3".parse().ok(), ..Search::default() };
        assert_eq!(found(&db, theirs, own(JUN)).await, []);
        assert_eq!(found(&db, Search { whose: Whose::Person(JUN), ..Search::default() }, own(JUN)).await, []);
        assert_eq!(found(&db, Search::default(), own(MINA)).await, []);
        let nothing = Sight::Own { viewer: JUN, providers: None, people: None, approved: None };
        assert_eq!(found(&db, Search::default(), nothing).await, []);
    }

    async fn a_person_finds_who_looked_at_them(db: Db) {
        fill(&db).await;
        let looks = found(&db, Search { whose: Whose::LookedAt(MINA), ..Search::default() }, Sight::All).await;
        assert_eq!(looks.len(), 50);
        assert!(looks.iter().all(|line| line.action == "DATA_REVEALED"));
        assert!(looks.iter().all(|line| line.actor.as_ref().is_some_and(|actor| actor.id == JUN)));
        assert_eq!(found(&db, Search { whose: Whose::LookedAt(JUN), ..Search::default() }, Sight::All).await, []);
    }
}
