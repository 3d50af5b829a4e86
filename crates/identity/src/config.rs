//! `[identity]` of `config.default.toml`, where every key is explained.

use std::time::Duration;

use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[identity]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each key is explained once, in config.default.toml"
)]
pub struct IdentityConfig {
    pub transaction_seconds: u32,
    pub expiry_min_seconds: u32,
    pub expiry_max_seconds: u32,
    pub poll_interval_seconds: u32,
    pub sweep_seconds: u32,
    pub per_phone_provider_10min: u32,
    pub per_phone_provider_day: u32,
    pub per_phone_10min: u32,
    pub pin_attempts_per_transaction: u32,
    pub confirm_without_device: bool,
    pub confirm_by_session: bool,
    pub sign_in_redeem_seconds: u32,
    pub synthetic_ci: bool,
    pub result_minutes: u32,
    pub callback_allow_hosts: Vec<String>,
    pub callback_timeout_seconds: u32,
    pub callback_max_age_hours: u32,
    pub callback_per_destination: u32,
    pub key_days: u32,
    pub key_retiring_days: u32,
    pub idempotency_hours: u32,
    pub transaction_retention_years: u32,
}

impl Validate for IdentityConfig {
    fn validate(&self) -> Vec<Problem> {
        let positive = [
            ("expiry_min_seconds", self.expiry_min_seconds),
            ("poll_interval_seconds", self.poll_interval_seconds),
            ("sweep_seconds", self.sweep_seconds),
            (
                "pin_attempts_per_transaction",
                self.pin_attempts_per_transaction,
            ),
            ("result_minutes", self.result_minutes),
            ("sign_in_redeem_seconds", self.sign_in_redeem_seconds),
            ("callback_timeout_seconds", self.callback_timeout_seconds),
            ("callback_max_age_hours", self.callback_max_age_hours),
            ("callback_per_destination", self.callback_per_destination),
            ("key_days", self.key_days),
            ("idempotency_hours", self.idempotency_hours),
        ];
        let mut problems: Vec<Problem> = positive
            .into_iter()
            .filter(|(_, value)| *value == 0)
            .map(|(key, _)| Problem::new(key, "must be at least 1"))
            .collect();
        let default_fits =
            (self.expiry_min_seconds..=self.expiry_max_seconds).contains(&self.transaction_seconds);
        if !default_fits {
            problems.push(Problem::new(
                "transaction_seconds",
                "must lie between expiry_min_seconds and expiry_max_seconds",
            ));
        }
        problems
    }
}

impl IdentityConfig {
    pub(crate) fn result_window(&self) -> Duration {
        Duration::from_secs(u64::from(self.result_minutes) * 60)
    }

    /// How long an approved sign-in waits for its browser.
    pub(crate) fn sign_in_window(&self) -> Duration {
        Duration::from_secs(u64::from(self.sign_in_redeem_seconds))
    }

    pub(crate) fn callback_max_age(&self) -> Duration {
        Duration::from_hours(u64::from(self.callback_max_age_hours))
    }
}
