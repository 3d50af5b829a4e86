//! What may be typed.

use serde_json::json;

use super::patch::Change;
use super::*;
use crate::provider::store::tests::shop;

fn read(value: serde_json::Value) -> Result<NewProvider, Vec<(String, &'static str)>> {
    let input: ProviderIn = serde_json::from_value(value).unwrap();
    input.check(&HttpPolicy::default()).map_err(told)
}

fn patch(value: serde_json::Value) -> Change {
    let patch: ProviderPatch = serde_json::from_value(value).unwrap();
    patch.check(&HttpPolicy::default()).unwrap()
}

fn told(fault: Fault) -> Vec<(String, &'static str)> {
    let Fault::Accounts(hanok_accounts::Fault::Fields(fields)) = fault else {
        panic!("{fault}")
    };
    fields
        .into_iter()
        .map(|field| (field.pointer.into_owned(), field.code))
        .collect()
}

#[test]
fn a_provider_needs_a_name_a_site_code_and_an_address() {
    let new = read(
        json!({ "name": " A 쇼핑몰", "site_code": "SHOP-A", "callback_url": "https://a.example.com/cb" }),
    );
    let new = new.unwrap();
    assert_eq!(
        (new.name.as_str(), new.site_code.as_str()),
        ("A 쇼핑몰", "SHOP-A")
    );
    assert_eq!(
        (new.delivery, new.notify, new.active, new.ci_entitled),
        (Delivery::Callback, Notify::All, true, false)
    );
    let missing = read(json!({})).unwrap_err();
    let expected = [
        ("/name", "required"),
        ("/site_code", "required"),
        ("/callback_url", "callback_url_needed"),
    ];
    assert_eq!(
        missing,
        expected.map(|(pointer, code)| (pointer.to_owned(), code))
    );
}

#[test]
fn a_provider_that_asks_needs_no_address() {
    let new =
        read(json!({ "name": "B", "site_code": "B", "delivery": "poll", "callback_url": "" }))
            .unwrap();
    assert_eq!((new.delivery, new.callback_url), (Delivery::Poll, None));
}

#[test]
fn every_fault_is_told_at_once() {
    let faults = read(json!({
        "name": "A\u{202E}B", "site_code": "a b", "callback_url": "http://a.example.com", "delivery": "push",
        "notify": "some", "address_allow_list": ["192.0.2.0/24", "here"], "limits": { "requests_per_minute": 0 },
    }));
    let codes: Vec<_> = faults.unwrap_err();
    let expected = [
        ("/name", "name_characters"),
        ("/site_code", "site_code_format"),
        ("/callback_url", "callback_url_scheme"),
        ("/delivery", "unknown_value"),
        ("/notify", "unknown_value"),
        ("/address_allow_list/1", "address_format"),
        ("/limits/requests_per_minute", "out_of_range"),
    ];
    assert_eq!(
        codes,
        expected.map(|(pointer, code)| (pointer.to_owned(), code))
    );
}

#[test]
fn a_callback_address_is_public_and_https() {
    for (url, code) in [
        ("https://a.example.com:8443/", "callback_url_port"),
        ("https://127.0.0.1/", "callback_url_address"),
        ("https://[::ffff:10.0.0.1]/", "callback_url_address"),
        ("https://u:p@a.example.com/", "callback_url_credentials"),
        (" https://a.example.com/", "callback_url_format"),
        ("nowhere", "callback_url_format"),
    ] {
        let faults =
            read(json!({ "name": "A", "site_code": "A", "callback_url": url })).unwrap_err();
        assert_eq!(faults, [("/callback_url".to_owned(), code)], "{url}");
    }
}

#[test]
fn limits_are_an_object_of_known_ones() {
    assert!(
        serde_json::from_value::<ProviderIn>(json!({ "limits": { "per_second": 1 } })).is_err()
            && serde_json::from_value::<ProviderIn>(json!({ "limits": [1] })).is_err()
            && serde_json::from_value::<ProviderIn>(json!({ "limits": null })).is_ok()
    );
}

#[test]
fn only_what_differs_is_a_change() {
    let row = shop();
    let (same, changed) = patch(json!({ "name": row.name, "active": true }))
        .apply(&row)
        .unwrap();
    assert_eq!((same.name, changed), (row.name.clone(), vec![]));
    let (new, changed) = patch(json!({ "name": "B", "limits": { "requests_per_minute": 5 } }))
        .apply(&row)
        .unwrap();
    assert_eq!(
        (new.name.as_str(), new.limits.requests_per_minute),
        ("B", Some(5))
    );
    assert_eq!(changed, ["name", "limits"]);
}

#[test]
fn an_address_may_be_taken_away_but_not_where_it_is_needed() {
    let row = shop();
    let faults = patch(json!({ "callback_url": null }))
        .apply(&row)
        .map_err(told)
        .unwrap_err();
    assert_eq!(
        faults,
        [("/callback_url".to_owned(), "callback_url_needed")]
    );
    let (new, changed) = patch(json!({ "callback_url": null, "delivery": "poll" }))
        .apply(&row)
        .unwrap();
    assert_eq!(
        (new.callback_url, changed),
        (None, vec!["callback_url", "delivery"])
    );
    assert!(
        serde_json::from_value::<ProviderPatch>(json!({ "name": null })).is_err(),
        "null is no name"
    );
}

#[test]
fn a_change_of_another_version_is_refused() {
    let faults = patch(json!({ "version": 7, "name": "B" }))
        .apply(&shop())
        .map_err(told)
        .unwrap_err();
    assert_eq!(faults, [("/version".to_owned(), "version_changed")]);
}
