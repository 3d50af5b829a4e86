//! What may be typed into a provider's fields, and how a fault is told.

use hanok_testkit::Sink;
use serde_json::{Value, json};

use super::{Desk, PROVIDERS, house};
use crate::kit::House;

/// A field with a wrong value, where the fault is, and the code that says which.
const FAULTS: [(&str, &str, &str); 15] = [
    (r#"{"name":""}"#, "/name", "name_empty"),
    (r#"{"name":"A\u202eB"}"#, "/name", "name_characters"),
    (r#"{"name":5}"#, "/name", "expected_string"),
    (r#"{"site_code":"a b"}"#, "/site_code", "site_code_format"),
    (r#"{"site_code":"가"}"#, "/site_code", "site_code_format"),
    (r#"{"delivery":"push"}"#, "/delivery", "unknown_value"),
    (r#"{"notify":"some"}"#, "/notify", "unknown_value"),
    (r#"{"active":"yes"}"#, "/active", "expected_boolean"),
    (
        r#"{"address_allow_list":["192.0.2.1","here"]}"#,
        "/address_allow_list/1",
        "address_format",
    ),
    (
        r#"{"address_allow_list":"192.0.2.1"}"#,
        "/address_allow_list",
        "expected_array",
    ),
    (
        r#"{"limits":{"requests_per_minute":0}}"#,
        "/limits/requests_per_minute",
        "out_of_range",
    ),
    (
        r#"{"limits":{"requests_per_minute":100001}}"#,
        "/limits/requests_per_minute",
        "out_of_range",
    ),
    (
        r#"{"limits":{"requests_per_day":1}}"#,
        "/limits/requests_per_day",
        "unknown_field",
    ),
    (r#"{"ci_entitled":1}"#, "/ci_entitled", "expected_boolean"),
    (r#"{"callback_url":7}"#, "/callback_url", "expected_string"),
];

/// An address that may not be told, and what is wrong with it.
const ADDRESSES: [(&str, &str); 18] = [
    ("nowhere", "format"),
    ("https://shop.example.com/ a", "format"),
    ("http://shop.example.com/", "scheme"),
    ("ftp://shop.example.com/", "scheme"),
    ("https://shop.example.com:8443/", "port"),
    ("https://me:pw@shop.example.com/", "credentials"),
    ("https://127.0.0.1/", "address"),
    ("https://2130706433/", "address"),
    ("https://0x7f.1/", "address"),
    ("https://10.0.0.1/", "address"),
    ("https://100.64.0.1/", "address"),
    ("https://169.254.169.254/", "address"),
    ("https://224.0.0.1/", "address"),
    ("https://[::1]/", "address"),
    ("https://[::ffff:10.0.0.1]/", "address"),
    ("https://[64:ff9b::a00:1]/", "address"),
    ("https://[fd00::1]/", "address"),
    ("https://localhost/", "address"),
];

/// Every fault: the field as it is sent, where it is, and its code.
fn faults() -> Vec<(Value, String, String)> {
    let fixed = FAULTS.iter().map(|(field, pointer, code)| {
        let field = serde_json::from_str(field).unwrap();
        (field, (*pointer).to_owned(), (*code).to_owned())
    });
    let addresses = ADDRESSES.iter().map(|(address, kind)| {
        let field = json!({ "callback_url": address });
        let code = format!("callback_url_{kind}");
        (field, "/callback_url".to_owned(), code)
    });
    let far = format!("https://shop.example.com/{}", "a".repeat(2_048));
    let long = [
        (
            json!({ "name": "가".repeat(101) }),
            "/name",
            "name_too_long",
        ),
        (json!({ "callback_url": far }), "/callback_url", "too_long"),
        (
            json!({ "address_allow_list": vec!["192.0.2.1"; 101] }),
            "/address_allow_list",
            "address_list_too_long",
        ),
    ];
    let long = long.map(|(field, pointer, code)| (field, pointer.to_owned(), code.to_owned()));
    fixed.chain(addresses).chain(long).collect()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn every_wrong_field_is_named(db: Db) {
        let house = house(db).await;
        let desk = Desk::of(&house, "highest", "super_admin").await;
        let provider = desk.make("A").await;
        for (field, pointer, code) in faults() {
            let mut typed = json!({ "name": "B", "site_code": "B", "delivery": "poll" });
            typed.as_object_mut().unwrap().extend(field.as_object().unwrap().clone());
            desk.client.post(PROVIDERS).json(typed).await.assert_field(&pointer, &code);
            desk.patch(&provider, field).await.assert_field(&pointer, &code);
        }
        let missing = desk.client.post(PROVIDERS).json(json!({})).await.assert_problem(400, "invalid_request");
        let expected = [("/callback_url", "callback_url_needed"), ("/name", "required"), ("/site_code", "required")];
        assert_eq!(missing.fields(), expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
        for change in [json!({ "delivery": "callback" }), json!({ "delivery": "callback", "callback_url": null })] {
            desk.patch(&provider, change).await.assert_field("/callback_url", "callback_url_needed");
        }
        for (query, pointer, code) in [
            ("limit=0", "/limit", "out_of_range"), ("limit=101", "/limit", "out_of_range"),
            ("cursor=x", "/cursor", "cursor_unknown"), ("limit=many", "/limit", "invalid_value"),
        ] {
            desk.client.get(&format!("{PROVIDERS}?{query}")).await.assert_field(pointer, code);
        }
        assert_eq!(desk.get(&provider).await.body["version"], 1);
        assert_eq!(desk.names().await, ["A"]);
        house.app.finish().await;
    }

    async fn an_origin_of_the_configuration_may_be_told(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let desk = Desk::of(&house, "keeper", "service_admin").await;
        let typed = json!({ "name": "A", "site_code": "A", "callback_url": sink.url("/cb") });
        desk.client.post(PROVIDERS).json(typed).await.assert_status(201);
        let other = sink.url("/cb").replace("127.0.0.1", "127.0.0.2");
        let typed = json!({ "name": "A", "site_code": "A", "callback_url": other });
        desk.client.post(PROVIDERS).json(typed).await.assert_field("/callback_url", "callback_url_scheme");
        house.app.finish().await;
    }
}
