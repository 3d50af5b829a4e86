//! The pages of departments and teams.

use super::{admin, denials, member};
use crate::{app, assert_leads, signed_in};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn an_organisation_is_built_by_forms(db: Db) {
        let app = app(db).await;
        admin(&app).await;
        member(&app, "haneul").await;
        let browser = signed_in(&app, "boss").await;
        let empty = browser.get("/admin/departments").await.assert_status(200);
        assert!(empty.text.contains("아직 부서가 없습니다"));
        let wrong = browser.post("/admin/departments", &[("name", ""), ("manager_id", "nobody-here")]).await;
        assert_leads(&wrong, "/admin/departments/new");
        let form = browser.get("/admin/departments/new").await.assert_status(200);
        assert!(form.text.contains("aria-invalid=\"true\"") && form.text.contains("nobody-here"), "{}", form.text);
        let made = browser.post("/admin/departments", &[("name", "연구소"), ("manager_id", "Haneul"), ("parent_id", "")]).await;
        assert_eq!(made.status, 302, "{}", made.text);
        let page = made.header("location").to_owned();
        let shown = browser.get(&page).await.assert_status(200);
        assert!(shown.text.contains("연구소") && shown.text.contains("부서를 만들었습니다."), "{}", shown.text);
        let placed = browser.post(&format!("{page}/members"), &[("username", "haneul")]).await;
        assert_leads(&placed, &page);
        assert!(browser.get(&page).await.text.contains("부서에 배치했습니다."));
        let unknown = browser.post(&format!("{page}/members"), &[("username", "gone")]).await;
        assert_leads(&unknown, &page);
        assert!(browser.get(&page).await.text.contains("그런 계정이 없거나"));
        let shut = browser.post(&format!("{page}/close"), &[]).await;
        assert_leads(&shut, &page);
        assert!(browser.get(&page).await.text.contains("소속된 사람이 있어"));
        let list = browser.get("/admin/departments").await.assert_status(200);
        assert!(list.text.contains("연구소") && list.text.contains("부서 1개"));
        app.finish().await;
    }

    async fn a_team_is_made_of_usernames_and_names_the_lines_that_are_wrong(db: Db) {
        let app = app(db).await;
        admin(&app).await;
        member(&app, "haneul").await;
        let browser = signed_in(&app, "boss").await;
        let wrong = browser.post("/admin/teams", &[("name", "팀"), ("members", "haneul\n\ngone\nHANEUL")]).await;
        assert_leads(&wrong, "/admin/teams/new");
        let form = browser.get("/admin/teams/new").await.assert_status(200);
        assert!(form.text.contains("목록의 2, 3번째 사람"), "{}", form.text);
        let made = browser.post("/admin/teams", &[("name", "팀"), ("leader_id", "haneul"), ("members", "haneul\n")]).await;
        assert_eq!(made.status, 302, "{}", made.text);
        let page = made.header("location").to_owned();
        let shown = browser.get(&page).await.assert_status(200);
        assert!(shown.text.contains("팀을 만들었습니다.") && shown.text.contains("haneul"), "{}", shown.text);
        let renamed = browser.post(&page, &[("name", "새 팀"), ("leader_id", "")]).await;
        assert_leads(&renamed, &page);
        let list = browser.get("/admin/teams?q=%EC%83%88").await.assert_status(200);
        assert!(list.text.contains("새 팀"), "{}", list.text);
        let closed = browser.post(&format!("{page}/close"), &[]).await;
        assert_leads(&closed, "/admin/teams");
        browser.get(&page).await.assert_status(404);
        app.finish().await;
    }

    async fn a_leader_is_shown_what_they_lead_and_no_form_that_is_not_theirs(db: Db) {
        let app = app(db).await;
        admin(&app).await;
        app.person("mina").roles(&["manager"]).without_phone().signed_out().await;
        let boss = signed_in(&app, "boss").await;
        let made = boss.post("/admin/departments", &[("name", "연구소"), ("manager_id", "mina")]).await;
        let department = made.header("location").to_owned();
        let made = boss.post("/admin/teams", &[("name", "우리"), ("leader_id", "mina")]).await;
        let team = made.header("location").to_owned();
        let mina = signed_in(&app, "mina").await;
        let list = mina.get("/admin/departments").await.assert_status(200);
        assert!(list.text.contains("연구소") && !list.text.contains("/admin/departments/new"));
        let page = mina.get(&department).await.assert_status(200);
        assert!(!page.text.contains("부서 닫기") && !page.text.contains("사람 배치"));
        let page = mina.get(&team).await.assert_status(200);
        assert!(page.text.contains("팀원 추가") && !page.text.contains("팀 닫기"));
        let outside = mina.post(&format!("{team}/members"), &[("username", "boss")]).await;
        assert_eq!(outside.status, 403);
        let led = mina.post(&team, &[("name", "우리"), ("leader_id", "boss")]).await;
        assert_eq!(led.status, 403);
        assert_eq!(denials(&app).await, 2);
        app.finish().await;
    }
}
