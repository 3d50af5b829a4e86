//! The sections that belong to no crate above: where the program runs, its keys, its log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::config::fault::{Problem, Validate};

const KEY_RING_FILE: &str = "key-ring.json";
const SECRET_KEY_BYTES: usize = 32;

/// What the program is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A machine of somebody who tries or changes it.
    #[default]
    Development,
    /// People depend on it.
    Production,
}

impl Environment {
    /// What this environment refuses, with keys from the root: in production the demo, a log that is
    /// not JSON, and debug levels.
    pub fn problems(self, demo: bool, log: &LogConfig) -> Vec<Problem> {
        if self == Self::Development {
            return Vec::new();
        }
        let mut problems = Vec::new();
        if demo {
            problems.push(Problem::new("demo", "no demo in production"));
        }
        if log.format == LogFormat::Pretty {
            problems.push(Problem::new(
                "log.format",
                "production writes JSON logs: expected json or auto",
            ));
        }
        if log.level.is_debug() {
            problems.push(Problem::new("log.level", NO_DEBUG));
        }
        let targets = log.levels.iter().filter(|(_, level)| level.is_debug());
        problems.extend(
            targets.map(|(target, _)| Problem::new(&format!("log.levels.{target}"), NO_DEBUG)),
        );
        problems
    }
}

const NO_DEBUG: &str = "production refuses debug levels: expected one of error, warn, info";

/// Section `server`: where it listens and keeps its data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address or name to listen on.
    pub host: String,
    /// TCP port to listen on; 0 takes a free one.
    pub port: u16,
    /// Directory of database, keys and logs.
    pub data_dir: PathBuf,
    /// Seconds that requests in flight get when the server is told to stop.
    pub shutdown_seconds: u32,
}

impl Validate for ServerConfig {
    fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.host.trim().is_empty() || self.host.contains(['/', ' ']) {
            problems.push(Problem::new(
                "host",
                "expected an address or a host name, as 127.0.0.1",
            ));
        }
        if self.data_dir.as_os_str().is_empty() {
            problems.push(Problem::new("data_dir", "expected the path of a directory"));
        }
        problems
    }
}

/// Section `keys`: where the key ring comes from. `ring` counts before the directory's file, that
/// before `secret_key`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysConfig {
    /// Directory of the key ring, relative to the data directory.
    pub directory: PathBuf,
    /// The whole key ring as JSON.
    pub ring: Option<Secret>,
    /// At least 32 bytes from which the first key-ring version is derived.
    pub secret_key: Option<Secret>,
    /// Age in days at which a sealing key is warned about.
    pub warn_after_days: u32,
}

impl KeysConfig {
    /// The key ring's file.
    pub fn ring_file(&self, data_dir: &Path) -> PathBuf {
        data_dir.join(&self.directory).join(KEY_RING_FILE)
    }
}

impl Validate for KeysConfig {
    fn validate(&self) -> Vec<Problem> {
        let short = self
            .secret_key
            .as_ref()
            .is_some_and(|key| key.expose().len() < SECRET_KEY_BYTES);
        if short {
            vec![Problem::new("secret_key", "expected at least 32 bytes")]
        } else {
            Vec::new()
        }
    }
}

/// Section `log`: what is written, where, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Level of everything that `levels` does not name.
    pub level: Level,
    /// Levels of single targets.
    pub levels: BTreeMap<String, Level>,
    /// How a line looks.
    pub format: LogFormat,
    /// Directory of the log files, relative to the data directory; none: console only.
    pub directory: Option<PathBuf>,
    /// Size in bytes at which a file is closed before its day ends.
    pub rotate_bytes: u64,
    /// Days that application log files are kept.
    pub application_days: u32,
    /// Days that access log files are kept.
    pub access_days: u32,
    /// Days that security log files are kept.
    pub security_days: u32,
}

impl Validate for LogConfig {
    fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.rotate_bytes < 1024 {
            problems.push(Problem::new("rotate_bytes", "expected at least 1024 bytes"));
        }
        let days = [
            ("application_days", self.application_days),
            ("access_days", self.access_days),
            ("security_days", self.security_days),
        ];
        let none = days.iter().filter(|(_, days)| *days == 0);
        problems.extend(none.map(|(key, _)| Problem::new(key, "expected at least 1 day")));
        problems
    }
}

/// How much is written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Only what failed.
    Error,
    /// And what may be about to.
    Warn,
    /// And what happens.
    Info,
    /// And how.
    Debug,
    /// And every step.
    Trace,
}

impl Level {
    const ALL: [Self; 5] = [
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    /// Its word, as `info`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    /// Whether production refuses it.
    pub const fn is_debug(self) -> bool {
        matches!(self, Self::Debug | Self::Trace)
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|level| level.as_str() == word);
        found.ok_or_else(|| {
            let words = Self::ALL.map(Self::as_str).join(", ");
            format!("\"{word}\" is no level: expected one of {words}")
        })
    }
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// JSON in production, else pretty.
    Auto,
    /// For a person.
    Pretty,
    /// For a program: one JSON object per line.
    Json,
}

impl LogFormat {
    /// Whether lines are JSON in this environment.
    pub fn is_json(self, environment: Environment) -> bool {
        match self {
            Self::Json => true,
            Self::Pretty => false,
            Self::Auto => environment == Environment::Production,
        }
    }
}
