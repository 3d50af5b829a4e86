//! What people and providers keep secret stands in no table and no log, whatever was done with it.

use std::time::Duration;

use hanok_testkit::{Person, Phone, Reply, Sink};
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};
use crate::providers::{Desk, path};
use crate::receiver;

/// A CI in its form that nobody has.
const CI: &str =
    "SGFub2sgc2NhbnMgZm9yIHRoaXMgbWFkZS11cCBDSTsgbm9ib2R5IGhhcyBpdC4gU2l4dHktZm91ciBieXRlcw==";
const NUMBER: &str = "010-7412-8890";
const IMPORTED_NUMBER: &str = "010-7412-8891";
const WRONG_PIN: &str = "593071";

/// A day of one house, and everything that was secret in it.
struct Day {
    house: House,
    secrets: Vec<String>,
    /// What the tables held at moments when more was waiting than is left at the end.
    tables: Vec<(String, String)>,
}

impl Day {
    fn keep(&mut self, secret: &Value) -> String {
        let secret = secret.as_str().unwrap().to_owned();
        self.secrets.push(secret.clone());
        secret
    }

    fn keep_all(&mut self, secrets: &[&str]) {
        self.secrets
            .extend(secrets.iter().map(|secret| (*secret).to_owned()));
    }

    /// A number as people and programs write it.
    fn keep_number(&mut self, number: &str) {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let short = digits.trim_start_matches('0');
        let dashed = number.trim_start_matches('0');
        let spellings = [
            number.to_owned(),
            digits.clone(),
            number.replace('-', " "),
            short.to_owned(),
            format!("+82 {dashed}"),
            format!("+82-{dashed}"),
            format!("+82{short}"),
        ];
        self.secrets.extend(spellings);
    }

    fn keep_tokens(&mut self, person: &Person) {
        self.keep_all(&[&person.token, &person.refresh_token]);
    }

    fn keep_shop(&mut self, shop: &Shop) {
        self.keep_all(&[&shop.secret]);
        self.keep(&shop.key["base64"]);
        self.keep(&shop.key["jwk"]["k"]);
    }

    async fn look(&mut self) {
        let tables = self.house.app.db.dump_text().await.unwrap();
        self.tables.extend(tables);
    }

    /// What a provider was told, and all of it that is the person's.
    fn keep_told(&mut self, shop: &Shop, jwe: &str) -> Value {
        self.keep_all(&[jwe]);
        let claims = receiver::open(&shop.key, jwe).unwrap().claims;
        for secret in ["auth_code", "di", "ci"].map(|name| &claims[name]) {
            if !secret.is_null() {
                self.keep(secret);
            }
        }
        claims
    }

    /// Registers and signs in over HTTP, the first time with a wrong password.
    async fn registers(&mut self) -> Person {
        let client = self.house.app.client();
        let password = "Kkachi-7-sori";
        let typed = json!({
            "username": "kkachi", "password": password, "name": "박까치", "email": "kkachi.0412@example.org",
            "birthdate": "1994-08-23", "phone_number": NUMBER,
        });
        let chief = self.house.app.person("chief").roles(&["super_admin"]);
        chief.signed_out().await;
        let made = client.post("/api/v1/auth/register").json(typed).await;
        let id = made.assert_status(201).body["id"].as_str().unwrap().parse();
        self.keep_all(&[
            password,
            "kkachi.0412@example.org",
            "1994-08-23",
            "19940823",
        ]);
        self.keep_number(NUMBER);
        let wrong = self.house.app.sign_in("kkachi", "Kkachi-8-sori").await;
        wrong.assert_problem(401, "invalid_credentials");
        self.keep_all(&["Kkachi-8-sori"]);
        let mut person = Person {
            id: id.unwrap(),
            username: "kkachi".to_owned(),
            password: password.to_owned(),
            pin: "609184".to_owned(),
            phone: NUMBER.to_owned(),
            token: String::new(),
            refresh_token: String::new(),
        };
        self.house.app.sign_in_again(&mut person).await;
        self.keep_tokens(&person);
        person
    }

    /// Proves the number, with a wrong code first, and sets a PIN.
    async fn proves_the_number(&mut self, person: &mut Person) {
        let client = self.house.app.client().of(person);
        let number = json!({ "phone_number": "+82 10-7412-8890" });
        let sent = client.post("/api/v1/me/phone").json(number).await;
        sent.assert_status(202);
        self.look().await;
        let code = self.house.app.sms_code(NUMBER).await;
        let wrong = if code == "315790" { "315791" } else { "315790" };
        self.keep_all(&[&code, wrong, &person.pin]);
        for (code, status) in [(wrong, 400), (&code, 204)] {
            let typed = json!({ "code": code });
            let proven = client.post("/api/v1/me/phone/verify").json(typed).await;
            proven.assert_status(status);
        }
        self.house.app.sign_in_again(person).await;
        self.keep_tokens(person);
        let pin = json!({ "pin_code": person.pin });
        let client = self.house.app.client().of(person);
        let set = client.put("/api/v1/me/pin").json(pin).await;
        set.assert_status(204);
        let refresh = json!({ "refresh_token": person.refresh_token });
        let client = self.house.app.client();
        let fresh = client.post("/api/v1/auth/refresh").json(refresh).await;
        person.keep_tokens(&fresh);
        self.keep_tokens(person);
    }

    /// Pairs a phone after a wrong code.
    async fn pairs(&mut self, person: &Person) -> Phone {
        let client = self.house.app.client().of(person);
        let password = json!({ "password": person.password });
        let code = client.post("/api/v1/me/devices").json(password).await;
        let code = self.keep(&code.assert_status(201).body["pairing_code"]);
        let wrong = "not-a-pairing-code-that-was-given";
        self.keep_all(&[wrong]);
        let shown =
            json!({ "pairing_code": wrong, "public_key": Phone::new_jwk(), "name": "전화" });
        let client = self.house.app.client();
        let refused = client.post("/api/v1/devices/pair").json(shown).await;
        refused.assert_field("/pairing_code", "pairing_code_invalid");
        Phone::pair(&self.house.app, &code).await
    }

    /// Approves, denies, mistypes the PIN and picks the wrong number.
    async fn answers(&mut self, shop: &Shop, person: &Person, phone: &Phone) {
        let asked = shop.ask(person).await;
        let approved = self.house.confirm(phone, &asked, &person.pin).await;
        approved.assert_status(200);
        let asked = shop.ask(person).await;
        let denied = json!({ "transaction_id": asked.id });
        let denied = phone.post("/api/v1/auth/deny").json(denied).await;
        denied.assert_status(200);
        let asked = shop.ask(person).await;
        let mistyped = self.house.confirm(phone, &asked, WRONG_PIN).await;
        mistyped.assert_problem(401, "invalid_pin");
        let asked = shop.ask(person).await;
        let other = Asked {
            number: asked.other_number(),
            ..asked
        };
        let picked = self.house.confirm(phone, &other, &person.pin).await;
        picked.assert_problem(400, "binding_mismatch");
        let unknown = shop.request("010-7412-8892").await;
        unknown.assert_problem(404, "unknown_user");
        self.keep_number("010-7412-8892");
        self.keep_all(&[WRONG_PIN]);
        self.look().await;
    }

    /// The keeper makes a provider and gives it a new secret and a new key.
    async fn keeper(&mut self) {
        let desk = Desk::of(&self.house, "keeper", "service_admin").await;
        self.keep_tokens(&desk.person);
        self.keep_all(&[&desk.person.password]);
        let made = desk.make("Made-over-HTTP").await;
        let secret = desk.client.post(&path(&made, "/secrets")).await.body;
        let key = desk.client.post(&path(&made, "/keys")).await.body;
        let shown = [
            &made["client_secret"],
            &made["key"]["base64"],
            &made["key"]["jwk"]["k"],
            &secret["client_secret"],
            &key["base64"],
            &key["jwk"]["k"],
        ];
        for value in shown {
            self.keep(value);
        }
    }

    /// A provider that nobody answers for, until its callback is given up.
    async fn gives_up(&mut self, shop: &Shop, person: &Person, phone: &Phone) {
        self.house.completed(shop, person, phone).await;
        self.house.app.settle().await;
        self.look().await;
        for _ in 0..100 {
            let dead = "SELECT COUNT(*) FROM callback_delivery WHERE state = 'DEAD'";
            if self.house.count(dead).await > 0 {
                return;
            }
            self.house.try_again().await;
        }
        panic!("the callback was never given up");
    }

    /// Everywhere that one of the secrets is found.
    async fn found(&self) -> Vec<String> {
        let secrets: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        let mut found = self.house.app.scan_for(&secrets).await;
        for (place, text) in &self.tables {
            let inside = secrets.iter().filter(|secret| stands_in(text, secret));
            found.extend(inside.map(|secret| format!("{secret:?} in {place}, then")));
        }
        found
    }
}

/// Whether `secret` stands in `text`; six digits only where no digit or letter is beside them.
fn stands_in(text: &str, secret: &str) -> bool {
    let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(secret).any(|(at, _)| {
        let (before, rest) = text.split_at(at);
        let after = rest.strip_prefix(secret).unwrap_or_default();
        secret.len() >= 8 || !beside(before.chars().last()) && !beside(after.chars().next())
    })
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn no_secret_of_a_whole_day_is_left_anywhere(db: Db) {
        let (good, bad) = (Sink::start().await, Sink::start().await);
        bad.answer(Reply::Status(500));
        let house = House::start(db, &[&good, &bad]).await;
        let mut day = Day { house, secrets: Vec::new(), tables: Vec::new() };
        let told = day.house.provider("A 쇼핑몰", json!({ "callback_url": good.url("/cb"), "ci_entitled": true })).await;
        let (asks, untold) = (day.house.polling_shop("B 서점").await, day.house.shop("C 은행", &bad).await);
        for shop in [&told, &asks, &untold] {
            day.keep_shop(shop);
        }
        let mut person = day.registers().await;
        day.proves_the_number(&mut person).await;
        let phone = day.pairs(&person).await;
        day.answers(&told, &person, &phone).await;
        let imported = day.house.app.person("imported").phone(IMPORTED_NUMBER).ci(CI).email("bada@example.org")
            .birthdate("1987-03-09").pin("284617").password("Pado-9-norae").await;
        day.keep_number(IMPORTED_NUMBER);
        day.keep_all(&[CI, "bada@example.org", "1987-03-09", "284617", "Pado-9-norae"]);
        day.keep_tokens(&imported);
        let imported_phone = day.house.app.pair(&imported).await;
        day.house.completed(&told, &imported, &imported_phone).await;
        day.look().await;
        day.house.app.settle().await;
        let claims: Vec<Value> = good.received().iter().map(|post| day.keep_told(&told, &post.body)).collect();
        assert_eq!(claims.iter().filter(|claims| claims["status"] == "COMPLETED").count(), 2);
        assert!(claims.iter().any(|claims| claims["ci"] == CI));

        let asked = day.house.completed(&asks, &imported, &imported_phone).await;
        let result = asks.result(&asked).await.assert_status(200);
        day.keep_told(&asks, &result.text);
        day.keeper().await;
        day.gives_up(&untold, &imported, &imported_phone).await;
        let claims = bad.received().iter().map(|post| day.keep_told(&untold, &post.body)).collect::<Vec<_>>();
        assert!(claims.len() > 10);
        day.house.app.clock.advance(Duration::from_hours(1));
        day.house.app.run_schedules().await;
        day.look().await;
        assert_eq!(day.found().await, Vec::<String>::new());

        // It would have been found: what is no secret is, and a name stands where names stand.
        let public = day.house.app.scan_for(&[&told.client_id, "/api/v1/auth/confirm"]).await;
        assert!(public.iter().any(|place| place.contains("service_provider.client_id")), "{public:?}");
        assert!(public.iter().any(|place| place.contains(" in log: ")), "{public:?}");
        let names = day.house.app.scan_for(&["박까치"]).await;
        assert!(names.len() == 1 && names[0].ends_with("account.name"), "{names:?}");
        assert!(day.house.app.verify_audit().await.is_whole());
        assert_eq!(day.house.app.backlog().await.dead_letters, 1);
        // The callback that was given up is meant to be left behind.
        day.house.app.leave_undone();
        day.house.app.finish().await;
    }
}
