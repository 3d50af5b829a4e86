//! An event as a message, and a message as an event.

use std::fmt::Display;
use std::str::{self, FromStr};

use hanok_base::Timestamp;
use hanok_events::{EventId, Foreign, Received, Topic};
use rdkafka::Message;
use rdkafka::message::{Header, Headers, OwnedHeaders};
use rdkafka::producer::FutureRecord;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

const EVENT_ID: &str = "event_id";
const TYPE: &str = "type";
const VERSION: &str = "version";
const OCCURRED_AT: &str = "occurred_at";

/// The longest key of an event; bytes. Stores index it, and PostgreSQL's indexes hold no more than 2.7 KB.
const LONGEST_KEY: usize = 255;

/// The longest name of a type; bytes.
const LONGEST_TYPE: usize = 100;

/// The longest value; bytes.
const LONGEST_VALUE: usize = 256 * 1_024;

/// How much of a message that is no event is kept; bytes.
const KEPT: usize = 4_096;

/// The event as a message for this topic.
pub(crate) fn record<'a>(event: &'a Received, topic: &'a str) -> FutureRecord<'a, str, str> {
    let headers = [
        (EVENT_ID, event.event_id.to_string()),
        (TYPE, event.event_type.clone()),
        (VERSION, event.version.to_string()),
        (OCCURRED_AT, event.occurred_at.to_rfc3339()),
    ];
    let headers = headers.iter().fold(
        OwnedHeaders::new_with_capacity(headers.len()),
        |all, (key, value)| {
            all.insert(Header {
                key,
                value: Some(value),
            })
        },
    );
    FutureRecord::to(topic)
        .key(event.key.as_str())
        .payload(event.payload.as_str())
        .headers(headers)
}

/// The message as an event of this stream, or what is to be kept of it.
pub(crate) fn read(message: &impl Message, topic: Topic) -> Result<Received, Foreign> {
    event(message, topic).map_err(|error| Foreign {
        topic,
        place: place(message),
        event_type: header(message, TYPE).map_or_else(
            |_| "unknown".to_owned(),
            |name| beginning(name.as_bytes(), LONGEST_TYPE),
        ),
        payload: beginning(message.payload().unwrap_or_default(), KEPT),
        at: sent_at(message),
        error,
    })
}

fn event(message: &impl Message, topic: Topic) -> Result<Received, String> {
    let payload = within(text(message.payload(), "value")?, "value", LONGEST_VALUE)?;
    serde_json::from_str::<IgnoredAny>(payload)
        .map_err(|error| format!("the value is no JSON: {error}"))?;
    Ok(Received {
        event_id: id(message)?,
        topic,
        key: within(text(message.key(), "key")?, "key", LONGEST_KEY)?.to_owned(),
        event_type: within(header(message, TYPE)?, "header type", LONGEST_TYPE)?.to_owned(),
        version: parsed(message, VERSION)?,
        payload: payload.to_owned(),
        occurred_at: moment(header(message, OCCURRED_AT)?)?,
    })
}

/// What was handled is forgotten by the time in its id, so the id must have one.
fn id(message: &impl Message) -> Result<EventId, String> {
    let id: EventId = parsed(message, EVENT_ID)?;
    match id.uuid().get_version_num() {
        7 => Ok(id),
        other => Err(format!(
            "the header {EVENT_ID} is a UUID of version {other}, not 7"
        )),
    }
}

fn place(message: &impl Message) -> String {
    let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
    format!("{topic}/{partition}/{offset}")
}

fn text<'a>(bytes: Option<&'a [u8]>, part: &str) -> Result<&'a str, String> {
    let bytes = bytes.ok_or_else(|| format!("there is no {part}"))?;
    match str::from_utf8(bytes) {
        // No store keeps it as text.
        Ok(text) if text.contains('\0') => Err(format!("the {part} holds a NUL")),
        Ok(text) => Ok(text),
        Err(_) => Err(format!("the {part} is not UTF-8")),
    }
}

fn within<'a>(text: &'a str, part: &str, most: usize) -> Result<&'a str, String> {
    if text.len() > most {
        let length = text.len();
        return Err(format!("the {part} has {length} bytes, more than {most}"));
    }
    Ok(text)
}

fn header<'a>(message: &'a impl Message, name: &str) -> Result<&'a str, String> {
    let mut headers = message.headers().into_iter().flat_map(Headers::iter);
    let found = headers.find(|header| header.key == name);
    let value = found.and_then(|header| header.value);
    let value = text(value, &format!("header {name}"))?;
    if value.is_empty() {
        return Err(format!("the header {name} is empty"));
    }
    Ok(value)
}

fn parsed<T: FromStr<Err: Display>>(message: &impl Message, name: &str) -> Result<T, String> {
    let value = header(message, name)?.parse();
    value.map_err(|error| format!("the header {name} is wrong: {error}"))
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    Timestamp::deserialize(text)
        .map_err(|error| format!("the header {OCCURRED_AT} is wrong: {error}"))
}

/// As the broker or the sender says, who may say anything.
pub(crate) fn sent_at(message: &impl Message) -> Timestamp {
    let millis = message.timestamp().to_millis().unwrap_or(0);
    Timestamp::from_micros(millis.saturating_mul(1_000))
}

fn beginning(bytes: &[u8], most: usize) -> String {
    let (head, _) = bytes.split_at(bytes.len().min(most));
    String::from_utf8_lossy(head).replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests;
