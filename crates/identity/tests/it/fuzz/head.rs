//! The rest of a call: method, address, who says they call, and whatever else a header may hold.

use hanok_base::encoding::base64_encode;
use hanok_web::{Access, RouteEntry};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::Sent;
use super::body;
use super::cast::Cast;
use super::dice::Dice;

/// A random call of a route.
pub fn call(dice: &Dice, cast: &Cast, entry: &RouteEntry, schema: &Value) -> Sent {
    let method = method(dice, entry);
    let target = target(dice, cast, entry);
    let body = if method == Method::GET && dice.percent(80) {
        Vec::new()
    } else {
        body::body(dice, cast, schema)
    };
    let mut headers = content(dice);
    let credentials = credentials(dice, cast, entry.access, (&method, &target, &body));
    for (name, value) in credentials {
        headers.insert(name, HeaderValue::from_str(&value).unwrap());
    }
    // Half of all calls go undisturbed.
    for _ in 0..dice.below(5).saturating_sub(2) {
        anything(dice, cast, &mut headers);
    }
    Sent {
        method,
        target,
        headers,
        body,
    }
}

fn method(dice: &Dice, entry: &RouteEntry) -> Method {
    if dice.percent(95) {
        return entry.method.clone();
    }
    let others = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW",
    ];
    dice.one_of(&others).parse().unwrap()
}

fn target(dice: &Dice, cast: &Cast, entry: &RouteEntry) -> String {
    let part = |part: &str| match part {
        "{kid}" if dice.percent(50) => cast.kid().to_owned(),
        "{id}" if entry.path.contains("/providers/") && dice.percent(60) => cast.shop.id.clone(),
        "{id}" if dice.percent(40) => cast.phone.device_id().to_owned(),
        _ if part.starts_with('{') => place(dice, cast),
        _ => part.to_owned(),
    };
    let parts: Vec<String> = entry.path.split('/').map(part).collect();
    let slash = if dice.percent(20) { "/" } else { "" };
    format!("{}{slash}{}", parts.join("/"), query(dice))
}

/// A part of the path, as it is sent.
fn place(dice: &Dice, cast: &Cast) -> String {
    let long = "a".repeat(dice.below(9_000) + 1);
    let known = cast.id(dice);
    let upper = known.to_uppercase();
    let braced = format!("%7B{known}%7D");
    let bare = known.replace('-', "");
    let odd = [
        known.as_str(),
        &known,
        &known,
        &upper,
        &braced,
        &bare,
        &long,
        "0",
        "-1",
        "null",
        "%00",
        "a%00b",
        "%ff%fe",
        "%2e%2e",
        "%2F",
        "%F0%9F%8F%A0",
        "%25",
        "a%20b",
        "'%20OR%201=1--",
        "*",
        "%EA%B0%80",
    ];
    dice.one_of(&odd).to_owned()
}

fn query(dice: &Dice) -> String {
    let odd = [
        "",
        "?",
        "?limit=1",
        "?limit=0",
        "?limit=x",
        "?limit=99999999999999999999",
        "?cursor=",
        "?cursor=AAAA",
        "?cursor=%00",
        "?%00=1",
        "?limit=1&limit=2",
        "?a=%ff%fe",
        "?=&&=",
        "?cursor=%EA%B0%80",
        "?limit=-1",
        "?days=30&service_id='",
    ];
    if dice.percent(70) {
        String::new()
    } else {
        dice.one_of(&odd).to_owned()
    }
}

fn content(dice: &Dice) -> HeaderMap {
    let odd = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "json",
        "*/*",
        "application/json; charset=utf-16",
        "application/json; charset=\"utf-8\"",
        "application/problem+json",
        "application/json;;;=",
        "application/json, text/plain",
    ];
    let kind = if dice.percent(85) {
        "application/json"
    } else {
        dice.one_of(&odd)
    };
    let mut headers = HeaderMap::new();
    if dice.percent(97) {
        headers.insert("content-type", HeaderValue::from_str(kind).unwrap());
    }
    headers
}

/// Who calls: mostly somebody who may, else any of nobody, a person, the highest administrator, a provider
/// and a phone.
fn credentials(
    dice: &Dice,
    cast: &Cast,
    access: Access,
    (method, target, body): (&Method, &str, &[u8]),
) -> Vec<(&'static str, String)> {
    let right = match access {
        Access::Public => 0,
        Access::SignedIn => 1,
        Access::Permission(_) | Access::AnyOf(_) | Access::AllOf(_) => 2,
        Access::Client => 3,
        Access::Device => 5,
    };
    let bearer = |token: &str| vec![("authorization", format!("Bearer {token}"))];
    let (id, secret) = (&cast.shop.client_id, &cast.shop.secret);
    match if dice.percent(55) {
        right
    } else {
        dice.below(6)
    } {
        0 => Vec::new(),
        1 => bearer(&cast.user.token),
        2 => bearer(&cast.highest.token),
        3 => vec![
            ("x-client-id", id.clone()),
            ("x-client-secret", secret.clone()),
        ],
        4 => {
            let pair = base64_encode(format!("{id}:{secret}").as_bytes());
            vec![("authorization", format!("Basic {pair}"))]
        }
        _ => cast.phone.signed(method.as_str(), target, body),
    }
}

/// Headers that mean something here.
const NAMES: [&str; 19] = [
    "authorization",
    "authorization",
    "idempotency-key",
    "idempotency-key",
    "x-client-id",
    "x-client-secret",
    "x-device-id",
    "x-device-time",
    "x-device-nonce",
    "x-device-signature",
    "accept-language",
    "cookie",
    "x-forwarded-for",
    "x-request-id",
    "origin",
    "sec-fetch-site",
    "content-encoding",
    "user-agent",
    "x-hanok-background",
];

/// A header that means something here, with a value that should not.
fn anything(dice: &Dice, cast: &Cast, headers: &mut HeaderMap) {
    let name = HeaderName::from_static(dice.one_of(&NAMES));
    let (token, device) = (&cast.user.token, cast.phone.device_id());
    let bearer = format!("Bearer {token}x");
    let long = "k".repeat(dice.below(600));
    let odd = [
        "",
        " ",
        "0",
        "-9223372036854775808",
        "99999999999999999999",
        "Bearer",
        "Bearer  ",
        "Basic",
        "Basic %%%",
        "Basic Og==",
        "Basic OjpAJSY9",
        "Bearer a.b.c",
        "a.b.c",
        "NaN",
        "same-origin",
        "cross-site",
        "null",
        "gzip",
        "ko;q=2,*;q=x,,",
        "127.0.0.1, ::1, unknown",
        "order-1",
        "=; __Host-hanok=; =",
        token,
        &bearer,
        device,
        &long,
    ];
    let value = if dice.percent(80) {
        HeaderValue::from_str(dice.one_of(&odd))
    } else {
        // Anything but control characters may stand in a header.
        let bytes = dice.bytes(24).into_iter().map(|byte| byte | 0xa0);
        HeaderValue::from_bytes(&bytes.collect::<Vec<u8>>())
            .or_else(|_| HeaderValue::from_str("none"))
    };
    headers.insert(name, value.unwrap());
}
