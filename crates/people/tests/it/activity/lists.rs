//! What of it is listed: narrowed, page by page, as a file, and to whom.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ALL, MINE, listed, number, signs_in};
use crate::{app as house, signed_in};

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_list_is_narrowed_by_kind_person_and_day(db: Db) {
        let app = house(db).await;
        app.person("haneul").signed_out().await;
        let desk = app.person("desk").roles(&["admin"]).signed_out().await;
        let yesterday = app.accounts.today(app.clock.now()).to_string();
        let browser = signs_in(&app, "haneul").await;
        app.clock.advance(Duration::from_secs(1));
        browser.post("/logout", &[]).await;
        app.settle().await;
        app.clock.advance(Duration::from_hours(24));
        let today = app.accounts.today(app.clock.now()).to_string();
        let mut desk = desk;
        app.sign_in_again(&mut desk).await;
        app.settle().await;
        let client = app.client().of(&desk);
        let told = async |query: &str| {
            let all = listed(&client, &format!("{ALL}?{query}")).await;
            let of = |it: &Value| format!("{} {}", it["user_id"].as_str().unwrap(), it["activity_type"].as_str().unwrap());
            all.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(told("person=haneul").await, ["haneul sign_out", "haneul sign_in"]);
        assert_eq!(told("person=Haneul&activity_type=sign_out").await, ["haneul sign_out"]);
        assert_eq!(told("activity_type=sign_in&person=&from=").await, ["desk sign_in", "haneul sign_in"]);
        assert_eq!(told(&format!("from={today}")).await, ["desk sign_in"]);
        assert_eq!(told(&format!("to={yesterday}&activity_type=sign_in")).await, ["haneul sign_in"]);
        assert_eq!(told("activity_type=post_written").await, Vec::<String>::new());
        let own = listed(&client, &format!("{MINE}?activity_type=sign_in&from={today}&person=haneul")).await;
        assert_eq!((own.len(), &own[0]["user_id"]), (1, &json!("desk")), "of nobody else");
        assert_eq!(listed(&client, &format!("{MINE}?to={yesterday}")).await, Vec::<Value>::new());
        let searched = app.audit_of("AUDIT_SEARCH").await;
        let named = json!({ "filters": ["activities", "activity_type", "person"], "rows": 1 });
        assert!(searched.iter().any(|row| row.details == named), "{searched:#?}");
        app.finish().await;
    }

    async fn a_filter_that_is_none_is_told_at_its_place(db: Db) {
        let app = house(db).await;
        let client = app.client().of(&app.person("desk").roles(&["admin"]).without_phone().await);
        let browser = signed_in(&app, "desk").await;
        let wrong = [
            ("activity_type=slept", "/activity_type"),
            ("from=21.11.2026", "/from"),
            ("to=2026-11-31", "/to"),
            ("from=2026-11-22&to=2026-11-21", "/to"),
            ("cursor=abc", "/cursor"),
        ];
        for (query, pointer) in wrong {
            for path in [ALL, MINE] {
                let answer = client.get(&format!("{path}?{query}")).await.assert_problem(400, "invalid_request");
                assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{path} {query}: {}", answer.text);
            }
            for path in ["/admin/activity", "/account/activity"] {
                let page = browser.get(&format!("{path}?{query}")).await.assert_status(400).text;
                assert!(page.contains("찾는 조건을 확인해 주세요"), "{path} {query}: {page}");
            }
        }
        let nobody = client.get(&format!("{ALL}?person=nobody")).await.assert_problem(400, "invalid_request");
        assert_eq!(nobody.body["errors"][0]["pointer"], "/person");
        let page = browser.get("/admin/activity?person=nobody").await.assert_status(400).text;
        assert!(page.contains("찾을 수 없는 사람입니다.") && page.contains("value=\"nobody\""), "{page}");
        app.finish().await;
    }

    async fn a_list_goes_on_page_by_page_and_says_where_nothing_is_found(db: Db) {
        let app = house(db).await;
        app.person("desk").roles(&["admin"]).without_phone().signed_out().await;
        let mut desk = None;
        for _ in 0..120 {
            desk = Some(signs_in(&app, "desk").await);
            app.clock.advance(Duration::from_secs(10));
        }
        let desk = desk.unwrap();
        app.settle().await;
        for (path, pages) in [("/admin/activity?activity_type=sign_in", 2), ("/account/activity?activity_type=sign_in", 3)] {
            let (mut at, mut rows, mut seen) = (path.to_owned(), 0, 0);
            loop {
                let page = desk.get(&at).await.assert_status(200).text;
                rows += page.matches("<time datetime=\"2").count() - page.matches("data-label=\"날짜\"").count();
                seen += 1;
                let Some((_, href)) = page.split_once("rel=\"next\" href=\"") else { break };
                at = href.split('"').next().unwrap().replace("&#38;", "&");
                assert!(at.contains("activity_type=sign_in") && at.contains("cursor="), "{at}");
            }
            assert_eq!((rows, seen), (120, pages), "{path}");
            let none = desk.get(&path.replace("sign_in", "post_written")).await.assert_status(200).text;
            assert!(none.contains("조건에 맞는 활동이 없습니다"), "{none}");
        }
        app.finish().await;
    }

    async fn what_is_found_is_a_file_for_who_may_export(db: Db) {
        let app = house(db).await;
        let nuri = app.person("nuri").roles(&["super_admin"]).without_phone().await;
        let role = json!({ "name": "overseer", "permissions": ["user_management", "user_monitoring", "audit_read"] });
        app.client().of(&nuri).post("/api/v1/roles").json(role).await.assert_status(201);
        app.person("somin").roles(&["overseer"]).without_phone().await;
        for _ in 0..105 {
            signs_in(&app, "nuri").await;
            app.clock.advance(Duration::from_secs(10));
        }
        let browser = signed_in(&app, "nuri").await;
        app.settle().await;
        let page = browser.get("/admin/activity?person=nuri").await.assert_status(200).text;
        assert!(page.contains("/admin/activity/export?person=nuri"), "{page}");
        let file = browser.get("/admin/activity/export?person=nuri&activity_type=sign_in").await.assert_status(200);
        assert!(file.header("content-type").starts_with("text/csv"), "{}", file.header("content-type"));
        let lines: Vec<&str> = file.text.trim_end().lines().collect();
        assert!(lines[0].ends_with("id,timestamp,user_id,activity_type,details,ip_address,user_agent"), "{}", lines[0]);
        let ours = number(&app, "SELECT COUNT(*) FROM people_activity l JOIN account a ON a.id = l.account_id WHERE a.username = 'nuri' AND l.activity_type = 'sign_in'").await;
        assert!(ours > 105 && lines.len() == usize::try_from(ours).unwrap() + 1, "{ours} {}", lines.len());
        assert!(lines[1..].iter().all(|line| line.contains(",nuri,sign_in,")), "{}", file.text);
        let exported = app.audit_of("DATA_EXPORT").await;
        let told = json!({ "export": "activities", "filters": ["activity_type", "person"] });
        assert!(exported.iter().any(|row| row.details == told), "{exported:#?}");
        browser.get("/admin/activity/export?activity_type=slept").await.assert_status(400);
        let somin = signed_in(&app, "somin").await;
        let page = somin.get("/admin/activity").await.assert_status(200).text;
        assert!(!page.contains("/admin/activity/export"), "{page}");
        somin.get("/admin/activity/export").await.assert_status(403);
        app.finish().await;
    }

    async fn a_role_of_ones_own_sees_it_with_all_it_takes_and_else_no_entry_leads_there(db: Db) {
        let app = house(db).await;
        let nuri = app.person("nuri").roles(&["super_admin"]).without_phone().await;
        let roles: [(&str, &[&str], u16); 5] = [
            ("keeper", &["user_management"], 403),
            ("watcher", &["user_management", "user_monitoring"], 403),
            ("reader", &["user_management", "audit_read"], 403),
            ("looker", &["user_monitoring", "audit_read"], 403),
            ("overseer", &["user_management", "user_monitoring", "audit_read"], 200),
        ];
        for (name, permissions, status) in roles {
            let role = json!({ "name": name, "permissions": permissions });
            app.client().of(&nuri).post("/api/v1/roles").json(role).await.assert_status(201);
            let person = app.person(&format!("{name}-1")).roles(&[name]).without_phone().await;
            app.client().of(&person).get(ALL).await.assert_status(status);
            let browser = signed_in(&app, &format!("{name}-1")).await;
            browser.get("/admin/activity").await.assert_status(status);
            let menu = browser.get("/account").await.assert_status(200).text;
            assert_eq!(menu.contains("\"/admin/activity\""), status == 200, "{name}");
        }
        let looked = app.audit_of("AUDIT_SEARCH").await;
        assert_eq!(looked.len(), 2, "who is refused reads nothing: {looked:?}");
        app.finish().await;
    }
}
