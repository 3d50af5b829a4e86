//! The settings of the audit trail: `[audit]` of `config.default.toml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[audit]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each key is explained once, in config.default.toml"
)]
pub struct AuditConfig {
    pub seal_interval_ms: u32,
    pub checkpoint_rows: u32,
    pub checkpoint_minutes: u32,
    pub checkpoint_file: PathBuf,
    pub check_minutes: u32,
    pub retention_years: u32,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self {
            seal_interval_ms: 1_000,
            checkpoint_rows: 1_000,
            checkpoint_minutes: 10,
            checkpoint_file: PathBuf::from("audit-checkpoints.jsonl"),
            check_minutes: 10,
            retention_years: 7,
        }
    }
}

impl Validate for AuditConfig {
    fn validate(&self) -> Vec<Problem> {
        let ranges = [
            ("seal_interval_ms", self.seal_interval_ms, 10, 60_000),
            ("checkpoint_rows", self.checkpoint_rows, 1, 1_000_000),
            ("checkpoint_minutes", self.checkpoint_minutes, 1, 1_440),
            ("check_minutes", self.check_minutes, 1, 1_440),
            ("retention_years", self.retention_years, 1, 100),
        ];
        let outside = ranges
            .iter()
            .filter(|(_, value, least, most)| !(least..=most).contains(&value));
        let mut problems: Vec<Problem> = outside
            .map(|(key, value, least, most)| {
                Problem::new(
                    key,
                    format!("expected a number from {least} to {most}, not {value}"),
                )
            })
            .collect();
        if self.checkpoint_file.as_os_str().is_empty() {
            problems.push(Problem::new(
                "checkpoint_file",
                "expected the name of a file",
            ));
        }
        problems
    }
}

impl AuditConfig {
    /// The checkpoint file, where a relative name is meant in the data directory.
    pub fn checkpoint_path(&self, data_dir: &Path) -> PathBuf {
        data_dir.join(&self.checkpoint_file)
    }

    pub(super) fn checkpoint_every(&self) -> Duration {
        Duration::from_secs(u64::from(self.checkpoint_minutes) * 60)
    }

    pub(super) fn check_every(&self) -> Duration {
        Duration::from_secs(u64::from(self.check_minutes) * 60)
    }

    pub(super) fn seal_interval(&self) -> Duration {
        Duration::from_millis(u64::from(self.seal_interval_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_every_fault_is_named() {
        assert!(AuditConfig::default().validate().is_empty());
        let wrong = AuditConfig {
            checkpoint_rows: 0,
            retention_years: 0,
            ..AuditConfig::default()
        };
        let keys: Vec<String> = wrong
            .validate()
            .into_iter()
            .map(|problem| problem.key)
            .collect();
        assert_eq!(keys, ["checkpoint_rows", "retention_years"]);
    }
}
