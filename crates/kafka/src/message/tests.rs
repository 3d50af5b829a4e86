use hanok_base::{Clock, Random};
use rdkafka::Timestamp as Moment;
use rdkafka::message::OwnedMessage;

use super::*;

fn received() -> Received {
    let clock = Clock::manual(Timestamp::from_micros(1_795_239_000_123_456));
    Received {
        event_id: EventId::new(&clock, &Random::seeded(1)),
        topic: Topic::DomainEvents,
        key: "k-1".to_owned(),
        event_type: "note.taken".to_owned(),
        version: 2,
        payload: r#"{"note":"짧다"}"#.to_owned(),
        occurred_at: clock.now(),
    }
}

fn message(
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: Option<OwnedHeaders>,
) -> OwnedMessage {
    OwnedMessage::new(
        value.map(<[u8]>::to_vec),
        key.map(<[u8]>::to_vec),
        "domain_events".to_owned(),
        Moment::CreateTime(1_795_239_000_000),
        3,
        17,
        headers,
    )
}

/// The message of [`received`], one header changed or taken out.
fn with_header(name: &str, value: Option<&[u8]>) -> OwnedMessage {
    let event = received();
    let record = record(&event, "domain_events");
    let mut headers = OwnedHeaders::new();
    for header in record.headers.as_ref().unwrap().iter() {
        let value = if header.key == name {
            value
        } else {
            header.value
        };
        if let Some(value) = value {
            headers = headers.insert(Header {
                key: header.key,
                value: Some(value),
            });
        }
    }
    message(Some(b"k-1"), Some(event.payload.as_bytes()), Some(headers))
}

fn fault(message: &OwnedMessage) -> String {
    read(message, Topic::DomainEvents).unwrap_err().error
}

#[test]
fn an_event_comes_back_as_it_was() {
    let event = received();
    let record = record(&event, "domain_events");
    assert_eq!((record.topic, record.key), ("domain_events", Some("k-1")));
    let sent = message(Some(b"k-1"), Some(event.payload.as_bytes()), record.headers);
    assert_eq!(read(&sent, Topic::DomainEvents), Ok(event));
}

#[test]
fn every_broken_part_is_named() {
    for name in ["event_id", "type", "version", "occurred_at"] {
        let told = fault(&with_header(name, None));
        assert_eq!(told, format!("there is no header {name}"));
        assert!(
            fault(&with_header(name, Some(b"\xff"))).contains(name),
            "{name}"
        );
        assert_eq!(
            fault(&with_header(name, Some(b""))),
            format!("the header {name} is empty")
        );
    }
    for name in ["event_id", "version", "occurred_at"] {
        let told = fault(&with_header(name, Some(b"soon")));
        assert!(
            told.starts_with(&format!("the header {name} is wrong")),
            "{told}"
        );
    }
    let random = with_header("event_id", Some(b"7f3c1b1e-9a52-4d0e-8a3b-2f6f1f0c9d11"));
    assert!(fault(&random).ends_with("version 4, not 7"));
    assert_eq!(fault(&message(Some(b"k"), None, None)), "there is no value");
    assert_eq!(
        fault(&message(Some(b"k"), Some(b"\xff"), None)),
        "the value is not UTF-8"
    );
    assert!(fault(&message(Some(b"k"), Some(b"{"), None)).starts_with("the value is no JSON"));
    assert_eq!(
        fault(&message(Some(b"k"), Some(b"1"), None)),
        "there is no header event_id"
    );
    let mut keyless = with_header("", None);
    keyless = keyless.set_key(None);
    assert_eq!(fault(&keyless), "there is no key");
}

#[test]
fn what_no_store_would_keep_is_no_event() {
    let event = received();
    let headers = || record(&event, "domain_events").headers;
    let sent = |key: usize, value: usize| {
        let (key, value) = ("k".repeat(key), format!("\"{}\"", "v".repeat(value - 2)));
        message(Some(key.as_bytes()), Some(value.as_bytes()), headers())
    };
    assert!(read(&sent(LONGEST_KEY, LONGEST_VALUE), Topic::DomainEvents).is_ok());
    let told = fault(&sent(LONGEST_KEY + 1, 2));
    assert_eq!(told, "the key has 256 bytes, more than 255");
    let told = fault(&sent(1, LONGEST_VALUE + 1));
    assert_eq!(told, "the value has 262145 bytes, more than 262144");
    let long = with_header("type", Some(&[b't'; 101]));
    let kept = read(&long, Topic::DomainEvents).unwrap_err();
    assert_eq!(kept.error, "the header type has 101 bytes, more than 100");
    assert_eq!(kept.event_type.len(), LONGEST_TYPE);
}

#[test]
fn of_a_message_that_is_no_event_the_place_and_the_beginning_are_kept() {
    let long = [b'a'; 10_000];
    let kept = read(&message(None, Some(&long), None), Topic::DomainEvents).unwrap_err();
    assert_eq!(kept.place, "domain_events/3/17");
    assert_eq!(
        (kept.event_type.as_str(), kept.payload.len()),
        ("unknown", KEPT)
    );
    assert_eq!(kept.at, Timestamp::from_seconds(1_795_239_000));
    let binary = read(&message(None, Some(b"a\0\xff"), None), Topic::DomainEvents).unwrap_err();
    assert_eq!(binary.payload, "a\u{fffd}\u{fffd}");
}
