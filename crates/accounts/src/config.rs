//! The settings of accounts: `[accounts]` of `config.default.toml`, where every key is explained.

use std::time::Duration;

use hanok_base::Secret;
use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hash::HashSettings;

/// How text messages leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SmsChannel {
    /// Kept in memory and shown at `/dev/sms` in the demo; nothing is sent.
    Simulated,
    /// Posted as JSON to `sms_url`.
    Http,
}

/// `[accounts]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each key is explained once, in config.default.toml"
)]
pub struct AccountsConfig {
    pub password_history: u32,
    pub lock_failures: u32,
    pub lock_window_minutes: u32,
    pub password_confirm_minutes: u32,
    pub approval_password_minutes: u32,
    pub access_token_minutes: u32,
    pub refresh_token_days: u32,
    pub refresh_reuse_seconds: u32,
    pub sessions_max: u32,
    pub session_idle_minutes: u32,
    pub session_max_hours: u32,
    pub argon2_memory_kib: u32,
    pub argon2_iterations: u32,
    pub argon2_parallelism: u32,
    pub hash_threads: usize,
    pub hash_queue: usize,
    pub sms: SmsChannel,
    #[serde(default)]
    pub sms_url: Option<String>,
    #[serde(default)]
    pub sms_token: Option<Secret>,
    pub phone_code_minutes: u32,
    pub phone_code_tries: u32,
    pub phone_code_sends_per_hour: u32,
    pub pairing_code_minutes: u32,
    pub devices_max: u32,
    pub api_keys_max: u32,
    pub reset_hold_hours: u32,
    pub password_reset_minutes: u32,
    pub email_link_hours: u32,
    pub mail_sends_per_hour: u32,
    pub mail_sends_per_address_per_hour: u32,
    pub pin_failures: u32,
    pub pin_window_minutes: u32,
    pub device_clock_seconds: u32,
    pub device_nonce_minutes: u32,
    pub closing_grace_days: u32,
}

impl Validate for AccountsConfig {
    fn validate(&self) -> Vec<Problem> {
        let positive = [
            ("password_history", self.password_history),
            ("lock_failures", self.lock_failures),
            ("lock_window_minutes", self.lock_window_minutes),
            ("password_confirm_minutes", self.password_confirm_minutes),
            ("access_token_minutes", self.access_token_minutes),
            ("refresh_token_days", self.refresh_token_days),
            ("sessions_max", self.sessions_max),
            ("session_idle_minutes", self.session_idle_minutes),
            ("session_max_hours", self.session_max_hours),
            ("phone_code_minutes", self.phone_code_minutes),
            ("phone_code_tries", self.phone_code_tries),
            ("phone_code_sends_per_hour", self.phone_code_sends_per_hour),
            ("pairing_code_minutes", self.pairing_code_minutes),
            ("devices_max", self.devices_max),
            ("api_keys_max", self.api_keys_max),
            ("password_reset_minutes", self.password_reset_minutes),
            ("email_link_hours", self.email_link_hours),
            ("mail_sends_per_hour", self.mail_sends_per_hour),
            (
                "mail_sends_per_address_per_hour",
                self.mail_sends_per_address_per_hour,
            ),
            ("pin_failures", self.pin_failures),
            ("pin_window_minutes", self.pin_window_minutes),
            ("device_clock_seconds", self.device_clock_seconds),
            ("closing_grace_days", self.closing_grace_days),
        ];
        let none = positive.iter().filter(|(_, value)| *value == 0);
        let mut problems: Vec<Problem> = none
            .map(|(key, _)| Problem::new(key, "expected at least 1"))
            .collect();
        problems.extend(self.hash_settings().problems());
        if self.device_nonce_minutes.saturating_mul(60)
            < self.device_clock_seconds.saturating_mul(2)
        {
            problems.push(Problem::new(
                "device_nonce_minutes",
                "expected at least twice device_clock_seconds",
            ));
        }
        if self.sms == SmsChannel::Http && self.sms_url.as_deref().is_none_or(str::is_empty) {
            problems.push(Problem::new("sms_url", "needed where sms is http"));
        }
        problems
    }
}

impl AccountsConfig {
    /// What a hash costs and how many may wait.
    pub const fn hash_settings(&self) -> HashSettings {
        HashSettings {
            memory_kib: self.argon2_memory_kib,
            passes: self.argon2_iterations,
            lanes: self.argon2_parallelism,
            threads: self.hash_threads,
            queue: self.hash_queue,
        }
    }

    /// How long a browser session lasts without a request.
    pub(crate) fn session_idle(&self) -> Duration {
        minutes(self.session_idle_minutes)
    }

    /// How long a browser session lasts at most.
    pub(crate) fn session_max(&self) -> Duration {
        Duration::from_hours(u64::from(self.session_max_hours))
    }

    pub(crate) fn lock_window(&self) -> Duration {
        minutes(self.lock_window_minutes)
    }

    pub(crate) fn pin_window(&self) -> Duration {
        minutes(self.pin_window_minutes)
    }

    pub(crate) fn password_confirm(&self) -> Duration {
        minutes(self.password_confirm_minutes)
    }
}

/// Minutes as a duration.
pub(crate) fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}
