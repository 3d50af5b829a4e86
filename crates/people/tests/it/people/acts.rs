//! What is done to an account from its page.

use hanok_testkit::{Person, TestApp};
use serde_json::json;

use super::{PEOPLE, assert_hides, assert_shows, browser_of};
use crate::{app as house, assert_leads};

fn page_of(person: &Person) -> String {
    format!("{PEOPLE}/{}", person.id)
}

async fn fail_five_times(app: &TestApp, name: &str) {
    for _ in 0..5 {
        app.sign_in(name, "Wrong-tree-7").await;
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn whoever_locked_themselves_out_is_let_in_again(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let ara = app.person("ara").signed_out().await;
        fail_five_times(&app, "ara").await;
        app.sign_in("ara", &ara.password).await.assert_problem(423, "account_locked");
        assert_shows(&boss.get("/admin/people?status=locked").await, &["비밀번호 잠김"]);
        let page = page_of(&ara);
        assert_shows(&boss.get(&page).await, &["비밀번호 잠금 풀기"]);
        assert_leads(&boss.post(&format!("{page}/unlock"), &[("lock", "password")]).await, &page);
        let shown = boss.get(&page).await.assert_status(200);
        assert_shows(&shown, &["잠금을 풀었습니다."]);
        assert_hides(&shown, &["비밀번호 잠금 풀기"]);
        app.sign_in("ara", &ara.password).await.assert_status(200);
        app.settle().await;
        app.finish().await;
    }

    async fn an_account_is_switched_off_and_on(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let ara = app.person("ara").await;
        let (page, status) = (page_of(&ara), format!("{}/status", page_of(&ara)));
        assert_leads(&boss.post(&status, &[("status", "disabled")]).await, &page);
        assert_ne!(app.client().of(&ara).get("/api/v1/me").await.status, 200);
        assert_shows(&boss.get(&page).await, &["사용을 중지했습니다", "다시 사용하기"]);
        assert_leads(&boss.post(&status, &[("status", "active")]).await, &page);
        app.sign_in("ara", &ara.password).await.assert_status(200);
        assert_leads(&boss.post(&format!("{page}/sessions"), &[]).await, &page);
        assert_shows(&boss.get(&page).await, &["1곳에서 로그아웃했습니다.", "로그인한 곳이 없습니다."]);
        app.settle().await;
        app.finish().await;
    }

    async fn roles_and_passwords_ask_for_ones_own_password(db: Db) {
        let app = house(db).await;
        let chief = browser_of(&app, "chief", "super_admin").await;
        let ara = app.person("ara").signed_out().await;
        let page = page_of(&ara);
        let confirm = format!("/account/confirm?next={page}");
        app.clock.advance(std::time::Duration::from_mins(6));
        assert_shows(&chief.get(&page).await, &[&confirm]);
        for (act, form) in [("roles", ("role", "manager")), ("password", ("by", "temporary")), ("promote", ("", ""))] {
            assert_leads(&chief.post(&format!("{page}/{act}"), &[form]).await, &confirm);
        }
        let given = [("password", hanok_testkit::PASSWORD), ("next", page.as_str())];
        assert_eq!(chief.post("/account/confirm", &given).await.status, 302);
        assert_leads(&chief.post(&format!("{page}/roles"), &[("role", "manager"), ("role", "auditor")]).await, &page);
        assert_shows(&chief.get(&page).await, &["value=\"manager\" checked", "value=\"auditor\" checked", "관리자로 올리기"]);
        assert_leads(&chief.post(&format!("{page}/promote"), &[]).await, &page);
        assert_shows(&chief.get(&page).await, &["관리자에서 내리기", "새 역할이 바로 적용됩니다."]);
        assert_leads(&chief.post(&format!("{page}/demote"), &[]).await, &page);
        let reset = chief.post(&format!("{page}/password"), &[("by", "temporary")]).await.assert_status(200);
        assert_eq!(reset.header("cache-control"), "no-store");
        assert_shows(&reset, &["pair-code"]);
        app.sign_in("ara", &ara.password).await.assert_problem(401, "invalid_credentials");
        app.settle().await;
        app.finish().await;
    }

    async fn a_look_at_what_is_masked_needs_a_reason_and_is_seen_by_its_owner(db: Db) {
        let app = house(db).await;
        let (chief, boss) = (browser_of(&app, "chief", "super_admin").await, browser_of(&app, "boss", "admin").await);
        let mina = app.person("mina").email("mina@example.com").await;
        let page = page_of(&mina);
        assert_hides(&boss.get(&page).await, &["가려진 값 보기"]);
        let refused = boss.post(&format!("{page}/reveal"), &[("field", "email"), ("reason", "궁금해서")]).await;
        assert_eq!(refused.status, 403);
        let short = chief.post(&format!("{page}/reveal"), &[("field", "email"), ("reason", "x")]).await;
        assert_leads(&short, &page);
        assert_shows(&chief.get(&page).await, &["reason-error"]);
        let asked = [("field", "email"), ("reason", "청구서 주소 확인")];
        let shown = chief.post(&format!("{page}/reveal"), &asked).await.assert_status(200);
        assert_shows(&shown, &["mina@example.com"]);
        assert_eq!(shown.header("cache-control"), "no-store");
        let looks = app.client().of(&mina).get("/api/v1/me/audit-logs?what=looks").await.assert_status(200);
        assert!(looks.text.contains("청구서 주소 확인"), "{}", looks.text);
        app.finish().await;
    }

    async fn the_page_tells_what_was_done_and_that_it_was_read(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let ara = app.person("ara").await;
        let page = boss.get(&page_of(&ara)).await.assert_status(200);
        assert_shows(&page, &["이 계정에 있었던 일", "timeline-item", "로그인한 곳"]);
        let reads = app.audit_of("AUDIT_SEARCH").await;
        assert_eq!(reads.len(), 1);
        assert_eq!((reads[0].subject, &reads[0].details), (Some(ara.id.uuid()), &json!({ "filters": ["person"] })));
        app.finish().await;
    }

    async fn nobody_is_acted_on_by_who_may_not(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let chief = app.person("chief").roles(&["super_admin"]).without_phone().await;
        let page = page_of(&chief);
        assert_hides(&boss.get(&page).await.assert_status(200), &["비밀번호 재설정", "계정 삭제"]);
        let tries = [("status", ("status", "disabled")), ("unlock", ("lock", "both")), ("password", ("by", "temporary")),
            ("roles", ("role", "user")), ("promote", ("", "")), ("demote", ("", "")), ("sessions", ("", "")), ("delete", ("", "")),
            ("edit", ("name", "다른 이름"))];
        for (act, form) in tries {
            let tried = boss.post(&format!("{page}/{act}"), &[form]).await;
            assert_eq!(tried.status, 403, "{act}: {}", tried.text);
        }
        assert_eq!(app.audit_of("PERMISSION_DENIED").await.len(), tries.len());
        app.client().of(&chief).get("/api/v1/me").await.assert_status(200);
        app.finish().await;
    }

    async fn an_account_that_nothing_needs_is_removed(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let ara = app.person("ara").without_phone().signed_out().await;
        let removed = boss.post(&format!("{}/delete", page_of(&ara)), &[]).await;
        assert_leads(&removed, PEOPLE);
        assert_shows(&boss.get(PEOPLE).await, &["계정을 삭제했습니다."]);
        boss.get(&page_of(&ara)).await.assert_status(404);
        app.settle().await;
        app.finish().await;
    }
}
