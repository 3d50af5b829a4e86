//! The pages of people: who is found, what is shown of them, and what forms do.

mod acts;
mod import;
mod panels;

use hanok_testkit::{Answer, Browser, TestApp};

use crate::{app as house, assert_leads, signed_in};

pub const PEOPLE: &str = "/admin/people";

/// A browser of somebody who holds this role.
pub async fn browser_of(app: &TestApp, name: &str, role: &str) -> Browser {
    app.person(name)
        .roles(&[role])
        .without_phone()
        .signed_out()
        .await;
    signed_in(app, name).await
}

/// The page has each of these.
#[track_caller]
pub fn assert_shows(page: &Answer, words: &[&str]) {
    for word in words {
        assert!(page.text.contains(word), "no {word}: {}", page.text);
    }
}

/// The page has none of these.
#[track_caller]
pub fn assert_hides(page: &Answer, words: &[&str]) {
    for word in words {
        assert!(!page.text.contains(word), "{word}: {}", page.text);
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn people_are_found_sorted_and_masked(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let ara = app.person("ara").name("아라").email("ara@example.com").signed_out().await;
        app.person("bora").name("보라").signed_out().await;
        let page = boss.get(PEOPLE).await.assert_status(200);
        assert_shows(&page, &["아라", "보라", "a***@example.com", &format!("{PEOPLE}/{}", ara.id), "/admin/people/export", "모두 3명"]);
        assert_hides(&page, &["ara@example.com"]);
        let down = boss.get("/admin/people?sort=-username").await.assert_status(200);
        let place = |word: &str| down.text.find(word).unwrap();
        assert!(place(">보라<") < place(">아라<"), "{}", down.text);
        assert_shows(&down, &["aria-sort=\"descending\""]);
        let found = boss.get("/admin/people?q=bor&status=active").await.assert_status(200);
        assert_shows(&found, &["보라"]);
        assert_hides(&found, &[">아라<"]);
        let none = boss.get("/admin/people?q=nobody-here").await.assert_status(200);
        assert_shows(&none, &["찾는 구성원이 없습니다"]);
        for wrong in ["status=gone", "page=501", "sort=password_hash"] {
            let page = boss.get(&format!("{PEOPLE}?{wrong}")).await;
            assert_eq!(page.status, 400, "{wrong}");
            assert_shows(&page, &["찾는 조건을 확인해 주세요"]);
        }
        app.finish().await;
    }

    async fn whoever_leads_sees_their_own_people_and_no_form(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let mina = browser_of(&app, "mina", "manager").await;
        let ara = app.person("ara").name("아라").signed_out().await;
        let bora = app.person("bora").name("보라").signed_out().await;
        let made = boss.post("/admin/departments", &[("name", "연구소"), ("manager_id", "mina")]).await;
        let department = made.header("location").to_owned();
        boss.post(&format!("{department}/members"), &[("username", "ara")]).await;
        let list = mina.get(PEOPLE).await.assert_status(200);
        assert_shows(&list, &["아라"]);
        assert_hides(&list, &["보라", "/admin/people/new", "/admin/people/import"]);
        let page = mina.get(&format!("{PEOPLE}/{}", ara.id)).await.assert_status(200);
        assert_shows(&page, &["연구소"]);
        assert_hides(&page, &["비밀번호 재설정", "이 계정에 있었던 일"]);
        mina.get(&format!("{PEOPLE}/{}", bora.id)).await.assert_status(404);
        let tried = mina.post(&format!("{PEOPLE}/{}/status", ara.id), &[("status", "disabled")]).await;
        assert_eq!(tried.status, 403);
        let user = browser_of(&app, "nuri", "auditor").await.get(PEOPLE).await;
        assert_eq!(user.status, 403);
        app.finish().await;
    }

    async fn an_export_is_masked_harmless_and_on_the_record(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        app.person("ara").name("=1+1").verified_email("ara@example.com").signed_out().await;
        let file = boss.get("/admin/people/export?q=ara").await.assert_status(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(file.header("cache-control"), "no-store");
        assert!(file.header("content-disposition").contains("people-2026-11-21.csv"), "{:?}", file.headers);
        let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
        assert!(lines[0].starts_with("username,name,department,roles,status"), "{}", lines[0]);
        assert!(lines[1].starts_with("ara,'=1+1,,user,active,no,no,a***@example.com,yes,"), "{}", lines[1]);
        assert_eq!(lines.len(), 2);
        let rows = app.audit_of("DATA_EXPORT").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].details["filters"], serde_json::json!(["q"]));
        let keeper = browser_of(&app, "keeper", "service_admin").await;
        assert_eq!(keeper.get("/admin/people/export").await.status, 403);
        app.finish().await;
    }

    async fn an_export_goes_on_until_everybody_was_told(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        for at in 0..105 {
            app.person(&format!("person{at}")).without_phone().signed_out().await;
        }
        let file = boss.get("/admin/people/export").await.assert_status(200);
        assert_eq!(file.text.lines().count(), 107);
        app.finish().await;
    }

    async fn a_person_is_made_changed_and_shown(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let wrong = boss.post(PEOPLE, &[("username", "x"), ("name", "하늘"), ("email", "none")]).await;
        assert_leads(&wrong, "/admin/people/new");
        let form = boss.get("/admin/people/new").await.assert_status(200);
        assert_shows(&form, &["username-error", "email-error", "value=\"하늘\""]);
        let fields = [("username", "haneul"), ("name", "하늘"), ("department", "연구소"), ("birthdate", "1990-02-03")];
        let made = boss.post(PEOPLE, &fields).await.assert_status(200);
        assert_shows(&made, &["임시 비밀번호", "haneul"]);
        assert_eq!(made.header("cache-control"), "no-store");
        let (_, behind) = made.text.split_once("<code class=\"pair-code\">").unwrap();
        let password = behind.split('<').next().unwrap().to_owned();
        app.sign_in("haneul", &password).await.assert_problem(403, "password_change_required");
        let (_, behind) = made.text.split_once("href=\"/admin/people/").unwrap();
        let page = format!("{PEOPLE}/{}", behind.split('"').next().unwrap());
        let shown = boss.get(&page).await.assert_status(200);
        assert_shows(&shown, &["연구소", "등록됨", "다음 로그인 때 새로 정함"]);
        let same = [("name", "하늘"), ("department", "연구소")];
        assert_leads(&boss.post(&format!("{page}/edit"), &same).await, &page);
        assert_shows(&boss.get(&page).await, &["그대로 두었습니다"]);
        let other = [("name", "새하늘"), ("department", ""), ("no_birthdate", "on"), ("email", "haneul@example.com")];
        assert_leads(&boss.post(&format!("{page}/edit"), &other).await, &page);
        let shown = boss.get(&page).await.assert_status(200);
        assert_shows(&shown, &["새하늘", "h***@example.com", "저장했습니다."]);
        assert_hides(&shown, &["등록됨"]);
        let gone = boss.post(&format!("{page}/edit"), &[("name", "새하늘"), ("department", "없는 부서")]).await;
        assert_leads(&gone, &format!("{page}/edit"));
        assert_shows(&boss.get(&format!("{page}/edit")).await, &["department-error", "없는 부서"]);
        app.settle().await;
        app.finish().await;
    }
}
