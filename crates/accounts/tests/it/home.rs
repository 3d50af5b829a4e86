//! The landing page and the dashboard.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_accounts::App;
use hanok_accounts::home::{FrontCard, Invitation, Panel, PanelView};
use hanok_base::i18n::{Locale, Text};
use hanok_db::MigrationSet;
use hanok_testkit::{Browser, PASSWORD, TestApp};
use hanok_web::{Access, Ctx, Error, Routes};

/// An app that has something to say.
struct Garden;

struct Weeds(&'static str);

#[derive(askama::Template)]
#[template(source = "<p>{{ text }}</p>", ext = "html")]
struct Body {
    text: &'static str,
}

impl Panel for Weeds {
    fn show<'a>(&'a self, _: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        let view = || PanelView::new(Text::new("garden.weeds"), Body { text: self.0 });
        let view = (!self.0.is_empty()).then(view);
        let view = view.map(|view| view.more(Text::new("garden.all"), "/garden"));
        Box::pin(async move { Ok(view) })
    }
}

impl App for Garden {
    fn name(&self) -> &'static str {
        "garden"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        Vec::new()
    }

    fn routes(&self) -> Routes {
        Routes::new()
    }

    fn panels(&self) -> Vec<Arc<dyn Panel>> {
        vec![Arc::new(Weeds("<b>쑥</b>")), Arc::new(Weeds(""))]
    }

    fn front(&self) -> Option<FrontCard> {
        Some(FrontCard {
            title: Text::new("garden.title"),
            line: Text::new("garden.line"),
            icon: "home",
            path: "/garden",
            needs: Access::SignedIn,
        })
    }

    fn invitation(&self) -> Option<Invitation> {
        Some(Invitation {
            text: Text::new("garden.enter"),
            path: "/garden/gate",
        })
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        const TEXTS: &str = "[garden]\ntitle = \"뜰\"\nline = \"꽃을 가꿉니다.\"\nenter = \"들어가기\"\nweeds = \"잡초\"\nall = \"모두 보기\"";
        [(Locale::Ko, TEXTS), (Locale::En, TEXTS)]
    }
}

async fn with_garden(db: hanok_db::Db) -> TestApp {
    let builder = TestApp::builder(db);
    builder
        .apps(|_, _| vec![Arc::new(Garden) as Arc<dyn App>])
        .start()
        .await
}

async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = Browser::new(app);
    let form = [("user_id", username), ("password", PASSWORD)];
    let answer = browser.post("/login", &form).await.assert_status(302);
    assert_eq!(answer.header("location"), "/");
    browser
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn the_landing_page_shows_the_apps_and_the_ways_in(db: Db) {
        let app = with_garden(db).await;
        app.person("chief").roles(&["super_admin"]).signed_out().await;
        let page = Browser::new(&app).get("/").await.assert_status(200);
        for there in ["href=\"/garden\"", "꽃을 가꿉니다.", "href=\"/login?next=/dashboard\"", "href=\"/register\"", "href=\"/docs/api\""] {
            assert!(page.text.contains(there), "{there}");
        }
        assert!(page.text.contains("<a class=\"btn btn-primary\" href=\"/garden/gate\">들어가기</a>"));
        assert_eq!(page.text.matches("btn-primary").count(), 1);
        app.finish().await;
    }

    async fn without_an_invitation_signing_in_comes_first(db: Db) {
        let app = TestApp::builder(db).start().await;
        let page = Browser::new(&app).get("/").await.assert_status(200).text;
        assert!(page.contains("<a class=\"btn btn-primary\" href=\"/login?next=/dashboard\">"));
        assert!(!page.contains("/garden"));
        app.finish().await;
    }

    async fn whoever_is_signed_in_is_shown_the_way_to_the_dashboard(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let page = signed_in(&app, "haneul").await.get("/").await.assert_status(200);
        assert!(page.text.contains("김하늘 님, 안녕하세요.") && page.text.contains("href=\"/dashboard\""));
        assert!(!page.text.contains("href=\"/register\""));
        assert_eq!(page.header("cache-control"), "no-store");
        app.finish().await;
    }

    async fn the_dashboard_greets_and_shows_every_panel_that_has_something(db: Db) {
        let app = with_garden(db).await;
        app.person("haneul").signed_out().await;
        let nobody = Browser::new(&app).get("/dashboard").await.assert_status(302);
        assert_eq!(nobody.header("location"), "/login?next=%2Fdashboard");
        let page = signed_in(&app, "haneul").await.get("/dashboard").await.assert_status(200).text;
        assert!(page.contains("김하늘 님, 안녕하세요.") && page.contains("aria-current=\"page\""));
        assert_eq!(page.matches("잡초").count(), 1);
        assert!(page.contains("&#60;b&#62;쑥") && page.contains("<a href=\"/garden\">모두 보기</a>"));
        let garden = page.find("잡초").unwrap();
        assert!(garden < page.find("최근 로그인").unwrap(), "what the apps say comes first");
        app.finish().await;
    }

    async fn what_the_account_lacks_is_named_until_nothing_is(db: Db) {
        let app = TestApp::builder(db).start().await;
        let lacking = app.person("haneul").without_phone().without_pin().await;
        let page = signed_in(&app, &lacking.username).await.get("/dashboard").await.text;
        assert!(page.contains("href=\"/account/phone\"") && !page.contains("href=\"/account/pin\""));
        let proven = app.person("seoyeon").without_pin().await;
        let page = signed_in(&app, &proven.username).await.get("/dashboard").await.text;
        assert!(page.contains("href=\"/account/pin\"") && page.contains("href=\"/account/devices\""));
        let ready = app.person("doyun").await;
        app.pair(&ready).await;
        let page = signed_in(&app, &ready.username).await.get("/dashboard").await.text;
        assert!(!page.contains("계정 준비"));
        app.finish().await;
    }

    async fn the_last_sign_ins_are_shown_this_one_marked_and_ended_ones_too(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1";
        let phone = Browser::new(&app).header("user-agent", safari);
        phone.post("/login", &[("user_id", "haneul"), ("password", PASSWORD)]).await.assert_status(302);
        phone.get("/logout").await.assert_status(302);
        let page = signed_in(&app, "haneul").await.get("/dashboard").await.text;
        assert!(page.contains("Safari · iPhone") && page.contains("로그아웃됨"));
        assert_eq!(page.matches("지금 이곳").count(), 1);
        app.finish().await;
    }
}
