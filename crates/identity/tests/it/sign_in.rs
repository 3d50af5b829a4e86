//! Signing in by approval on the paired phone, and everything that must not come of it.

mod asking;
mod takeover;

use hanok_testkit::{Answer, Browser, Phone};
use serde_json::{Value, json};

use crate::kit::House;

pub const BEGIN: &str = "/login/phone";
pub const WAIT: &str = "/login/phone/wait";
pub const FINISH: &str = "/login/phone/finish";
pub const CANCEL: &str = "/login/phone/cancel";

/// Where an answer leads.
pub trait Leads {
    fn location(&self) -> Option<&str>;
}

impl Leads for Answer {
    fn location(&self) -> Option<&str> {
        self.headers
            .get("location")
            .map(|path| path.to_str().unwrap())
    }
}

/// Somebody at a browser, asking a phone to let them in.
pub struct Visitor {
    pub browser: Browser,
}

impl Visitor {
    pub fn new(house: &House) -> Self {
        Self {
            browser: Browser::new(&house.app),
        }
    }

    /// Asks for this name; the answer leads to the page that waits.
    pub async fn ask(&self, name: &str) -> Answer {
        let answer = self.browser.post(BEGIN, &[("user_id", name)]).await;
        assert_eq!(answer.status, 302, "{}", answer.text);
        answer
    }

    /// The number on the page that waits.
    pub async fn number(&self) -> String {
        let page = self.browser.get(WAIT).await.assert_status(200).text;
        let (_, rest) = page.split_once("class=\"match-number\"").unwrap();
        let (_, rest) = rest.split_once('>').unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    }

    /// What the page's script is told.
    pub async fn state(&self) -> Value {
        let call = self.browser.client().get("/login/phone/status");
        let answer = self.browser.send(call.header("x-hanok-background", "1"));
        answer.await.assert_status(200).body["state"].clone()
    }

    pub async fn finish(&self) -> Answer {
        self.browser.post(FINISH, &[]).await
    }

    pub async fn is_signed_in(&self) -> bool {
        let call = self.browser.client().get("/session");
        let answer = self.browser.send(call).await.assert_status(200);
        answer.body["signed_in"] == true
    }
}

/// What waits on a phone.
pub async fn waiting(phone: &Phone) -> Vec<Value> {
    let pending = phone.get("/api/v1/auth/pending").await.assert_status(200);
    pending.body["requests"].as_array().unwrap().clone()
}

/// The one request on a phone.
pub async fn on_phone(phone: &Phone) -> Value {
    let mut requests = waiting(phone).await;
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

/// The phone approves what waits on it, with this number and PIN.
pub async fn approve(phone: &Phone, number: &str, pin: &str) -> Answer {
    let body = json!({
        "transaction_id": on_phone(phone).await["transaction_id"], "pin_code": pin, "binding_code": number,
    });
    phone.post("/api/v1/auth/confirm").json(body).await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn an_approval_on_the_phone_signs_the_browser_in_that_asked(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = Visitor::new(&house);
        assert_eq!(visitor.ask("Haneul").await.location(), Some(WAIT));
        assert_eq!(visitor.state().await, "waiting");
        let request = on_phone(&phone).await;
        assert_eq!((&request["sign_in"], &request["provider_name"]), (&json!(true), &json!("한옥 (Hanok)")));
        assert_eq!(request["binding_message"], "127.0.0.1", "where the browser is");
        assert!(!visitor.is_signed_in().await);

        approve(&phone, &visitor.number().await, &person.pin).await.assert_status(200);
        assert_eq!(visitor.state().await, "approved");
        assert_eq!(visitor.finish().await.location(), Some("/"));
        assert!(visitor.is_signed_in().await);
        let me = visitor.browser.send(visitor.browser.client().get("/api/v1/me")).await;
        assert_eq!(me.body["username"], "haneul");

        let logins = house.app.audit_of("USER_LOGIN").await;
        let by_phone: Vec<_> = logins.iter().filter(|line| line.details == json!({ "by": "phone", "kind": "browser" })).collect();
        assert_eq!(by_phone.len(), 1);
        assert_eq!((by_phone[0].subject, by_phone[0].actor), (Some(person.id.uuid()), Some(person.id.uuid())));
        assert_eq!(house.app.audit_of("AUTH_COMPLETED").await.len(), 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM callback_delivery").await, 0, "nobody is to be told");
        assert_eq!(house.count("SELECT COUNT(*) FROM provider_subject").await, 0, "and nothing of the person");
        house.app.finish().await;
    }

    async fn the_page_it_was_for_comes_next_and_no_other_site_s(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = Visitor::new(&house);
        let asked = visitor.browser.post(BEGIN, &[("user_id", "haneul"), ("next", "/history?page=2")]).await;
        let there = asked.location().unwrap().to_owned();
        assert_eq!(there, "/login/phone/wait?next=%2Fhistory%3Fpage%3D2");
        assert!(visitor.browser.get(&there).await.text.contains("value=\"/history?page=2\""));
        approve(&phone, &visitor.number().await, &person.pin).await.assert_status(200);
        let home = visitor.browser.post(FINISH, &[("next", "/history?page=2")]).await;
        assert_eq!(home.location(), Some("/history?page=2"));
        assert_eq!(visitor.browser.get("/login/phone?next=/history").await.location(), Some("/history"));

        let other = Visitor::new(&house);
        let asked = other.browser.post(BEGIN, &[("user_id", "haneul"), ("next", "https://evil.example/")]).await;
        assert_eq!(asked.location(), Some(WAIT));
        approve(&phone, &other.number().await, &person.pin).await.assert_status(200);
        assert_eq!(other.browser.post(FINISH, &[("next", "//evil.example")]).await.location(), Some("/"));
        house.app.finish().await;
    }

    async fn the_password_was_not_given_by_it(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = Visitor::new(&house);
        visitor.ask("haneul").await;
        approve(&phone, &visitor.number().await, &person.pin).await.assert_status(200);
        visitor.finish().await;
        let pairing = visitor.browser.client().post("/api/v1/me/devices").header("sec-fetch-site", "same-origin");
        visitor.browser.send(pairing).await.assert_problem(403, "password_required");
        house.app.finish().await;
    }

    async fn it_lifts_a_lock_of_the_password(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let login = |password: &str| {
            let body = json!({ "username": "haneul", "password": password });
            house.app.client().post("/api/v1/auth/login").json(body)
        };
        for _ in 0..5 {
            login("Wrong-tree-7").await.assert_status(401);
        }
        login(&person.password).await.assert_problem(423, "account_locked");
        let visitor = Visitor::new(&house);
        visitor.ask("haneul").await;
        approve(&phone, &visitor.number().await, &person.pin).await.assert_status(200);
        login(&person.password).await.assert_problem(423, "account_locked");
        visitor.finish().await;
        assert!(visitor.is_signed_in().await);
        let lifted = house.app.audit_of("ACCOUNT_UNLOCKED").await;
        assert_eq!(lifted.len(), 1);
        assert_eq!(lifted[0].details, json!({ "password": true, "pin": false, "by": "phone" }));
        login(&person.password).await.assert_status(200);
        house.app.finish().await;
    }

    async fn every_other_end_explains_itself_and_lets_nobody_in(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = Visitor::new(&house);
        let over = async |state: &str, word: &str| {
            assert_eq!(visitor.state().await, state);
            let page = visitor.browser.get(WAIT).await.assert_status(200).text;
            assert!(page.contains(word), "{page}");
            assert_eq!(visitor.finish().await.location(), Some(WAIT));
            assert!(!visitor.is_signed_in().await, "{state}");
        };
        visitor.ask("haneul").await;
        let id = json!({ "transaction_id": on_phone(&phone).await["transaction_id"] });
        phone.post("/api/v1/auth/deny").json(id).await.assert_status(200);
        over("denied", "거절").await;

        visitor.ask("haneul").await;
        approve(&phone, &visitor.number().await, "135792").await.assert_problem(401, "invalid_pin");
        over("not_confirmed", "맞지 않아").await;

        visitor.ask("haneul").await;
        let number = visitor.number().await;
        let request = on_phone(&phone).await;
        let other = request["choices"].as_array().unwrap().iter().find(|choice| **choice != number).unwrap();
        approve(&phone, other.as_str().unwrap(), &person.pin).await.assert_problem(400, "binding_mismatch");
        over("not_confirmed", "맞지 않아").await;

        visitor.ask("haneul").await;
        house.later(180);
        over("expired", "시간이 지났습니다").await;
        house.app.finish().await;
    }

    async fn whoever_asked_takes_it_back(db: Db) {
        let house = House::start(db, &[]).await;
        let (_, phone) = house.paired("haneul").await;
        let visitor = Visitor::new(&house);
        visitor.ask("haneul").await;
        let gone = visitor.browser.post(CANCEL, &[("next", "/history")]).await;
        assert_eq!(gone.location(), Some("/login?next=%2Fhistory"));
        assert_eq!(visitor.browser.cookie("hanok_sign_in"), None);
        assert_eq!(waiting(&phone).await, Vec::<Value>::new());
        let reasons: Vec<(Option<String>,)> = house.rows("SELECT failure_reason FROM auth_transaction").await;
        assert_eq!(reasons, [(Some("withdrawn".to_owned()),)]);
        assert_eq!(visitor.browser.get(WAIT).await.location(), Some(BEGIN));
        assert_eq!(visitor.state().await, Value::Null);
        house.app.finish().await;
    }

    async fn the_login_page_offers_it(db: Db) {
        let house = House::start(db, &[]).await;
        let page = Browser::new(&house.app).get("/login?next=/history").await.assert_status(200).text;
        assert!(page.contains("action=\"/login/phone\"") && page.contains("휴대폰으로 승인"), "{page}");
        house.app.finish().await;
    }
}
