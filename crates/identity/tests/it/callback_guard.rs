//! Whoever enters a callback address does not make this server speak to what only it can reach: as a
//! literal in any spelling, behind a name, or behind a name that changes its mind.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use hanok_db::Db;
use hanok_events::http::{GuardedClient, HttpPolicy};
use hanok_testkit::{Sink, TestApp};
use serde_json::json;

use crate::kit::{House, Shop};
use crate::ledger::Delivery;
use crate::names::Names;
use crate::providers::Desk;
use crate::receiver::told_once;

/// IPv4 addresses of every closed class, and what the class is called.
const CLOSED_V4: &[(&str, &str)] = &[
    ("10.1.2.3", "private"),
    ("172.16.0.1", "private"),
    ("192.168.0.1", "private"),
    ("127.0.0.1", "loopback"),
    ("169.254.10.1", "link-local"),
    ("100.64.0.1", "carrier-grade NAT"),
    ("224.0.0.1", "multicast"),
    ("169.254.169.254", "link-local"),
    ("168.63.129.16", "metadata"),
];

/// The same of IPv6.
const CLOSED_V6: &[(&str, &str)] = &[
    ("::1", "loopback"),
    ("fe80::1", "link-local"),
    ("ff02::1", "multicast"),
    ("::ffff:10.1.2.3", "IPv4 written as IPv6"),
    ("::ffff:8.8.8.8", "IPv4 written as IPv6"),
    ("64:ff9b::a00:1", "NAT64"),
    ("64:ff9b:1::a00:1", "NAT64"),
    ("fd00::1", "unique-local"),
    ("fd00:ec2::254", "unique-local"),
];

/// Every spelling of every closed address as the host of a URL, and its class.
fn literals() -> Vec<(String, &'static str)> {
    let v4 = CLOSED_V4.iter().flat_map(|(text, class)| {
        let address: Ipv4Addr = text.parse().unwrap();
        let number = u32::from(address);
        let [a, b, c, d] = address.octets();
        let mapped = "IPv4 written as IPv6";
        [
            ((*text).to_owned(), *class),
            (number.to_string(), *class),
            (format!("0x{number:08x}"), *class),
            (format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"), *class),
            (format!("{number:#o}").replacen("0o", "0", 1), *class),
            (format!("[::ffff:{text}]"), mapped),
            (
                format!("[::ffff:{:x}:{:x}]", number >> 16, number & 0xffff),
                mapped,
            ),
        ]
    });
    let v6 = CLOSED_V6
        .iter()
        .map(|(text, class)| (format!("[{text}]"), *class));
    v4.chain(v6).collect()
}

/// A house that looks names up with `names` and may reach `sinks`, where nobody is asked too often.
async fn house_with(db: Db, names: &Names, sinks: &[&Sink]) -> House {
    let policy = HttpPolicy {
        allow: sinks
            .iter()
            .map(|sink| sink.origin().parse().unwrap())
            .collect(),
        timeout: Duration::from_secs(5),
        ..HttpPolicy::default()
    };
    let client = GuardedClient::with_resolver(policy, Arc::new(names.clone())).unwrap();
    let often = |config: &mut hanok_identity::IdentityConfig| {
        config.per_phone_10min = 1_000;
        config.per_phone_provider_10min = 1_000;
        config.per_phone_provider_day = 1_000;
    };
    House::with_client(TestApp::builder(db), often, client).await
}

async fn shop_at(house: &House, url: &str) -> Shop {
    house.provider(url, json!({ "callback_url": url })).await
}

/// What a first attempt that never left looks like.
fn refused(reason: &str) -> Delivery {
    Delivery {
        state: "QUEUED".to_owned(),
        attempts: 1,
        last_status: None,
        last_error: Some(format!("refused: {reason}")),
    }
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_closed_address_cannot_be_entered_in_any_spelling(db: Db) {
        let house = House::start(db, &[]).await;
        let desk = Desk::of(&house, "admin", "admin").await;
        for (host, _) in literals() {
            let typed = json!({ "name": "A", "site_code": "A", "callback_url": format!("https://{host}/callback") });
            let answer = desk.client.post("/api/v1/providers").json(typed).await;
            answer.assert_field("/callback_url", "callback_url_address");
        }
        let wrong = [
            ("http://shop.example/callback", "callback_url_scheme"),
            ("https://shop.example:8443/callback", "callback_url_port"),
            ("https://me:secret@shop.example/callback", "callback_url_credentials"),
            ("https://localhost/callback", "callback_url_address"),
            ("file:///etc/passwd", "callback_url_format"),
        ];
        for (url, code) in wrong {
            let typed = json!({ "name": "A", "site_code": "A", "callback_url": url });
            desk.client.post("/api/v1/providers").json(typed).await.assert_field("/callback_url", code);
        }
        house.app.finish().await;
    }

    async fn a_closed_literal_that_is_stored_is_never_spoken_to(db: Db) {
        let names = Names::default();
        let house = house_with(db, &names, &[]).await;
        let shop = shop_at(&house, "https://shop.example/callback").await;
        let (person, phone) = house.paired("haneul").await;
        for (host, class) in literals() {
            house.moved(&shop, &format!("https://{host}/callback")).await;
            let asked = house.completed(&shop, &person, &phone).await;
            house.app.settle().await;
            let expected = refused(&format!("the host is a {class} address"));
            assert_eq!(house.delivery_of(&asked).await, expected, "{host}");
            assert_eq!(names.asked(&host), 0, "{host}");
        }
        house.app.finish().await;
    }

    async fn a_name_that_stands_for_a_closed_address_is_refused_and_delays_nobody(db: Db) {
        let (names, good) = (Names::default(), Sink::start().await);
        let house = house_with(db, &names, &[&good]).await;
        let (person, phone) = house.paired("haneul").await;
        let mut closed = Vec::new();
        for (number, (address, class)) in CLOSED_V4.iter().chain(CLOSED_V6).enumerate() {
            let host = format!("shop-{number}.example");
            names.set(&host, &[&[address]]);
            let shop = shop_at(&house, &format!("https://{host}/callback")).await;
            closed.push((host, class, house.completed(&shop, &person, &phone).await));
        }
        let shop = house.shop("A 쇼핑몰", &good).await;
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert_eq!(told_once(&shop, &good).claim("jti"), asked.id);
        for (host, class, asked) in closed {
            let expected = refused(&format!("the name stands for a {class} address"));
            assert_eq!((house.delivery_of(&asked).await, names.asked(&host)), (expected, 1));
        }
        house.app.finish().await;
    }

    async fn a_name_that_rebinds_is_connected_as_it_was_checked(db: Db) {
        let (names, good) = (Names::default(), Sink::start().await);
        let house = house_with(db, &names, &[&good]).await;
        // First an address of the public internet that belongs to nobody, then this machine.
        names.set("rebinds.example", &[&["3e00::1"], &["127.0.0.1"]]);
        let rebinds = shop_at(&house, "https://rebinds.example/callback").await;
        let shop = house.shop("A 쇼핑몰", &good).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&rebinds, &person, &phone).await;
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        told_once(&shop, &good);
        let error = house.delivery_of(&asked).await.last_error.unwrap();
        assert!(!error.starts_with("refused"), "it was connected as it was checked, to nobody: {error}");
        assert_eq!(names.asked("rebinds.example"), 1, "nothing is looked up between check and connection");
        house.try_again().await;
        let second = house.delivery_of(&asked).await;
        assert_eq!((second.attempts, names.asked("rebinds.example")), (2, 2));
        assert_eq!(second.last_error.as_deref(), Some("refused: the name stands for a loopback address"));
        house.app.finish().await;
    }

    async fn an_allow_entry_lifts_the_rules_for_exactly_its_origin(db: Db) {
        let (names, listed, other) = (Names::default(), Sink::start().await, Sink::start().await);
        let house = house_with(db, &names, &[&listed]).await;
        let shop = house.shop("A 쇼핑몰", &listed).await;
        let (person, phone) = house.paired("haneul").await;
        names.set("localhost", &[&["127.0.0.1"]]);
        let port = listed.origin().rsplit(':').next().unwrap();
        for (url, reason) in [
            (other.url("/callback"), "the address must begin with https://"),
            (format!("http://localhost:{port}/callback"), "the address must begin with https://"),
            (format!("http://[::ffff:127.0.0.1]:{port}/callback"), "the address must begin with https://"),
            (format!("https://127.0.0.1:{port}/callback"), "the port must be 443"),
            (format!("http://me@127.0.0.1:{port}/callback"), "a user name or password in the address is not allowed"),
            ("https://127.0.0.1/callback".to_owned(), "the host is a loopback address"),
        ] {
            house.moved(&shop, &url).await;
            let asked = house.completed(&shop, &person, &phone).await;
            house.app.settle().await;
            assert_eq!(house.delivery_of(&asked).await, refused(reason), "{url}");
        }
        assert_eq!((listed.received().len(), other.received().len()), (0, 0));
        house.moved(&shop, &listed.url("/another/path")).await;
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert_eq!(told_once(&shop, &listed).claim("status"), "COMPLETED");
        house.app.finish().await;
    }

    async fn an_allow_entry_may_be_a_name_of_the_organisations_own_network(db: Db) {
        let (names, inside) = (Names::default(), Sink::start().await);
        let port = inside.origin().rsplit(':').next().unwrap();
        let origin = format!("http://inside.example:{port}");
        names.set("inside.example", &[&["127.0.0.1"]]);
        let policy = HttpPolicy { allow: vec![origin.parse().unwrap()], ..HttpPolicy::default() };
        let client = GuardedClient::with_resolver(policy, Arc::new(names)).unwrap();
        let house = House::with_client(TestApp::builder(db), |_| {}, client).await;
        let shop = shop_at(&house, &format!("{origin}/callback")).await;
        let (person, phone) = house.paired("haneul").await;
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        told_once(&shop, &inside);
        // The same name by https and its port is another origin.
        house.moved(&shop, "https://inside.example/callback").await;
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert_eq!(house.delivery_of(&asked).await, refused("the name stands for a loopback address"));
        house.app.finish().await;
    }
}
