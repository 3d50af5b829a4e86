//! Nobody rises above what they were given: every try is refused, and on the record.

use hanok_testkit::{Answer, Person, TestApp};
use serde_json::json;

use super::{Desk, USERS};
use crate::app as house;

/// Refused, and a row says who tried.
async fn refused(app: &TestApp, by: &Desk, answer: Answer) {
    let of_desk = async || {
        let rows = app.audit_of("PERMISSION_DENIED").await;
        let own = rows
            .iter()
            .filter(|row| row.actor == Some(by.person.id.uuid()));
        own.count()
    };
    answer.assert_problem(403, "forbidden");
    assert!(of_desk().await > 0, "no row of {}", by.person.username);
}

async fn roles_of(desk: &Desk, person: &Person) -> serde_json::Value {
    desk.get(person).await.assert_status(200).body["roles"].clone()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn an_admin_does_nothing_to_a_super_admin_or_another_admin(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        desk.gives_the_password_again().await;
        for high in [Desk::of(&app, "chief", "super_admin").await, Desk::of(&app, "peer", "admin").await] {
            let high = &high.person;
            let tries = [
                desk.patch(high, json!({ "name": "다른 이름" })).await,
                desk.patch(high, json!({ "status": "disabled" })).await,
                desk.delete(high, "").await,
                desk.delete(high, "/sessions").await,
                desk.delete(high, "/roles/manager").await,
                desk.act(high, "/unlock", json!({})).await,
                desk.act(high, "/password/reset", json!({})).await,
                desk.act(high, "/promote", json!({})).await,
                desk.act(high, "/demote", json!({})).await,
                desk.act(high, "/reveal", json!({ "field": "email", "reason": "궁금해서" })).await,
            ];
            for tried in tries {
                refused(&app, &desk, tried).await;
            }
            app.client().of(high).get("/api/v1/me").await.assert_status(200);
        }
        assert_eq!(app.audit_of("PERMISSION_DENIED").await.len(), 20);
        app.finish().await;
    }

    async fn only_a_super_admin_makes_and_unmakes_admins(db: Db) {
        let app = house(db).await;
        let (chief, desk) = (Desk::of(&app, "chief", "super_admin").await, Desk::of(&app, "desk", "admin").await);
        let ara = app.person("ara").await;
        desk.gives_the_password_again().await;
        refused(&app, &desk, desk.act(&ara, "/promote", json!({})).await).await;
        refused(&app, &desk, desk.act(&ara, "/demote", json!({})).await).await;
        refused(&app, &desk, desk.act(&ara, "/roles", json!({ "role": "super_admin" })).await).await;
        app.clock.advance(std::time::Duration::from_mins(6));
        chief.act(&ara, "/promote", json!({})).await.assert_problem(403, "password_required");
        chief.gives_the_password_again().await;
        let admin = chief.act(&ara, "/promote", json!({})).await.assert_status(200).body;
        assert_eq!(admin["roles"], json!(["admin", "user"]));
        app.client().of(&ara).get("/api/v1/me").await.assert_status(401);
        let user = chief.act(&ara, "/demote", json!({})).await.assert_status(200).body;
        assert_eq!(user["roles"], json!(["user"]));
        app.settle().await;
        app.finish().await;
    }

    async fn nobody_acts_on_themselves(db: Db) {
        let app = house(db).await;
        let chief = Desk::of(&app, "chief", "super_admin").await;
        chief.gives_the_password_again().await;
        let own = &chief.person;
        let tries = [
            chief.patch(own, json!({ "status": "disabled" })).await,
            chief.delete(own, "").await,
            chief.delete(own, "/roles/super_admin").await,
            chief.act(own, "/demote", json!({})).await,
            chief.act(own, "/roles", json!({ "role": "manager" })).await,
        ];
        for tried in tries {
            refused(&app, &chief, tried).await;
        }
        assert_eq!(roles_of(&chief, own).await, json!(["super_admin", "user"]));
        app.finish().await;
    }

    async fn an_admin_gives_what_they_hold_and_takes_it_again(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let ara = app.person("ara").await;
        desk.gives_the_password_again().await;
        desk.act(&ara, "/roles", json!({ "roles": ["Manager", "auditor"] })).await.assert_status(200);
        assert_eq!(roles_of(&desk, &ara).await, json!(["manager", "auditor", "user"]));
        desk.act(&ara, "/roles", json!({ "role": "no_such" })).await.assert_field("/role", "role_unknown");
        let set = desk.client.put(&format!("{}/{}/roles", USERS, ara.id));
        let set = set.json(json!({ "roles": ["service_admin"] })).await.assert_status(200).body;
        assert_eq!(set["roles"], json!(["service_admin", "user"]));
        desk.delete(&ara, "/roles/user").await.assert_field("/role", "role_of_everybody");
        desk.delete(&ara, "/roles/service_admin").await.assert_status(200);
        assert_eq!(roles_of(&desk, &ara).await, json!(["user"]));
        app.settle().await;
        app.finish().await;
    }

    async fn who_runs_no_people_reads_and_changes_none(db: Db) {
        let app = house(db).await;
        let ara = app.person("ara").await;
        for (name, role) in [("lead", "manager"), ("shop", "service_admin")] {
            let desk = Desk::of(&app, name, role).await;
            assert_eq!(desk.names("").await, Vec::<String>::new(), "{role}");
            desk.get(&ara).await.assert_problem(404, "not_found");
            refused(&app, &desk, desk.patch(&ara, json!({ "name": "다른 이름" })).await).await;
            refused(&app, &desk, desk.act(&ara, "/roles", json!({ "role": role })).await).await;
        }
        let desk = Desk::of(&app, "book", "auditor").await;
        refused(&app, &desk, desk.client.get(USERS).await).await;
        app.finish().await;
    }

    async fn who_makes_an_account_gives_it_no_more_than_they_have(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let typed = |role: &str| json!({ "username": "ara", "name": "김아라", "role": role });
        let made = desk.client.post(USERS).json(typed("super_admin")).await;
        refused(&app, &desk, made).await;
        app.clock.advance(std::time::Duration::from_mins(6));
        let made = desk.client.post(USERS).json(typed("manager")).await;
        made.assert_problem(403, "password_required");
        desk.gives_the_password_again().await;
        let made = desk.client.post(USERS).json(typed("manager")).await.assert_status(201).body;
        assert_eq!(made["roles"], json!(["manager", "user"]));
        app.settle().await;
        app.finish().await;
    }
}
