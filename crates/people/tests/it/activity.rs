//! What people do: told by the trail, kept by people, seen by oneself and by who watches the organisation.

mod lists;

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, InsertMany, Param, Tx, params};
use hanok_testkit::{Browser, Client, PASSWORD, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{app as house, assert_leads, people_of, signed_in};

const MINE: &str = "/api/v1/me/activities";
const ALL: &str = "/api/v1/activities";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

async fn listed(client: &Client, path: &str) -> Vec<Value> {
    let answer = client.get(path).await.assert_status(200).body;
    answer["activities"].as_array().unwrap().clone()
}

fn kinds(activities: &[Value]) -> Vec<&str> {
    let all = activities.iter();
    all.map(|it| it["activity_type"].as_str().unwrap())
        .collect()
}

async fn signs_in(app: &TestApp, username: &str) -> Browser {
    let browser = Browser::new(app).header("user-agent", CHROME);
    let form = [("user_id", username), ("password", PASSWORD)];
    assert_eq!(browser.post("/login", &form).await.status, 302);
    browser
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let read = async move |conn: &mut Conn| conn.one::<i64>(sql, params![]).await;
    app.db.read::<_, DbError, _>(read).await.unwrap()
}

/// Every event comes again: as after a crash, and as where it is forgotten that it was handled.
async fn comes_again(app: &TestApp, is_forgotten: bool) {
    let unit = async move |tx: &mut Tx| {
        if is_forgotten {
            tx.execute("DELETE FROM processed", params![]).await?;
        }
        tx.execute(
            "UPDATE outbox SET sent_at = NULL WHERE topic = 'user_activities'",
            params![],
        )
        .await
    };
    app.db.write::<_, DbError, _>(unit).await.unwrap();
    app.settle().await;
}

const ROWS: &str = "SELECT COUNT(*) FROM people_activity";
const TIMES: &str = "SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM people_activity_day";
const LAST_TOLD: &str = "SELECT event_key, payload FROM outbox WHERE topic = 'user_activities' ORDER BY serial DESC LIMIT 1";
const YOUNG: &str = "UPDATE people_activity SET at = at + 86400000000";
const COUNTED: &str = "SELECT date FROM people_activity_day WHERE activity_type = 'sign_in' AND times = 1 ORDER BY date";
const OF_ARA: &str =
    "SELECT COUNT(*) FROM people_activity WHERE address = '127.0.0.1' AND agent LIKE 'Mozilla%'";
const WAITING: &str =
    "SELECT COUNT(*) FROM outbox WHERE topic = 'user_activities' AND sent_at IS NULL";

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_person_sees_what_they_did_with_address_and_agent_and_reading_is_nothing(db: Db) {
        let app = house(db).await;
        let haneul = app.person("haneul").await;
        let other = app.person("other").await;
        app.clock.advance(Duration::from_hours(25));
        app.sign_in("haneul", "Wrong-pass-1").await.assert_status(401);
        let browser = signs_in(&app, "haneul").await;
        for page in ["/account", "/account/privacy", "/account/activity"] {
            browser.get(page).await.assert_status(200);
        }
        app.clock.advance(Duration::from_secs(1));
        browser.post("/logout", &[]).await;
        app.settle().await;
        app.clock.advance(Duration::from_secs(1));
        let mut again = haneul;
        app.sign_in_again(&mut again).await;
        app.settle().await;
        let mine = listed(&app.client().of(&again), MINE).await;
        assert_eq!(kinds(&mine), ["sign_in", "sign_out", "sign_in"], "{mine:#?}");
        let first = &mine[2];
        assert_eq!((&first["user_id"], &first["user_agent"]), (&json!("haneul"), &json!(CHROME)));
        assert_eq!((&first["ip_address"], &first["details"]["action"]), (&json!("127.0.0.1"), &json!("USER_LOGIN")));
        let told: Timestamp = serde_json::from_value(first["timestamp"].clone()).unwrap();
        assert_eq!(told, app.clock.now().minus(Duration::from_secs(2)));
        let mut other = other;
        app.sign_in_again(&mut other).await;
        app.settle().await;
        let theirs = listed(&app.client().of(&other), MINE).await;
        assert_eq!(kinds(&theirs), ["sign_in"]);
        let few = listed(&app.client().of(&again), &format!("{MINE}?limit=2")).await;
        assert_eq!(kinds(&few), ["sign_in", "sign_out"]);
        app.finish().await;
    }

    async fn the_topic_carries_the_contract(db: Db) {
        let app = house(db).await;
        app.person("haneul").signed_out().await;
        signs_in(&app, "haneul").await;
        let read = async |conn: &mut Conn| conn.one::<(String, String)>(LAST_TOLD, params![]).await;
        let (key, payload) = app.db.read::<_, DbError, _>(read).await?;
        let told: Value = serde_json::from_str(&payload).unwrap();
        let mut fields: Vec<&String> = told.as_object().unwrap().keys().collect();
        fields.sort_unstable();
        assert_eq!(fields, ["activity_type", "details", "ip_address", "timestamp", "user_agent", "user_id"]);
        assert_eq!((&told["user_id"], &told["activity_type"]), (&json!("haneul"), &json!("sign_in")));
        let id = "SELECT COUNT(*) FROM account WHERE username = 'haneul' AND id = $1";
        let account: Uuid = key.strip_prefix("activity:").unwrap().parse().unwrap();
        let read = async move |conn: &mut Conn| conn.one::<i64>(id, params![account]).await;
        assert_eq!(app.db.read::<_, DbError, _>(read).await?, 1);
        app.finish().await;
    }

    async fn an_event_that_comes_again_counts_once(db: Db) {
        let app = house(db).await;
        app.person("haneul").signed_out().await;
        let browser = signs_in(&app, "haneul").await;
        browser.post("/logout", &[]).await;
        app.settle().await;
        let before = (number(&app, ROWS).await, number(&app, TIMES).await);
        assert!(before.0 >= 2 && before.0 == before.1, "{before:?}");
        for is_forgotten in [false, true] {
            comes_again(&app, is_forgotten).await;
            assert_eq!((number(&app, ROWS).await, number(&app, TIMES).await), before);
        }
        app.finish().await;
    }

    async fn what_is_older_than_a_day_is_the_organisations_alone(db: Db) {
        let app = house(db).await;
        let desk = app.person("desk").roles(&["admin"]).await;
        let haneul = app.person("haneul").signed_out().await;
        signs_in(&app, "haneul").await;
        app.settle().await;
        let desk_client = app.client().of(&desk);
        let seen = |all: &[Value]| all.iter().filter(|it| it["user_id"] == "haneul").count();
        assert_eq!(seen(&listed(&desk_client, ALL).await), 1);
        app.clock.advance(Duration::from_hours(24));
        app.run_schedules().await;
        let mut again = (haneul, desk);
        app.sign_in_again(&mut again.0).await;
        app.sign_in_again(&mut again.1).await;
        app.settle().await;
        assert_eq!(kinds(&listed(&app.client().of(&again.0), MINE).await), ["sign_in"], "the one of today");
        assert_eq!(seen(&listed(&app.client().of(&again.1), ALL).await), 2);
        app.finish().await;
    }

    async fn the_organisation_keeps_its_last_ten_thousand_and_everything_of_the_last_day(db: Db) {
        let app = house(db).await;
        let haneul = app.person("haneul").signed_out().await;
        app.settle().await;
        let (now, account) = (app.clock.now(), haneul.id);
        let fresh = number(&app, ROWS).await;
        let fill = async move |tx: &mut Tx| {
            static ROWS: InsertMany<5> =
                InsertMany::new("INSERT INTO people_activity (id, account_id, activity_type, at, details)");
            let old = |n: u32| now.minus(Duration::from_hours(24) + Duration::from_secs(u64::from(n)));
            let rows: Vec<(Uuid, Timestamp)> = (0..10_050).map(|n| (Uuid::from_u128(u128::from(n)), old(n))).collect();
            let kind = "post_written";
            let details = "{}";
            let values: Vec<_> = rows.iter()
                .map(|(id, at)| [id.value(), account.value(), kind.value(), at.value(), details.value()])
                .collect();
            ROWS.execute(tx, &values).await
        };
        app.db.write::<_, DbError, _>(fill).await?;
        app.clock.advance(Duration::from_mins(10));
        app.run_schedules().await;
        assert_eq!(number(&app, ROWS).await, 10_000);
        assert_eq!(number(&app, "SELECT COUNT(*) FROM people_activity WHERE activity_type <> 'post_written'").await, fresh);
        app.db.write::<_, DbError, _>(async |tx: &mut Tx| tx.execute(YOUNG, params![]).await).await?;
        for _ in 0..3 {
            signs_in(&app, "haneul").await;
        }
        app.settle().await;
        app.clock.advance(Duration::from_mins(10));
        app.run_schedules().await;
        assert_eq!(number(&app, ROWS).await, 10_003, "none is a day old");
        app.finish().await;
    }

    async fn an_address_is_kept_for_ninety_days_however_little_is_done(db: Db) {
        let app = house(db).await;
        let mut desk = app.person("desk").roles(&["admin"]).await;
        app.person("haneul").signed_out().await;
        signs_in(&app, "haneul").await;
        app.settle().await;
        let of_haneul = "SELECT COUNT(*) FROM people_activity l JOIN account a ON a.id = l.account_id WHERE a.username = 'haneul'";
        assert_eq!(number(&app, of_haneul).await, 1);
        app.clock.advance(Duration::from_hours(90 * 24));
        app.run_schedules().await;
        assert_eq!(number(&app, of_haneul).await, 1, "the ninetieth day is not over");
        app.clock.advance(Duration::from_mins(10));
        app.run_schedules().await;
        assert_eq!(number(&app, of_haneul).await, 0);
        app.sign_in_again(&mut desk).await;
        app.settle().await;
        let left = listed(&app.client().of(&desk), ALL).await;
        assert!(!left.is_empty() && left.iter().all(|it| it["user_id"] == "desk"), "{left:#?}");
        assert!(number(&app, TIMES).await > number(&app, ROWS).await, "how much was done stays counted");
        app.finish().await;
    }

    async fn a_limit_that_is_none_is_told_at_its_place(db: Db) {
        let app = house(db).await;
        let client = app.client().of(&app.person("desk").roles(&["admin"]).await);
        for (path, most) in [(MINE, "200"), (ALL, "10000")] {
            for wrong in ["0", "-1", "1.5", "many", "99999999999999999999", &format!("{most}0")] {
                let answer = client.get(&format!("{path}?limit={wrong}")).await;
                let answer = answer.assert_problem(400, "invalid_request");
                assert_eq!(answer.body["errors"][0]["pointer"], "/limit", "{path} {wrong}: {}", answer.text);
            }
            for right in ["", "1", most] {
                client.get(&format!("{path}?limit={right}")).await.assert_status(200);
            }
        }
        app.finish().await;
    }

    async fn only_who_watches_the_organisation_sees_what_everybody_does(db: Db) {
        let app = house(db).await;
        for (name, role, status) in [("haneul", "auditor", 403), ("lead", "manager", 403), ("desk", "admin", 200)] {
            let person = app.person(name).roles(&[role]).without_phone().await;
            app.client().of(&person).get(ALL).await.assert_status(status);
            let browser = signed_in(&app, name).await;
            app.settle().await;
            let page = browser.get("/admin/activity").await.assert_status(status).text;
            assert_eq!(page.contains("날짜별 활동"), status == 200, "{name}");
            let menu = browser.get("/account").await.assert_status(200).text;
            assert_eq!(menu.contains("\"/admin/activity\""), status == 200, "{name}");
        }
        let looked = app.audit_of("AUDIT_SEARCH").await;
        assert_eq!(looked.len(), 2, "the call and the page are on the record: {looked:?}");
        assert!(looked.iter().all(|line| line.actor.is_some()), "{looked:?}");
        app.client().get(ALL).await.assert_status(401);
        app.client().get(MINE).await.assert_status(401);
        app.finish().await;
    }

    async fn who_sets_a_password_by_their_link_did_it_and_what_the_house_does_is_nobodys(db: Db) {
        let app = house(db).await;
        let address = "haneul@example.com";
        let haneul = app.person("haneul").verified_email(address).await;
        app.settle().await;
        // A stolen token: used once, and again long after.
        let token = json!({ "refresh_token": haneul.refresh_token });
        app.client().post("/api/v1/auth/refresh").json(token.clone()).await.assert_status(200);
        app.clock.advance(Duration::from_mins(1));
        app.client().post("/api/v1/auth/refresh").json(token).await.assert_status(401);
        let ended = app.audit_of("USER_LOGOUT").await;
        assert!(ended.iter().any(|line| line.details["reason"] == "refresh_token_reused"), "{ended:#?}");
        let stranger = Browser::new(&app).header("user-agent", CHROME);
        stranger.post("/password/reset", &[("user_id", "haneul")]).await.assert_status(302);
        let link = app.mail_link(address).await;
        let code = link.strip_prefix("/password/reset/new?code=").unwrap().to_owned();
        let chosen = "Namu-deul-8!";
        let form = [("code", code.as_str()), ("new_password", chosen), ("new_password_confirm", chosen)];
        stranger.post("/password/reset/new", &form).await.assert_status(302);
        app.settle().await;
        app.clock.advance(Duration::from_secs(1));
        let browser = Browser::new(&app);
        browser.post("/login", &[("user_id", "haneul"), ("password", chosen)]).await.assert_status(302);
        app.settle().await;
        let page = browser.get("/account/activity").await.assert_status(200).text;
        assert_eq!(page.matches("새 비밀번호 정함").count(), 1, "{page}");
        assert!(page.contains("Chrome · Windows"), "where the link was opened: {page}");
        let of_haneul = "SELECT COUNT(*) FROM people_activity WHERE activity_type = 'account_change' AND agent LIKE 'Mozilla%'";
        assert_eq!(number(&app, of_haneul).await, 1, "asking for the link and what the link unlocks are none");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM people_activity WHERE activity_type = 'sign_out'").await, 0);
        app.finish().await;
    }

    async fn the_console_counts_by_kind_and_day_where_the_organisation_is(db: Db) {
        let app = house(db).await;
        app.person("desk").roles(&["admin"]).without_phone().signed_out().await;
        let yesterday = app.accounts.today(app.clock.now()).to_string();
        signs_in(&app, "desk").await;
        app.settle().await;
        app.clock.advance(Duration::from_hours(24));
        let desk = signs_in(&app, "desk").await;
        app.settle().await;
        let today = app.accounts.today(app.clock.now()).to_string();
        let page = desk.get("/admin/activity").await.assert_status(200).text;
        for day in [&yesterday, &today] {
            assert!(page.contains(&format!("datetime=\"{day}\"")), "{day}: {page}");
        }
        for shown in ["127.0.0.1", "Chrome · Windows", "/admin/people/", "로그인"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let read = async |conn: &mut Conn| conn.all::<String>(COUNTED, params![]).await;
        assert_eq!(app.db.read::<_, DbError, _>(read).await?, [yesterday, today]);
        let own = desk.get("/account/activity").await.assert_status(200).text;
        assert!(own.contains("Chrome · Windows") && own.contains("aria-current=\"page\""), "{own}");
        app.finish().await;
    }

    async fn what_one_did_holds_no_account_and_comes_to_nobody_where_it_is_removed(db: Db) {
        let app = house(db).await;
        let boss = app.person("boss").roles(&["super_admin"]).await;
        let ara = app.person("ara").signed_out().await;
        signs_in(&app, "ara").await;
        app.settle().await;
        assert_eq!(number(&app, OF_ARA).await, 1);
        signs_in(&app, "ara").await;
        let removed = app.client().of(&boss).delete(&format!("/api/v1/users/{}", ara.id)).await;
        removed.assert_status(204);
        app.settle().await;
        assert_eq!(number(&app, OF_ARA).await, 0);
        app.finish().await;
    }

    async fn what_one_did_is_taken_along_and_goes_with_the_account(db: Db) {
        let app = house(db).await;
        let ara = app.person("ara").signed_out().await;
        let browser = signed_in(&app, "ara").await;
        app.settle().await;
        let confirmed = browser.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert_leads(&confirmed, "/account");
        let people = people_of(&app.accounts);
        let parts = people.personal_data();
        assert_eq!(parts.iter().map(|part| part.file).collect::<Vec<_>>(), ["activity.json"]);
        let told = (parts[0].read)(ara.id).await.unwrap();
        assert_eq!((&told["activities"][0]["activity_type"], &told["truncated"]), (&json!("sign_in"), &json!(false)));
        let archive = browser.get("/account/privacy/download").await.assert_status(200);
        assert!(archive.text.contains("activity.json"), "a file of the archive");
        let closed = browser.post("/account/privacy/close", &[("username", "ara")]).await;
        assert_leads(&closed, "/login");
        assert!(number(&app, ROWS).await > 0);
        assert!(number(&app, WAITING).await > 0, "the last of it was not told yet");
        app.clock.advance(Duration::from_hours(8 * 24));
        app.run_schedules().await;
        assert_eq!((number(&app, ROWS).await, number(&app, WAITING).await), (0, 0), "nor does anything wait");
        app.settle().await;
        assert_eq!((number(&app, ROWS).await, number(&app, WAITING).await), (0, 0), "nothing comes back of who is erased");
        let of_ara = "SELECT COUNT(*) FROM outbox WHERE topic = 'user_activities' AND payload LIKE '%\"ara\"%'";
        assert_eq!(number(&app, of_ara).await, 0, "what was sent is forgotten, too");
        app.finish().await;
    }
}
