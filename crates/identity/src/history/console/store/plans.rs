//! No page of the list walks the requests, whatever narrows it and whoever reads.

use hanok_base::{Clock, Id, Random, Timestamp};
use hanok_db::testing::plan;
use hanok_db::{Db, MigrationSet, Tx};
use uuid::Uuid;

use super::super::statement::MOST_OWNED;
use super::*;
use crate::history::rules::{Filter, Span};
use crate::transaction::Status;

const MINA: AccountId = AccountId::from_uuid(Uuid::from_u128(1));
const SHOPS: [Uuid; 2] = [Uuid::from_u128(7), Uuid::from_u128(8)];

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(crate::migrations());
    sets
}

async fn provider(tx: &mut Tx, id: Uuid, owner: Option<AccountId>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO service_provider (id, client_id, name, owner_id, delivery, notify, site_code, \
        address_allow_list, limits, hide_unknown_users, ci_entitled, active, created_at, updated_at) \
        VALUES ($1, $2, $2, $3, 'poll', 'all', 'SHOP', '', '', TRUE, FALSE, TRUE, 1, 1)";
    tx.execute(SQL, params![id, id.to_string(), owner])
        .await
        .map(drop)
}

/// Six thousand requests of two shops, of which one is Mina's own; of each ten one failed, and the last few wait.
async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) VALUES ($1, 'mina', 'mina', '미나', 1)";
    const REQUEST: &str = "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, \
        failure_reason, created_at, expires_at, ended_at, binding_code, choices) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 10, '10,11,12')";
    let (clock, random) = (Clock::system(), Random::seeded(1));
    db.write::<_, DbError, _>(async move |tx| {
        tx.execute(ACCOUNT, params![MINA]).await?;
        provider(tx, SHOPS[0], Some(MINA)).await?;
        provider(tx, SHOPS[1], None).await?;
        for at in 1..=6_000_i64 {
            let id: TransactionId = Id::new(&clock, &random);
            let (status, reason, ended) = match at {
                5_991.. => ("PENDING", None, None),
                _ if at % 10 == 0 => ("FAILED", Some("denied"), Some(at)),
                _ => ("EXPIRED", None, Some(at + 5)),
            };
            let shop = SHOPS[usize::from(at % 2 == 0)];
            let person = (at % 30 == 0).then_some(MINA);
            let (phone, ends) = (random.bytes::<32>(), at + 5);
            let values = params![id, shop, person, phone, status, reason, at, ends, ended];
            tx.execute(REQUEST, values).await?;
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", params![]).await.map(|_| ()))
        .await
}

async fn assert_finds(db: &Db, statement: Statement) {
    let Statement { sql, values } = statement;
    let steps = plan(db, &sql, &values).await;
    let walks =
        |step: &String| step.starts_with("SCAN t") || step.contains("Seq Scan on auth_transaction");
    assert!(!steps.iter().any(walks), "{sql}: {steps:#?}");
    let finds = |step: &String| step.contains("auth_transaction_");
    assert!(steps.iter().any(finds), "{sql}: {steps:#?}");
}

fn everything(sight: Sight) -> Wanted {
    let owned: &[Uuid] = match sight {
        Sight::All => &[],
        Sight::Own(_) => &SHOPS[..1],
    };
    Wanted {
        sight,
        owned: owned.iter().copied().map(ProviderId::from_uuid).collect(),
        person: None,
        filter: Filter::default(),
        span: Span {
            after: (i64::MIN, Uuid::nil()),
            before: (i64::MAX, Uuid::nil()),
        },
        now: Timestamp::from_micros(5_998),
        backwards: false,
        most: 21,
    }
}

/// What may be asked, each way of narrowing with each state.
fn questions() -> Vec<Wanted> {
    let of_many = Wanted {
        owned: vec![ProviderId::from_uuid(SHOPS[0]); MOST_OWNED + 1],
        ..everything(Sight::Own(MINA))
    };
    let mut narrowed = vec![of_many];
    for sight in [Sight::All, Sight::Own(MINA)] {
        let all = everything(sight);
        let provider = Some(ProviderId::from_uuid(SHOPS[0]));
        narrowed.push(Wanted {
            person: Some(MINA),
            ..all.clone()
        });
        narrowed.push(Wanted {
            filter: Filter {
                provider,
                ..Filter::default()
            },
            ..all.clone()
        });
        narrowed.push(all);
    }
    let states = Status::ALL.iter().copied().map(Some).chain([None]);
    let of = |state: Option<Status>| {
        narrowed.iter().map(move |wanted| Wanted {
            filter: Filter {
                state,
                ..wanted.filter.clone()
            },
            ..wanted.clone()
        })
    };
    states.flat_map(of).collect()
}

hanok_db::both_engines! {
    sets(&sets());

    async fn no_filter_walks_the_requests(db: Db) {
        fill(&db).await?;
        for wanted in questions() {
            // What nobody may see is not asked of the store.
            let Some(count) = statement::count(&wanted, 1_001) else { continue };
            assert_finds(&db, count).await;
            assert_finds(&db, statement::rows(&wanted, COLUMNS).unwrap()).await;
            assert_finds(&db, statement::rows_counted(&wanted, COLUMNS, (&wanted, 1_001)).unwrap()).await;
            let back = Wanted { backwards: true, ..wanted };
            assert_finds(&db, statement::rows(&back, COLUMNS).unwrap()).await;
        }
    }

    async fn what_is_found_is_what_the_filters_say(db: Db) {
        fill(&db).await?;
        let found = async |wanted: Wanted| {
            let read = db.read::<_, DbError, _>(async move |conn| {
                Ok((count(conn, &wanted).await?, rows(conn, &wanted).await?))
            });
            let (count, rows) = read.await.unwrap();
            let times: Vec<i64> = rows.iter().map(|(row, _)| row.created_at.micros()).collect();
            (count, times)
        };
        let of_state = |sight, state| Wanted {
            filter: Filter { state: Some(state), ..Filter::default() },
            most: 3,
            ..everything(sight)
        };
        assert_eq!(found(of_state(Sight::All, Status::Failed)).await, (599, vec![5_990, 5_980, 5_970]));
        assert_eq!(found(of_state(Sight::Own(MINA), Status::Failed)).await, (0, vec![]));
        // It is 5,998: those of 5,993 and before have had their time, whoever wrote it down.
        assert_eq!(found(of_state(Sight::All, Status::Pending)).await, (7, vec![6_000, 5_999, 5_998]));
        assert_eq!(found(of_state(Sight::All, Status::Expired)).await, (1_001, vec![5_993, 5_992, 5_991]));
        assert_eq!(found(of_state(Sight::Own(MINA), Status::Expired)).await, (1_001, vec![5_993, 5_991, 5_989]));
        let oldest = Wanted { backwards: true, most: 2, ..everything(Sight::Own(MINA)) };
        assert_eq!(found(oldest).await.1, [1, 3]);
        let of_mina = Wanted { person: Some(MINA), most: 2, ..everything(Sight::All) };
        assert_eq!(found(of_mina).await, (200, vec![6_000, 5_970]));
    }
}
