//! A callback address is tried.

use axum::Router;
use axum::http::StatusCode;
use hanok_testkit::{Reply, Sink, TestApp};
use tokio::net::TcpListener;

use super::{Keeper, assert_not, assert_says};
use crate::kit::House;
use crate::receiver::told;

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_test_is_a_jwe_about_nobody_and_on_the_record(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let path = format!("/admin/providers/{}/test", shop.id);
        let page = admin.browser.post(&path, &[]).await.assert_status(200).text;
        assert_says(&page, &["제공자가 받았습니다. (HTTP 204)", "답에 내용이 없습니다", &sink.url("/callback")]);
        let sent = told(&shop, &sink).pop().unwrap();
        assert_eq!((sent.claim("status"), sent.claim("aud")), ("TEST", shop.client_id.as_str()));
        assert_eq!(sent.names(), ["aud", "completed_at", "exp", "iat", "iss", "jti", "status"]);
        let acts = house.app.audit_of("ADMIN_ACTION").await;
        assert!(acts.iter().any(|act| act.details["act"] == "callback_tried"));
        sink.answer(Reply::Status(503));
        let client = house.app.client().of(&admin.person);
        let tried = client.post(&format!("/api/v1/providers/{}/test-callback", shop.id)).await;
        let tried = tried.assert_status(200).body;
        assert_eq!((&tried["taken"], &tried["status"]), (&false.into(), &503.into()));
        for _ in 0..4 {
            admin.browser.post(&path, &[]).await.assert_status(200);
        }
        assert_says(&admin.sends(&path, &[]).await, &["다시"]);
        assert_eq!(sink.received().len(), 6, "six a minute and no more");
        house.app.finish().await;
    }

    async fn what_a_provider_answers_is_shown_as_text_and_no_more_than_four_kibibytes(db: Db) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let answer = format!("<script>alert(1)</script>\u{202e}{}END", "x".repeat(5_000));
        let router = Router::new().fallback(async move || (StatusCode::BAD_REQUEST, answer));
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let allowed = origin.parse().unwrap();
        let house = House::build(TestApp::builder(db), &[], |_| {}, |policy| policy.allow.push(allowed)).await;
        let settings = serde_json::json!({ "callback_url": format!("{origin}/callback") });
        let shop = house.provider("A 쇼핑몰", settings).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let page = admin.browser.post(&format!("/admin/providers/{}/test", shop.id), &[]).await.assert_status(200);
        assert_says(&page.text, &["(HTTP 400)", "&#60;script&#62;alert(1)&#60;/script&#62;\u{fffd}x"]);
        assert_not(&page.text, &["<script>alert", "xEND", "\u{202e}"]);
        assert_eq!(page.header("cache-control"), "no-store");
        server.abort();
        house.app.finish().await;
    }

    async fn an_address_that_does_not_answer_is_said_so(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        drop(sink);
        let admin = Keeper::of(&house, "admin", "admin").await;
        let path = format!("/admin/providers/{}/test", shop.id);
        assert_says(&admin.browser.post(&path, &[]).await.assert_status(200).text, &["답을 받지 못했습니다"]);
        admin.browser.get(&path).await.assert_status(302);
        house.app.finish().await;
    }
}
