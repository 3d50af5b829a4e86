//! Two servers over one store: whoever is asked, it is one program.

use std::time::{Duration, Instant};

use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{PASSWORD, Phone, Sink, Site};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::house::{Asked, House};
use crate::installation::PATIENCE;
use crate::store::Store;
use crate::told::told;

/// What is promised of a right that is withdrawn.
const WITHDRAWN_WITHIN: Duration = Duration::from_secs(2);

/// Two servers at work, and a person's phone.
struct Pair {
    house: House,
    sink: Sink,
    _servers: Vec<crate::installation::Server>,
}

impl Pair {
    async fn start(people: usize) -> Option<Self> {
        let store = Store::postgres().await?;
        let sink = Sink::start().await;
        let house = House::prepare(store, 2, &sink, people).await;
        let servers = house.serve_all().await;
        Some(Self {
            house,
            sink,
            _servers: servers,
        })
    }

    /// One of the servers, as people and phones meet it.
    async fn site(&self, process: usize) -> Site {
        let program = self.house.installed.program().await;
        let site = self.house.installed.client(process);
        Site::new(site.base_url(), program.accounts().clone())
    }

    async fn paired(&self, site: &Site, person: usize) -> Phone {
        let client = site.client().bearer(&self.house.people[person].token);
        let asked = client
            .post("/api/v1/me/devices")
            .json(json!({ "password": PASSWORD }))
            .await
            .assert_status(201);
        Phone::pair(site, asked.body["pairing_code"].as_str().unwrap()).await
    }
}

/// The payload of the event of this name that comes next, but for what the person is told besides.
async fn event(wire: &mut Wire, wanted: &str) -> Value {
    loop {
        match wire.hear().await {
            Heard::Event(name, payload) if name == wanted => return payload,
            Heard::Event(name, _) if name == "notification" => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_at_one_server_hears_of_a_request_at_the_other_and_the_shop_is_told_once() {
    let Some(pair) = Pair::start(1).await else {
        return;
    };
    let (here, there) = (pair.site(0).await, pair.site(1).await);
    let phone = pair.paired(&here, 0).await;
    let mut wire = Wire::of_phone(&here, &phone).await;
    for round in 1..=4 {
        let asked = pair.house.ask(there.client(), 0).await;
        let shown = event(&mut wire, "auth_request").await;
        assert_eq!(shown["transaction_id"], asked.id);
        let confirming = [&there, &here][round % 2].client();
        confirm(&phone, confirming, &asked).await;
        let ended = json!({ "transaction_id": asked.id, "status": "COMPLETED" });
        assert_eq!(event(&mut wire, "auth_done").await, ended);
        pair.sink.wait_for(round).await;
    }
    let told = told(&pair.house.shop, &pair.sink);
    assert_eq!((told.len(), pair.sink.received().len()), (4, 4), "{told:?}");
    pair.house.assert_audit_is_whole();
}

async fn confirm(phone: &Phone, at: hanok_testkit::Client, asked: &Asked) {
    let body = json!({
        "transaction_id": asked.id, "pin_code": hanok_testkit::PIN, "binding_code": asked.number,
    });
    let call = at.post("/api/v1/auth/confirm").json(body);
    call.signed_by(phone).await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_at_one_server_ends_the_session_at_the_other_within_two_seconds() {
    let Some(pair) = Pair::start(1).await else {
        return;
    };
    let (here, there) = (pair.site(0).await, pair.site(1).await);
    let token = json!({ "token": pair.house.people[0].token });
    let mut wire = Wire::seated(there.client(), &token).await;
    let me = there.client().bearer(&pair.house.people[0].token);
    let signed_out = here.client().bearer(&pair.house.people[0].token);
    me.get("/api/v1/me").await.assert_status(200);
    let logout = signed_out.post("/api/v1/auth/logout");
    logout.await.assert_status(204);
    let since = Instant::now();
    loop {
        let asked_after = since.elapsed();
        if me.get("/api/v1/me").await.status == 401 {
            break;
        }
        assert!(asked_after <= WITHDRAWN_WITHIN, "{asked_after:?}");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(wire.hear().await, Heard::Closed);
}

/// Who holds which lease until when (microseconds).
type Held = (String, uuid::Uuid, i64);
const LEASES: &str = "SELECT name, holder, held_until FROM lease ORDER BY name";
const NAMES: [&str; 2] = ["audit.seal", "events.relay"];

async fn leases(house: &House) -> Vec<Held> {
    let found: Vec<Held> = house.rows(LEASES).await;
    let names = found.iter().map(|(name, ..)| name.as_str());
    if names.eq(NAMES) { found } else { Vec::new() }
}

/// Whether somebody else holds each of them.
fn all_moved(now: &[Held], then: &[Held]) -> bool {
    !now.is_empty() && now.iter().zip(then).all(|(now, then)| now.1 != then.1)
}

/// Looks until what it finds is as wanted.
async fn until(house: &House, wanted: impl Fn(&[Held]) -> bool) -> Vec<Held> {
    let looking = async {
        loop {
            let found = leases(house).await;
            if wanted(&found) {
                return found;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let found = timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("{}", house.installed.logged()))
}

#[tokio::test(flavor = "multi_thread")]
async fn relay_and_sealer_stay_with_one_server_and_move_when_it_dies() {
    let Some(store) = Store::postgres().await else {
        return;
    };
    let sink = Sink::start().await;
    let mut house = House::prepare(store, 2, &sink, 1).await;
    // As an installation has it, which the promise is about.
    let length = hanok_events::EventsConfig::default().lease_seconds;
    house
        .installed
        .set("events.lease_seconds", &length.to_string());
    let settled_in = leases(&house).await;
    let mut first = house.installed.serve(0).await;
    let held = until(&house, |found| all_moved(found, &settled_in)).await;
    let _second = house.installed.serve(1).await;
    // Both work, and whoever has a lease keeps it: it was renewed while the other asked for it.
    let renewed = |found: &[Held]| found.iter().zip(&held).all(|(now, then)| now.2 > then.2);
    let renewed = until(&house, |found| !found.is_empty() && renewed(found)).await;
    let holders = |found: &[Held]| found.iter().map(|(_, who, _)| *who).collect::<Vec<_>>();
    assert_eq!(holders(&renewed), holders(&held));
    let last = leases(&house).await;
    let killed_at = hanok_base::Clock::system().now();
    first.kill();
    let moved = until(&house, |found| all_moved(found, &last)).await;
    let taken_within = hanok_base::Clock::system().now().since(killed_at);
    println!("taken over {taken_within:?} after the death");
    for ((name, .., then), (.., now)) in last.iter().zip(&moved) {
        let taken_at = now - i64::try_from(length).unwrap() * 1_000_000;
        assert!(taken_at >= *then, "{name} was taken while it was held");
        // A lease of 12 s and a look each second make it 15 s after the death at most; a machine that does other
        // things besides has as long again.
        assert!(
            length <= 12 && taken_at <= killed_at.micros() + 30_000_000,
            "{name} was left for too long"
        );
    }
}

const RUNS: &str = "SELECT last_at, next_at FROM schedule \
     WHERE name = 'identity.expire' AND last_at IS NOT NULL";

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_runs_once_whoever_runs_it() {
    let Some(pair) = Pair::start(0).await else {
        return;
    };
    let mut runs: Vec<(i64, i64)> = Vec::new();
    let looking = async {
        while runs.len() < 4 {
            runs.extend(pair.house.rows::<(i64, i64)>(RUNS).await);
            runs.dedup();
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, looking).await.unwrap();
    // Each run that was begun moved the next one on: none was begun for a time that was done already.
    let moved = |pair: &[(i64, i64)]| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1;
    assert!(runs.windows(2).all(moved), "{runs:?}");
}
