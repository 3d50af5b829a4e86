//! Socket.IO packets (protocol 5) as text, without binary attachments, which nothing here sends or takes.

use serde::Serialize;
use serde_json::Value;

/// A packet from a client.
#[derive(Debug, PartialEq)]
pub(super) enum Packet<'a> {
    /// It wants in, with what it sends to prove who it is.
    Connect { auth: Value },
    /// It wants into a namespace that there is not.
    Elsewhere { namespace: &'a str },
    /// It leaves.
    Disconnect,
    /// It says or asks something.
    Event(Event),
    /// Something that nobody here waits for.
    Nothing,
}

/// An event from a client.
#[derive(Debug, PartialEq)]
pub(super) struct Event {
    pub(super) name: String,
    /// The first of its arguments; null where it has none.
    pub(super) argument: Value,
    /// The number it wants acknowledged.
    pub(super) acknowledge: Option<u64>,
}

impl<'a> Packet<'a> {
    /// Reads a packet; `None` where it is none.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.chars();
        let kind = rest.next()?;
        let (namespace, body) = namespace(rest.as_str());
        match kind {
            '0' if namespace != "/" => Some(Self::Elsewhere { namespace }),
            '0' if body.is_empty() => Some(Self::Connect { auth: Value::Null }),
            '0' => serde_json::from_str(body)
                .ok()
                .map(|auth| Self::Connect { auth }),
            '1' | '2' if namespace != "/" => Some(Self::Nothing),
            '1' => Some(Self::Disconnect),
            '2' => event(body),
            '3' => Some(Self::Nothing),
            _ => None,
        }
    }
}

/// The namespace in front of a packet's body, `/` where none is named.
fn namespace(text: &str) -> (&str, &str) {
    if !text.starts_with('/') {
        return ("/", text);
    }
    let (named, body) = text.split_once(',').unwrap_or((text, ""));
    let named = named.split_once('?').map_or(named, |(path, _)| path);
    (named, body)
}

fn event<'a>(body: &str) -> Option<Packet<'a>> {
    let start = body.find(|c: char| !c.is_ascii_digit())?;
    let (number, json) = body.split_at_checked(start)?;
    let acknowledge = match number {
        "" => None,
        number => Some(number.parse().ok()?),
    };
    let Value::Array(parts) = serde_json::from_str(json).ok()? else {
        return None;
    };
    let mut parts = parts.into_iter();
    let Value::String(name) = parts.next()? else {
        return None;
    };
    Some(Packet::Event(Event {
        name,
        argument: parts.next().unwrap_or_default(),
        acknowledge,
    }))
}

/// The packet that says: you are in.
pub(super) fn connected(sid: &str) -> String {
    format!("0{}", serde_json::json!({ "sid": sid }))
}

/// The packet that says why not: `connect_error`, its message the code, `data.code` the same.
pub(super) fn refused(code: &str) -> String {
    let body = serde_json::json!({ "message": code, "data": { "code": code } });
    format!("4{body}")
}

/// The packet that says that there is no such namespace, as Socket.IO's own server words it.
pub(super) fn no_namespace(namespace: &str) -> String {
    format!("4{namespace},{{\"message\":\"Invalid namespace\"}}")
}

/// An event.
pub(super) fn emitted(event: &str, payload: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(&(event, payload)).map(|json| ["2", &json].concat())
}

/// The acknowledgement of an event.
pub(super) fn acknowledged(
    number: u64,
    payload: &impl Serialize,
) -> Result<String, serde_json::Error> {
    serde_json::to_string(&(payload,)).map(|json| format!("3{number}{json}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn heard(name: &str, argument: Value, acknowledge: Option<u64>) -> Packet<'static> {
        Packet::Event(Event {
            name: name.to_owned(),
            argument,
            acknowledge,
        })
    }

    #[test]
    fn packets_are_read_as_the_protocol_writes_them() {
        let auth = json!({ "token": "a" });
        for (text, packet) in [
            ("0", Some(Packet::Connect { auth: Value::Null })),
            ("0{\"token\":\"a\"}", Some(Packet::Connect { auth })),
            (
                "0/admin,{}",
                Some(Packet::Elsewhere {
                    namespace: "/admin",
                }),
            ),
            (
                "0/admin?a=b,",
                Some(Packet::Elsewhere {
                    namespace: "/admin",
                }),
            ),
            ("1", Some(Packet::Disconnect)),
            (
                "2[\"sync\",{\"after\":1},2]",
                Some(heard("sync", json!({ "after": 1 }), None)),
            ),
            ("212[\"sync\"]", Some(heard("sync", Value::Null, Some(12)))),
            ("2/admin,[\"sync\"]", Some(Packet::Nothing)),
            ("31[]", Some(Packet::Nothing)),
        ] {
            assert_eq!(Packet::parse(text), packet, "{text}");
        }
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        let long = "299999999999999999999[\"a\"]";
        for text in [
            "",
            "9",
            "5",
            "0{",
            "2",
            "2[]",
            "2{}",
            "2[1]",
            "2x[\"a\"]",
            long,
            "51-[\"a\"]",
            "가",
        ] {
            assert_eq!(Packet::parse(text), None, "{text}");
        }
    }

    #[test]
    fn answers_are_written_as_clients_read_them() {
        assert_eq!(connected("a"), "0{\"sid\":\"a\"}");
        let refused = refused("unauthorized");
        let body: Value = serde_json::from_str(refused.strip_prefix('4').unwrap()).unwrap();
        assert_eq!(
            body,
            json!({ "message": "unauthorized", "data": { "code": "unauthorized" } })
        );
        let event = emitted("ready", &json!({ "seq": 0 })).unwrap();
        assert_eq!(event, "2[\"ready\",{\"seq\":0}]");
        assert_eq!(acknowledged(7, &0).unwrap(), "37[0]");
    }
}
