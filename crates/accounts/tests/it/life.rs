//! A life with an account: every act on the record, and no plaintext anywhere.

use hanok_testkit::{Person, TestApp};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OLD: &str = "010-4829-7316";
const NEW: &str = "010-5031-8842";
const EMAIL: &str = "haneul@example.com";
const BIRTHDATE: &str = "1987-06-25";
const PASSWORD: &str = "Maru-tree-7";
const MISTYPED: &str = "Wrong-tree-7";
const CHANGED: &str = "Sarang-room-9";
const CODE: &str = "902746";

async fn refresh(app: &TestApp, person: &mut Person) {
    let refresh = json!({ "refresh_token": person.refresh_token });
    person.keep_tokens(
        &app.client()
            .post("/api/v1/auth/refresh")
            .json(refresh)
            .await
            .assert_status(200),
    );
}

/// One act, and the tokens after it.
async fn act(
    app: &TestApp,
    person: &mut Person,
    method: &str,
    path: &str,
    body: Value,
    status: u16,
) -> Value {
    let call = app
        .client()
        .of(person)
        .call(method.parse().unwrap(), path)
        .json(body);
    let answer = call.await.assert_status(status).body;
    refresh(app, person).await;
    answer
}

/// Registers, mistypes the password once and signs in.
async fn begin(app: &TestApp) -> Person {
    let body = json!({
        "username": "haneul", "password": PASSWORD, "name": "김하늘", "email": EMAIL,
        "birthdate": BIRTHDATE, "phone_number": OLD,
    });
    app.person("chief")
        .roles(&["super_admin"])
        .signed_out()
        .await;
    let call = app.client().post("/api/v1/auth/register").json(body);
    let made = call.await.assert_status(201);
    app.sign_in("haneul", MISTYPED).await.assert_status(401);
    let mut haneul = Person {
        id: made.body["id"].as_str().unwrap().parse().unwrap(),
        username: "haneul".to_owned(),
        password: PASSWORD.to_owned(),
        pin: CODE.to_owned(),
        phone: OLD.to_owned(),
        token: String::new(),
        refresh_token: String::new(),
    };
    app.sign_in_again(&mut haneul).await;
    haneul
}

/// Proves a number, sets the PIN and pairs a phone; answers with the code that came.
async fn settle_in(app: &TestApp, haneul: &mut Person, number: &str, pin: Option<&str>) -> String {
    let start = json!({ "phone_number": number, "pin_code": pin });
    act(app, haneul, "POST", "/api/v1/me/phone", start, 202).await;
    let code = app.sms_code(number).await;
    let verify = json!({ "code": code });
    act(app, haneul, "POST", "/api/v1/me/phone/verify", verify, 204).await;
    let set = json!({ "pin_code": CODE });
    act(app, haneul, "PUT", "/api/v1/me/pin", set, 204).await;
    app.pair(haneul).await;
    code
}

/// From registering to signing out; answers with every plaintext that was in it.
async fn live(app: &TestApp) -> Vec<String> {
    let mut haneul = begin(app).await;
    let first = settle_in(app, &mut haneul, OLD, None).await;
    let second = settle_in(app, &mut haneul, NEW, Some(CODE)).await;
    let change = json!({ "current_password": PASSWORD, "new_password": CHANGED });
    act(app, &mut haneul, "PUT", "/api/v1/me/password", change, 204).await;
    let call = app.client().of(&haneul).post("/api/v1/auth/logout");
    call.await.assert_status(204);
    let plain = [
        OLD, NEW, EMAIL, BIRTHDATE, PASSWORD, MISTYPED, CHANGED, CODE,
    ];
    let mut plain = plain.map(str::to_owned).to_vec();
    plain.extend([OLD, NEW].map(|number| number.replace('-', "")));
    plain.extend([first, second, haneul.token, haneul.refresh_token]);
    plain
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn every_act_is_on_the_record_in_order(db: Db) {
        let app = TestApp::builder(db).start().await;
        live(&app).await;
        let rows = app.audit().await;
        let actions: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
        let told: BTreeSet<&str> = actions.iter().copied().collect();
        assert_eq!(told.into_iter().collect::<Vec<_>>(), [
            "DEVICE_PAIRED", "DEVICE_REVOKED", "PASSWORD_CHANGE", "PIN_CHANGE", "USER_INFO_UPDATE", "USER_LOGIN",
            "USER_LOGIN_FAILED", "USER_LOGOUT",
        ]);
        let count = |action: &str| actions.iter().filter(|found| **found == action).count();
        // Who administers; two numbers, the registration and the link to its address; two PINs and one that went with its number.
        assert_eq!((count("USER_INFO_UPDATE"), count("PIN_CHANGE"), count("DEVICE_PAIRED")), (5, 3, 2));
        assert!(rows.iter().all(|row| row.origin == "program" && row.subject.is_some()), "{rows:?}");
        assert!(app.verify_audit().await.is_whole());
        app.finish().await;
    }

    async fn no_plaintext_is_in_any_table_or_in_the_log(db: Db) {
        let app = TestApp::builder(db).start().await;
        let secrets = live(&app).await;
        app.settle().await;
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        assert_eq!(app.scan_for(&secrets).await, Vec::<String>::new());
        app.finish().await;
    }
}
