//! What a JWE says: the claims, in the order in which they go over the wire.

use std::time::Duration;

use hanok_base::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

use super::token::TokenFault;
use crate::transaction::{FailureReason, Status, TransactionId};

/// How long a JWE may be accepted after it was made.
const LIFE: Duration = Duration::from_mins(5);
/// More than any payload needs, so that its buffer never moves and leaves a copy behind.
const LONGEST: usize = 8 * 1024;

/// The claims. Neither printed nor compared: they hold the code, CI and DI.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: TransactionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<FailureReason>,
    #[serde(flatten)]
    person: Option<Person<'a>>,
    completed_at: Option<Timestamp>,
}

/// Who the person is; only a completed transaction says so.
#[derive(Serialize)]
pub(super) struct Person<'a> {
    /// `null` once it was erased.
    pub auth_code: Option<&'a str>,
    /// The CI, where the provider may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci: Option<&'a str>,
    /// Said only of a CI that was made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci_synthetic: Option<bool>,
    /// The DI.
    pub di: &'a str,
}

/// How a transaction ended, as it is told.
pub(super) enum End<'a> {
    Completed {
        person: Person<'a>,
        at: Option<Timestamp>,
    },
    Failed(Option<FailureReason>),
    Expired,
    /// Nothing ended: the provider's address is tried.
    Trial,
}

/// The status of a trial, which no transaction has.
const TRIAL: &str = "TEST";

/// From whom, to whom, about what.
pub(super) struct Envelope<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub transaction: TransactionId,
    pub state: Option<&'a str>,
}

impl<'a> Claims<'a> {
    /// The claims about `end`, made at `now`.
    pub(super) fn new(envelope: &Envelope<'a>, end: End<'a>, now: Timestamp) -> Self {
        let mut claims = Self {
            iss: envelope.issuer,
            aud: envelope.client_id,
            iat: now.seconds(),
            exp: now.plus(LIFE).seconds(),
            jti: envelope.transaction,
            state: envelope.state,
            status: Status::Expired.as_str(),
            failure_reason: None,
            person: None,
            completed_at: None,
        };
        match end {
            End::Completed { person, at } => {
                (claims.status, claims.person, claims.completed_at) =
                    (Status::Completed.as_str(), Some(person), at);
            }
            End::Failed(reason) => {
                (claims.status, claims.failure_reason) = (Status::Failed.as_str(), reason);
            }
            End::Expired => {}
            End::Trial => claims.status = TRIAL,
        }
        claims
    }

    /// The JSON, in memory that is wiped.
    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, TokenFault> {
        let mut json = Zeroizing::new(Vec::with_capacity(LONGEST));
        serde_json::to_writer(&mut *json, self).map_err(|_| TokenFault::Json)?;
        Ok(json)
    }
}

#[cfg(test)]
mod tests {
    use hanok_base::Id;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_239_000_123_456);

    fn told(state: Option<&str>, end: End<'_>) -> String {
        let transaction = Id::from_uuid("01939d2c-7c5b-7d0e-9f53-0d6b1c1f4a10".parse().unwrap());
        let envelope = Envelope {
            issuer: "https://id.example.com",
            client_id: "shop",
            transaction,
            state,
        };
        let json = Claims::new(&envelope, end, NOW).to_json().unwrap();
        String::from_utf8(json.to_vec()).unwrap()
    }

    fn completed(
        auth_code: Option<&'static str>,
        ci: Option<&'static str>,
        made_up: Option<bool>,
    ) -> End<'static> {
        End::Completed {
            person: Person {
                auth_code,
                ci,
                ci_synthetic: made_up,
                di: "DI",
            },
            at: Some(NOW),
        }
    }

    #[test]
    fn a_completion_says_who_the_person_is() {
        assert_eq!(
            told(Some("b3f1"), completed(Some("CODE"), Some("CI"), None)),
            "{\"iss\":\"https://id.example.com\",\"aud\":\"shop\",\"iat\":1795239000,\"exp\":1795239300,\
             \"jti\":\"01939d2c-7c5b-7d0e-9f53-0d6b1c1f4a10\",\"state\":\"b3f1\",\"status\":\"COMPLETED\",\
             \"auth_code\":\"CODE\",\"ci\":\"CI\",\"di\":\"DI\",\"completed_at\":\"2026-11-21T05:30:00.123456Z\"}"
        );
    }

    #[test]
    fn a_made_up_ci_is_named_so() {
        let value: Value =
            serde_json::from_str(&told(None, completed(Some("C"), Some("CI"), Some(true))))
                .unwrap();
        assert_eq!(
            (&value["ci"], &value["ci_synthetic"]),
            (&json!("CI"), &json!(true))
        );
    }

    #[test]
    fn an_erased_code_is_null_and_an_unentitled_provider_sees_no_ci() {
        let value: Value = serde_json::from_str(&told(None, completed(None, None, None))).unwrap();
        let object = value.as_object().unwrap();
        assert_eq!(object.get("auth_code"), Some(&Value::Null));
        assert_eq!(object.get("di"), Some(&json!("DI")));
        assert!(
            ["state", "ci", "ci_synthetic", "failure_reason"]
                .iter()
                .all(|name| !object.contains_key(*name))
        );
    }

    #[test]
    fn other_ends_say_nothing_of_the_person() {
        for (end, reason) in [
            (End::Failed(Some(FailureReason::Denied)), Some("denied")),
            (End::Expired, None),
            (End::Trial, None),
        ] {
            let value: Value = serde_json::from_str(&told(None, end)).unwrap();
            let object = value.as_object().unwrap();
            assert_eq!(object.get("failure_reason").and_then(Value::as_str), reason);
            assert!(
                ["auth_code", "ci", "ci_synthetic", "di"]
                    .iter()
                    .all(|name| !object.contains_key(*name))
            );
            assert_eq!(object.get("completed_at"), Some(&Value::Null));
        }
    }

    #[test]
    fn the_longest_payload_fits_its_buffer() {
        let state = "\u{1}".repeat(256);
        let ci: &'static str = Box::leak("C".repeat(88).into_boxed_str());
        let json = told(Some(&state), completed(Some(ci), Some(ci), Some(true)));
        assert!(json.len() < LONGEST / 2, "{}", json.len());
    }
}
