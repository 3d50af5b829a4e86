//! What a backup says of itself, sealed under the audit key.

use std::collections::BTreeMap;
use std::path::Path;

use hanok_base::directory::write_private;
use hanok_base::encoding::{hex_decode, hex_encode};
use hanok_base::keyring::KeyKind;
use hanok_base::secret::constant_time_eq;
use hanok_base::{Id, KeyRing, Timestamp};
use serde::{Deserialize, Serialize};

use super::folder::FolderSum;

/// Its file. Written last: a directory without one is no backup, or one that was not finished.
pub(crate) const FILE: &str = "manifest.json";
/// The form of the directory; another is not read.
pub(crate) const FORMAT: u32 = 1;

const LABEL: &[u8] = b"hanok backup manifest 1\0";

/// Marks the id of a backup.
pub(crate) enum BackupMark {}

/// The id of a backup, which the audit trail names too.
pub(crate) type BackupId = Id<BackupMark>;

/// What a backup holds, and what it takes to read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    pub(crate) id: BackupId,
    pub(crate) made_at: Timestamp,
    /// The program's version.
    pub(crate) program: String,
    /// `sqlite` or `postgres`.
    pub(crate) engine: String,
    /// Whether it is a demo's, whose passwords are public.
    pub(crate) demo: bool,
    /// The newest migration of each set.
    pub(crate) schema: BTreeMap<String, u32>,
    pub(crate) keys: KeysNeeded,
    pub(crate) files: Vec<FileSum>,
    /// Folders of files that are called by their SHA-256. A manifest without any is written as it was before there were
    /// such: its seal is over its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) folders: Vec<FolderSum>,
    /// Whose backup it is, and that nobody changed this file: HMAC-SHA256 of it without this, under the
    /// audit key.
    #[serde(default)]
    pub(crate) seal: Option<Seal>,
}

/// The versions on the key ring when the backup was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeysNeeded {
    pub(crate) sealing: Vec<u32>,
    pub(crate) audit: Vec<u32>,
    /// The one in use.
    pub(crate) index: u32,
}

/// A file of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSum {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// A manifest's seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    audit_version: u32,
    mac: String,
}

/// Why a manifest and a key ring do not belong together.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Foreign {
    #[error("the key ring is not the one of this backup, or manifest.json was changed")]
    Ring,
    #[error(
        "version {1} of the {0} key is not on the ring: give the ring that was saved with this backup"
    )]
    Missing(&'static str, u32),
    #[error("the ring's index key is older than the backup: give the ring that was saved with it")]
    OldIndex,
}

impl KeysNeeded {
    pub(crate) fn of(keys: &KeyRing) -> Self {
        Self {
            sealing: versions(keys, KeyKind::Sealing),
            audit: versions(keys, KeyKind::Audit),
            index: active_index(keys),
        }
    }

    fn are_on(&self, keys: &KeyRing) -> Result<(), Foreign> {
        let needed = [
            ("sealing", KeyKind::Sealing, &self.sealing),
            ("audit", KeyKind::Audit, &self.audit),
        ];
        for (word, kind, needed) in needed {
            let there = versions(keys, kind);
            if let Some(missing) = needed.iter().find(|version| !there.contains(version)) {
                return Err(Foreign::Missing(word, *missing));
            }
        }
        if active_index(keys) < self.index {
            return Err(Foreign::OldIndex);
        }
        Ok(())
    }
}

fn versions(keys: &KeyRing, wanted: KeyKind) -> Vec<u32> {
    let list = keys.list().into_iter();
    list.filter(|key| key.kind == wanted)
        .map(|key| key.version)
        .collect()
}

/// The version of the index key in use.
pub(crate) fn active_index(keys: &KeyRing) -> u32 {
    let mut list = keys.list().into_iter();
    list.find(|key| key.kind == KeyKind::Index && key.active)
        .map_or(0, |key| key.version)
}

impl Manifest {
    /// Seals it under the newest audit key.
    pub(crate) fn sealed(mut self, keys: &KeyRing) -> Result<Self, serde_json::Error> {
        let audit_version = keys.audit_version();
        let mac = self.mac(keys, audit_version)?;
        self.seal = Some(Seal {
            audit_version,
            mac: hex_encode(&mac.unwrap_or_default()),
        });
        Ok(self)
    }

    /// Whether this ring is the one it was made with, or a later state of it.
    pub(crate) fn belongs_to(&self, keys: &KeyRing) -> Result<(), Foreign> {
        let seal = self.seal.as_ref().ok_or(Foreign::Ring)?;
        let found = hex_decode(&seal.mac).ok_or(Foreign::Ring)?;
        let expected = self
            .mac(keys, seal.audit_version)
            .map_err(|_| Foreign::Ring)?;
        if !expected.is_some_and(|mac| constant_time_eq(&mac, &found)) {
            return Err(Foreign::Ring);
        }
        self.keys.are_on(keys)
    }

    fn mac(&self, keys: &KeyRing, version: u32) -> Result<Option<[u8; 32]>, serde_json::Error> {
        let bare = Self {
            seal: None,
            ..self.clone()
        };
        let text = serde_json::to_vec(&bare)?;
        Ok(keys.audit_mac(version, &[LABEL, &text]))
    }

    /// Writes it into the directory of the backup.
    pub(crate) fn write(&self, directory: &Path) -> std::io::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        write_private(&directory.join(FILE), &(text + "\n"))
    }
}

#[cfg(test)]
mod tests {
    use hanok_base::{Clock, Random};

    use super::*;

    fn manifest(keys: &KeyRing) -> Manifest {
        let (clock, random) = (Clock::system(), Random::seeded(1));
        let made = Manifest {
            format: FORMAT,
            id: BackupId::new(&clock, &random),
            made_at: clock.now(),
            program: "0.1.0".to_owned(),
            engine: "sqlite".to_owned(),
            demo: false,
            schema: BTreeMap::from([("audit".to_owned(), 3)]),
            keys: KeysNeeded::of(keys),
            files: Vec::new(),
            folders: Vec::new(),
            seal: None,
        };
        made.sealed(keys).unwrap()
    }

    #[test]
    fn a_manifest_belongs_to_its_ring_and_to_what_becomes_of_it() {
        let (random, now) = (Random::seeded(2), Clock::system().now());
        let keys = KeyRing::generate(&random, now);
        let made = manifest(&keys);
        let text = serde_json::to_string_pretty(&made).unwrap();
        let read: Manifest = serde_json::from_str(&text).unwrap();
        assert_eq!(read.belongs_to(&keys), Ok(()));
        keys.rotate(KeyKind::Audit, &random, now).unwrap();
        keys.rotate(KeyKind::Sealing, &random, now).unwrap();
        assert_eq!(read.belongs_to(&keys), Ok(()));
        keys.forget(KeyKind::Sealing, 2).unwrap();
        assert_eq!(read.belongs_to(&keys), Err(Foreign::Missing("sealing", 1)));
    }

    #[test]
    fn another_ring_and_a_changed_manifest_are_refused() {
        let (random, now) = (Random::seeded(3), Clock::system().now());
        let keys = KeyRing::generate(&random, now);
        let made = manifest(&keys);
        let other = KeyRing::generate(&random, now);
        assert_eq!(made.belongs_to(&other), Err(Foreign::Ring));
        let changed = Manifest {
            demo: true,
            ..made.clone()
        };
        assert_eq!(changed.belongs_to(&keys), Err(Foreign::Ring));
        let unsealed = Manifest { seal: None, ..made };
        assert_eq!(unsealed.belongs_to(&keys), Err(Foreign::Ring));
    }
}
