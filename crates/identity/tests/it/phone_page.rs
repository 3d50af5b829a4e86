//! The page `/phone`: its texts for the script, and who may show it in a frame.

use std::collections::BTreeMap;
use std::sync::Arc;

use hanok_accounts::{Accounts, App};
use hanok_events::http::{GuardedClient, HttpPolicy};
use hanok_identity::{Identity, IdentityApp, IdentityParts};
use hanok_testkit::{Browser, Kit, TestApp};

use crate::kit::House;

const SCRIPT: &str = include_str!("../../../../web/src/phone/texts.ts");

/// The program, as the demo or not.
async fn started(db: hanok_db::Db, demo: bool) -> TestApp {
    let http = GuardedClient::new(HttpPolicy::default()).unwrap();
    let apps = move |accounts: &Accounts, kit: &Kit| {
        let parts = IdentityParts {
            accounts: accounts.clone(),
            notifications: crate::kit::notifications(accounts),
            config: kit.section("identity"),
            http: http.clone(),
            demo,
        };
        vec![Arc::new(IdentityApp(Identity::new(parts))) as Arc<dyn App>]
    };
    TestApp::builder(db).apps(apps).start().await
}

/// The names that the script asks for.
fn asked() -> Vec<&'static str> {
    let (_, rest) = SCRIPT.split_once("TEXT_KEYS = [").unwrap();
    let (list, _) = rest.split_once(']').unwrap();
    list.split('"').skip(1).step_by(2).collect()
}

/// The texts in a page's data block.
fn told(page: &str) -> BTreeMap<String, String> {
    let (_, rest) = page.split_once(r#"id="texts">"#).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_script_finds_every_text_in_both_languages(db: Db) {
        let house = House::start(db, &[]).await;
        for (language, title) in [("ko", "내 휴대폰"), ("en", "My phone")] {
            let browser = Browser::new(&house.app).header("accept-language", language);
            let page = browser.get("/phone").await.assert_status(200);
            let told = told(&page.text);
            for name in asked() {
                assert!(told.get(name).is_some_and(|text| !text.is_empty()), "{language}: {name}");
            }
            assert_eq!(told["title"], title);
            assert!(told["asks"].contains("{provider}"), "{}", told["asks"]);
        }
        house.app.finish().await;
    }

    async fn it_says_for_which_origin_a_phone_signs(db: Db) {
        let house = House::start(db, &[]).await;
        let page = Browser::new(&house.app).get("/phone").await.assert_status(200);
        let origin = format!("data-origin=\"{}\"", house.app.settings.web.public_url);
        assert!(page.text.contains(&origin), "{}", page.text);
        house.app.finish().await;
    }

    async fn no_page_may_show_it_in_a_frame_but_the_demo_s(db: Db) {
        for (demo, ancestors) in [(false, "frame-ancestors 'none'"), (true, "frame-ancestors 'self'")] {
            let app = started(db.clone(), demo).await;
            let page = Browser::new(&app).get("/phone").await.assert_status(200);
            let policy = page.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains(ancestors), "{policy}");
            assert!(page.text.contains(&format!("data-demo=\"{demo}\"")));
            app.finish().await;
        }
    }

    async fn it_holds_nothing_of_who_is_signed_in(db: Db) {
        let house = House::start(db, &[]).await;
        let person = house.app.person("haneul").await;
        let nobody = Browser::new(&house.app);
        let bare = nobody.get("/phone").await.assert_status(200);
        let signed_in = Browser::new(&house.app);
        let form = [("user_id", person.username.as_str()), ("password", person.password.as_str())];
        signed_in.post("/login", &form).await.assert_status(302);
        assert_eq!(signed_in.get("/phone").await.assert_status(200).text, bare.text);
        house.app.finish().await;
    }
}
