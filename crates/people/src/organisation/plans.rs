//! What a list of the organisation reads is found by its index, however many people there are.

use hanok_accounts::AccountId;
use hanok_accounts::app::of_viewer;
use hanok_accounts::organisation::Reach;
use hanok_accounts::organisation::department::LED_DEPARTMENTS;
use hanok_accounts::permission::{PeopleRead, TeamManagement};
use hanok_db::testing::plan;
use hanok_db::{Db, DbError, Value, params};
use hanok_web::{Caller, Permission, PermissionSet, Via};
use uuid::Uuid;

use super::department::store as department;
use super::team::store as team;

const LEADER: Uuid = Uuid::from_u128(1);
const LAB: Uuid = Uuid::from_u128(0x0D01);
const CREW: Uuid = Uuid::from_u128(0x0E01);

/// Three thousand people in a hundred departments, and in fifty teams, of which one each is led.
async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) \
        VALUES ($1, $2, $2, $2, $3)";
    const DEPARTMENT: &str = "INSERT INTO department (id, name, name_key, manager_id, created_at) \
        VALUES ($1, $2, $2, $3, 1)";
    const TEAM: &str = "INSERT INTO team (id, name, name_key, leader_id, created_at) \
        VALUES ($1, $2, $2, $3, 1)";
    const PLACE: &str = "INSERT INTO department_membership (id, account_id, department_id, since) \
        VALUES ($1, $1, $2, $3)";
    const JOIN: &str = "INSERT INTO team_membership (id, team_id, account_id, joined_at) \
        VALUES ($1, $2, $1, $3)";
    db.write::<_, DbError, _>(async move |tx| {
        let person = |at: i64| Uuid::from_u128(u128::from(at.unsigned_abs()));
        let part = |at: i64| Uuid::from_u128(0x0D00 + u128::from((at % 100).unsigned_abs()));
        let crew = |at: i64| Uuid::from_u128(0x0E01 + u128::from((at % 50).unsigned_abs()));
        for at in 1..=3_000_i64 {
            let (id, name) = (person(at), format!("person{at}"));
            tx.execute(ACCOUNT, params![id, name, at]).await?;
        }
        for at in 0..100_i64 {
            let (id, name) = (part(at), format!("part{at}"));
            let manager = (id == LAB).then_some(LEADER);
            tx.execute(DEPARTMENT, params![id, name, manager]).await?;
        }
        for at in 0..50_i64 {
            let (id, name) = (crew(at), format!("crew{at}"));
            let leader = (id == CREW).then_some(LEADER);
            tx.execute(TEAM, params![id, name, leader]).await?;
        }
        for at in 1..=3_000_i64 {
            let (id, place, team) = (person(at), part(at), crew(at));
            tx.execute(PLACE, params![id, place, at]).await?;
            tx.execute(JOIN, params![id, team, at]).await?;
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", params![]).await.map(|_| ()))
        .await
}

async fn walks_nobody(db: &Db, sql: String, values: Vec<Value<'static>>) {
    let steps = plan(db, &sql, &values).await;
    // Of SQLite, then of PostgreSQL; departments and teams are few and may be walked.
    let walks = |step: &String| {
        ["SCAN a", "SCAN m", "SCAN n", "SCAN department_membership"]
            .iter()
            .any(|walk| step.split(" USING").next() == Some(walk))
            || [
                "Seq Scan on account",
                "Seq Scan on department_membership",
                "Seq Scan on team_membership",
            ]
            .iter()
            .any(|walk| step.contains(walk))
    };
    assert!(!steps.iter().any(walks), "{sql}: {steps:#?}");
}

fn caller(holds: &[&str]) -> Caller {
    Caller {
        account: AccountId::from_uuid(LEADER),
        name: "김하늘".into(),
        session: None,
        api_key: None,
        via: Via::Bearer,
        permissions: holds.iter().copied().collect::<PermissionSet>(),
        roles: ["manager".to_owned()].into(),
        version: 1,
        password_confirmed_at: None,
        locale: None,
        theme: None,
    }
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn whom_somebody_leads_is_found_without_walking_everybody(db: Db) {
        fill(&db).await?;
        let led = Reach::of(&caller(&[TeamManagement::NAME]), None);
        let sql = format!("SELECT a.id, a.name FROM account a WHERE {}", led.condition("$1"));
        walks_nobody(&db, sql.clone(), vec![Value::Uuid(LEADER)]).await;
        let people: Vec<(AccountId, String)> = db.read::<_, DbError, _>(async move |conn| {
            conn.all(&sql, params![LEADER]).await
        }).await?;
        // Thirty in the department, sixty in the team, none in both.
        assert_eq!(people.len(), 90);
    }

    async fn who_holds_nothing_reaches_nobody_and_who_answered_is_added(db: Db) {
        const ANSWERED: &str = "SELECT id FROM account WHERE username_key = 'person7' AND id <> {viewer}";
        fill(&db).await?;
        for (holds, people) in [
            (&[][..], 0), (&[PeopleRead::NAME], 1), (&[PeopleRead::NAME, TeamManagement::NAME], 91),
        ] {
            let reach = Reach::of(&caller(holds), Some(ANSWERED));
            let sql = format!("SELECT COUNT(*) FROM account a WHERE a.name <> $1 AND {}", reach.condition("$2"));
            let count: i64 = db.read::<_, DbError, _>(async move |conn| {
                conn.one(&sql, params!["nobody", LEADER]).await
            }).await?;
            assert_eq!(count, people, "{holds:?}");
            let reached = db.read::<_, DbError, _>(async move |conn| {
                reach.holds(conn, AccountId::from_uuid(Uuid::from_u128(7))).await
            }).await?;
            assert_eq!(reached, people % 2 == 1, "{holds:?}");
        }
    }

    async fn a_department_and_a_team_are_read_by_their_indexes(db: Db) {
        fill(&db).await?;
        let led = of_viewer(LED_DEPARTMENTS, "$1");
        walks_nobody(&db, format!("{} AND d.id IN ({led})", department::LINES), vec![Value::Uuid(LEADER)]).await;
        let page = || vec![Value::I64(20), Value::I64(20)];
        let of = |id| [vec![Value::Uuid(id)], page()].concat();
        walks_nobody(&db, department::MEMBERS.to_owned(), of(LAB)).await;
        walks_nobody(&db, team::MEMBERS.to_owned(), of(CREW)).await;
        for (sql, id) in [
            (department::CAME, LAB), (department::LEFT, LAB), (team::CAME, CREW), (team::LEFT, CREW),
        ] {
            walks_nobody(&db, sql.to_owned(), vec![Value::Uuid(id), Value::I64(20)]).await;
        }
    }
}
