//! Where one is signed in, seen and ended in a browser.

use hanok_testkit::{Browser, PASSWORD, TestApp};

use super::{after, assert_hides, assert_leads, assert_shows, page, signed_in};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

async fn signed_in_as(app: &TestApp, agent: &str) -> Browser {
    let browser = Browser::new(app).header("user-agent", agent);
    let form = [("user_id", "haneul"), ("password", PASSWORD)];
    assert_leads(&browser.post("/login", &form).await, "/");
    browser
}

/// The paths of the buttons that end a place.
fn ends(page: &str) -> Vec<String> {
    let parts = page.split("action=\"").skip(1);
    let actions = parts.map(|part| part.split('"').next().unwrap().to_owned());
    actions.filter(|action| action.ends_with("/end")).collect()
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_place_is_seen_and_ended_by_one_button(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        let (here, there) = (signed_in(&app, "haneul").await, signed_in_as(&app, CHROME).await);
        let shown = page(&here, "/account/sessions").await;
        assert_shows(&shown, &["Chrome · Windows", "127.0.0.1", "href=\"/logout\""]);
        let buttons = ends(&shown);
        assert_eq!(buttons.len(), 1);
        let ended = here.post(&buttons[0], &[]).await;
        let left = after(&here, &ended, "/account/sessions").await;
        assert_eq!(ends(&left), Vec::<String>::new());
        assert_leads(&there.get("/account").await, "/login?next=%2Faccount");
        app.finish().await;
    }

    async fn all_others_end_at_once_and_this_one_stays(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let here = signed_in(&app, "haneul").await;
        let others = [signed_in_as(&app, CHROME).await, signed_in_as(&app, "<script>alert(1)</script>").await];
        let shown = page(&here, "/account/sessions").await;
        assert_eq!(ends(&shown).len(), 3);
        assert_hides(&shown, &["<script>alert"]);
        let ended = here.post("/account/sessions/end-others", &[]).await;
        let left = after(&here, &ended, "/account/sessions").await;
        assert_hides(&left, &["end-others"]);
        for other in others {
            assert_leads(&other.get("/account/pin").await, "/login?next=%2Faccount%2Fpin");
        }
        app.finish().await;
    }

    async fn nobody_ends_the_place_of_another(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        app.person("somin").signed_out().await;
        let (haneul, somin) = (signed_in_as(&app, CHROME).await, signed_in(&app, "somin").await);
        let second = signed_in(&app, "haneul").await;
        let button = ends(&page(&second, "/account/sessions").await).remove(0);
        assert_leads(&somin.post(&button, &[]).await, "/account/sessions");
        page(&haneul, "/account").await;
        app.finish().await;
    }
}
