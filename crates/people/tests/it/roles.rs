//! Roles of the organisation's own: who makes one, what it allows at once, and the page that shows them all.

use std::time::Duration;

use hanok_testkit::{Answer, PASSWORD, Person, TestApp};
use serde_json::{Value, json};

use crate::{app, assert_leads, signed_in};

const ROLES: &str = "/api/v1/roles";

async fn mighty(app: &TestApp) -> Person {
    app.person("nuri").roles(&["super_admin"]).await
}

async fn make(app: &TestApp, person: &Person, input: Value) -> Answer {
    app.client().of(person).post(ROLES).json(input).await
}

async fn change(app: &TestApp, person: &Person, name: &str, patch: Value) -> Answer {
    let call = app.client().of(person).patch(&format!("{ROLES}/{name}"));
    call.json(patch).await
}

/// The role of this name among all.
async fn listed(app: &TestApp, person: &Person, name: &str) -> Value {
    let all = app.client().of(person).get(ROLES).await.assert_status(200);
    let roles = all.body["roles"].as_array().unwrap().clone();
    let found = roles.into_iter().find(|role| role["name"] == name);
    found.unwrap_or(Value::Null)
}

async fn withdraw(app: &TestApp, person: &Person, role: &str) {
    let ctx = hanok_web::Ctx::program("test", app.clock.now());
    app.accounts
        .withdraw_role(&ctx, person.id, role)
        .await
        .unwrap();
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_super_admin_makes_changes_and_removes_a_role(db: Db) {
        let app = app(db).await;
        let nuri = mighty(&app).await;
        let made = make(&app, &nuri, json!({ "name": " Site_Keeper ", "permissions": ["people_read", "audit_read"] })).await;
        let role = json!({ "name": "site_keeper", "built_in": false, "permissions": ["audit_read", "people_read"], "held_by": 0 });
        assert_eq!(made.assert_status(201).body, role);
        assert_eq!(listed(&app, &nuri, "site_keeper").await, role);
        // The trail is read in the order of time.
        app.clock.advance(Duration::from_secs(1));
        let changed = change(&app, &nuri, "Site_Keeper", json!({ "name": "keeper", "permissions": ["audit_read"] })).await;
        assert_eq!(changed.assert_status(200).body, json!({ "name": "keeper", "built_in": false, "permissions": ["audit_read"], "held_by": 0 }));
        assert_eq!(listed(&app, &nuri, "site_keeper").await, Value::Null);
        app.clock.advance(Duration::from_secs(1));
        app.client().of(&nuri).delete(&format!("{ROLES}/keeper")).await.assert_status(204);
        app.client().of(&nuri).get(&format!("{ROLES}/keeper")).await.assert_problem(404, "not_found");
        let trail = app.audit_of("ROLE_CHANGE").await;
        let told: Vec<&Value> = trail.iter().filter(|line| line.details["role"].is_string()).map(|line| &line.details).collect();
        assert_eq!(told[1], &json!({ "role": "site_keeper", "renamed": "keeper", "added": [], "removed": ["people_read"] }));
        assert_eq!(told.len(), 3);
        app.finish().await;
    }

    async fn an_admin_who_makes_a_role_with_full_user_info_is_refused_on_the_record(db: Db) {
        let app = app(db).await;
        let (nuri, admin) = (mighty(&app).await, app.person("bada").roles(&["admin"]).await);
        make(&app, &nuri, json!({ "name": "keeper" })).await.assert_status(201);
        let beyond = json!({ "name": "spy", "permissions": ["full_user_info"] });
        make(&app, &admin, beyond).await.assert_problem(403, "forbidden");
        make(&app, &admin, json!({ "name": "harmless" })).await.assert_problem(403, "forbidden");
        change(&app, &admin, "keeper", json!({ "permissions": ["full_user_info"] })).await.assert_problem(403, "forbidden");
        app.client().of(&admin).delete(&format!("{ROLES}/keeper")).await.assert_problem(403, "forbidden");
        let denied = app.audit_of("PERMISSION_DENIED").await;
        assert_eq!(denied.iter().filter(|line| line.actor == Some(admin.id.uuid())).count(), 4);
        assert_eq!(listed(&app, &admin, "keeper").await["permissions"], json!([]));
        assert_eq!(listed(&app, &admin, "spy").await, Value::Null);
        for other in ["manager", "service_admin", "auditor"] {
            let person = app.person(&format!("walks-{}", other.replace('_', "-"))).roles(&[other]).await;
            app.client().of(&person).get(ROLES).await.assert_problem(403, "forbidden");
        }
        app.finish().await;
    }

    async fn roles_ask_for_the_password_again(db: Db) {
        let app = app(db).await;
        let nuri = mighty(&app).await;
        make(&app, &nuri, json!({ "name": "keeper" })).await.assert_status(201);
        app.clock.advance(Duration::from_mins(5));
        make(&app, &nuri, json!({ "name": "other" })).await.assert_problem(403, "password_required");
        change(&app, &nuri, "keeper", json!({ "permissions": ["audit_read"] })).await.assert_problem(403, "password_required");
        app.client().of(&nuri).delete(&format!("{ROLES}/keeper")).await.assert_problem(403, "password_required");
        let again = app.client().of(&nuri).post("/api/v1/me/password/confirm").json(json!({ "password": PASSWORD }));
        again.await.assert_status(204);
        make(&app, &nuri, json!({ "name": "other" })).await.assert_status(201);
        app.finish().await;
    }

    async fn a_change_counts_at_once_for_all_who_hold_the_role(db: Db) {
        let app = app(db).await;
        let nuri = mighty(&app).await;
        make(&app, &nuri, json!({ "name": "keeper", "permissions": ["user_management", "api_access"] })).await.assert_status(201);
        let mut somin = app.person("somin").roles(&["keeper"]).await;
        let browser = signed_in(&app, "somin").await;
        let key = app.client().of(&somin).post("/api/v1/me/keys").json(json!({ "name": "x", "permissions": ["user_management"] }));
        let key = key.await.assert_status(201).body["key"].as_str().unwrap().to_owned();
        let by_key = app.client().header("x-api-key", &key);
        browser.get("/admin/roles").await.assert_status(200);
        by_key.get(ROLES).await.assert_status(200);
        change(&app, &nuri, "keeper", json!({ "permissions": ["api_access"] })).await.assert_status(200);
        assert_eq!(browser.get("/admin/roles").await.status, 403);
        by_key.get(ROLES).await.assert_problem(403, "forbidden");
        app.client().of(&somin).get(ROLES).await.assert_problem(401, "unauthorized");
        app.sign_in_again(&mut somin).await;
        app.client().of(&somin).get(ROLES).await.assert_problem(403, "forbidden");
        change(&app, &nuri, "keeper", json!({ "permissions": [] })).await.assert_status(200);
        by_key.get("/api/v1/me").await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn a_role_that_is_held_is_renamed_with_its_holders_and_not_removed(db: Db) {
        let app = app(db).await;
        let nuri = mighty(&app).await;
        make(&app, &nuri, json!({ "name": "keeper", "permissions": ["audit_read"] })).await.assert_status(201);
        let somin = app.person("somin").roles(&["keeper"]).await;
        change(&app, &nuri, "keeper", json!({ "name": "문지기" })).await.assert_status(200);
        assert_eq!(listed(&app, &nuri, "문지기").await["held_by"], 1);
        app.client().of(&nuri).delete(&format!("{ROLES}/문지기")).await.assert_problem(409, "conflict");
        withdraw(&app, &somin, "문지기").await;
        app.client().of(&nuri).delete(&format!("{ROLES}/문지기")).await.assert_status(204);
        app.finish().await;
    }

    async fn what_every_installation_has_is_read_only(db: Db) {
        let app = app(db).await;
        let nuri = mighty(&app).await;
        for taken in ["Admin", "user", "new"] {
            make(&app, &nuri, json!({ "name": taken })).await.assert_field("/name", "role_name_taken");
        }
        make(&app, &nuri, json!({ "name": "keeper" })).await.assert_status(201);
        make(&app, &nuri, json!({ "name": "KEEPER" })).await.assert_field("/name", "role_name_taken");
        make(&app, &nuri, json!({ "name": "other", "permissions": ["fly"] })).await.assert_field("/permissions/0", "permission_unknown");
        change(&app, &nuri, "manager", json!({ "permissions": ["full_user_info"] })).await.assert_problem(404, "not_found");
        app.client().of(&nuri).delete(&format!("{ROLES}/manager")).await.assert_problem(404, "not_found");
        let all = app.client().of(&nuri).get(ROLES).await.assert_status(200).body;
        let names: Vec<&str> = all["roles"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["super_admin", "admin", "service_admin", "manager", "auditor", "user", "keeper"]);
        assert_eq!(all["roles"][0]["permissions"].as_array().unwrap().len(), all["permissions"].as_array().unwrap().len());
        assert_eq!((&all["roles"][0]["held_by"], &all["roles"][5]["held_by"]), (&json!(1), &Value::Null));
        app.finish().await;
    }

    async fn the_page_shows_every_role_and_makes_one(db: Db) {
        let app = app(db).await;
        mighty(&app).await;
        app.person("bada").roles(&["admin"]).await;
        let browser = signed_in(&app, "nuri").await;
        let matrix = browser.get("/admin/roles").await.assert_status(200).text;
        for word in ["href=\"/admin/roles/new\"", "href=\"/admin/roles/manager\"", "data-label=\"감사 담당\"", "가린 개인정보 보기"] {
            assert!(matrix.contains(word), "{word}: {matrix}");
        }
        let wrong = browser.post("/admin/roles", &[("name", "admin"), ("audit_read", "on")]).await;
        assert_leads(&wrong, "/admin/roles/new");
        let again = browser.get("/admin/roles/new").await.assert_status(200).text;
        assert!(again.contains("id=\"name-error\"") && again.contains("name=\"audit_read\" value=\"on\" checked"), "{again}");
        let made = browser.post("/admin/roles", &[("name", "keeper"), ("audit_read", "on")]).await;
        assert_leads(&made, "/admin/roles/keeper");
        let shown = browser.get("/admin/roles/keeper").await.assert_status(200).text;
        assert!(shown.contains("action=\"/admin/roles/keeper/delete\"") && shown.contains("class=\"empty\""), "{shown}");
        app.person("somin").name("<b>소민").roles(&["keeper"]).await;
        let held = browser.get("/admin/roles/keeper").await.assert_status(200).text;
        assert!(held.contains("&#60;b&#62;소민") && !held.contains("/keeper/delete"), "{held}");
        let changed = browser.post("/admin/roles/keeper", &[("name", "keeper"), ("people_read", "on")]).await;
        assert_leads(&changed, "/admin/roles/keeper");
        let reader = signed_in(&app, "bada").await;
        let read = reader.get("/admin/roles/keeper").await.assert_status(200).text;
        assert!(read.contains("구성원 보기") && !read.contains("<form method=\"post\" action=\"/admin/roles"), "{read}");
        assert_eq!(reader.get("/admin/roles/new").await.status, 403);
        app.clock.advance(Duration::from_mins(5));
        let late = browser.post("/admin/roles/keeper/delete", &[]).await;
        assert_leads(&late, "/account/confirm?next=/admin/roles/keeper");
        app.finish().await;
    }
}
