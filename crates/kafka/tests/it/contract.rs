//! What a client that nobody here wrote sees: kcat.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hanok_base::{Clock, Random};
use hanok_events::{Event, EventId, Handler, Topic};
use serde::Serialize;
use serde_json::Value;

use crate::broker::shared;
use crate::house::{House, SETS, until};
use crate::recorder::Recorder;

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract's")]
struct CallbackDue {
    transaction_id: &'static str,
    provider_id: &'static str,
    delivery_id: &'static str,
}

impl Event for CallbackDue {
    const TYPE: &'static str = "transaction.callback_due";
    const TOPIC: Topic = Topic::ProviderCallbacks;

    fn key(&self) -> String {
        self.transaction_id.to_owned()
    }
}

fn kcat() -> Option<Command> {
    let there = Command::new("kcat").arg("-V").output().is_ok();
    if !there {
        println!(
            "not run: kcat, because it is not installed; install with apt-get install kcat (Debian, Ubuntu)"
        );
    }
    there.then(|| {
        let mut kcat = Command::new("kcat");
        // Cargo's leads to the client library that this program is built with; kcat has one of its own.
        kcat.env_remove("LD_LIBRARY_PATH");
        kcat
    })
}

/// Everything on the topic, as kcat's JSON.
fn read(address: &str, topic: &str) -> Vec<Value> {
    let mut kcat = kcat().unwrap();
    let said = kcat
        .args(["-C", "-J", "-e", "-q", "-b", address, "-t", topic])
        .output()
        .unwrap();
    assert!(said.status.success(), "{said:?}");
    let lines = String::from_utf8(said.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn headers(message: &Value) -> BTreeMap<String, String> {
    let words: Vec<&str> = message["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    words
        .chunks(2)
        .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
        .collect()
}

hanok_db::both_engines! {
    sets(SETS);

    async fn kcat_reads_events_and_callbacks_as_the_contract_says(db: Db) {
        let (Some(address), Some(_)) = (shared(), kcat()) else { return Ok(()) };
        let (house, recorder) = (House::new(&db, &address), Recorder::new("recorder"));
        let engine = house.engine(&[recorder as Arc<dyn Handler>]);
        let running = engine.start();
        house.publish(&["a1"]).await?;
        let due = CallbackDue { transaction_id: "t-1", provider_id: "p-1", delivery_id: "d-1" };
        house.publish_one(due).await?;
        until(async || Ok(engine.health().await?.backlog.waiting() == 0)).await.unwrap();
        house.effects_of("recorder", 1).await?;

        let events = read(&address, &house.config.domain_events_topic);
        let callbacks = read(&address, &house.config.provider_callbacks_topic);
        assert_eq!((events.len(), callbacks.len()), (1, 1));
        assert_eq!(events[0]["key"], "a");
        assert_eq!(events[0]["payload"], r#"{"key":"a","item":"a1"}"#);
        assert_eq!(callbacks[0]["key"], "t-1");
        let payload: Value = serde_json::from_str(callbacks[0]["payload"].as_str().unwrap()).unwrap();
        let names: Vec<&String> = payload.as_object().unwrap().keys().collect();
        assert_eq!(names, ["delivery_id", "provider_id", "transaction_id"]);
        for (message, event_type) in [(&events[0], "note.taken"), (&callbacks[0], "transaction.callback_due")] {
            let told = headers(message);
            let names: Vec<&String> = told.keys().collect();
            assert_eq!(names, ["event_id", "occurred_at", "type", "version"]);
            assert_eq!((told["type"].as_str(), told["version"].as_str()), (event_type, "1"));
            assert!(told["event_id"].parse::<uuid::Uuid>().is_ok(), "{told:?}");
            let at: Result<hanok_base::Timestamp, _> = serde_json::from_value(told["occurred_at"].clone().into());
            assert!(at.is_ok(), "{told:?}");
        }
        running.shutdown().await;
    }

    async fn what_others_compress_in_their_own_way_is_read_too(db: Db) {
        let (Some(address), Some(_)) = (shared(), kcat()) else { return Ok(()) };
        let (house, recorder) = (House::new(&db, &address), Recorder::new("recorder"));
        let running = house.engine(&[recorder as Arc<dyn Handler>]).start();
        house.publish(&["a1"]).await?;
        house.effects_of("recorder", 1).await?;
        let headers = ["type=note.taken", "version=1", "occurred_at=2026-11-21T05:30:00Z"];
        for (number, codec) in (2..).zip(["gzip", "snappy", "zstd", "none"]) {
            let mut kcat = kcat().unwrap();
            kcat.args(["-P", "-b", &address, "-t", &house.config.domain_events_topic, "-k", "a", "-z", codec]);
            let id = EventId::new(&Clock::system(), &Random::system());
            kcat.args(["-H", &format!("event_id={id}")]);
            for header in headers {
                kcat.args(["-H", header]);
            }
            let mut process = kcat.stdin(Stdio::piped()).spawn().unwrap();
            let value = format!(r#"{{"key":"a","item":"a{number}"}}"#);
            process.stdin.take().unwrap().write_all(value.as_bytes()).unwrap();
            assert!(process.wait().unwrap().success());
            house.effects_of("recorder", number).await?;
        }
        running.shutdown().await;
        assert_eq!(house.effects("recorder").await?, ["a1", "a2", "a3", "a4", "a5"]);
        assert_eq!(house.letters().await?, []);
    }
}
