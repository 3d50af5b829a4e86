//! The rooms of the organisation: who hears what is said of all of it, of a department, of a team.

use std::time::Duration;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_accounts::{Accounts, App};
use hanok_db::params;
use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Kit, Person, TestApp};
use hanok_web::Error;
use hanok_web::live::{Rooms, Seat};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::alerts::broken;
use crate::organisation::{admin, department};
use crate::{app as house, app_of};

const DASHBOARD: &str = "admin_dashboard";
/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A person's socket, which asks for these rooms.
async fn asking(app: &TestApp, person: &Person, rooms: &[&str]) -> Wire {
    let auth = json!({ "token": person.token, "rooms": rooms });
    Wire::seated(app.client(), &auth).await
}

async fn manager(app: &TestApp, name: &str) -> Person {
    app.person(name).roles(&["manager"]).without_phone().await
}

/// Whether what is said in a room is heard before what is said to the person right afterwards.
async fn is_in(app: &TestApp, wire: &mut Wire, person: &Person, room: &str) -> bool {
    let live = &app.accounts.live;
    live.emit(room, "news", &json!(room));
    live.emit(&format!("user_{}", person.id), "mark", &json!(null));
    let mut heard = false;
    loop {
        match wire.hear().await {
            Heard::Event(name, _) if name == "mark" => return heard,
            Heard::Event(name, said) if name == "news" => heard = said == json!(room),
            other => panic!("{other:?}"),
        }
    }
}

async fn wait_until(app: &TestApp, wire: &mut Wire, person: &Person, room: &str, wanted: bool) {
    let there = async { while is_in(app, wire, person, room).await != wanted {} };
    let waited = timeout(PATIENCE, there).await;
    assert!(waited.is_ok(), "{room}: never {wanted}");
}

async fn change(app: &TestApp, by: &Person, path: &str, patch: Value) {
    let changed = app.client().of(by).patch(path).json(patch).await;
    changed.assert_status(200);
}

/// What was asked for and refused, as the trail has it.
async fn refused(app: &TestApp) -> Vec<String> {
    let rows = app.audit_of("PERMISSION_DENIED").await;
    let route = |row: &hanok_testkit::AuditLine| row.details["route"].as_str().unwrap().to_owned();
    rows.iter().map(route).collect()
}

/// An app's rooms `club_{id}`, for whoever is in this team, in this department or below it.
struct Clubs(Accounts);

impl Rooms for Clubs {
    fn of<'a>(
        &'a self,
        seat: &'a Seat,
        asked: &'a [String],
    ) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        const SQL: &str = "SELECT team_id FROM team_membership WHERE account_id = $1 AND left_at IS NULL \
            UNION ALL SELECT department_id FROM department_membership WHERE account_id = $1 AND until IS NULL \
            UNION ALL SELECT d.parent_id FROM department_membership m JOIN department d ON d.id = m.department_id \
            WHERE m.account_id = $1 AND m.until IS NULL AND d.parent_id IS NOT NULL";
        Box::pin(async move {
            let account = seat.account;
            let read = async move |conn: &mut hanok_db::Conn| conn.all(SQL, params![account]).await;
            let groups: Vec<uuid::Uuid> = self.0.db.read(read).await?;
            let of_theirs = |room: &&String| groups.iter().any(|id| **room == format!("club_{id}"));
            Ok(asked.iter().filter(of_theirs).cloned().collect())
        })
    }
}

fn clubs(accounts: &Accounts, _: &Kit) -> Vec<Arc<dyn App>> {
    let rooms = Arc::new(Clubs(accounts.clone()));
    accounts.live.rooms("club_", rooms);
    Vec::new()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn an_alert_is_heard_at_once_by_whoever_watches_the_organisation_and_by_nobody_else(db: Db) {
        let app = app_of(TestApp::builder(db).apps(broken)).await;
        let (boss, mina) = (admin(&app).await, manager(&app, "mina").await);
        let user = app.person("haneul").without_phone().await;
        let mut watching = Wire::of(&app, &boss).await;
        let mut leading = asking(&app, &mina, &[DASHBOARD]).await;
        let mut other = asking(&app, &user, &[DASHBOARD, "nowhere_1"]).await;
        app.client().get("/api/broken/1").await.assert_problem(500, "internal");
        let Heard::Event(name, told) = watching.hear().await else { panic!("closed") };
        let alerts = app.client().of(&boss).get("/api/v1/alerts").await.assert_status(200).body;
        let alert = &alerts["alerts"][0];
        assert_eq!(name, "alert");
        assert_eq!(told, json!({ "id": alert["id"], "kind": "server_error", "at": alert["last_at"] }));
        assert!(!is_in(&app, &mut leading, &mina, DASHBOARD).await);
        assert!(!is_in(&app, &mut other, &user, DASHBOARD).await);
        assert_eq!(refused(&app).await, ["/socket.io/ admin_dashboard"; 2]);
        app.client().get("/api/broken/1").await.assert_problem(500, "internal");
        assert!(is_in(&app, &mut watching, &boss, DASHBOARD).await, "the same hour's is not told twice");
        app.finish().await;
    }

    async fn a_manager_is_in_the_rooms_of_what_they_lead_as_long_as_they_do(db: Db) {
        let app = house(db).await;
        let (boss, mina) = (admin(&app).await, manager(&app, "mina").await);
        let head = department(&app, &boss, "본사", None).await;
        let lab = department(&app, &boss, "연구소", None).await;
        let (head_room, lab_room) = (format!("department_{head}"), format!("department_{lab}"));
        let mut wire = asking(&app, &mina, &[&lab_room]).await;
        assert_eq!(refused(&app).await, [format!("/socket.io/ {lab_room}")]);
        assert!(!is_in(&app, &mut wire, &mina, &lab_room).await);

        let (head, lab) = (format!("/api/v1/departments/{head}"), format!("/api/v1/departments/{lab}"));
        change(&app, &boss, &head, json!({ "manager_id": mina.id.to_string() })).await;
        wait_until(&app, &mut wire, &mina, &head_room, true).await;
        assert!(!is_in(&app, &mut wire, &mina, &lab_room).await);
        change(&app, &boss, &lab, json!({ "parent_id": head.rsplit('/').next() })).await;
        wait_until(&app, &mut wire, &mina, &lab_room, true).await;
        change(&app, &boss, &lab, json!({ "parent_id": null })).await;
        wait_until(&app, &mut wire, &mina, &lab_room, false).await;
        change(&app, &boss, &head, json!({ "manager_id": boss.id.to_string() })).await;
        wait_until(&app, &mut wire, &mina, &head_room, false).await;
        app.finish().await;
    }

    async fn a_team_s_room_goes_with_its_leader(db: Db) {
        let app = house(db).await;
        let (boss, mina) = (admin(&app).await, manager(&app, "mina").await);
        let mut wire = Wire::of(&app, &mina).await;
        let made = app.client().of(&boss).post("/api/v1/teams");
        let made = made.json(json!({ "name": "우리", "leader_id": mina.id.to_string() })).await;
        let id = made.assert_status(201).body["id"].as_str().unwrap().to_owned();
        let (room, path) = (format!("team_{id}"), format!("/api/v1/teams/{id}"));
        wait_until(&app, &mut wire, &mina, &room, true).await;
        change(&app, &boss, &path, json!({ "leader_id": boss.id.to_string() })).await;
        wait_until(&app, &mut wire, &mina, &room, false).await;
        change(&app, &boss, &path, json!({ "leader_id": mina.id.to_string() })).await;
        wait_until(&app, &mut wire, &mina, &room, true).await;
        app.client().of(&boss).delete(&path).await.assert_status(204);
        wait_until(&app, &mut wire, &mina, &room, false).await;
        app.finish().await;
    }

    async fn whoever_leads_without_the_right_to_watch_is_in_no_room_and_a_phone_in_none(db: Db) {
        let app = house(db).await;
        let boss = admin(&app).await;
        let user = app.person("haneul").await;
        let phone = app.pair(&user).await;
        app.grant(user.id, "admin").await;
        let lab = department(&app, &boss, "연구소", None).await;
        let nuri = app.person("nuri").without_phone().await;
        let path = format!("/api/v1/departments/{lab}");
        change(&app, &boss, &path, json!({ "manager_id": nuri.id.to_string() })).await;
        let room = format!("department_{lab}");
        let mut wire = Wire::of(&app, &nuri).await;
        assert!(!is_in(&app, &mut wire, &nuri, &room).await);
        let mut device = Wire::of_phone(&app, &phone).await;
        assert!(!is_in(&app, &mut device, &user, DASHBOARD).await);
        let mut watching = asking(&app, &boss, &[&room]).await;
        assert!(is_in(&app, &mut watching, &boss, &room).await);
        app.finish().await;
    }

    async fn whoever_joins_or_leaves_a_group_is_in_its_rooms_or_not_at_once(db: Db) {
        let app = app_of(TestApp::builder(db).apps(clubs)).await;
        let (boss, haneul) = (admin(&app).await, app.person("haneul").without_phone().await);
        let client = app.client().of(&boss);
        let made = client.post("/api/v1/teams").json(json!({ "name": "우리" })).await.assert_status(201);
        let team = made.body["id"].as_str().unwrap().to_owned();
        let head = department(&app, &boss, "본사", None).await;
        let lab = department(&app, &boss, "연구소", None).await;
        let rooms = [&team, &head, &lab].map(|id| format!("club_{id}"));
        let mut wire = asking(&app, &haneul, &rooms.each_ref().map(String::as_str)).await;
        let [of_team, of_head, of_lab] = &rooms;

        let member = format!("/api/v1/teams/{team}/members/{}", haneul.id);
        client.put(&member).await.assert_status(204);
        wait_until(&app, &mut wire, &haneul, of_team, true).await;
        client.delete(&member).await.assert_status(204);
        wait_until(&app, &mut wire, &haneul, of_team, false).await;
        client.put(&member).await.assert_status(204);
        wait_until(&app, &mut wire, &haneul, of_team, true).await;
        client.delete(&format!("/api/v1/teams/{team}")).await.assert_status(204);
        wait_until(&app, &mut wire, &haneul, of_team, false).await;

        let placed = format!("/api/v1/departments/{lab}/members/{}", haneul.id);
        client.put(&placed).await.assert_status(204);
        wait_until(&app, &mut wire, &haneul, of_lab, true).await;
        let lab = format!("/api/v1/departments/{lab}");
        change(&app, &boss, &lab, json!({ "parent_id": head })).await;
        wait_until(&app, &mut wire, &haneul, of_head, true).await;
        change(&app, &boss, &lab, json!({ "parent_id": null })).await;
        wait_until(&app, &mut wire, &haneul, of_head, false).await;
        client.delete(&placed).await.assert_status(204);
        wait_until(&app, &mut wire, &haneul, of_lab, false).await;
        let person = format!("/api/v1/users/{}", haneul.id);
        change(&app, &boss, &person, json!({ "department": "본사" })).await;
        wait_until(&app, &mut wire, &haneul, of_head, true).await;
        change(&app, &boss, &person, json!({ "department": null })).await;
        wait_until(&app, &mut wire, &haneul, of_head, false).await;
        app.finish().await;
    }
}
