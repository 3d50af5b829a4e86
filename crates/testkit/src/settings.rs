//! The settings of a test application: those of the default file, cheaper.

use hanok_accounts::AccountsConfig;
use hanok_accounts::audit::AuditConfig;
use hanok_events::EventsConfig;
use hanok_web::{LimitsConfig, WebConfig};
use serde::de::DeserializeOwned;

/// The default file of the program.
const DEFAULTS: &str = include_str!("../../../config.default.toml");

/// The sections that the floors below the apps read; an app's own is read with [`section`].
#[derive(Clone, Debug)]
pub struct Settings {
    /// `[web]`; `public_url` becomes the address the test application listens on, and requests have time.
    pub web: WebConfig,
    /// `[limits]`; all off unless the builder was told otherwise.
    pub limits: LimitsConfig,
    /// `[accounts]`; hashes cost next to nothing unless the builder was told otherwise.
    pub accounts: AccountsConfig,
    /// `[audit]`.
    pub audit: AuditConfig,
    /// `[events]`.
    pub events: EventsConfig,
}

impl Settings {
    /// The default file as it is.
    pub(crate) fn defaults() -> Self {
        Self {
            web: section("web"),
            limits: section("limits"),
            accounts: section("accounts"),
            audit: section("audit"),
            events: section("events"),
        }
    }

    pub(crate) fn for_tests() -> Self {
        let mut settings = Self::defaults();
        settings.accounts.argon2_memory_kib = 8;
        settings.accounts.argon2_iterations = 1;
        settings.accounts.argon2_parallelism = 1;
        settings.accounts.hash_threads = 2;
        settings.accounts.hash_queue = 1_000;
        // Brokers stamp what they carry with the real time: too old for a program whose clock has gone on by years.
        settings.events.processed_days = 7 * 366;
        // A thousand calls at once on a slow machine are answered all the same.
        settings.web.timeout_seconds = 600;
        settings.web.body_timeout_seconds = 300;
        settings.limits = LimitsConfig {
            address_per_minute: 0,
            account_per_minute: 0,
            provider_per_minute: 0,
            api_key_per_minute: 0,
            sign_in_per_minute: 0,
            sign_in_failures_per_address_per_minute: 0,
            phone_sign_in_per_address_per_minute: 0,
            register_per_address_per_minute: 0,
            client_failures_per_address_per_minute: 0,
            user_list_per_minute: 0,
            board_write_per_minute: 0,
            board_light_per_minute: 0,
            ..settings.limits
        };
        settings
    }
}

/// A section of the program's default file, as an app's own type.
///
/// # Panics
/// When there is no such section or it is of another form.
pub fn section<T: DeserializeOwned>(name: &str) -> T {
    let mut file: toml::Table = DEFAULTS.parse().expect("the default file is TOML");
    let section = file
        .remove(name)
        .unwrap_or_else(|| panic!("the default file has no [{name}]"));
    section
        .try_into()
        .unwrap_or_else(|error| panic!("[{name}] of the default file: {error}"))
}
