//! Many people from a file: judged first, made then, and only while the importer may.

use std::time::Duration;

use hanok_db::{DbError, Tx, params};
use hanok_testkit::{Answer, Browser};
use hanok_web::Ctx;
use serde_json::json;

use super::{PEOPLE, assert_hides, assert_shows, browser_of};
use crate::organisation::{admin, department};
use crate::{app as house, assert_leads};

const IMPORT: &str = "/admin/people/import";
const FILE: &str = "username,name,email,department,roles\n\
    bora,보라,bora@example.com,연구소,\n\
    ara,아라,,,\n\
    x,,,,\n\
    chan,찬,,,super_admin\n\
    dasom,다솜,,연구소,manager\n";

/// Gives a file as a form does.
async fn give(browser: &Browser, file: &str) -> Answer {
    let body = format!(
        "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{file}\r\n--b1--\r\n"
    );
    let call = browser.client().post(IMPORT);
    let call = call.text("multipart/form-data; boundary=b1", &body);
    browser
        .send(call.header("sec-fetch-site", "same-origin"))
        .await
}

/// Where the rows of a file that was taken are shown.
#[track_caller]
fn place(given: &Answer) -> String {
    assert_eq!(given.status, 302, "{}", given.text);
    let place = given.header("location").to_owned();
    assert!(place.starts_with("/admin/people/import/"), "{place}");
    place
}

/// A file of so many people.
fn many(count: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|n| format!("person{n},사람 {n}\n"))
        .collect();
    format!("username,name\n{}", rows.concat())
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn every_fate_is_shown_before_anything_is_written_and_only_good_rows_are_made(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        app.person("ara").signed_out().await;
        let page = place(&give(&boss, FILE).await);
        let shown = boss.get(&page).await.assert_status(200);
        assert_shows(&shown, &["보라", "계정 2개 만들기", "username", "roles", "줄 수 없는 역할입니다.", "<code>name</code>", "부서: 연구소", "역할: 팀 관리자"]);
        let faults = boss.get(&format!("{page}?only=faults")).await.assert_status(200);
        assert_shows(&faults, &["chan"]);
        assert_hides(&faults, &["보라"]);
        assert_hides(&boss.get(PEOPLE).await, &["보라", "다솜"]);
        assert_leads(&boss.post(&page, &[]).await, &page);
        app.settle().await;
        let done = boss.get(&page).await.assert_status(200);
        assert_shows(&done, &["계정 2개를 만들었습니다.", "줄 수 없는 역할입니다."]);
        assert_hides(&done, &["data-refresh"]);
        // Who was refused is known after the file is gone too, and to nobody who reads the store.
        assert_shows(&done, &[">chan<", ">찬<", ">ara<", ">아라<"]);
        assert_hides(&done, &[">bora<"]);
        assert_eq!(app.scan_for(&["찬"]).await, Vec::<String>::new());
        let list = boss.get(PEOPLE).await.assert_status(200);
        assert_shows(&list, &["보라", "다솜", "연구소"]);
        let rows = app.audit_of("ADMIN_ACTION").await;
        let given = rows.iter().find(|row| row.details["import"] == "looked_at").unwrap();
        assert_eq!(given.details["rows"], json!(5));
        let begun = rows.iter().find(|row| row.details["import"] == "begun").unwrap();
        assert_eq!(begun.details["rows"], json!(5));
        let ended = rows.iter().find(|row| row.details["import"] == "done").unwrap();
        assert_eq!((ended.actor, &ended.details["accounts"]), (begun.actor, &json!(2)));
        assert_eq!(boss.post(&page, &[]).await.status, 302);
        app.settle().await;
        app.finish().await;
    }

    async fn a_file_with_roles_asks_for_the_password(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let page = place(&give(&boss, FILE).await);
        app.clock.advance(Duration::from_mins(6));
        let confirm = format!("/account/confirm?next={page}");
        assert_shows(&boss.get(&page).await, &[&confirm]);
        assert_leads(&boss.post(&page, &[]).await, &confirm);
        let plain = place(&give(&boss, "username,name\nnuri,누리\n").await);
        assert_leads(&boss.post(&plain, &[]).await, &plain);
        app.settle().await;
        assert_shows(&boss.get(&plain).await, &["계정 1개를 만들었습니다."]);
        // What was looked at before and not begun is forgotten.
        boss.get(&page).await.assert_status(404);
        app.finish().await;
    }

    async fn a_file_is_its_importers_alone_and_waits_an_hour(db: Db) {
        let app = house(db).await;
        let (boss, other) = (browser_of(&app, "boss", "admin").await, browser_of(&app, "other", "admin").await);
        let page = place(&give(&boss, FILE).await);
        other.get(&page).await.assert_status(404);
        other.post(&page, &[]).await.assert_status(404);
        other.post(&format!("{page}/discard"), &[]).await.assert_status(404);
        assert_leads(&boss.post(&format!("{page}/discard"), &[]).await, PEOPLE);
        boss.get(&page).await.assert_status(404);
        let rows = app.audit_of("ADMIN_ACTION").await;
        assert!(rows.iter().any(|row| row.details["import"] == "discarded"), "{rows:?}");
        let page = place(&give(&boss, FILE).await);
        // The session lasts by being used.
        for _ in 0..4 {
            app.clock.advance(Duration::from_mins(16));
            boss.get(PEOPLE).await.assert_status(200);
        }
        boss.get(&page).await.assert_status(404);
        app.run_schedules().await;
        app.finish().await;
    }

    async fn what_is_no_file_of_people_is_refused_as_a_whole(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        for (file, said) in [
            ("username,salary\na,1\n", "모르는 열"),
            ("username,email\na,a@example.com\n", "username과 name"),
            ("username,name\n", "사람이 없습니다"),
            ("username,name,password_hash\nnuri,누리,pbkdf2_sha256$1000$sa\0lt$YWJj\n", "NUL"),
            ("", "파일을 고르거나"),
        ] {
            assert_leads(&give(&boss, file).await, IMPORT);
            assert_shows(&boss.get(IMPORT).await, &[said, "file-error"]);
        }
        let pasted = boss.post(IMPORT, &[("pasted", "username,name\nnuri,누리\n")]).await;
        assert_shows(&boss.get(&place(&pasted)).await, &["누리", "계정 1개 만들기"]);
        app.finish().await;
    }

    async fn only_a_super_admin_says_who_somebody_is(db: Db) {
        let app = house(db).await;
        let (boss, chief) = (browser_of(&app, "boss", "admin").await, browser_of(&app, "chief", "super_admin").await);
        let file = "username,name,phone_number,phone_proven\nnuri,누리,010-7299-0001,true\n";
        let page = place(&give(&boss, file).await);
        assert_shows(&boss.get(&page).await, &["최고 관리자만", "만들 수 있는 줄이 없습니다"]);
        let page = place(&give(&chief, file).await);
        assert_leads(&chief.post(&page, &[]).await, &page);
        app.settle().await;
        assert_shows(&chief.get(&page).await, &["계정 1개를 만들었습니다."]);
        let again = place(&give(&chief, &file.replace("nuri", "other")).await);
        assert_shows(&chief.get(&again).await, &["phone_number"]);
        app.finish().await;
    }

    async fn who_may_no_longer_say_who_somebody_is_starts_no_such_import(db: Db) {
        let app = house(db).await;
        app.person("root").roles(&["super_admin"]).without_phone().signed_out().await;
        let chief = app.person("chief").roles(&["super_admin"]).without_phone().signed_out().await;
        let file = "username,name,phone_number,phone_proven\nnuri,누리,010-7299-0001,true\n";
        let page = place(&give(&crate::signed_in(&app, "chief").await, file).await);
        let ctx = Ctx::program("test", app.clock.now());
        app.accounts.grant_role(&ctx, chief.id, "admin").await.unwrap();
        app.accounts.withdraw_role(&ctx, chief.id, "super_admin").await.unwrap();
        let again = crate::signed_in(&app, "chief").await;
        assert_eq!(again.post(&page, &[]).await.status, 403);
        app.settle().await;
        assert_hides(&again.get(PEOPLE).await.assert_status(200), &["누리"]);
        let plain = place(&give(&again, "username,name\nbora,보라\n").await);
        assert_leads(&again.post(&plain, &[]).await, &plain);
        app.settle().await;
        assert_shows(&again.get(PEOPLE).await, &["보라"]);
        app.finish().await;
    }

    async fn who_gave_a_role_and_that_a_number_came_with_it_is_on_the_record(db: Db) {
        let app = house(db).await;
        let chief = app.person("chief").roles(&["super_admin"]).without_phone().signed_out().await;
        let browser = crate::signed_in(&app, "chief").await;
        let file = "username,name,phone_number,phone_proven,roles\nnuri,누리,010-7299-0001,true,manager\n";
        let page = place(&give(&browser, file).await);
        assert_leads(&browser.post(&page, &[]).await, &page);
        app.settle().await;
        let by: Vec<Option<uuid::Uuid>> = app.db.read::<_, DbError, _>(async move |conn| {
            conn.all("SELECT r.assigned_by FROM role_assignment r JOIN account a ON a.id = r.account_id \
                WHERE a.username = 'nuri'", params![]).await
        }).await?;
        assert_eq!(by, [Some(chief.id.uuid()); 2]);
        let rows = app.audit_of("USER_INFO_UPDATE").await;
        let made = rows.iter().find(|row| row.details["phone_taken_as_proven"] == true).unwrap();
        assert_eq!(made.details["ci_taken_as_given"], json!(false));
        app.finish().await;
    }

    async fn what_was_taken_meanwhile_is_told_row_by_row_and_page_by_page(db: Db) {
        let app = house(db).await;
        let (boss, other) = (browser_of(&app, "boss", "admin").await, browser_of(&app, "other", "admin").await);
        let (first, second) = (place(&give(&boss, &many(60)).await), place(&give(&other, &many(60)).await));
        assert_leads(&boss.post(&first, &[]).await, &first);
        // Of two that are due at one moment either may be the first.
        app.clock.advance(Duration::from_millis(1));
        assert_leads(&other.post(&second, &[]).await, &second);
        app.settle().await;
        assert_shows(&boss.get(&first).await, &["계정 60개를 만들었습니다."]);
        let page = other.get(&second).await.assert_status(200);
        assert_shows(&page, &["계정 0개를 만들었습니다.", "뺐습니다", ">2<", ">51<", ">person0<"]);
        assert_hides(&page, &[">52<"]);
        assert_shows(&other.get(&format!("{second}?page=2")).await, &[">52<", ">61<"]);
        other.get(&format!("{second}?page=3")).await.assert_status(400);
        app.finish().await;
    }

    async fn a_row_has_its_own_fate_whatever_ends_the_lines(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        app.person("ara").signed_out().await;
        for ends in ["\n", "\r\n", "\r"] {
            let file = "username,name\nara,아라\nbora,보라\nboss,보스\n".replace('\n', ends);
            let page = boss.get(&place(&give(&boss, &file).await)).await.assert_status(200);
            assert_shows(&page, &["계정 1개 만들기"]);
            let faults = page.text.matches("badge-state state-failed").count();
            assert_eq!(faults, 2, "{ends:?}: {}", page.text);
        }
        app.finish().await;
    }

    async fn a_department_that_may_be_two_is_told_before_anything_is_made(db: Db) {
        let app = house(db).await;
        let boss = admin(&app).await;
        for above in ["본사", "지사"] {
            let above = department(&app, &boss, above, None).await;
            department(&app, &boss, "서버", Some(&above)).await;
        }
        let browser = crate::signed_in(&app, "boss").await;
        let file = "username,name,department\nara,아라,서버\nbora,보라,본사\nchan,찬,새 부서\ndasom,다솜,서버\n";
        let page = browser.get(&place(&give(&browser, file).await)).await.assert_status(200);
        assert_shows(&page, &["같은 이름의 부서가 여러 곳에 있습니다.", "계정 2개 만들기"]);
        assert_eq!(page.text.matches("badge-state state-failed").count(), 2, "{}", page.text);
        app.settle().await;
        app.finish().await;
    }

    async fn a_file_may_be_longer_than_other_bodies(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let long = |count: usize| format!("username,name,department\n{}", format!("x,,{}\n", "가".repeat(300)).repeat(count));
        // Two megabytes, which no other body may have.
        place(&give(&boss, &long(2_200)).await);
        app.finish().await;
    }

    async fn an_import_that_is_given_up_ends_and_its_file_is_erased(db: Db) {
        let mut app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let page = place(&give(&boss, "username,name\nnuri,누리\n").await);
        assert_leads(&boss.post(&page, &[]).await, &page);
        let spoilt = app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            tx.execute("UPDATE people_import SET file = $1", params![vec![0_u8; 64]]).await
        });
        assert_eq!(spoilt.await?, 1);
        for _ in 0..12 {
            app.settle().await;
            app.clock.advance(Duration::from_secs(6));
        }
        assert_hides(&boss.get(&page).await.assert_status(200), &["data-refresh", "<progress"]);
        let rows = app.audit_of("ADMIN_ACTION").await;
        assert!(rows.iter().any(|row| row.details["import"] == "stopped"), "{rows:?}");
        let files: Vec<i64> = app.db.read::<_, DbError, _>(async move |conn| {
            conn.all("SELECT COUNT(*) FROM people_import WHERE file IS NOT NULL", params![]).await
        }).await?;
        assert_eq!(files, [0]);
        app.leave_undone();
        app.finish().await;
    }

    async fn an_import_whose_time_is_over_ends_on_the_record(db: Db) {
        let mut app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let page = place(&give(&boss, "username,name\nnuri,누리\n").await);
        assert_leads(&boss.post(&page, &[]).await, &page);
        // The job never comes to it.
        app.clock.advance(Duration::from_hours(25));
        app.run_schedules().await;
        let rows = app.audit_of("ADMIN_ACTION").await;
        assert!(rows.iter().any(|row| row.details["import"] == "stopped"), "{rows:?}");
        let left: Vec<i64> = app.db.read::<_, DbError, _>(async move |conn| {
            conn.all("SELECT COUNT(*) FROM people_import", params![]).await
        }).await?;
        assert_eq!(left, [0]);
        app.settle().await;
        app.leave_undone();
        app.finish().await;
    }

    async fn a_withdrawn_right_stops_an_import(db: Db) {
        let app = house(db).await;
        let boss = app.person("boss").roles(&["admin"]).without_phone().signed_out().await;
        let browser = crate::signed_in(&app, "boss").await;
        let chief = browser_of(&app, "chief", "super_admin").await;
        let page = place(&give(&browser, "username,name\nnuri,누리\n").await);
        assert_leads(&browser.post(&page, &[]).await, &page);
        assert_shows(&browser.get(&page).await, &["data-refresh", "<progress"]);
        let ctx = Ctx::program("test", app.clock.now());
        app.accounts.withdraw_role(&ctx, boss.id, "admin").await.unwrap();
        app.settle().await;
        assert_hides(&chief.get(PEOPLE).await.assert_status(200), &["누리"]);
        let ended = app.audit_of("ADMIN_ACTION").await;
        assert!(ended.iter().any(|row| row.details["import"] == "stopped"), "{ended:?}");
        app.finish().await;
    }
}
