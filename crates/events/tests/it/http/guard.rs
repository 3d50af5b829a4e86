//! Closed addresses, as literals and behind names; schemes, ports and the allow list.

use std::sync::Arc;

use hanok_events::http::{
    AddressClass, DeliveryError, GuardedClient, HttpPolicy, Origin, UrlFault, check_url,
    closed_class,
};

use super::resolver::Scripted;

/// One or more addresses of every class.
const CLOSED: &[(&str, AddressClass)] = &[
    ("0.0.0.0", AddressClass::Unspecified),
    ("0.1.2.3", AddressClass::Unspecified),
    ("::", AddressClass::Unspecified),
    ("127.0.0.1", AddressClass::Loopback),
    ("127.255.255.254", AddressClass::Loopback),
    ("::1", AddressClass::Loopback),
    ("10.0.0.1", AddressClass::Private),
    ("172.16.0.1", AddressClass::Private),
    ("172.31.255.255", AddressClass::Private),
    ("192.168.1.1", AddressClass::Private),
    ("100.64.0.1", AddressClass::SharedNat),
    ("100.100.100.200", AddressClass::SharedNat),
    ("169.254.169.254", AddressClass::LinkLocal),
    ("fe80::1", AddressClass::LinkLocal),
    ("febf::1", AddressClass::LinkLocal),
    ("168.63.129.16", AddressClass::Metadata),
    ("224.0.0.1", AddressClass::Multicast),
    ("239.255.255.255", AddressClass::Multicast),
    ("ff02::1", AddressClass::Multicast),
    ("255.255.255.255", AddressClass::Broadcast),
    ("192.0.2.1", AddressClass::Documentation),
    ("198.51.100.1", AddressClass::Documentation),
    ("203.0.113.1", AddressClass::Documentation),
    ("2001:db8::1", AddressClass::Documentation),
    ("3fff::1", AddressClass::Documentation),
    ("198.18.0.1", AddressClass::Benchmark),
    ("198.19.255.255", AddressClass::Benchmark),
    ("2001:2::1", AddressClass::Benchmark),
    ("::ffff:127.0.0.1", AddressClass::Mapped),
    ("::ffff:93.184.215.14", AddressClass::Mapped),
    ("::127.0.0.1", AddressClass::Mapped),
    ("::ffff:0:10.0.0.1", AddressClass::Mapped),
    ("64:ff9b::a00:1", AddressClass::Nat64),
    ("64:ff9b:1::1", AddressClass::Nat64),
    ("64:ff9b:1:ffff::1", AddressClass::Nat64),
    ("2002:7f00:1::", AddressClass::Tunnel),
    ("2001::1", AddressClass::Tunnel),
    ("192.88.99.1", AddressClass::Tunnel),
    ("fc00::1", AddressClass::UniqueLocal),
    ("fd00:ec2::254", AddressClass::UniqueLocal),
    ("fec0::1", AddressClass::UniqueLocal),
    ("192.0.0.192", AddressClass::Reserved),
    ("240.0.0.1", AddressClass::Reserved),
    ("100::1", AddressClass::Reserved),
    ("2001:20::1", AddressClass::Reserved),
    ("5f00::1", AddressClass::Reserved),
    ("4000::1", AddressClass::Reserved),
    ("64:ff9b:2::1", AddressClass::Reserved),
];

const OPEN: &[&str] = &[
    "1.1.1.1",
    "93.184.215.14",
    "172.32.0.1",
    "100.128.0.1",
    "169.253.0.1",
    "192.0.1.1",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450::1",
    "2001:200::1",
    "2003::1",
];

fn literal(address: &str) -> String {
    if address.contains(':') {
        format!("https://[{address}]/hook")
    } else {
        format!("https://{address}/hook")
    }
}

#[test]
fn every_class_of_closed_address_is_known_and_public_ones_are_open() {
    for (address, class) in CLOSED {
        assert_eq!(
            closed_class(address.parse().unwrap()),
            Some(*class),
            "{address}"
        );
    }
    for address in OPEN {
        assert_eq!(closed_class(address.parse().unwrap()), None, "{address}");
    }
}

#[test]
fn a_closed_literal_is_refused_before_anything_is_sent() {
    let policy = HttpPolicy::default();
    for (address, class) in CLOSED {
        let fault = check_url(&literal(address), &policy);
        assert_eq!(fault, Err(UrlFault::Address(*class)), "{address}");
    }
    for address in OPEN {
        assert_eq!(check_url(&literal(address), &policy), Ok(()), "{address}");
    }
}

#[test]
fn odd_spellings_of_the_own_machine_are_seen_through() {
    let policy = HttpPolicy::default();
    let spellings = [
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "localhost",
        "LocalHost",
        "localhost.",
        "a.localhost",
    ];
    for host in spellings {
        let fault = check_url(&format!("https://{host}/hook"), &policy);
        assert_eq!(
            fault,
            Err(UrlFault::Address(AddressClass::Loopback)),
            "{host}"
        );
    }
    let mapped = check_url("https://[0:0:0:0:0:ffff:7f00:1]/", &policy);
    assert_eq!(mapped, Err(UrlFault::Address(AddressClass::Mapped)));
}

#[tokio::test]
async fn a_name_that_stands_for_a_closed_address_is_refused_when_connecting() {
    for (address, class) in CLOSED {
        let resolver = Scripted::new(&[&[address]]);
        let client =
            GuardedClient::with_resolver(HttpPolicy::default(), Arc::new(resolver.clone()))
                .unwrap();
        let fault = client
            .post("https://provider.example/hook", "text/plain", "x")
            .await;
        let Err(DeliveryError::Closed(found)) = fault else {
            panic!("{address}: {fault:?}")
        };
        assert_eq!((found, resolver.asked()), (*class, 1), "{address}");
    }
}

#[tokio::test]
async fn a_closed_literal_is_never_looked_up() {
    let resolver = Scripted::new(&[&["93.184.215.14"]]);
    let client =
        GuardedClient::with_resolver(HttpPolicy::default(), Arc::new(resolver.clone())).unwrap();
    let fault = client
        .post("https://0x7f000001/hook", "text/plain", "x")
        .await;
    assert!(matches!(
        fault,
        Err(DeliveryError::Url(UrlFault::Address(
            AddressClass::Loopback
        )))
    ));
    assert_eq!(resolver.asked(), 0);
}

#[test]
fn only_https_on_port_443_without_credentials() {
    let policy = HttpPolicy::default();
    let check = |url: &str| check_url(url, &policy);
    assert_eq!(check("https://provider.example/hook?a=b"), Ok(()));
    assert_eq!(check("https://provider.example:443/hook"), Ok(()));
    assert_eq!(check("http://provider.example/hook"), Err(UrlFault::Scheme));
    assert_eq!(
        check("http://provider.example:443/hook"),
        Err(UrlFault::Scheme)
    );
    assert_eq!(check("ftp://provider.example/hook"), Err(UrlFault::Scheme));
    assert_eq!(check("file:///etc/passwd"), Err(UrlFault::Invalid));
    assert_eq!(
        check("https://provider.example:8443/hook"),
        Err(UrlFault::Port)
    );
    assert_eq!(
        check("https://me:secret@provider.example/"),
        Err(UrlFault::Credentials)
    );
    assert_eq!(
        check("https://provider.example@10.0.0.1/"),
        Err(UrlFault::Credentials)
    );
    assert_eq!(check("provider.example/hook"), Err(UrlFault::Invalid));
    assert_eq!(check("https://"), Err(UrlFault::Invalid));
}

#[test]
fn an_allow_entry_lifts_the_rules_for_exactly_its_origin() {
    let allow = vec!["http://localhost:9000".parse().unwrap()];
    let policy = HttpPolicy {
        allow,
        ..HttpPolicy::default()
    };
    let check = |url: &str| check_url(url, &policy);
    assert_eq!(check("http://localhost:9000/any/path"), Ok(()));
    assert_eq!(check("HTTP://LOCALHOST:9000/"), Ok(()));
    assert_eq!(check("http://localhost:9001/"), Err(UrlFault::Scheme));
    assert_eq!(check("https://localhost:9000/"), Err(UrlFault::Port));
    assert_eq!(check("http://127.0.0.1:9000/"), Err(UrlFault::Scheme));
    assert_eq!(check("http://localhost.:9000/"), Err(UrlFault::Scheme));
    assert_eq!(
        check("http://a@localhost:9000/"),
        Err(UrlFault::Credentials)
    );
}

#[test]
fn an_origin_is_scheme_host_and_port_and_nothing_else() {
    let origin: Origin = "https://Example.com".parse().unwrap();
    assert_eq!(origin.to_string(), "https://example.com:443");
    for text in [
        "example.com:80",
        "http://a/b",
        "http://a?b",
        "http://u@a",
        "ftp://a",
        "http://a#b",
    ] {
        assert!(text.parse::<Origin>().is_err(), "{text}");
    }
    let json = serde_json::from_str::<Origin>("\"http://[::1]:9000\"").unwrap();
    assert_eq!(
        serde_json::to_string(&json).unwrap(),
        "\"http://[::1]:9000\""
    );
}
