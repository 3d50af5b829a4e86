//! The configuration section `redis`.

use fred::types::config::Config;
use hanok_base::Secret;
use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::RedisFault;

/// Section `redis`: which one, if any.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RedisConfig {
    /// `redis://user:password@host:6379/0`, or `rediss://` for TLS; none: no Redis.
    pub url: Option<Secret>,
    /// The password, where it is not in the address.
    pub password: Option<Secret>,
    /// What every key and channel begins with, before the installation's name.
    pub prefix: String,
    /// How long an answer is waited for; milliseconds.
    pub timeout_ms: u64,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self {
            url: None,
            password: None,
            prefix: "hanok".to_owned(),
            timeout_ms: 200,
        }
    }
}

const SCHEMES: [&str; 4] = ["redis", "rediss", "valkey", "valkeys"];
const EXPECTED: &str = "expected redis://user:password@host:6379/0, or rediss:// for TLS";

impl RedisConfig {
    /// Whether there is a Redis to be used.
    pub fn is_set(&self) -> bool {
        self.address().is_some()
    }

    /// The same for one installation: what it keeps and says there has its name (16 letters) in every key and channel,
    /// so that two on one Redis neither count together nor hear each other.
    #[must_use]
    pub fn of_installation(mut self, name: &str) -> Self {
        self.prefix = [self.prefix.as_str(), name].join(":");
        self
    }

    fn address(&self) -> Option<&str> {
        let url = self.url.as_ref().map(|url| url.expose().trim());
        url.filter(|url| !url.is_empty())
    }

    /// How to connect.
    pub(crate) fn connection(&self) -> Result<Config, RedisFault> {
        let url = self.address().ok_or(RedisFault::NoAddress)?;
        let mut config = Config::from_url_centralized(url)
            .map_err(|fault| RedisFault::Address(fault.details().to_owned()))?;
        if let Some(password) = self.password.as_ref().filter(|it| !it.is_empty()) {
            config.password = Some(password.expose().to_owned());
        }
        // A Redis that is away at the start is looked for as one that goes away later.
        config.fail_fast = false;
        Ok(config)
    }

    fn address_problem(&self) -> Option<Problem> {
        let Some(url) = self.address() else {
            let password = self.password.as_ref().filter(|it| !it.is_empty());
            return password.map(|_| Problem::new("url", "a password is set, but no address"));
        };
        let known = url
            .split_once("://")
            .is_some_and(|(scheme, host)| SCHEMES.contains(&scheme) && !host.is_empty());
        // With TLS the certificates of the machine are read, which belongs to the start.
        let plain = url.replacen("rediss:", "redis:", 1);
        let plain = plain.replacen("valkeys:", "valkey:", 1);
        let is_well = known && Config::from_url_centralized(&plain).is_ok();
        (!is_well).then(|| Problem::new("url", EXPECTED))
    }
}

impl Validate for RedisConfig {
    fn validate(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.address_problem().into_iter().collect();
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.:".contains(letter);
        if self.prefix.is_empty() || self.prefix.len() > 64 || !self.prefix.chars().all(fits) {
            problems.push(Problem::new(
                "prefix",
                "expected 1 to 64 of a-z, A-Z, 0-9, and _ - . :",
            ));
        }
        if !(10..=5_000).contains(&self.timeout_ms) {
            problems.push(Problem::new(
                "timeout_ms",
                format!("expected a number from 10 to 5000, not {}", self.timeout_ms),
            ));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(config: &RedisConfig) -> Vec<String> {
        let problems = config.validate().into_iter();
        problems.map(|problem| problem.key).collect()
    }

    fn at(url: &str) -> RedisConfig {
        RedisConfig {
            url: Some(Secret::new(url.to_owned())),
            ..RedisConfig::default()
        }
    }

    #[test]
    fn nothing_set_is_no_redis_and_no_fault() {
        let config = RedisConfig::default();
        assert_eq!(keys(&config), Vec::<String>::new());
        assert!(!config.is_set() && !at(" ").is_set());
        assert!(matches!(config.connection(), Err(RedisFault::NoAddress)));
    }

    #[test]
    fn addresses_are_understood_and_others_refused() {
        for url in [
            "redis://localhost",
            "redis://:secret@10.0.0.1:6380/2",
            "rediss://user:secret@cache.example:6379",
            "valkey://[::1]:6379",
        ] {
            assert_eq!(keys(&at(url)), Vec::<String>::new(), "{url}");
        }
        for url in [
            "localhost:6379",
            "http://localhost",
            "redis://",
            "redis://host:port",
        ] {
            assert_eq!(keys(&at(url)), ["url"], "{url}");
        }
    }

    #[test]
    fn the_password_beside_the_address_counts_before_the_one_in_it() {
        let config = RedisConfig {
            password: Some(Secret::new("beside".to_owned())),
            ..at("redis://:inside@localhost/3")
        };
        let connection = config.connection().unwrap();
        assert_eq!(connection.password.as_deref(), Some("beside"));
        assert_eq!(connection.database, Some(3));
    }

    #[test]
    fn installations_on_one_redis_have_prefixes_of_their_own() {
        let one = RedisConfig::default().of_installation("0011223344556677");
        assert_eq!(one.prefix, "hanok:0011223344556677");
    }

    #[test]
    fn every_fault_is_named() {
        let config = RedisConfig {
            password: Some(Secret::new("lonely".to_owned())),
            prefix: "a b".to_owned(),
            timeout_ms: 0,
            ..RedisConfig::default()
        };
        assert_eq!(keys(&config), ["url", "prefix", "timeout_ms"]);
    }
}
