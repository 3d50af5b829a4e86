//! Whoever leads a part of the organisation sees that part and no other.

use hanok_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{DEPARTMENTS, TEAMS, admin, change, denials, department, make, member, place, seen};
use crate::app;

async fn manager(app: &TestApp, name: &str) -> Person {
    app.person(name).roles(&["manager"]).without_phone().await
}

async fn lead(app: &TestApp, boss: &Person, department: &str, manager: &Person) {
    let path = format!("{DEPARTMENTS}/{department}");
    let led = change(
        app,
        boss,
        &path,
        json!({ "manager_id": manager.id.to_string() }),
    )
    .await;
    led.assert_status(200);
}

async fn teams_of(app: &TestApp, by: &Person) -> Value {
    let page = app.client().of(by).get(TEAMS).await.assert_status(200);
    page.body["pagination"]["total"].clone()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_manager_sees_the_departments_they_lead_and_those_below(db: Db) {
        let app = app(db).await;
        let (boss, mina) = (admin(&app).await, manager(&app, "mina").await);
        let house = department(&app, &boss, "본사", None).await;
        let lab = department(&app, &boss, "연구소", Some(&house)).await;
        department(&app, &boss, "서버", Some(&lab)).await;
        department(&app, &boss, "영업", Some(&house)).await;
        assert!(seen(&app, &mina).await.is_empty());
        lead(&app, &boss, &lab, &mina).await;
        assert_eq!(seen(&app, &mina).await, ["연구소", "연구소/서버"]);
        let client = app.client().of(&mina);
        client.get(&format!("{DEPARTMENTS}/{lab}")).await.assert_status(200);
        client.get(&format!("{DEPARTMENTS}/{house}")).await.assert_problem(404, "not_found");
        app.finish().await;
    }

    async fn a_manager_moves_nobody_least_of_all_into_their_own_department(db: Db) {
        let app = app(db).await;
        let (boss, mina, haneul) = (admin(&app).await, manager(&app, "mina").await, member(&app, "haneul").await);
        let lab = department(&app, &boss, "연구소", None).await;
        lead(&app, &boss, &lab, &mina).await;
        place(&app, &mina, &lab, &haneul).await.assert_problem(403, "forbidden");
        place(&app, &mina, &lab, &mina).await.assert_problem(403, "forbidden");
        let path = format!("{DEPARTMENTS}/{lab}");
        change(&app, &mina, &path, json!({ "name": "내 연구소" })).await.assert_problem(403, "forbidden");
        assert_eq!(denials(&app).await, 3);
        let shown = app.client().of(&boss).get(&path).await.body;
        assert_eq!((&shown["people"], &shown["name"]), (&json!(0), &json!("연구소")));
        app.finish().await;
    }

    async fn a_leader_renames_their_team_and_adds_only_those_whom_they_lead(db: Db) {
        let app = app(db).await;
        let (boss, mina) = (admin(&app).await, manager(&app, "mina").await);
        let (inside, outside) = (member(&app, "inside").await, member(&app, "outside").await);
        let lab = department(&app, &boss, "연구소", None).await;
        let below = department(&app, &boss, "서버", Some(&lab)).await;
        lead(&app, &boss, &lab, &mina).await;
        place(&app, &boss, &below, &inside).await.assert_status(204);
        let own = make(&app, &boss, TEAMS, json!({ "name": "우리", "leader_id": mina.id.to_string() })).await;
        let other = make(&app, &boss, TEAMS, json!({ "name": "남" })).await;
        assert_eq!(teams_of(&app, &mina).await, 1);
        let path = format!("{TEAMS}/{own}");
        change(&app, &mina, &path, json!({ "name": "우리 팀" })).await.assert_status(200);
        let client = app.client().of(&mina);
        client.put(&format!("{path}/members/{}", inside.id)).await.assert_status(204);
        client.put(&format!("{path}/members/{}", outside.id)).await.assert_problem(403, "forbidden");
        client.put(&format!("{path}/members/{}", mina.id)).await.assert_problem(403, "forbidden");
        change(&app, &mina, &path, json!({ "leader_id": inside.id.to_string() })).await.assert_problem(403, "forbidden");
        client.delete(&path).await.assert_problem(403, "forbidden");
        client.post(TEAMS).json(json!({ "name": "새 팀" })).await.assert_problem(403, "forbidden");
        assert_eq!(denials(&app).await, 5);
        let foreign = format!("{TEAMS}/{other}");
        client.get(&foreign).await.assert_problem(404, "not_found");
        change(&app, &mina, &foreign, json!({ "name": "뺏은 팀" })).await.assert_problem(404, "not_found");
        client.put(&format!("{foreign}/members/{}", inside.id)).await.assert_problem(404, "not_found");
        client.delete(&format!("{path}/members/{}", inside.id)).await.assert_status(204);
        app.finish().await;
    }

    async fn who_no_longer_leads_sees_nothing_at_once(db: Db) {
        let app = app(db).await;
        let (boss, mina) = (admin(&app).await, manager(&app, "mina").await);
        let lab = department(&app, &boss, "연구소", None).await;
        lead(&app, &boss, &lab, &mina).await;
        assert_eq!(seen(&app, &mina).await.len(), 1);
        let path = format!("{DEPARTMENTS}/{lab}");
        change(&app, &boss, &path, json!({ "manager_id": null })).await.assert_status(200);
        assert!(seen(&app, &mina).await.is_empty());
        app.finish().await;
    }
}
