//! A paired phone's signature: what it lets in, and each way in which it can be wrong.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use hanok_accounts::account::AccountStatus;
use hanok_accounts::device::store::record_nonce;
use hanok_accounts::{Accounts, App};
use hanok_base::Id;
use hanok_base::i18n::Locale;
use hanok_db::{Db, MigrationSet, Tx};
use hanok_testkit::{Answer, Phone, TestApp};
use hanok_web::{Access, Ctx, Error, Principal, Routes};

use crate::login::set_status;

const DOOR: &str = "/api/v1/door";

/// An app with one door, which opens to a paired phone once for each signature.
struct DoorApp(Accounts);

impl App for DoorApp {
    fn name(&self) -> &'static str {
        "door"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        Vec::new()
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        [(Locale::Ko, ""), (Locale::En, "")]
    }

    fn routes(&self) -> Routes {
        Routes::new()
            .undocumented(Method::POST, DOOR, post(open), Access::Device)
            .undocumented(Method::GET, DOOR, get(open), Access::Device)
            .with_state(self.0.clone())
    }
}

async fn open(State(accounts): State<Accounts>, ctx: Ctx) -> Result<StatusCode, Error> {
    let Principal::Device(phone) = ctx.principal.clone() else {
        return Err(Error::unauthorized());
    };
    let now = ctx.now;
    let recorded = accounts.db.write(async move |tx: &mut Tx| {
        record_nonce(tx, Id::from_uuid(phone.device), &phone.nonce, now).await
    });
    recorded
        .await?
        .then_some(StatusCode::NO_CONTENT)
        .ok_or_else(|| Error::new(hanok_web::codes::INVALID_DEVICE))
}

async fn door(db: Db) -> TestApp {
    TestApp::builder(db)
        .apps(|accounts, _| vec![Arc::new(DoorApp(accounts.clone()))])
        .start()
        .await
}

/// Sends a body with headers that were signed for something, perhaps something else.
async fn knock(app: &TestApp, body: &str, headers: &[(&'static str, String)]) -> Answer {
    let mut call = app.client().post(DOOR).text("application/json", body);
    for (name, value) in headers {
        call = call.header(name, value);
    }
    call.await
}

/// What a phone signed, with one header other than it was.
fn with(
    mut headers: Vec<(&'static str, String)>,
    name: &str,
    value: &str,
) -> Vec<(&'static str, String)> {
    headers.retain(|(found, _)| *found != name);
    let name = [
        "x-device-id",
        "x-device-time",
        "x-device-nonce",
        "x-device-signature",
    ]
    .into_iter()
    .find(|one| *one == name);
    headers.extend(
        name.filter(|_| !value.is_empty())
            .map(|name| (name, value.to_owned())),
    );
    headers
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_signature_opens_once(db: Db) {
        let app = door(db).await;
        let phone = app.pair(&app.person("haneul").await).await;
        let headers = phone.signed("POST", DOOR, b"{}");
        knock(&app, "{}", &headers).await.assert_status(204);
        knock(&app, "{}", &headers).await.assert_problem(401, "invalid_device");
        phone.post(DOOR).json(serde_json::json!({ "a": 1 })).await.assert_status(204);
        phone.get(DOOR).await.assert_status(204);
        phone.get(&format!("{DOOR}/?query=sent%20as&it=is")).await.assert_status(204);
        app.finish().await;
    }

    async fn a_signature_is_for_one_method_path_and_body(db: Db) {
        let app = door(db).await;
        let phone = app.pair(&app.person("haneul").await).await;
        for (method, path, body) in [
            ("GET", DOOR, "{}"), ("post", DOOR, "{}"), ("POST", "/api/v1/door/", "{}"), ("POST", "/api/v1/door?x", "{}"),
            ("POST", "/api/v1/gate", "{}"), ("POST", DOOR, ""), ("POST", DOOR, "{ }"),
        ] {
            let headers = phone.signed(method, path, body.as_bytes());
            let refused = knock(&app, "{}", &headers).await;
            assert_eq!(refused.problem_code(), "invalid_device", "{method} {path} {body}");
        }
        app.finish().await;
    }

    async fn a_signature_counts_a_minute_before_and_after(db: Db) {
        let app = door(db).await;
        let phone = app.pair(&app.person("haneul").await).await;
        for (seconds, status) in [(-60, 204), (60, 204), (-61, 401), (61, 401)] {
            let headers = phone.signed_with("POST", DOOR, b"{}", &phone.time(seconds), &Phone::nonce());
            assert_eq!(knock(&app, "{}", &headers).await.status, status, "{seconds}");
        }
        for time in ["", "yesterday", "-1", "9".repeat(30).as_str(), "1795239000.0"] {
            let headers = phone.signed_with("POST", DOOR, b"{}", time, &Phone::nonce());
            assert_eq!(knock(&app, "{}", &headers).await.problem_code(), "invalid_device", "{time}");
        }
        app.finish().await;
    }

    async fn every_part_of_it_must_be_there_and_right(db: Db) {
        let app = door(db).await;
        let haneul = app.person("haneul").await;
        let (phone, other) = (app.pair(&haneul).await, app.pair(&haneul).await);
        let fresh = || phone.signed("POST", DOOR, b"{}");
        let foreign = other.signed("POST", DOOR, b"{}");
        let wrong = [
            with(fresh(), "x-device-time", ""),
            with(fresh(), "x-device-nonce", ""),
            with(fresh(), "x-device-signature", ""),
            with(fresh(), "x-device-id", "nonsense"),
            with(fresh(), "x-device-id", other.device_id()),
            with(fresh(), "x-device-id", "01900000-0000-7000-8000-000000000000"),
            with(fresh(), "x-device-nonce", &Phone::nonce()),
            with(fresh(), "x-device-time", &phone.time(1)),
            with(fresh(), "x-device-signature", "AAAA"),
            with(fresh(), "x-device-signature", "not base64url"),
            with(fresh(), "x-device-signature", &foreign[3].1),
            phone.signed_with("POST", DOOR, b"{}", &phone.time(0), "c2hvcnQ"),
            phone.signed_with("POST", DOOR, b"{}", &phone.time(0), ""),
        ];
        for headers in wrong {
            let refused = knock(&app, "{}", &headers).await;
            assert_eq!(refused.problem_code(), "invalid_device", "{headers:?}");
        }
        knock(&app, "{}", &fresh()).await.assert_status(204);
        app.finish().await;
    }

    async fn a_phone_of_nobody_or_let_go_opens_nothing(db: Db) {
        let app = door(db).await;
        let haneul = app.person("haneul").await;
        let (phone, kept) = (app.pair(&haneul).await, app.pair(&haneul).await);
        let path = format!("/api/v1/me/devices/{}", phone.device_id());
        app.client().of(&haneul).delete(&path).await.assert_status(204);
        phone.get(DOOR).await.assert_problem(401, "invalid_device");
        kept.get(DOOR).await.assert_status(204);
        set_status(&app, &haneul, AccountStatus::Disabled).await;
        kept.get(DOOR).await.assert_problem(401, "invalid_device");
        app.finish().await;
    }

    async fn a_phone_signs_in_to_nothing_else(db: Db) {
        let app = door(db).await;
        let phone = app.pair(&app.person("haneul").await).await;
        for path in ["/api/v1/me", "/api/v1/auth/me", "/api/v1/me/devices"] {
            phone.get(path).await.assert_problem(401, "unauthorized");
        }
        phone.post("/api/v1/auth/logout").await.assert_problem(401, "unauthorized");
        app.client().get(DOOR).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn nonces_are_kept_as_long_as_a_signature_could_count(db: Db) {
        let app = door(db).await;
        let phone = app.pair(&app.person("haneul").await).await;
        let headers = phone.signed_with("POST", DOOR, b"{}", &phone.time(60), &Phone::nonce());
        knock(&app, "{}", &headers).await.assert_status(204);
        app.clock.advance(std::time::Duration::from_mins(2));
        app.run_schedules().await;
        knock(&app, "{}", &headers).await.assert_problem(401, "invalid_device");
        app.clock.advance(std::time::Duration::from_mins(6));
        app.run_schedules().await;
        let (left,): (i64,) = app.db.read(async |conn| conn.one("SELECT COUNT(*) FROM device_nonce", &[]).await).await?;
        assert_eq!(left, 0);
        app.finish().await;
    }
}
