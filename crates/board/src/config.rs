//! `[board]` of `config.default.toml`, where every key is explained.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hanok_base::config::{Problem, Validate};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[board]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each key is explained once, in config.default.toml"
)]
pub struct BoardConfig {
    pub deleted_days: u32,
    pub unread_days: u32,
    pub remind_minutes: u32,
    pub attachment_mib: u32,
    pub attachment_quota_mib: u32,
    pub attachment_orphan_days: u32,
    pub attachment_folder: String,
    pub picture_threads: usize,
}

impl Validate for BoardConfig {
    fn validate(&self) -> Vec<Problem> {
        let positive = [
            ("deleted_days", self.deleted_days),
            ("unread_days", self.unread_days),
            ("remind_minutes", self.remind_minutes),
        ];
        positive
            .into_iter()
            .filter(|(_, value)| *value == 0)
            .map(|(key, _)| Problem::new(key, "must be at least 1"))
            .chain(self.wrong_attachments())
            .collect()
    }
}

impl BoardConfig {
    fn wrong_attachments(&self) -> impl Iterator<Item = Problem> {
        let size = (1..=1024).contains(&self.attachment_mib);
        let threads = (1..=16).contains(&self.picture_threads);
        let wrong = [
            (size, "attachment_mib", "must lie between 1 and 1024"),
            (threads, "picture_threads", "must lie between 1 and 16"),
        ];
        let wrong = wrong.into_iter().filter(|(is_right, ..)| !is_right);
        wrong.map(|(_, key, message)| Problem::new(key, message))
    }

    /// The most bytes of a file.
    pub(crate) fn attachment_bytes(&self) -> u64 {
        u64::from(self.attachment_mib) * 1024 * 1024
    }

    /// How long a file stays that nobody owns.
    pub(crate) fn kept_orphaned(&self) -> Duration {
        days(self.attachment_orphan_days)
    }

    /// Where the files lie: the folder that is set, else `blobs` in the data directory.
    pub fn folder(&self, data_dir: &Path) -> PathBuf {
        if self.attachment_folder.is_empty() {
            data_dir.join("blobs")
        } else {
            PathBuf::from(&self.attachment_folder)
        }
    }

    /// How long a deleted post can be restored.
    pub(crate) fn kept_deleted(&self) -> Duration {
        days(self.deleted_days)
    }

    /// How old a post may be that is marked as unread.
    pub(crate) fn marked_unread(&self) -> Duration {
        days(self.unread_days)
    }

    /// The time from one reminder of a post to the next.
    pub(crate) fn between_reminders(&self) -> Duration {
        Duration::from_secs(u64::from(self.remind_minutes) * 60)
    }
}

fn days(days: u32) -> Duration {
    Duration::from_hours(u64::from(days) * 24)
}
