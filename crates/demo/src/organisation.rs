//! The small organisation of the demo's people: departments, one with a manager, and two teams.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::organisation::{DepartmentId, GroupName, TeamId, department, team};
use hanok_accounts::{AccountId, Accounts, Fault, account};
use hanok_base::Id;
use hanok_db::{Tx, params};
use hanok_web::Ctx;
use serde_json::json;
use uuid::Uuid;

/// A department: its name, the one that it is part of, its manager, its people.
type Department = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static [&'static str],
);

/// Each behind the one that it is part of.
const DEPARTMENTS: [Department; 4] = [
    ("한옥", None, Some("admin"), &["admin"]),
    (
        "서비스팀",
        Some("한옥"),
        Some("manager"),
        &["manager", "service"],
    ),
    ("앱 파트", Some("서비스팀"), None, &["haneul"]),
    ("감사팀", Some("한옥"), None, &["auditor"]),
];

/// A team: its name, its leader, its people.
type Team = (&'static str, &'static str, &'static [&'static str]);

const TEAMS: [Team; 2] = [
    (
        "홈페이지 개편",
        "manager",
        &["manager", "haneul", "service"],
    ),
    ("개인정보 점검", "admin", &["admin", "auditor"]),
];

/// Makes it, where no department was ever made.
///
/// # Errors
/// The store's.
pub(crate) async fn fill(accounts: &Accounts) -> Result<(), Fault> {
    let house = accounts.clone();
    let unit = async move |tx: &mut Tx| {
        const MADE: &str = "SELECT COUNT(*) FROM department";
        let made: i64 = tx.one(MADE, params![]).await?;
        if made > 0 {
            return Ok(());
        }
        let ctx = Ctx::program("hanok demo", house.clock.now());
        for one in &DEPARTMENTS {
            make_department(tx, &house, &ctx, one).await?;
        }
        for one in &TEAMS {
            make_team(tx, &house, &ctx, one).await?;
        }
        Ok::<_, Fault>(())
    };
    accounts.db.write(unit).await
}

async fn make_department(
    tx: &mut Tx,
    accounts: &Accounts,
    ctx: &Ctx,
    (name, parent, manager, people): &Department,
) -> Result<(), Fault> {
    let id: DepartmentId = Id::new(&accounts.clock, &accounts.random);
    let parent = match parent {
        Some(parent) => open_department(tx, parent).await?,
        None => None,
    };
    let manager = match manager {
        Some(manager) => Some(person(tx, manager).await?),
        None => None,
    };
    department::insert(tx, id, parent, &group(name)?, manager, ctx.now).await?;
    for username in *people {
        let (person, stay) = (person(tx, username).await?, new_id(accounts));
        department::place(tx, person, Some(id), stay, ctx.now).await?;
    }
    tell(tx, accounts, ctx, ("department", id.uuid())).await
}

async fn make_team(
    tx: &mut Tx,
    accounts: &Accounts,
    ctx: &Ctx,
    (name, leader, people): &Team,
) -> Result<(), Fault> {
    let id: TeamId = new_id(accounts);
    let leader = person(tx, leader).await?;
    team::insert(tx, id, &group(name)?, Some(leader), ctx.now).await?;
    let mut members: Vec<(Uuid, AccountId)> = Vec::new();
    for username in *people {
        let stay: TeamId = new_id(accounts);
        members.push((stay.uuid(), person(tx, username).await?));
    }
    team::join(tx, id, &members, ctx.now).await?;
    tell(tx, accounts, ctx, ("team", id.uuid())).await
}

fn new_id<K>(accounts: &Accounts) -> Id<K> {
    Id::new(&accounts.clock, &accounts.random)
}

fn group(name: &str) -> Result<GroupName, Fault> {
    GroupName::parse(name).map_err(|fault| Fault::Internal(format!("the demo's {name}: {fault}")))
}

async fn open_department(tx: &mut Tx, name: &str) -> Result<Option<DepartmentId>, Fault> {
    const SQL: &str = "SELECT id FROM department WHERE name = $1 AND closed_at IS NULL";
    Ok(tx.optional(SQL, params![name]).await?)
}

async fn person(tx: &mut Tx, username: &str) -> Result<AccountId, Fault> {
    let row = account::find_by_username(tx, username).await?;
    row.map(|row| row.id).ok_or(Fault::NotFound)
}

async fn tell(
    tx: &mut Tx,
    accounts: &Accounts,
    ctx: &Ctx,
    (kind, id): (&'static str, Uuid),
) -> Result<(), Fault> {
    let entry = Entry::new(Action::AdminAction).target(kind, id);
    let entry = entry.details(json!({ "act": "created" }));
    accounts.audit.record(tx, &Origin::from(ctx), entry).await?;
    Ok(())
}
