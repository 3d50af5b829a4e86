//! Departments and teams: how they are built, and how far somebody reaches who leads some of them.

mod leading;
mod pages;
mod teams;

use hanok_testkit::{Answer, Person, TestApp};
use serde_json::{Value, json};

use crate::app;

const DEPARTMENTS: &str = "/api/v1/departments";
const TEAMS: &str = "/api/v1/teams";

pub(crate) async fn admin(app: &TestApp) -> Person {
    app.person("boss").roles(&["admin"]).without_phone().await
}

async fn member(app: &TestApp, name: &str) -> Person {
    app.person(name).without_phone().signed_out().await
}

/// Makes something, and gives its id.
async fn make(app: &TestApp, by: &Person, at: &str, input: Value) -> String {
    let made = app.client().of(by).post(at).json(input).await;
    let id = made.assert_status(201).body["id"].clone();
    id.as_str().unwrap().to_owned()
}

pub(crate) async fn department(
    app: &TestApp,
    by: &Person,
    name: &str,
    parent: Option<&str>,
) -> String {
    make(
        app,
        by,
        DEPARTMENTS,
        json!({ "name": name, "parent_id": parent }),
    )
    .await
}

async fn place(app: &TestApp, by: &Person, department: &str, person: &Person) -> Answer {
    let path = format!("{DEPARTMENTS}/{department}/members/{}", person.id);
    app.client().of(by).put(&path).await
}

async fn change(app: &TestApp, by: &Person, path: &str, patch: Value) -> Answer {
    app.client().of(by).patch(path).json(patch).await
}

/// The paths of the departments that somebody sees, in order.
async fn seen(app: &TestApp, by: &Person) -> Vec<String> {
    let all = app
        .client()
        .of(by)
        .get(DEPARTMENTS)
        .await
        .assert_status(200);
    let all = all.body["departments"].as_array().unwrap().clone();
    let path = |one: &Value| {
        let names = one["path"].as_array().unwrap();
        let names: Vec<&str> = names.iter().map(|name| name.as_str().unwrap()).collect();
        names.join("/")
    };
    all.iter().map(path).collect()
}

/// How often somebody was refused for lack of permission.
async fn denials(app: &TestApp) -> usize {
    app.audit_of("PERMISSION_DENIED").await.len()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn an_organisation_is_built_moved_and_taken_apart_again(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let house = department(&app, &boss, "본사", None).await;
        let works = department(&app, &boss, "공장", None).await;
        let lab = department(&app, &boss, "연구소", Some(&house)).await;
        let server = department(&app, &boss, "서버", Some(&lab)).await;
        assert_eq!(seen(&app, &boss).await, ["공장", "본사", "본사/연구소", "본사/연구소/서버"]);

        let moved = change(&app, &boss, &format!("{DEPARTMENTS}/{lab}"), json!({ "parent_id": works, "name": "새 연구소" })).await;
        assert_eq!(moved.assert_status(200).body["path"], json!(["공장", "새 연구소"]));
        assert_eq!(seen(&app, &boss).await, ["공장", "공장/새 연구소", "공장/새 연구소/서버", "본사"]);
        let top = change(&app, &boss, &format!("{DEPARTMENTS}/{lab}"), json!({ "parent_id": null })).await;
        assert_eq!(top.assert_status(200).body["parent_id"], Value::Null);

        let shut = app.client().of(&boss).delete(&format!("{DEPARTMENTS}/{lab}")).await;
        shut.assert_problem(409, "conflict");
        app.client().of(&boss).delete(&format!("{DEPARTMENTS}/{server}")).await.assert_status(204);
        app.client().of(&boss).delete(&format!("{DEPARTMENTS}/{lab}")).await.assert_status(204);
        app.client().of(&boss).get(&format!("{DEPARTMENTS}/{lab}")).await.assert_problem(404, "not_found");
        // Its name is free again.
        department(&app, &boss, "새 연구소", None).await;
        let acts: Vec<Value> = app.audit_of("ADMIN_ACTION").await.into_iter().map(|line| line.details["act"].clone()).collect();
        assert_eq!(acts.iter().filter(|act| **act == "created").count(), 5);
        assert_eq!(acts.iter().filter(|act| **act == "changed").count(), 2);
        assert_eq!(acts.iter().filter(|act| **act == "closed").count(), 2);
        app.finish().await;
    }

    async fn no_department_comes_below_itself_or_takes_a_siblings_name(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let house = department(&app, &boss, "본사", None).await;
        let lab = department(&app, &boss, "Lab", Some(&house)).await;
        let path = format!("{DEPARTMENTS}/{house}");
        change(&app, &boss, &path, json!({ "parent_id": lab })).await.assert_field("/parent_id", "department_cycle");
        change(&app, &boss, &path, json!({ "parent_id": house })).await.assert_field("/parent_id", "department_cycle");
        let client = app.client().of(&boss);
        let twice = client.post(DEPARTMENTS).json(json!({ "name": " lab ", "parent_id": house })).await;
        twice.assert_field("/name", "department_name_taken");
        department(&app, &boss, "Lab", None).await;
        let lab = format!("{DEPARTMENTS}/{lab}");
        change(&app, &boss, &lab, json!({ "parent_id": null })).await.assert_field("/name", "department_name_taken");
        let unknown = client.post(DEPARTMENTS).json(json!({ "name": "x", "parent_id": boss.id.to_string() })).await;
        unknown.assert_field("/parent_id", "department_unknown");
        client.post(DEPARTMENTS).json(json!({ "name": "가\u{202E}" })).await.assert_field("/name", "name_characters");
        app.finish().await;
    }

    async fn of_two_moves_that_would_close_a_circle_one_is_refused(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let one = department(&app, &boss, "하나", None).await;
        let two = department(&app, &boss, "둘", None).await;
        let (first, second) = (format!("{DEPARTMENTS}/{one}"), format!("{DEPARTMENTS}/{two}"));
        let (first, second) = tokio::join!(
            change(&app, &boss, &first, json!({ "parent_id": two })),
            change(&app, &boss, &second, json!({ "parent_id": one })),
        );
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
        app.finish().await;
    }

    async fn a_person_has_one_department_and_where_they_were_stays_known(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let haneul = member(&app, "haneul").await;
        let lab = department(&app, &boss, "연구소", None).await;
        let works = department(&app, &boss, "공장", None).await;
        place(&app, &boss, &lab, &haneul).await.assert_status(204);
        app.clock.advance(std::time::Duration::from_mins(1));
        place(&app, &boss, &works, &haneul).await.assert_status(204);
        place(&app, &boss, &works, &haneul).await.assert_status(204);
        let was = app.client().of(&boss).get(&format!("{DEPARTMENTS}/{lab}")).await.assert_status(200).body;
        assert_eq!((&was["people"], &was["members"]), (&json!(0), &json!([])));
        let turns: Vec<&Value> = was["history"].as_array().unwrap().iter().map(|turn| &turn["what"]).collect();
        assert_eq!(turns, ["left", "came"]);
        let is = app.client().of(&boss).get(&format!("{DEPARTMENTS}/{works}")).await.assert_status(200).body;
        assert_eq!(is["members"][0]["username"], "haneul");
        let full = app.client().of(&boss).delete(&format!("{DEPARTMENTS}/{works}")).await;
        full.assert_problem(409, "conflict");
        app.clock.advance(std::time::Duration::from_mins(1));
        let out = app.client().of(&boss).delete(&format!("{DEPARTMENTS}/{works}/members/{}", haneul.id)).await;
        out.assert_status(204);
        app.client().of(&boss).delete(&format!("{DEPARTMENTS}/{works}")).await.assert_status(204);
        let told = app.audit_of("ADMIN_ACTION").await;
        let moves: Vec<(&Value, &Value)> = told.iter().filter(|line| line.details["act"] == "placed")
            .map(|line| (&line.details["from"], &line.details["to"])).collect();
        assert_eq!(moves, [(&Value::Null, &json!(lab)), (&json!(lab), &json!(works)), (&json!(works), &Value::Null)]);
        assert!(told.iter().filter(|line| line.details["act"] == "placed").all(|line| line.subject == Some(haneul.id.uuid())));
        app.finish().await;
    }

    async fn an_admin_places_nobody_who_holds_more_than_they_do(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let nuri = app.person("nuri").roles(&["super_admin"]).without_phone().await;
        let lab = department(&app, &boss, "연구소", None).await;
        place(&app, &boss, &lab, &nuri).await.assert_problem(403, "forbidden");
        assert_eq!(denials(&app).await, 1);
        place(&app, &boss, &lab, &boss).await.assert_status(204);
        place(&app, &nuri, &lab, &boss).await.assert_status(204);
        app.finish().await;
    }
}
