//! The list of people and what administrators do to accounts, over the interface.

mod escalation;
mod password;
mod scope;

use hanok_db::params;
use hanok_testkit::{Answer, Client, Person, Settings, TestApp};
use serde_json::{Value, json};

use crate::app as house;

pub const USERS: &str = "/api/v1/users";

/// Somebody at a desk of the console.
pub struct Desk {
    pub person: Person,
    pub client: Client,
}

impl Desk {
    pub async fn of(app: &TestApp, name: &str, role: &str) -> Self {
        let person = app.person(name).roles(&[role]).without_phone().await;
        let client = app.client().of(&person);
        Self { person, client }
    }

    pub async fn gives_the_password_again(&self) {
        let given = json!({ "password": self.person.password });
        let confirm = self.client.post("/api/v1/me/password/confirm");
        confirm.json(given).await.assert_status(204);
    }

    pub async fn act(&self, person: &Person, act: &str, body: Value) -> Answer {
        let path = format!("{USERS}/{}{act}", person.id);
        self.client.post(&path).json(body).await
    }

    pub async fn get(&self, person: &Person) -> Answer {
        self.client.get(&format!("{USERS}/{}", person.id)).await
    }

    pub async fn patch(&self, person: &Person, change: Value) -> Answer {
        let path = format!("{USERS}/{}", person.id);
        self.client.patch(&path).json(change).await
    }

    pub async fn delete(&self, person: &Person, below: &str) -> Answer {
        let path = format!("{USERS}/{}{below}", person.id);
        self.client.delete(&path).await
    }

    /// The usernames of a page, in its order.
    async fn names(&self, query: &str) -> Vec<String> {
        let page = self.client.get(&format!("{USERS}{query}")).await;
        let page = page.assert_status(200).body;
        let users = page["users"].as_array().unwrap().iter();
        users
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect()
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_page_says_who_and_of_how_many(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        for name in ["ara", "bora", "chan"] {
            app.person(name).name(name).email("hong@example.com").signed_out().await;
        }
        let page = desk.client.get("/api/v1/users?per_page=2&page=2").await.assert_status(200).body;
        assert_eq!(page["pagination"], json!({ "page": 2, "per_page": 2, "total": 4, "pages": 2 }));
        let ara = desk.client.get("/api/v1/users?q=ara").await.assert_status(200).body;
        let ara = &ara["users"][0];
        assert_eq!(ara["username"], "ara");
        assert_eq!((&ara["email"], &ara["email_verified"]), (&json!("h***@example.com"), &json!(false)));
        assert_eq!((&ara["role"], &ara["roles"]), (&json!("user"), &json!(["user"])));
        assert_eq!((&ara["department"], &ara["last_login"]), (&Value::Null, &Value::Null));
        let own = desk.get(&desk.person).await.assert_status(200).body;
        assert!(own["last_login"].as_str().is_some_and(|at| at.contains('T')), "{own}");
        app.finish().await;
    }

    async fn filters_search_and_order_work_together(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let ara = app.person("ara").name("가가").await;
        app.person("bora").name("나나").roles(&["auditor"]).signed_out().await;
        let chan = app.person("chan").name("다다").verified_email("chan@example.com").signed_out().await;
        assert_eq!(desk.names("?q=나").await, ["bora"]);
        assert_eq!(desk.names("?q=AR").await, ["ara"]);
        assert_eq!(desk.names("?role=auditor").await, ["bora"]);
        assert_eq!(desk.names(&format!("?q={}", ara.phone)).await, ["ara"]);
        assert_eq!(desk.names("?q=chan%40example.com").await, ["chan"]);
        assert_eq!(desk.names("?q=example").await, Vec::<String>::new());
        assert_eq!(desk.names("?sort=-username&per_page=2").await, ["desk", "chan"]);
        desk.patch(&chan, json!({ "status": "disabled" })).await.assert_status(200);
        assert_eq!(desk.names("?q=chan").await, Vec::<String>::new());
        assert_eq!(desk.names("?status=disabled").await, ["chan"]);
        assert_eq!(desk.names("?status=all&q=chan").await, ["chan"]);
        desk.client.get("/api/v1/users?page=501").await.assert_field("/page", "out_of_range");
        desk.client.get("/api/v1/users?per_page=101").await.assert_field("/per_page", "out_of_range");
        app.settle().await;
        app.finish().await;
    }

    async fn addresses_as_they_are_leave_one_row_for_the_call(db: Db) {
        let app = house(db).await;
        let chief = Desk::of(&app, "chief", "super_admin").await;
        let desk = Desk::of(&app, "desk", "admin").await;
        for name in ["ara", "bora"] {
            app.person(name).email("hong@example.com").signed_out().await;
        }
        desk.client.get(USERS).await.assert_status(200);
        assert!(app.audit_of("DATA_REVEALED").await.is_empty());
        let page = chief.client.get(USERS).await.assert_status(200);
        assert_eq!(page.text.matches("hong@example.com").count(), 2);
        let rows = app.audit_of("DATA_REVEALED").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].actor, Some(chief.person.id.uuid()));
        assert_eq!(rows[0].details["accounts"].as_array().unwrap().len(), 4);
        app.finish().await;
    }

    async fn the_list_is_read_ten_times_a_minute(db: Db) {
        let limited = |settings: &mut Settings| settings.limits.user_list_per_minute = 10;
        let app = crate::app_of(TestApp::builder(db).config(limited)).await;
        let (desk, other) = (Desk::of(&app, "desk", "admin").await, Desk::of(&app, "other", "admin").await);
        for _ in 0..10 {
            desk.client.get(USERS).await.assert_status(200);
        }
        let refused = desk.client.get("/api/admin/users").await.assert_problem(429, "rate_limited");
        assert!(refused.retry_after().is_some());
        other.client.get(USERS).await.assert_status(200);
        app.finish().await;
    }

    async fn an_account_is_made_for_somebody_who_then_chooses_a_password(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let typed = json!({ "username": "ara", "name": "김아라", "department": "개발팀", "email": "ara@example.com" });
        let made = desk.client.post(USERS).json(typed.clone()).await.assert_status(201).body;
        assert_eq!((&made["department"], &made["role"]), (&json!("개발팀"), &json!("user")));
        let temporary = made["temporary_password"].as_str().unwrap();
        app.sign_in("ara", temporary).await.assert_problem(403, "password_change_required");
        desk.client.post(USERS).json(typed).await.assert_field("/username", "username_taken");
        let wrong = json!({ "username": "a", "birthdate": "x", "password": "short" });
        let wrong = desk.client.post(USERS).json(wrong).await.assert_problem(400, "invalid_request");
        let named: Vec<String> = wrong.fields().into_iter().map(|(pointer, _)| pointer).collect();
        assert!(["/name", "/username", "/birthdate", "/password"].iter().all(|it| named.contains(&(*it).to_owned())));
        app.settle().await;
        app.finish().await;
    }

    async fn a_person_is_changed_but_for_what_they_have_proven(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let ara = app.person("ara").verified_email("ara@example.com").await;
        let changed = json!({ "name": "김아라", "birthdate": "1990-02-03" });
        let after = desk.patch(&ara, changed.clone()).await.assert_status(200).body;
        assert_eq!((&after["name"], &after["birthdate_known"]), (&json!("김아라"), &json!(true)));
        let rows = app.audit_of("USER_INFO_UPDATE").await.len();
        desk.patch(&ara, changed).await.assert_status(200);
        assert_eq!(app.audit_of("USER_INFO_UPDATE").await.len(), rows, "the same again is no change");
        desk.patch(&ara, json!({ "email": "other@example.com" })).await.assert_field("/email", "email_verified_by_owner");
        desk.patch(&ara, json!({ "phone_number": null })).await.assert_field("/phone_number", "phone_proven_by_owner");
        desk.patch(&ara, json!({ "department": "없는 부서" })).await.assert_field("/department", "department_unknown");
        let bora = app.person("bora").unproven().await;
        let number = json!({ "phone_number": "010-9999-1234", "email": "bora@example.com" });
        let after = desk.patch(&bora, number).await.assert_status(200).body;
        assert_eq!((&after["phone_number"], &after["phone_proven"]), (&json!("010-****-1234"), &json!(false)));
        assert_eq!(after["email"], "b***@example.com");
        app.settle().await;
        app.finish().await;
    }

    async fn locks_are_lifted_and_sessions_end(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let ara = app.person("ara").await;
        for _ in 0..5 {
            app.sign_in("ara", "Wrong-pass-1").await.assert_problem(401, "invalid_credentials");
        }
        app.sign_in("ara", &ara.password).await.assert_problem(423, "account_locked");
        assert_eq!(desk.names("?status=locked").await, ["ara"]);
        let pin = desk.act(&ara, "/unlock", json!({ "lock": "pin" })).await.assert_status(200).body;
        assert_eq!(pin["unlocked"], false);
        let both = desk.act(&ara, "/unlock", json!({})).await.assert_status(200).body;
        assert_eq!(both["unlocked"], true);
        app.sign_in("ara", &ara.password).await.assert_status(200);
        let ended = desk.delete(&ara, "/sessions").await.assert_status(200).body;
        assert!(ended["ended"].as_u64().unwrap() >= 2, "{ended}");
        app.client().of(&ara).get("/api/v1/me").await.assert_status(401);
        app.finish().await;
    }

    async fn an_account_that_records_need_is_kept(db: Db) {
        let app = house(db.clone()).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let (ara, bora) = (app.person("ara").await, app.person("bora").await);
        db.write::<_, hanok_db::DbError, _>(async move |tx| {
            tx.execute("CREATE TABLE record_of (account_id UUID NOT NULL REFERENCES account (id))", params![]).await?;
            tx.execute("INSERT INTO record_of (account_id) VALUES ($1)", params![ara.id]).await?;
            Ok(())
        }).await?;
        let kept = desk.client.delete(&format!("{USERS}/{}", ara.id)).await.assert_problem(409, "conflict");
        assert!(kept.body["detail"].as_str().unwrap().contains("중지"), "{}", kept.text);
        desk.delete(&bora, "").await.assert_status(204);
        desk.get(&bora).await.assert_status(404);
        app.client().of(&bora).get("/api/v1/me").await.assert_status(401);
        app.settle().await;
        app.finish().await;
    }

    async fn one_value_is_shown_for_a_reason_that_its_owner_can_read(db: Db) {
        let app = house(db).await;
        let chief = Desk::of(&app, "chief", "super_admin").await;
        let ara = app.person("ara").birthdate("1990-02-03").await;
        let asked = json!({ "field": "birthdate", "reason": "생일 축하 명단" });
        let shown = chief.act(&ara, "/reveal", asked).await.assert_status(200);
        assert_eq!((&shown.body["value"], shown.header("cache-control")), (&json!("1990-02-03"), "no-store"));
        let phone = json!({ "field": "phone_number", "reason": "급한 연락" });
        let phone = chief.act(&ara, "/reveal", phone).await.assert_status(200).body;
        assert_eq!(phone["value"].as_str().unwrap().replace('-', ""), ara.phone.replace('-', ""));
        chief.act(&ara, "/reveal", json!({ "field": "email", "reason": "  a " })).await.assert_field("/reason", "reason_needed");
        chief.act(&ara, "/reveal", json!({ "field": "pin", "reason": "왜냐하면" })).await.assert_field("/field", "unknown_value");
        let rows = app.audit_of("DATA_REVEALED").await;
        assert_eq!(rows.len(), 2);
        let told = json!({ "field": "birthdate", "reason": "생일 축하 명단" });
        assert!(rows.iter().any(|row| row.subject == Some(ara.id.uuid()) && row.details == told));
        app.finish().await;
    }

    async fn the_older_addresses_answer_the_same(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        // Who registers does so in a house that is set up.
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        let ara = app.person("ara").await;
        for below in [String::new(), format!("/{}", ara.id), format!("/{}/roles", ara.id)] {
            let new = desk.client.get(&format!("{USERS}{below}")).await.assert_status(200);
            let old = desk.client.get(&format!("/api/admin/users{below}")).await.assert_status(200);
            assert_eq!(new.body, old.body);
        }
        let typed = json!({ "username": ara.username, "password": ara.password });
        let old = app.client().post("/api/auth/login").json(typed).await.assert_status(200).body;
        let token = old["access_token"].as_str().unwrap();
        let client = app.client().bearer(token);
        assert_eq!(client.get("/api/auth/me").await.assert_status(200).body["username"], "ara");
        client.post("/api/auth/logout").await.assert_status(204);
        client.get("/api/auth/me").await.assert_status(401);
        let typed = json!({ "username": "bora", "name": "보라", "password": "Maru-tree-7" });
        app.client().post("/api/auth/signup").json(typed).await.assert_status(201);
        app.settle().await;
        app.finish().await;
    }
}
