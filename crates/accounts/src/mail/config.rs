//! The settings of mail: `[mail]` of `config.default.toml`, where every key is explained.

use std::net::IpAddr;

use hanok_base::Secret;
use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;

/// How mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailMode {
    /// Kept in memory and shown at `/dev/mail` in the demo; nothing is sent.
    Captured,
    /// Handed to the SMTP server of `host`.
    Smtp,
}

/// How the way to the SMTP server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// TLS from the first byte (RFC 8314, usually port 465).
    Tls,
    /// `STARTTLS`, which the server must offer (usually port 587).
    Starttls,
    /// None: for a server on this machine.
    None,
}

/// `[mail]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each key is explained once, in config.default.toml"
)]
pub struct MailConfig {
    pub mode: MailMode,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub host: Option<String>,
    pub port: u16,
    pub security: MailSecurity,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub password: Option<Secret>,
    pub timeout_seconds: u32,
}

impl MailConfig {
    fn host_is_here(&self) -> bool {
        let host = self.host.as_deref().unwrap_or_default();
        let address: Result<IpAddr, _> = host.parse();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    fn smtp_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.host.as_deref().is_none_or(str::is_empty) {
            problems.push(Problem::new("host", "needed where mode is smtp"));
        }
        if self.from.is_none() {
            problems.push(Problem::new("from", "needed where mode is smtp"));
        }
        if self.username.is_some() != self.password.is_some() {
            problems.push(Problem::new(
                "username",
                "expected username and password, or neither",
            ));
        }
        if self.security == MailSecurity::None && !self.host_is_here() {
            problems.push(Problem::new(
                "security",
                "mail to another machine goes over TLS: expected tls or starttls",
            ));
        }
        problems
    }
}

impl Validate for MailConfig {
    fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.timeout_seconds == 0 {
            problems.push(Problem::new("timeout_seconds", "expected at least 1"));
        }
        let from = self.from.as_deref().map(EmailAddress::parse);
        if from.is_some_and(|from| from.is_err()) {
            problems.push(Problem::new(
                "from",
                "expected an address: hanok@example.com",
            ));
        }
        if self.mode == MailMode::Smtp {
            problems.extend(self.smtp_problems());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(toml: &str) -> Vec<String> {
        let base = "mode = \"smtp\"\nport = 587\ntimeout_seconds = 30\n";
        let config: MailConfig = serde_json::from_value(read(&format!("{base}{toml}"))).unwrap();
        let problems = config.validate().into_iter();
        problems.map(|problem| problem.key.clone()).collect()
    }

    /// `key = value` lines as JSON.
    fn read(lines: &str) -> serde_json::Value {
        let entries = lines.lines().map(|line| line.split_once(" = ").unwrap());
        entries
            .map(|(key, value)| (key.to_owned(), serde_json::from_str(value).unwrap()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    #[test]
    fn a_server_needs_a_name_a_sender_and_a_protected_way() {
        let whole =
            "security = \"starttls\"\nhost = \"mail.example.com\"\nfrom = \"hanok@example.com\"";
        assert_eq!(faults(whole), Vec::<String>::new());
        assert_eq!(faults("security = \"tls\""), ["host", "from"]);
        let bare = whole.replace("starttls", "none");
        assert_eq!(faults(&bare), ["security"]);
        let here = bare.replace("mail.example.com", "127.0.0.1");
        assert_eq!(faults(&here), Vec::<String>::new());
        let half = format!("{whole}\nusername = \"hanok\"");
        assert_eq!(faults(&half), ["username"]);
        let sender = whole.replace("hanok@example.com", "Hanok");
        assert_eq!(faults(&sender), ["from"]);
    }
}
