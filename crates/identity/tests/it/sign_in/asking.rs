//! What whoever asks learns of a name: nothing.

use hanok_accounts::account::AccountStatus;
use hanok_testkit::TestApp;
use hanok_web::Ctx;
use serde_json::{Value, json};

use super::{BEGIN, Leads, Visitor, WAIT, approve, on_phone, waiting};
use crate::kit::House;

async fn limited(db: hanok_db::Db, per_address: u32) -> House {
    let builder = TestApp::builder(db).config(|settings| {
        settings.limits.phone_sign_in_per_address_per_minute = per_address;
    });
    House::build(builder, &[], |_| {}, |_| {}).await
}

/// A page without what differs from one request to the next.
fn alike(page: &str, number: &str) -> String {
    page.replace(&format!(">{number}<"), "><")
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_name_without_a_phone_that_could_approve_gets_the_same_page_that_expires(db: Db) {
        let house = House::start(db, &[]).await;
        let (_person, phone) = house.paired("haneul").await;
        house.app.person("unpaired").await;
        let (blocked, blocked_phone) = house.paired("blocked").await;
        let (gone, gone_phone) = house.paired("gone").await;
        let ctx = Ctx::program("tests", house.app.clock.now());
        house.app.accounts.set_status(&ctx, gone.id, AccountStatus::Disabled).await.unwrap();
        let shop = house.polling_shop("A 쇼핑몰").await;
        for _ in 0..5 {
            let asked = shop.ask(&blocked).await;
            house.confirm(&blocked_phone, &asked, "135792").await;
        }
        house.later(601);

        let mut seen = Vec::new();
        for name in ["haneul", "nobody", "unpaired", "blocked", "gone"] {
            let visitor = Visitor::new(&house);
            let answer = visitor.ask(name).await;
            assert_eq!(answer.location(), Some(WAIT), "{name}");
            let number = visitor.number().await;
            let page = visitor.browser.get(WAIT).await.text;
            seen.push((name, alike(&page, &number), visitor));
        }
        let (_, real, _) = &seen[0];
        assert!(seen.iter().all(|(_, page, _)| page == real), "{:?}", seen.iter().map(|(name, page, _)| (name, page)).collect::<Vec<_>>());
        assert_eq!(waiting(&phone).await.len(), 1);
        assert_eq!(waiting(&blocked_phone).await.len(), 0);
        gone_phone.get("/api/v1/auth/pending").await.assert_problem(401, "invalid_device");
        house.later(179);
        for (name, _, visitor) in &seen {
            assert_eq!(visitor.state().await, "waiting", "{name}");
        }
        house.later(1);
        for (name, _, visitor) in &seen {
            assert_eq!(visitor.state().await, "expired", "{name}");
        }
        house.app.finish().await;
    }

    async fn a_name_that_cannot_be_one_is_said_to_be_none(db: Db) {
        let house = House::start(db, &[]).await;
        let visitor = Visitor::new(&house);
        for (name, word) in [("", "user_id-error"), ("a@example.com", "이메일이 아니라"), ("!", "영문자")] {
            assert_eq!(visitor.ask(name).await.location(), Some(BEGIN), "{name}");
            let page = visitor.browser.get(BEGIN).await.assert_status(200).text;
            assert!(page.contains(word), "{name}: {page}");
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM auth_transaction").await, 0);
        house.app.finish().await;
    }

    async fn a_name_is_limited_alike_whether_somebody_has_it_or_not(db: Db) {
        let house = House::start(db, &[]).await;
        let (_, phone) = house.paired("haneul").await;
        for name in ["haneul", "nobody"] {
            for _ in 0..5 {
                assert_eq!(Visitor::new(&house).ask(name).await.location(), Some(WAIT), "{name}");
                house.later(10);
            }
            let refused = Visitor::new(&house);
            assert_eq!(refused.ask(&name.to_uppercase()).await.location(), Some(BEGIN), "{name}");
            assert_eq!(refused.browser.cookie("hanok_sign_in"), None);
        }
        assert_eq!(waiting(&phone).await.len(), 1, "each in place of the one before");
        house.app.finish().await;
    }

    async fn a_phone_that_others_asked_too_often_rings_no_more_and_nobody_is_told(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        for number in 0..4 {
            let shop = house.provider(&format!("Shop {number}"), json!({ "delivery": "poll" })).await;
            for _ in 0..5 {
                shop.ask(&person).await;
                house.later(1);
            }
        }
        let before = waiting(&phone).await.len();
        let visitor = Visitor::new(&house);
        assert_eq!(visitor.ask("haneul").await.location(), Some(WAIT));
        assert_eq!(visitor.state().await, "waiting");
        assert_eq!(waiting(&phone).await.len(), before);
        house.app.finish().await;
    }

    async fn an_address_is_limited(db: Db) {
        let house = limited(db, 3).await;
        for number in 0..3 {
            assert_eq!(Visitor::new(&house).ask(&format!("name{number}")).await.location(), Some(WAIT));
        }
        assert_eq!(Visitor::new(&house).ask("name9").await.location(), Some(BEGIN));
        house.later(60);
        assert_eq!(Visitor::new(&house).ask("name9").await.location(), Some(WAIT));
        house.app.finish().await;
    }

    async fn another_browser_takes_the_phone_and_the_first_one_learns_nothing_of_it(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let (first, second) = (Visitor::new(&house), Visitor::new(&house));
        first.ask("haneul").await;
        house.later(1);
        second.ask("haneul").await;
        assert_eq!((first.state().await, second.state().await), (json!("waiting"), json!("waiting")));
        approve(&phone, &second.number().await, &person.pin).await.assert_status(200);
        assert_eq!((first.state().await, second.state().await), (json!("waiting"), json!("approved")));
        first.finish().await;
        assert!(!first.is_signed_in().await);
        second.finish().await;
        assert!(second.is_signed_in().await);
        house.later(180);
        assert_eq!(first.state().await, "expired");
        house.app.finish().await;
    }

    async fn decoys_are_forgotten_and_people_s_own_requests_are_not(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        for name in ["haneul", "nobody"] {
            Visitor::new(&house).ask(name).await;
        }
        on_phone(&phone).await;
        house.later(600);
        house.identity.expire_overdue().await.unwrap();
        house.later(24 * 3_600);
        house.identity.sweep_requests().await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM phone_sign_in").await, 0);
        assert_eq!(house.count("SELECT COUNT(*) FROM auth_transaction").await, 1);
        let history = house.app.client().of(&person).get("/api/v1/me/history").await;
        assert_ne!(history.status, 500);
        house.app.finish().await;
    }

    async fn hanok_itself_is_no_customer(db: Db) {
        let house = House::start(db, &[]).await;
        house.paired("haneul").await;
        Visitor::new(&house).ask("haneul").await;
        let own: Vec<(uuid::Uuid, String)> = house.rows("SELECT id, client_id FROM service_provider").await;
        let [(id, client_id)] = own.as_slice() else { panic!("{own:?}") };
        let admin = house.app.person("admin").roles(&["super_admin"]).await;
        let client = house.app.client().of(&admin);
        let list = client.get("/api/v1/providers").await.assert_status(200);
        assert!(!list.text.contains(&id.to_string()), "{}", list.text);
        assert_eq!(house.identity.list_providers().await.unwrap().len(), 0);
        assert!(house.identity.find_provider_by_client_id(client_id).await.unwrap().is_none());
        let path = format!("/api/v1/providers/{id}");
        client.get(&path).await.assert_problem(404, "not_found");
        client.patch(&path).json(json!({ "name": "A 은행" })).await.assert_problem(404, "not_found");
        client.post(&format!("{path}/secrets")).await.assert_problem(404, "not_found");
        client.post(&format!("{path}/keys")).await.assert_problem(404, "not_found");
        for secret in ["", "hanok"] {
            let body = json!({ "user_phone_number": "010-1234-5678", "client_id": client_id, "client_secret": secret });
            house.app.client().post("/api/v1/auth/request").json(body).await.assert_problem(401, "invalid_client");
        }
        house.app.finish().await;
    }

    async fn nothing_of_the_secret_or_the_typed_name_is_kept(db: Db) {
        let house = House::start(db, &[]).await;
        let visitor = Visitor::new(&house);
        visitor.ask("nobody-of-this-name").await;
        let secret = visitor.browser.cookie("hanok_sign_in").unwrap();
        let found = house.app.scan_for(&[&secret, "nobody-of-this-name"]).await;
        assert_eq!(found, Vec::<String>::new());
        let state: Value = visitor.state().await;
        assert_eq!(state, "waiting");
        house.app.finish().await;
    }
}
