//! A page of the list is read from an index in its order, and nobody walks the accounts for a department or a role.

use hanok_db::{Db, Engine, MigrationSet};
use hanok_web::{Caller, PermissionSet, Via};

use super::*;

const PERSON: Uuid = Uuid::from_u128(1);

fn sets() -> Vec<MigrationSet> {
    hanok_testkit::sets()
}

/// Three thousand accounts, one in fifty of them locked, switched off or an auditor.
async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, status, created_at, last_login_at) \
        VALUES ($1, $2, $2, $3, $4, $5, $6)";
    const ROLE: &str =
        "INSERT INTO role_assignment (account_id, role, assigned_at) VALUES ($1, $2, 1)";
    db.write::<_, DbError, _>(async move |tx| {
        for at in 1..=3_000_i64 {
            let id = Uuid::from_u128(u128::from(at.unsigned_abs()));
            let (username, name) = (format!("person{at}"), format!("사람 {}", at * 7 % 3_001));
            let status = match at % 100 {
                0 => "locked",
                50 => "disabled",
                _ => "active",
            };
            let last = (at % 3 == 0).then_some(at);
            tx.execute(ACCOUNT, params![id, username, name, status, at, last])
                .await?;
            let role = if at % 50 == 1 { "auditor" } else { "user" };
            tx.execute(ROLE, params![id, role]).await?;
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", params![]).await.map(|_| ()))
        .await
}

async fn plan(db: &Db, statement: Statement) -> Vec<String> {
    let engine = db.engine();
    let explained = db.write::<_, DbError, _>(async move |tx| match engine {
        Engine::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
            let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, &statement.values()).await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
        Engine::Postgres => {
            let off = "SELECT set_config('enable_seqscan', 'off', true)";
            tx.one::<String>(off, params![]).await?;
            let sql = format!("EXPLAIN {}", statement.sql);
            tx.all(&sql, &statement.values()).await
        }
    });
    explained.await.unwrap()
}

/// Steps that read every account, or sort what an index has in order.
fn is_walk(step: &str) -> bool {
    let is_bare_scan = step.starts_with("SCAN a") && !step.contains("INDEX");
    is_bare_scan || step.contains("Seq Scan on account") || step.contains("TEMP B-TREE")
}

fn reach(permissions: &[&str]) -> Reach {
    let caller = Caller {
        account: AccountId::from_uuid(PERSON),
        name: "".into(),
        session: None,
        api_key: None,
        via: Via::Bearer,
        permissions: permissions.iter().copied().collect::<PermissionSet>(),
        roles: Vec::new().into(),
        version: 1,
        password_confirmed_at: None,
        locale: None,
        theme: None,
    };
    Reach::of(&caller, None)
}

fn wanted<'a>(reach: &'a Reach, filter: &'a UserFilter) -> Wanted<'a> {
    Wanted {
        reach,
        filter,
        exactly: Exactly::default(),
    }
}

fn first() -> NumberedPage {
    NumberedPage::new(None, None).unwrap()
}

hanok_db::both_engines! {
    sets(&sets());

    async fn every_order_of_those_in_use_is_that_of_an_index(db: Db) {
        fill(&db).await?;
        let everybody = reach(&["user_management"]);
        for sort in UserSort::ALL.iter().copied() {
            let filter = UserFilter { sort, ..UserFilter::default() };
            let steps = plan(&db, wanted(&everybody, &filter).ids(first())).await;
            assert!(!steps.iter().any(|step| is_walk(step)), "{sort}: {steps:#?}");
        }
    }

    async fn a_role_a_department_and_a_lock_are_found_by_index(db: Db) {
        fill(&db).await?;
        let everybody = reach(&["user_management"]);
        let filters = [
            UserFilter { role: Some("auditor".to_owned()), ..UserFilter::default() },
            UserFilter {
                department: Some(InDepartment::Id(hanok_base::Id::from_uuid(PERSON))),
                ..UserFilter::default()
            },
            UserFilter { state: UserState::Locked, ..UserFilter::default() },
        ];
        for filter in filters {
            let steps = plan(&db, wanted(&everybody, &filter).count()).await;
            let walks = |step: &String| step.starts_with("SCAN a") && !step.contains("INDEX")
                || step.contains("Seq Scan");
            assert!(!steps.iter().any(walks), "{filter:?}: {steps:#?}");
        }
    }

    async fn an_export_goes_on_behind_the_last_person_by_their_id(db: Db) {
        fill(&db).await?;
        let everybody = reach(&["user_management"]);
        let filter = UserFilter { state: UserState::All, ..UserFilter::default() };
        let behind = Some(AccountId::from_uuid(PERSON));
        let steps = plan(&db, wanted(&everybody, &filter).part_ids(behind)).await;
        assert!(!steps.iter().any(|step| is_walk(step)), "{steps:#?}");
    }

    async fn a_part_of_a_name_is_what_was_typed_and_no_pattern(db: Db) {
        fill(&db).await?;
        let counted = db.read::<_, DbError, _>(async move |conn| {
            let everybody = reach(&["user_management"]);
            let mut counted = Vec::new();
            for q in ["person29", "PERSON2999", "사람 1", "%", "_", "!"] {
                let filter = UserFilter {
                    q: Some(q.to_owned()),
                    state: UserState::All,
                    ..UserFilter::default()
                };
                counted.push(count(conn, &wanted(&everybody, &filter)).await?);
            }
            Ok(counted)
        }).await?;
        assert_eq!(counted, [111, 1, 1_111, 0, 0, 0]);
    }

    async fn who_leads_nobody_sees_nobody(db: Db) {
        fill(&db).await?;
        let (led, read) = (reach(&["team_management"]), reach(&["people_read"]));
        let counted = db.read::<_, DbError, _>(async move |conn| {
            let filter = UserFilter::default();
            let led = count(conn, &wanted(&led, &filter)).await?;
            Ok((led, count(conn, &wanted(&read, &filter)).await?))
        }).await?;
        assert_eq!(counted, (0, 0));
    }
}
