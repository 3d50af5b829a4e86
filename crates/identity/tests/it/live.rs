//! The socket: who is let in, what they are told of requests, and when they are shown out.

mod closing;
mod neighbours;

use hanok_accounts::session::SignedInBy;
use hanok_testkit::wire::{Heard, Wire, signed};
use hanok_testkit::{Browser, Person, TestApp};
use hanok_web::Ctx;
use serde_json::{Value, json};

use crate::kit::{Asked, House};

fn refused(code: &str) -> Heard {
    Heard::Refused(code.into(), code.into())
}

fn done(asked: &Asked, status: &str) -> Heard {
    let payload = json!({ "transaction_id": asked.id, "status": status });
    Heard::Event("auth_done".into(), payload)
}

/// The payload of the `auth_request` that comes next.
async fn request(wire: &mut Wire) -> Value {
    match wire.hear().await {
        Heard::Event(name, payload) if name == "auth_request" => payload,
        other => panic!("{other:?}"),
    }
}

/// The cookie of a browser session of this person.
async fn cookie(house: &House, person: &Person) -> String {
    let (accounts, account) = (house.app.accounts.clone(), person.id);
    let ctx = Ctx::program("tests", house.app.clock.now());
    let opening = accounts.clone();
    let opened = accounts.db.write(async move |tx| {
        let by = SignedInBy::Password;
        opening.open_browser_session(tx, &ctx, account, by).await
    });
    format!("hanok_session={}", opened.await.unwrap().expose())
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_phone_is_shown_a_request_and_every_way_it_ends(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let mut wire = Wire::of_phone(&house.app, &phone).await;

        let body = json!({ "user_phone_number": person.phone, "binding_message": "주문 2건" });
        let first = Asked::new(&shop.request_with(body).await.assert_status(201));
        let shown = request(&mut wire).await;
        assert_eq!(shown["transaction_id"], first.id);
        assert_eq!(shown["provider_name"], "A 쇼핑몰");
        assert_eq!(shown["binding_message"], "주문 2건");
        let choices = shown["choices"].as_array().unwrap();
        assert!(choices.len() == 3 && choices.contains(&json!(first.number)));
        assert!(shown["expires_at"].is_string());
        assert_eq!(shown.as_object().unwrap().len(), 5);

        let second = shop.ask(&person).await;
        assert_eq!(wire.hear().await, done(&first, "FAILED"));
        assert_eq!(request(&mut wire).await["transaction_id"], second.id);
        house.confirm(&phone, &second, &person.pin).await.assert_status(200);
        assert_eq!(wire.hear().await, done(&second, "COMPLETED"));

        let denied = shop.ask(&person).await;
        request(&mut wire).await;
        let no = json!({ "transaction_id": denied.id });
        phone.post("/api/v1/auth/deny").json(no).await.assert_status(200);
        assert_eq!(wire.hear().await, done(&denied, "FAILED"));

        let late = shop.ask(&person).await;
        request(&mut wire).await;
        house.later(600);
        house.identity.expire_overdue().await.unwrap();
        assert_eq!(wire.hear().await, done(&late, "EXPIRED"));
        house.app.finish().await;
    }

    async fn a_session_is_shown_a_request_only_where_it_may_confirm(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let mut session = Wire::of(&house.app, &person).await;
        let asked = shop.ask(&person).await;
        assert_eq!(request(&mut session).await["transaction_id"], asked.id);

        let phone = house.app.pair(&person).await;
        let mut device = Wire::of_phone(&house.app, &phone).await;
        let again = shop.ask(&person).await;
        assert_eq!(device.hear().await, done(&asked, "FAILED"));
        assert_eq!(request(&mut device).await["transaction_id"], again.id);
        session.send("421[\"sync\",{\"after\":0}]").await;
        let nothing = json!({ "items": [], "upto": 0, "more": false });
        assert_eq!(session.hear().await, Heard::Acknowledged(nothing));
        house.app.finish().await;
    }

    async fn a_sign_in_is_shown_to_phones_alone_and_said_to_be_one(db: Db) {
        let builder = TestApp::builder(db);
        let house = House::build(builder, &[], |config| config.confirm_by_session = true, |_| {}).await;
        let (person, phone) = house.paired("haneul").await;
        let (mut session, mut device) = (Wire::of(&house.app, &person).await, Wire::of_phone(&house.app, &phone).await);
        let browser = Browser::new(&house.app);
        browser.post("/login/phone", &[("user_id", "haneul")]).await.assert_status(302);
        let shown = request(&mut device).await;
        assert_eq!((&shown["sign_in"], &shown["provider_name"]), (&json!(true), &json!("한옥 (Hanok)")));
        browser.post("/login/phone/cancel", &[]).await.assert_status(302);
        assert!(matches!(device.hear().await, Heard::Event(name, _) if name == "auth_done"));
        session.send("421[\"sync\",{\"after\":0}]").await;
        assert!(matches!(session.hear().await, Heard::Acknowledged(_)));
        house.app.finish().await;
    }

    async fn another_persons_socket_hears_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, _) = house.paired("haneul").await;
        let (_, other) = house.paired("bada").await;
        let mut wire = Wire::of_phone(&house.app, &other).await;
        shop.ask(&person).await;
        wire.send("42[\"join\",\"user_1\"]").await;
        wire.send("421[\"sync\",{}]").await;
        assert!(matches!(wire.hear().await, Heard::Acknowledged(_)));
        house.app.finish().await;
    }

    async fn who_proves_nothing_is_refused_and_told_why(db: Db) {
        let house = House::start(db, &[]).await;
        let (_, phone) = house.paired("haneul").await;
        let mut forged = signed(&phone);
        forged["device"]["time"] = json!(phone.time(1));
        let elsewhere = phone.signed("POST", "/socket.io/", b"");
        let mut other_method = signed(&phone);
        for (name, value) in elsewhere {
            other_method["device"][name.trim_start_matches("x-device-")] = json!(value);
        }
        for auth in [
            json!({}), json!(null), json!({ "token": "a.b.c" }), json!({ "token": 7 }),
            json!({ "device": {} }), forged, other_method,
        ] {
            let mut wire = Wire::connect(house.app.client(), &auth).await;
            assert_eq!(wire.hear().await, refused("unauthorized"), "{auth}");
        }
        house.app.finish().await;
    }

    async fn a_browsers_session_counts_on_our_own_pages_only_and_until_it_ends(db: Db) {
        let house = House::start(db, &[]).await;
        let person = house.app.person("haneul").await;
        let browser = house.app.client().header("cookie", &cookie(&house, &person).await);
        let own = house.app.settings.web.public_url.clone();
        let page = browser.clone().header("origin", &own);
        let mut seated = Wire::seated(page.clone(), &json!(null)).await;
        let foreign = browser.clone().header("origin", "http://shop.example");
        let mut wire = Wire::connect(foreign, &json!(null)).await;
        assert_eq!(wire.hear().await, refused("unauthorized"));
        let foreign = browser.header("sec-fetch-site", "cross-site");
        let mut wire = Wire::connect(foreign, &json!(null)).await;
        assert_eq!(wire.hear().await, refused("unauthorized"));
        page.post("/api/v1/auth/logout").await.assert_status(204);
        assert_eq!(seated.hear().await, Heard::Closed);
        let mut again = Wire::connect(page, &json!(null)).await;
        assert_eq!(again.hear().await, refused("session_ended"));
        house.app.finish().await;
    }

    async fn a_phones_signature_opens_one_socket(db: Db) {
        let house = House::start(db, &[]).await;
        let (_, phone) = house.paired("haneul").await;
        let auth = signed(&phone);
        Wire::seated(house.app.client(), &auth).await;
        let mut again = Wire::connect(house.app.client(), &auth).await;
        assert_eq!(again.hear().await, refused("unauthorized"));
        house.app.finish().await;
    }

    async fn signing_out_closes_the_sockets_of_that_session_and_no_other(db: Db) {
        let house = House::start(db, &[]).await;
        let mut person = house.app.person("haneul").await;
        let mut here = Wire::of(&house.app, &person).await;
        let first = house.app.client().of(&person);
        house.app.sign_in_again(&mut person).await;
        let mut there = Wire::of(&house.app, &person).await;
        first.post("/api/v1/auth/logout").await.assert_status(204);
        assert_eq!(here.hear().await, Heard::Closed);
        there.send("421[\"sync\",{}]").await;
        assert!(matches!(there.hear().await, Heard::Acknowledged(_)));
        house.app.finish().await;
    }

    async fn a_new_role_closes_a_persons_sockets_but_not_the_phones(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let mut session = Wire::of(&house.app, &person).await;
        let mut device = Wire::of_phone(&house.app, &phone).await;
        house.app.grant(person.id, "auditor").await;
        assert_eq!(session.hear().await, Heard::Closed);
        device.send("421[\"sync\",{}]").await;
        assert!(matches!(device.hear().await, Heard::Acknowledged(_)));
        house.app.finish().await;
    }

    async fn a_revoked_phones_socket_is_closed(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let mut wire = Wire::of_phone(&house.app, &phone).await;
        let path = format!("/api/v1/me/devices/{}", phone.device_id());
        house.app.client().of(&person).delete(&path).await.assert_status(204);
        assert_eq!(wire.hear().await, Heard::Closed);
        let mut again = Wire::connect(house.app.client(), &signed(&phone)).await;
        assert_eq!(again.hear().await, refused("unauthorized"));
        house.app.finish().await;
    }

    async fn what_another_process_revoked_closes_sockets_here(db: Db) {
        let house = House::start(db.clone(), &[]).await;
        let beside = TestApp::builder(db).beside(&house.app).start().await;
        let person = house.app.person("haneul").await;
        let mut wire = Wire::of(&beside, &person).await;
        let logout = house.app.client().of(&person).post("/api/v1/auth/logout");
        logout.await.assert_status(204);
        beside.run_duties().await;
        assert_eq!(wire.hear().await, Heard::Closed);
        house.app.settle().await;
        beside.finish().await;
        house.app.finish().await;
    }

    async fn a_session_whose_time_has_passed_loses_its_socket(db: Db) {
        let house = House::start(db, &[]).await;
        let person = house.app.person("haneul").await;
        let mut wire = Wire::of(&house.app, &person).await;
        house.later(8 * 86_400);
        house.app.run_duties().await;
        assert_eq!(wire.hear().await, Heard::Closed);
        house.app.finish().await;
    }

    async fn one_person_has_no_more_sockets_than_may_be(db: Db) {
        let builder = TestApp::builder(db)
            .alone("each program bounds the sockets it holds itself")
            .config(|settings| settings.web.sockets_per_account = 2);
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let person = house.app.person("haneul").await;
        let mut first = Wire::of(&house.app, &person).await;
        Wire::of(&house.app, &person).await;
        let token = json!({ "token": person.token });
        let mut third = Wire::connect(house.app.client(), &token).await;
        assert_eq!(third.hear().await, refused("too_many_sockets"));
        first.send("41").await;
        assert_eq!(first.hear().await, Heard::Closed);
        Wire::of(&house.app, &person).await;
        house.app.finish().await;
    }

    async fn no_more_connections_are_opened_than_may_be(db: Db) {
        let builder = TestApp::builder(db)
            .alone("each program bounds the connections it holds itself")
            .config(|settings| settings.web.sockets_max = 1);
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let person = house.app.person("haneul").await;
        let _only = Wire::of(&house.app, &person).await;
        let second = house.app.client().get("/socket.io/?EIO=4&transport=polling");
        second.await.assert_problem(503, "busy");
        house.app.finish().await;
    }
}
