//! A request of the shop's, and what became of it.

use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use serde_json::Value;

use crate::opened::claim;
use crate::text;

/// A request that Hanok took.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) transaction_id: String,
    /// The number that the shop shows.
    pub(super) binding_code: String,
    /// What comes back with the answer, and binds it to this request.
    pub(super) state: String,
    /// Until when it counts, as the answer said it and as a moment.
    pub(super) expires_at: String,
    pub(super) ends: Timestamp,
    pub(super) end: End,
    /// What fetching the result once more came to.
    pub(super) fetched: Option<Fetched>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing yet.
    Waiting,
    /// The person approved, and the shop learned this.
    Completed(Learned),
    /// It failed, for this reason.
    Failed(String),
    /// Its time passed.
    Expired,
}

/// What the shop learned about the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Learned {
    pub(super) di: String,
    pub(super) ci: Option<String>,
    pub(super) ci_is_synthetic: bool,
    pub(super) auth_code: String,
    pub(super) completed_at: Option<Timestamp>,
}

/// What fetching the result came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// The same as the callback said.
    Same,
    /// It has been fetched before.
    Gone,
}

/// A refusal of Hanok's.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// The number that was asked for.
    pub(super) number: String,
    pub(super) code: String,
    /// In the reader's language, as Hanok said it.
    pub(super) detail: String,
}

impl Refused {
    /// What it means here.
    pub(super) fn meaning(&self) -> Text {
        match self.code.as_str() {
            "unknown_user" => text::demo::refused_unknown_user(),
            "too_many_requests_for_phone" | "rate_limited" => text::demo::refused_too_many(),
            "invalid_request" => text::demo::refused_invalid(),
            _ => text::demo::refused_other(),
        }
    }
}

impl Asked {
    /// Whether it waits for its person.
    pub(super) fn is_waiting(&self) -> bool {
        self.end == End::Waiting
    }

    /// What is left of its time, as `m:ss`.
    pub(super) fn left(&self, now: Timestamp) -> String {
        let seconds = self.ends.since(now).as_secs();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }

    /// Whether its time has passed and the callback about it is on its way.
    pub(super) fn is_late(&self, now: Timestamp) -> bool {
        self.is_waiting() && self.ends <= now
    }
}

impl End {
    /// What the claims of an answer say.
    pub(super) fn told(claims: &Value) -> Self {
        let text = |name: &str| claim(claims, name).map(str::to_owned);
        match claim(claims, "status") {
            Some("COMPLETED") => Self::Completed(Learned {
                di: text("di").unwrap_or_default(),
                ci: text("ci"),
                ci_is_synthetic: claims.get("ci_synthetic") == Some(&Value::Bool(true)),
                auth_code: text("auth_code").unwrap_or_default(),
                completed_at: claim(claims, "completed_at").and_then(moment),
            }),
            Some("EXPIRED") => Self::Expired,
            _ => Self::Failed(text("failure_reason").unwrap_or_default()),
        }
    }
}

/// A moment as JSON writes it.
fn moment(text: &str) -> Option<Timestamp> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_claims_say_how_it_ended() {
        let completed = json!({ "status": "COMPLETED", "di": "D", "ci": "C", "ci_synthetic": true,
            "auth_code": "code", "completed_at": "2026-11-21T05:30:00Z" });
        let End::Completed(learned) = End::told(&completed) else {
            panic!("{completed}");
        };
        assert!(learned.ci_is_synthetic && learned.completed_at.is_some());
        assert_eq!(End::told(&json!({ "status": "EXPIRED" })), End::Expired);
        let denied = json!({ "status": "FAILED", "failure_reason": "denied" });
        assert_eq!(End::told(&denied), End::Failed("denied".to_owned()));
    }
}
