//! The configuration section `metrics`.

use std::net::SocketAddr;

use hanok_base::Secret;
use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

/// A shorter token can be guessed.
const SHORTEST_TOKEN: usize = 20;

/// What is told to programs that watch Hanok: section `[metrics]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// Whether anything is counted and measured.
    pub enabled: bool,
    /// `address:port` of a listener of its own that answers `GET /metrics` to anybody who reaches it; empty: none.
    pub listen: String,
    /// With it as bearer token the main listener answers `GET /metrics` and the details of `/health/ready`.
    pub token: Option<Secret>,
    /// Seconds from one look at the store, the disk and the queues to the next; only when somebody asks.
    #[schemars(range(min = 1, max = 3600))]
    pub refresh_seconds: u32,
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            listen: String::new(),
            token: None,
            refresh_seconds: 10,
        }
    }
}

impl MetricsConfig {
    /// The listener of its own, where there is one.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }

    fn token_problem(&self) -> Option<Problem> {
        let token = self.token.as_ref().filter(|token| !token.is_empty())?;
        let text = token.expose();
        let is_right =
            text.len() >= SHORTEST_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic());
        let expected = format!("expected at least {SHORTEST_TOKEN} visible ASCII characters");
        (!is_right).then(|| Problem::new("token", expected))
    }
}

impl Validate for MetricsConfig {
    fn validate(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.token_problem().into_iter().collect();
        if !self.listen.is_empty() && self.address().is_none() {
            let message = "expected an address and a port, as \"127.0.0.1:9464\"";
            problems.push(Problem::new("listen", message));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(config: &MetricsConfig) -> Vec<String> {
        let problems = config.validate().into_iter();
        problems.map(|problem| problem.key).collect()
    }

    #[test]
    fn a_token_that_can_be_guessed_or_sent_in_no_header_is_refused() {
        let with = |token: &str| MetricsConfig {
            token: Some(Secret::new(token.to_owned())),
            ..MetricsConfig::default()
        };
        assert_eq!(keys(&with("0123456789abcdefghij")), Vec::<String>::new());
        assert_eq!(keys(&with("")), Vec::<String>::new());
        for wrong in [
            "0123456789abcdefghi",
            "0123456789 abcdefghij",
            "비밀비밀비밀비밀비밀",
        ] {
            assert_eq!(keys(&with(wrong)), ["token"], "{wrong}");
        }
    }

    #[test]
    fn a_listener_is_an_address_and_a_port() {
        let with = |listen: &str| MetricsConfig {
            listen: listen.to_owned(),
            ..MetricsConfig::default()
        };
        for right in ["", "127.0.0.1:9464", "[::1]:9464", "0.0.0.0:0"] {
            assert_eq!(keys(&with(right)), Vec::<String>::new(), "{right}");
        }
        for wrong in ["9464", "localhost:9464", "127.0.0.1"] {
            assert_eq!(keys(&with(wrong)), ["listen"], "{wrong}");
        }
    }
}
