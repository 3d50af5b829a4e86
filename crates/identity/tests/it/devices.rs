//! What a paired phone's signature is good for, and how often.

use hanok_accounts::account::AccountStatus;
use hanok_testkit::{Answer, Phone};
use serde_json::json;

use crate::kit::{Asked, House};

const CONFIRM: &str = "/api/v1/auth/confirm";

/// A confirm as it lies on the wire.
struct Signed {
    path: &'static str,
    body: String,
    headers: Vec<(&'static str, String)>,
}

impl Signed {
    /// Signed for `path`, at this time and with this nonce.
    fn new(phone: &Phone, path: &'static str, body: &str, time: &str, nonce: &str) -> Self {
        let headers = phone.signed_with("POST", path, body.as_bytes(), time, nonce);
        Self {
            path,
            body: body.to_owned(),
            headers,
        }
    }

    fn now(phone: &Phone, body: &str) -> Self {
        Self::new(phone, CONFIRM, body, &phone.time(0), &Phone::nonce())
    }

    /// The same with another header.
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(held, _)| *held != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same without a header.
    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(held, _)| *held != name);
        self
    }

    async fn send(&self, house: &House) -> Answer {
        let call = house
            .app
            .client()
            .post(self.path)
            .text("application/json", &self.body);
        self.headers
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value))
            .await
    }

    #[track_caller]
    fn refused(answer: Answer) {
        answer.assert_problem(401, "invalid_device");
    }
}

fn body(asked: &Asked, pin: &str) -> String {
    json!({ "transaction_id": asked.id, "pin_code": pin, "binding_code": asked.number }).to_string()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_signed_confirm_counts_once(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let signed = Signed::now(&phone, &body(&asked, "135792"));
        signed.send(&house).await.assert_problem(401, "invalid_pin");
        Signed::refused(signed.send(&house).await);
        let next = shop.ask(&person).await;
        let nonce = &signed.headers.iter().find(|(name, _)| *name == "x-device-nonce").unwrap().1;
        let again = Signed::new(&phone, CONFIRM, &body(&next, &person.pin), &phone.time(0), nonce);
        Signed::refused(again.send(&house).await);
        assert_eq!(house.stands(&next).await, ("PENDING".to_owned(), None, 0));
        house.confirm(&phone, &next, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn every_signed_call_counts_once(db: Db) {
        let house = House::start(db, &[]).await;
        let (_person, phone) = house.paired("haneul").await;
        let path = "/api/v1/auth/pending/";
        let headers = phone.signed("GET", path, b"");
        let get = || headers.iter().fold(house.app.client().get(path), |call, (name, value)| call.header(name, value));
        get().await.assert_status(200);
        get().await.assert_problem(401, "invalid_device");
        house.app.finish().await;
    }

    async fn a_phone_whose_clock_is_a_minute_off_is_believed_and_no_further(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let right = body(&asked, &person.pin);
        let at = |time: &str| Signed::new(&phone, CONFIRM, &right, time, &Phone::nonce());
        for seconds in [-61, 61, -86_400] {
            Signed::refused(at(&phone.time(seconds)).send(&house).await);
        }
        for time in ["", "now", "-1", "1.5", "99999999999999999999"] {
            Signed::refused(at(time).send(&house).await);
        }
        assert_eq!(house.stands(&asked).await.0, "PENDING");
        at(&phone.time(-60)).send(&house).await.assert_status(200);
        let asked = shop.ask(&person).await;
        let ahead = Signed::new(&phone, CONFIRM, &body(&asked, &person.pin), &phone.time(60), &Phone::nonce());
        ahead.send(&house).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_signature_fits_one_method_one_path_and_one_body(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let ((person, phone), (_, other)) = (house.paired("haneul").await, house.paired("bada").await);
        let asked = shop.ask(&person).await;
        let right = body(&asked, &person.pin);
        let changed = Signed { body: right.replace(&asked.number, &asked.other_number()), ..Signed::now(&phone, &right) };
        Signed::refused(changed.send(&house).await);
        for path in ["/api/v1/auth/confirm/", "/api/v1/auth/api/confirm", "/api/v1/auth/confirm?x=1", "/api/v1/auth/deny"] {
            Signed::refused(Signed { path, ..Signed::now(&phone, &right) }.send(&house).await);
        }
        let by_get = phone.signed_with("GET", CONFIRM, right.as_bytes(), &phone.time(0), &Phone::nonce());
        Signed::refused(Signed { headers: by_get, ..Signed::now(&phone, &right) }.send(&house).await);
        Signed::refused(Signed::now(&other, &right).with("x-device-id", phone.device_id()).send(&house).await);
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        let query = Signed::new(&phone, "/api/v1/auth/confirm/?x=1", &right, &phone.time(0), &Phone::nonce());
        query.send(&house).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_signature_with_a_part_missing_or_broken_is_none(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let right = body(&asked, &person.pin);
        for name in ["x-device-time", "x-device-nonce", "x-device-signature"] {
            Signed::refused(Signed::now(&phone, &right).without(name).send(&house).await);
            Signed::refused(Signed::now(&phone, &right).with(name, "").send(&house).await);
        }
        for id in ["", "x", &uuid::Uuid::nil().to_string()] {
            Signed::refused(Signed::now(&phone, &right).with("x-device-id", id).send(&house).await);
        }
        for nonce in ["AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "!!!!!!!!!!!!!!!!!!!!!!"] {
            let signed = Signed::new(&phone, CONFIRM, &right, &phone.time(0), nonce);
            Signed::refused(signed.send(&house).await);
        }
        let unsigned = Signed::now(&phone, &right).without("x-device-id").send(&house).await;
        unsigned.assert_problem(401, "unauthorized");
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        house.app.finish().await;
    }

    async fn a_signature_is_for_the_public_address_whatever_the_host_header_says(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let signed = Signed::now(&phone, &body(&asked, &person.pin)).with("host", "evil.example");
        signed.send(&house).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_signature_signs_in_to_nothing_else(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        for path in ["/api/v1/me", "/api/v1/me/devices"] {
            phone.get(path).await.assert_problem(401, "unauthorized");
        }
        phone.post("/api/v1/me/devices").json(json!({})).await.assert_problem(401, "unauthorized");
        phone.get(&format!("/api/v1/auth/status/{}", asked.id)).await.assert_problem(401, "invalid_client");
        house.app.finish().await;
    }

    async fn a_phone_of_an_account_that_is_not_active_signs_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let ctx = hanok_web::Ctx::program("tests", house.app.clock.now());
        for status in [AccountStatus::Locked, AccountStatus::Disabled] {
            house.app.accounts.set_status(&ctx, person.id, status).await.unwrap();
            Signed::refused(house.confirm(&phone, &asked, &person.pin).await);
            Signed::refused(phone.get("/api/v1/auth/pending").await);
        }
        house.app.accounts.set_status(&ctx, person.id, AccountStatus::Active).await.unwrap();
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_confirm_that_found_no_place_may_be_sent_again_as_it_is(db: Db) {
        let builder = hanok_testkit::TestApp::builder(db).hash_pool(1, 2);
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let signed = Signed::now(&phone, &body(&asked, &person.pin));
        let taken: Vec<_> = (0..3).map(|_| house.app.accounts.hashes.reserve().unwrap()).collect();
        signed.send(&house).await.assert_problem(503, "busy");
        drop(taken);
        signed.send(&house).await.assert_status(200);
        house.app.finish().await;
    }
}
