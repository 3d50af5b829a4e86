//! The rules of a transaction, without I/O.

use std::net::IpAddr;
use std::time::Duration;

use hanok_base::{Random, Secret, Timestamp};
use hanok_db::text_enum;
use hanok_web::error::FieldError;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::config::IdentityConfig;

text_enum! {
    /// Where a transaction stands.
    pub enum Status {
        /// Waits for the person.
        Pending = "PENDING",
        /// The person approved.
        Completed = "COMPLETED",
        /// The person denied, or did not prove who they are, or was asked again.
        Failed = "FAILED",
        /// Its time passed.
        Expired = "EXPIRED",
    }
}

text_enum! {
    /// Why a transaction failed, as its provider is told.
    pub enum FailureReason {
        /// The person said no.
        Denied = "denied",
        /// Wrong PIN, wrong number or a lock: not told apart.
        NotConfirmed = "not_confirmed",
        /// The provider asked again for the same phone.
        Superseded = "superseded",
        /// Whoever asked took it back: only a sign-in of our own.
        Withdrawn = "withdrawn",
    }
}

/// Whether a transaction's time has passed: true the moment it does, whoever looks.
pub fn is_expired(expires_at: Timestamp, now: Timestamp) -> bool {
    expires_at <= now
}

/// The status anybody sees: a pending transaction whose time has passed is expired.
pub(super) fn effective(status: Status, expires_at: Timestamp, now: Timestamp) -> Status {
    if status == Status::Pending && is_expired(expires_at, now) {
        Status::Expired
    } else {
        status
    }
}

/// What a provider asks.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RequestIn {
    /// Whose approval is wanted: `010-1234-5678`.
    #[schema(value_type = String, example = "010-1234-5678")]
    pub(super) user_phone_number: Secret,
    /// Shown on the phone beside the provider's name; at most 32 characters.
    pub(super) binding_message: Option<String>,
    /// Seconds the transaction lives, 30–600.
    #[schema(example = 180)]
    pub(super) requested_expiry: Option<i64>,
    /// Given back in the callback; at most 256 characters.
    pub(super) state: Option<String>,
    /// The client id, where it is not in a header.
    #[serde(rename = "client_id")]
    pub(super) _client_id: Option<String>,
    /// The client secret, where it is not in a header.
    #[schema(value_type = Option<String>)]
    #[serde(rename = "client_secret")]
    pub(super) _client_secret: Option<Secret>,
}

/// A message of at most 32 characters, composed (NFC), without control and bidirectional characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingMessage(String);

/// The most characters of a binding message.
const MESSAGE_CHARACTERS: usize = 32;
/// The most characters of a provider's `state`.
const STATE_CHARACTERS: usize = 256;

impl BindingMessage {
    /// Composes and checks a message.
    ///
    /// # Errors
    /// The field error's code.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let composed: String = text.nfc().take(MESSAGE_CHARACTERS + 1).collect();
        if composed.chars().count() > MESSAGE_CHARACTERS {
            return Err("binding_message_too_long");
        }
        if composed.chars().any(is_invisible) {
            return Err("binding_message_characters");
        }
        Ok(Self(composed))
    }

    /// Where somebody asks from, as a message of our own.
    pub(super) fn of_address(address: IpAddr) -> Self {
        Self(address.to_string())
    }

    /// The message.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters and those that turn the direction of text (UAX #9): they could disguise who asks.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// A request whose fields are right.
pub(super) struct Asked {
    pub message: Option<BindingMessage>,
    pub state: Option<String>,
    pub lives: Duration,
}

impl RequestIn {
    /// Checks everything but the phone number.
    pub(super) fn check(&self, config: &IdentityConfig) -> Result<Asked, Vec<FieldError>> {
        let mut faults = Vec::new();
        let message = self
            .binding_message
            .as_deref()
            .map(BindingMessage::parse)
            .transpose()
            .unwrap_or_else(|code| {
                faults.push(
                    FieldError::new("/binding_message", code).arg("most", MESSAGE_CHARACTERS),
                );
                None
            });
        let state = self.state.clone();
        if state
            .as_ref()
            .is_some_and(|state| state.chars().count() > STATE_CHARACTERS)
        {
            faults.push(FieldError::new("/state", "state_too_long").arg("most", STATE_CHARACTERS));
        }
        if state.as_ref().is_some_and(|state| state.contains('\0')) {
            faults.push(FieldError::new("/state", "state_characters"));
        }
        let (least, most) = (config.expiry_min_seconds, config.expiry_max_seconds);
        let wanted = self
            .requested_expiry
            .unwrap_or_else(|| i64::from(config.transaction_seconds));
        let seconds = u32::try_from(wanted)
            .ok()
            .filter(|seconds| (least..=most).contains(seconds));
        if seconds.is_none() {
            faults.push(
                FieldError::new("/requested_expiry", "expiry_range")
                    .arg("least", least)
                    .arg("most", most),
            );
        }
        match seconds {
            Some(seconds) if faults.is_empty() => Ok(Asked {
                message: message.filter(|message| !message.as_str().is_empty()),
                state,
                lives: Duration::from_secs(u64::from(seconds)),
            }),
            _ => Err(faults),
        }
    }
}

/// Three distinct numbers of 10–99 in the order they are shown, and which of them is the right one.
pub(super) fn draw_numbers(random: &Random) -> ([u32; 3], u32) {
    let draw = || 10 + random.below(90);
    let first = draw();
    let mut second = draw();
    while second == first {
        second = draw();
    }
    let mut third = draw();
    while third == first || third == second {
        third = draw();
    }
    let right = match random.below(3) {
        0 => first,
        1 => second,
        _ => third,
    };
    ([first, second, third], right)
}

/// The numbers of a transaction as they are stored: `12,47,83`.
pub(super) fn choices(stored: &str) -> Vec<String> {
    stored.split(',').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn three_distinct_numbers_hold_the_right_one(seed: u64) {
            let ([a, b, c], right) = draw_numbers(&Random::seeded(seed));
            prop_assert!(a != b && b != c && a != c);
            prop_assert!([a, b, c].contains(&right));
            prop_assert!([a, b, c].iter().all(|number| (10..=99).contains(number)));
        }

        #[test]
        fn no_message_that_passes_disguises_anything(text: String) {
            if let Ok(message) = BindingMessage::parse(&text) {
                prop_assert!(message.as_str().chars().count() <= 32);
                let disguised = message.as_str().contains(['\u{202E}', '\n', '\u{200F}', '\0']);
                prop_assert!(!disguised);
            }
        }
    }

    #[test]
    fn a_message_is_counted_after_it_is_composed() {
        let decomposed = "가".nfd().collect::<String>().repeat(32);
        assert_eq!(
            BindingMessage::parse(&decomposed).unwrap().as_str(),
            "가".repeat(32)
        );
        assert_eq!(
            BindingMessage::parse(&"가".repeat(33)),
            Err("binding_message_too_long")
        );
        assert_eq!(
            BindingMessage::parse("a\u{202E}b"),
            Err("binding_message_characters")
        );
    }

    #[test]
    fn a_pending_transaction_is_expired_the_moment_its_time_passes() {
        let end = Timestamp::from_seconds(100);
        assert_eq!(
            effective(
                Status::Pending,
                end,
                Timestamp::from_micros(end.micros() - 1)
            ),
            Status::Pending
        );
        assert_eq!(effective(Status::Pending, end, end), Status::Expired);
        assert_eq!(effective(Status::Completed, end, end), Status::Completed);
    }
}
