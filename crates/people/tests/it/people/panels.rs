//! What the overview says of accounts, and to whom.

use std::sync::Arc;

use hanok_accounts::{Accounts, App};
use hanok_base::i18n::Locale;
use hanok_db::{Db, MigrationSet};
use hanok_testkit::TestApp;
use hanok_web::Routes;

use super::{assert_hides, assert_shows, browser_of};
use crate::people_of;

/// The overview, which the program puts above all apps.
struct Overview(Vec<Arc<dyn App>>);

impl App for Overview {
    fn name(&self) -> &'static str {
        "overview"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        Vec::new()
    }

    fn routes(&self) -> Routes {
        hanok_people::console_routes(&self.0)
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        [(Locale::Ko, ""), (Locale::En, "")]
    }
}

async fn house(db: Db) -> TestApp {
    let apps = |accounts: &Accounts, _: &_| -> Vec<Arc<dyn App>> {
        let people = people_of(accounts);
        let overview = Overview(vec![Arc::clone(&people)]);
        vec![people, Arc::new(overview)]
    };
    TestApp::builder(db).apps(apps).start().await
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn the_overview_counts_and_leads_to_whoever_is_locked_out(db: Db) {
        let app = house(db).await;
        let boss = browser_of(&app, "boss", "admin").await;
        let calm = boss.get("/admin").await.assert_status(200);
        assert_shows(&calm, &["id=\"overview\" data-refresh=\"15\"", "오늘 로그인", "봉인 키", "/admin/people"]);
        assert_hides(&calm, &["/admin/people?status=locked"]);
        let ara = app.person("ara").name("아라").signed_out().await;
        for _ in 0..5 {
            app.sign_in("ara", "Wrong-tree-7").await;
        }
        let page = boss.get("/admin").await.assert_status(200);
        let way = format!("/admin/people/{}", ara.id);
        assert_shows(&page, &["아라", &way, "/admin/people?status=locked"]);
        app.settle().await;
        app.finish().await;
    }

    async fn whoever_leads_is_told_of_their_own_people_alone(db: Db) {
        let app = house(db).await;
        let mina = browser_of(&app, "mina", "manager").await;
        let empty = mina.get("/admin").await.assert_status(200);
        assert_shows(&empty, &["보여 드릴 내용이 없습니다"]);
        let boss = browser_of(&app, "boss", "admin").await;
        let made = boss.post("/admin/departments", &[("name", "연구소"), ("manager_id", "mina")]).await;
        let department = made.header("location").to_owned();
        app.person("ara").signed_out().await;
        boss.post(&format!("{department}/members"), &[("username", "ara")]).await;
        let own = mina.get("/admin").await.assert_status(200);
        assert_shows(&own, &["맡은 구성원"]);
        assert_hides(&own, &["오늘 로그인", "봉인 키"]);
        app.settle().await;
        app.finish().await;
    }
}
