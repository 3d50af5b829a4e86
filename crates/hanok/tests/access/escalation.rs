//! Ways up that somebody might look for: each is refused, changes nothing, and is on the record.

use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Answer, Browser, Person};
use serde_json::{Value, json};

use crate::whole::{Desk, Whole};

/// Each of these was refused for lack of permission, and the trail has a row for each.
async fn all_refused(whole: &Whole, by: &Desk, tries: Vec<Answer>) {
    let before = i64::try_from(tries.len()).unwrap();
    for tried in tries {
        tried.assert_problem(403, "forbidden");
    }
    assert_eq!(
        whole.refusals_of(&by.person).await,
        before,
        "{}",
        by.person.username
    );
}

async fn user(by: &Desk, person: &Person) -> Value {
    let path = format!("/api/v1/users/{}", person.id);
    by.client.get(&path).await.assert_status(200).body
}

/// Asks, as a provider, who somebody is; gives what a person needs to approve.
async fn asked(whole: &Whole, by: &Desk, person: &Person) -> Value {
    let typed = json!({ "name": "A", "site_code": "A", "delivery": "poll" });
    let shop = by.make("/api/v1/providers", typed).await;
    let body = json!({ "client_id": shop["client_id"], "client_secret": shop["client_secret"],
        "user_phone_number": person.phone });
    let asked = whole.client().post("/api/v1/auth/request").json(body).await;
    asked.assert_status(201).body
}

hanok_db::both_engines! {
    async fn a_service_admin_who_grants_themselves_ci_is_refused(db: Db) {
        let whole = Whole::start(db, false).await;
        let keeper = whole.desk("keeper", "service_admin").await;
        let typed = |entitled: bool| json!({ "name": "A", "site_code": "A", "delivery": "poll", "ci_entitled": entitled });
        let provider = keeper.make_id("/api/v1/providers", typed(false)).await;
        let path = format!("/api/v1/providers/{provider}");
        let page = format!("/admin/providers/{provider}/entitlement");
        let by_form = keeper.client.post(&page).header("accept", "application/json").form(&[("entitled", "yes")]);
        let tries = vec![
            keeper.post("/api/v1/providers", typed(true)).await,
            keeper.patch(&path, json!({ "ci_entitled": true })).await,
            by_form.await,
        ];
        all_refused(&whole, &keeper, tries).await;
        assert_eq!(keeper.client.get(&path).await.body["ci_entitled"], false);
        whole.end().await;
    }

    async fn an_admin_who_resets_ends_or_edits_a_super_admin_is_refused(db: Db) {
        let whole = Whole::start(db, false).await;
        let (chief, admin) = (whole.desk("chief", "super_admin").await, whole.desk("admin", "admin").await);
        let path = format!("/api/v1/users/{}", chief.person.id);
        let before = user(&chief, &chief.person).await;
        let tries = vec![
            admin.post(&format!("{path}/password/reset"), json!({})).await,
            admin.client.delete(&format!("{path}/sessions")).await,
            admin.patch(&path, json!({ "name": "다른 이름" })).await,
            admin.patch(&path, json!({ "status": "disabled" })).await,
            admin.post(&format!("{path}/demote"), json!({})).await,
            admin.client.delete(&format!("{path}/roles/super_admin")).await,
            admin.client.delete(&path).await,
        ];
        all_refused(&whole, &admin, tries).await;
        assert_eq!(user(&chief, &chief.person).await, before);
        whole.end().await;
    }

    async fn an_administrator_who_approves_for_another_is_refused(db: Db) {
        let whole = Whole::start(db, false).await;
        let (chief, person) = (whole.desk("chief", "super_admin").await, whole.person("haneul").await);
        let asked = asked(&whole, &chief, &person).await;
        let answer = json!({ "transaction_id": asked["transaction_id"], "binding_code": asked["binding_code"],
            "pin_code": person.pin });
        let denial = json!({ "transaction_id": asked["transaction_id"] });
        let phone = whole.pair(&chief.person).await;
        let tries = vec![
            chief.post("/api/v1/auth/confirm", answer.clone()).await,
            chief.post("/api/v1/auth/deny", denial.clone()).await,
            phone.post("/api/v1/auth/confirm").json(answer.clone()).await,
            phone.post("/api/v1/auth/deny").json(denial).await,
        ];
        for tried in tries {
            tried.assert_problem(404, "unknown_transaction");
        }
        assert_eq!(whole.refusals_of(&chief.person).await, 4);
        let own = whole.pair(&person).await;
        own.post("/api/v1/auth/confirm").json(answer).await.assert_status(200);
        whole.end().await;
    }

    async fn there_is_no_call_by_which_an_administrator_pairs_or_sets_a_pin_for_another(db: Db) {
        let whole = Whole::start(db, false).await;
        let (chief, person) = (whole.desk("chief", "super_admin").await, whole.person("haneul").await);
        let of_others = ["/users/{", "/people/{"];
        for entry in whole.program.route_entries() {
            let is_of_another = of_others.iter().any(|part| entry.path.contains(part));
            let gives = ["device", "phone", "pair", "pin", "confirm", "approve"];
            let last = entry.path.rsplit('/').next().unwrap();
            assert!(!is_of_another || !gives.iter().any(|word| last.contains(word)), "{}", entry.path);
        }
        let (path, before) = (format!("/api/v1/users/{}", person.id), user(&chief, &person).await);
        // What a change does not know it passes over.
        for word in [json!({ "pin_code": "905713" }), json!({ "pin": "905713" }), json!({ "devices": 1 })] {
            chief.patch(&path, word).await;
        }
        assert_eq!(user(&chief, &person).await, before);
        let asked = asked(&whole, &chief, &person).await;
        let phone = whole.pair(&person).await;
        let answer = json!({ "transaction_id": asked["transaction_id"], "binding_code": asked["binding_code"],
            "pin_code": person.pin });
        phone.post("/api/v1/auth/confirm").json(answer).await.assert_status(200);
        whole.end().await;
    }

    async fn the_last_super_admin_does_not_leave(db: Db) {
        let whole = Whole::start(db, false).await;
        let chief = whole.desk("chief", "super_admin").await;
        let path = format!("/api/v1/users/{}", chief.person.id);
        let tries = vec![
            chief.post(&format!("{path}/demote"), json!({})).await,
            chief.client.delete(&format!("{path}/roles/super_admin")).await,
            chief.patch(&path, json!({ "status": "disabled" })).await,
            chief.client.delete(&path).await,
        ];
        all_refused(&whole, &chief, tries).await;
        let browser = Browser::new(&whole);
        let form = [("user_id", "chief"), ("password", chief.person.password.as_str())];
        browser.post("/login", &form).await.assert_status(302);
        let closed = browser.post("/account/privacy/close", &[("username", "chief")]).await.assert_status(302);
        assert_eq!(closed.header("location"), "/account/privacy/close");
        assert_eq!(whole.refusals_of(&chief.person).await, 5);
        assert_eq!(user(&chief, &chief.person).await["roles"], json!(["super_admin", "user"]));
        whole.end().await;
    }

    async fn a_manager_who_moves_somebody_into_their_own_department_is_refused(db: Db) {
        let whole = Whole::start(db, false).await;
        let (chief, lead) = (whole.desk("chief", "super_admin").await, whole.desk("lead", "manager").await);
        let person = whole.person("haneul").await;
        let typed = json!({ "name": "연구소", "manager_id": lead.person.id.to_string() });
        let department = chief.make_id("/api/v1/departments", typed).await;
        let path = format!("/api/v1/departments/{department}");
        let page = format!("/admin/departments/{department}/members");
        let by_form = lead.client.post(&page).header("accept", "application/json").form(&[("username", "haneul")]);
        let tries = vec![
            lead.put(&format!("{path}/members/{}", person.id), json!({})).await,
            lead.put(&format!("{path}/members/{}", lead.person.id), json!({})).await,
            lead.patch(&path, json!({ "parent_id": null })).await,
            by_form.await,
        ];
        all_refused(&whole, &lead, tries).await;
        assert_eq!(chief.client.get(&path).await.assert_status(200).body["people"], 0);
        whole.end().await;
    }

    async fn a_manager_who_connects_to_the_administrators_room_hears_nothing_there(db: Db) {
        let whole = Whole::start(db, false).await;
        let (lead, admin) = (whole.desk("lead", "manager").await, whole.desk("admin", "admin").await);
        let auth = |desk: &Desk| json!({ "token": desk.person.token, "rooms": ["admin_dashboard"] });
        let mut watching = Wire::seated(whole.client(), &auth(&admin)).await;
        let mut leading = Wire::seated(whole.client(), &auth(&lead)).await;
        let live = &whole.program.accounts().live;
        live.emit("admin_dashboard", "news", &json!(1));
        live.emit(&format!("user_{}", lead.person.id), "mark", &json!(2));
        assert_eq!(watching.hear().await, Heard::Event("news".into(), json!(1)));
        assert_eq!(leading.hear().await, Heard::Event("mark".into(), json!(2)));
        assert_eq!(whole.refusals_of(&lead.person).await, 1);
        assert_eq!(whole.refusals_of(&admin.person).await, 0);
        whole.end().await;
    }

    async fn an_admin_who_makes_a_role_with_full_user_info_is_refused(db: Db) {
        let whole = Whole::start(db, false).await;
        let (chief, admin) = (whole.desk("chief", "super_admin").await, whole.desk("admin", "admin").await);
        chief.make("/api/v1/roles", json!({ "name": "keeper", "permissions": ["people_read"] })).await;
        let spying = json!({ "name": "spy", "permissions": ["full_user_info"] });
        let by_form = admin.client.post("/admin/roles").header("accept", "application/json");
        let by_form = by_form.form(&[("name", "spy"), ("permissions", "full_user_info")]);
        let typed = json!({ "name": "열쇠", "permissions": ["full_user_info"] });
        let tries = vec![
            admin.post("/api/v1/roles", spying).await,
            admin.patch("/api/v1/roles/keeper", json!({ "permissions": ["full_user_info"] })).await,
            by_form.await,
            admin.post("/api/v1/me/keys", typed).await,
        ];
        all_refused(&whole, &admin, tries).await;
        let roles = admin.client.get("/api/v1/roles").await.assert_status(200).text;
        assert!(!roles.contains("\"spy\""), "{roles}");
        whole.end().await;
    }
}
