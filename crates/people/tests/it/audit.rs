//! The reading of the trail: who finds what, that it is on the record, and what everybody sees of their own.

use std::path::Path;

use hanok_accounts::audit::check_now;
use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use crate::{app as house, signed_in};

const LOGS: &str = "/api/v1/audit-logs";

/// Somebody who holds a role, at the interface.
async fn desk(app: &TestApp, name: &str, role: &str) -> Client {
    let person = app.person(name).roles(&[role]).without_phone().await;
    app.client().of(&person)
}

async fn rows(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("{LOGS}{query}")).await;
    page.assert_status(200).body["logs"]
        .as_array()
        .unwrap()
        .clone()
}

/// What the last walk found, walked now.
async fn check(app: &TestApp) {
    assert!(app.verify_audit().await.is_whole());
    let file = Path::new("/nowhere/checkpoints.jsonl");
    let checked = check_now(&app.db, &app.keys, &app.clock, file).await;
    assert!(checked.unwrap().is_whole());
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn an_auditor_finds_rows_by_every_filter_and_leaves_one(db: Db) {
        let app = house(db).await;
        let auditor = desk(&app, "auditor", "auditor").await;
        let mina = app.person("mina").without_phone().await;
        let signed_in = rows(&auditor, "?person=mina&action=user_login").await;
        assert_eq!(signed_in.len(), 1);
        let row = &signed_in[0];
        assert_eq!((&row["actor"], &row["origin"]), (&json!("mina"), &json!("program")));
        let request = row["request_id"].as_str().unwrap();
        for query in [format!("?request_id={request}"), format!("?person={}&action=USER_LOGIN", mina.id)] {
            assert_eq!(rows(&auditor, &query).await[0]["id"], row["id"], "{query}");
        }
        assert!(!rows(&auditor, "?address=127.0.0.1&from=2026-11-21&to=2026-11-21").await.is_empty());
        assert_eq!(rows(&auditor, "?to=2026-11-20").await, Vec::<Value>::new());
        let one = auditor.get(&format!("{LOGS}/{}", row["id"].as_str().unwrap())).await.assert_status(200);
        assert_eq!(one.body["id"], row["id"]);
        auditor.get(&format!("{LOGS}?person=nobody&limit=0")).await.assert_field("/limit", "out_of_range");
        auditor.get(&format!("{LOGS}?person=nobody")).await.assert_field("/person", "audit_person");
        let searches = app.audit_of("AUDIT_SEARCH").await;
        assert_eq!(searches.len(), 6);
        assert_eq!(searches.iter().filter(|line| line.subject == Some(mina.id.uuid())).count(), 3);
        app.finish().await;
    }

    async fn a_page_goes_on_where_the_last_one_ended(db: Db) {
        let app = house(db).await;
        let auditor = desk(&app, "auditor", "auditor").await;
        for name in ["ara", "bora", "chan"] { app.person(name).without_phone().await; }
        let all = rows(&auditor, "?action=USER_LOGIN").await;
        assert_eq!(all.len(), 4);
        let first = auditor.get(&format!("{LOGS}?action=USER_LOGIN&limit=3")).await.assert_status(200).body;
        let next = first["next"].as_str().unwrap();
        let second = auditor.get(&format!("{LOGS}?action=USER_LOGIN&limit=3&cursor={next}")).await.assert_status(200).body;
        assert_eq!(second["logs"][0]["id"], all[3]["id"]);
        assert_eq!((&second["next"], second["logs"].as_array().unwrap().len()), (&Value::Null, 1));
        let back = second["previous"].as_str().unwrap();
        let again = auditor.get(&format!("{LOGS}?action=USER_LOGIN&limit=3&cursor={back}")).await.assert_status(200).body;
        assert_eq!(again["logs"], first["logs"]);
        app.finish().await;
    }

    async fn the_older_address_says_the_same_and_more(db: Db) {
        let app = house(db).await;
        let admin = desk(&app, "admin", "admin").await;
        let older = admin.get("/api/admin/audit-logs?action=USER_LOGIN").await.assert_status(200).body;
        let (row, new) = (&older["logs"][0], &rows(&admin, "?action=USER_LOGIN").await[0]);
        assert_eq!((&row["admin_name"], &row["admin_id"]), (&json!("admin"), &new["actor_id"]));
        assert_eq!((&row["timestamp"], &row["ip_address"], &row["user_agent"]), (&new["at"], &new["address"], &new["agent"]));
        assert!(row["target"].as_str().is_some_and(|target| target.contains(':')), "{row}");
        for (key, value) in new.as_object().unwrap() { assert_eq!(&row[key], value, "{key}"); }
        app.finish().await;
    }

    async fn whoever_owns_no_provider_sees_no_row(db: Db) {
        let app = house(db).await;
        let keeper = desk(&app, "keeper", "service_admin").await;
        assert_eq!(rows(&keeper, "").await, Vec::<Value>::new());
        let row = app.person("auditor").roles(&["auditor"]).without_phone().await;
        let auditor = app.client().of(&row);
        let id = rows(&auditor, "").await[0]["id"].as_str().unwrap().to_owned();
        keeper.get(&format!("{LOGS}/{id}")).await.assert_problem(404, "not_found");
        keeper.get(&format!("{LOGS}?person=auditor")).await.assert_field("/person", "audit_person");
        app.finish().await;
    }

    async fn an_export_is_on_the_record_and_not_for_auditors(db: Db) {
        let app = house(db).await;
        app.person("admin").roles(&["admin"]).without_phone().await;
        app.person("auditor").roles(&["auditor"]).without_phone().await;
        let page = "/admin/audit/export?action=USER_LOGIN";
        let refused = signed_in(&app, "auditor").await.get(page).await;
        assert_eq!(refused.status, 403);
        let file = signed_in(&app, "admin").await.get(page).await.assert_status(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert!(file.header("content-disposition").contains("audit-2026-11-21.csv"), "{:?}", file.headers);
        let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
        assert!(lines[0].starts_with("seq,at,action,actor"), "{}", lines[0]);
        assert_eq!(lines.len(), 5, "{}", file.text);
        let exports = app.audit_of("DATA_EXPORT").await;
        assert_eq!(exports.len(), 1);
        assert_eq!(exports[0].details, json!({ "export": "audit_logs", "filters": ["action"] }));
        app.finish().await;
    }

    async fn the_page_says_whether_the_chain_is_whole(db: Db) {
        let app = house(db).await;
        app.person("auditor").roles(&["auditor"]).without_phone().await;
        let browser = signed_in(&app, "auditor").await;
        let page = browser.get("/admin/audit").await.assert_status(200);
        assert!(page.text.contains("alert-info"), "{}", page.text);
        check(&app).await;
        app.clock.advance(std::time::Duration::from_mins(3));
        let page = browser.get("/admin/audit").await.assert_status(200);
        assert!(page.text.contains("alert-success") && page.text.contains("3분 전"), "{}", page.text);
        app.db.hand_written("UPDATE audit_check SET until_seq = until_seq + 5").await.unwrap();
        let page = browser.get("/admin/audit").await.assert_status(200);
        assert!(page.text.contains("alert-danger") && page.text.contains("hanok audit verify"), "{}", page.text);
        app.finish().await;
    }

    async fn pages_show_rows_and_what_is_wrong_with_a_filter(db: Db) {
        let app = house(db).await;
        app.person("admin").roles(&["admin"]).without_phone().await;
        let browser = signed_in(&app, "admin").await;
        let page = browser.get("/admin/audit?action=USER_LOGIN").await.assert_status(200).text;
        assert!(page.contains("/admin/audit/export?action=USER_LOGIN"), "{page}");
        let at = page.find("class=\"row-link\" href=\"/admin/audit/").unwrap();
        let path = page.get(at..).unwrap().split('"').nth(3).unwrap();
        let one = browser.get(path).await.assert_status(200).text;
        assert!(one.contains("USER_LOGIN") && one.contains("127.0.0.1"), "{one}");
        let wrong = browser.get("/admin/audit?address=here").await;
        assert_eq!(wrong.status, 400);
        assert!(wrong.text.contains("address-error"), "{}", wrong.text);
        app.finish().await;
    }

    async fn everybody_sees_who_looked_at_them_when_and_why(db: Db) {
        let app = house(db).await;
        let mina = app.person("mina").birthdate("1990-02-03").without_phone().await;
        let chief = app.person("chief").name("최고").roles(&["super_admin"]).without_phone().await;
        let client = app.client().of(&chief);
        let asked = json!({ "field": "birthdate", "reason": "생일 축하 명단" });
        client.post(&format!("/api/v1/users/{}/reveal", mina.id)).json(asked).await.assert_status(200);
        client.get(&format!("{LOGS}?person=mina")).await.assert_status(200);
        let mine = app.client().of(&mina);
        let looks = mine.get("/api/v1/me/audit-logs?what=looks").await.assert_status(200).body;
        let looks = looks["records"].as_array().unwrap();
        let actions: Vec<_> = looks.iter().map(|look| look["action"].as_str().unwrap()).collect();
        assert_eq!(actions.len(), 2, "{looks:?}");
        let revealed = looks.iter().find(|look| look["action"] == "DATA_REVEALED").unwrap();
        assert_eq!((&revealed["reason"], &revealed["field"]), (&json!("생일 축하 명단"), &json!("birthdate")));
        assert_eq!((&revealed["actor_name"], &revealed["address"]), (&json!("최고"), &Value::Null));
        let page = signed_in(&app, "mina").await.get("/account/privacy").await.assert_status(200).text;
        for word in ["최고", "생일 축하 명단", "id=\"looks\"", "id=\"records\""] { assert!(page.contains(word), "{word}: {page}"); }
        let chief = client.get("/api/v1/me/audit-logs?what=looks").await.assert_status(200).body;
        assert_eq!(chief["records"], json!([]));
        mine.get("/api/v1/me/audit-logs?what=more").await.assert_field("/what", "invalid_value");
        app.finish().await;
    }
}
