//! Where the ring is kept and how it changes: a file that only its owner reads, or memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::directory::{new_private, write_private};
use crate::random::Random;

use super::KeyRing;
use super::material::{KeyKind, Material, StoredRing};

/// What can be wrong with a ring; never tells a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// `SECRET_KEY` has fewer than 32 bytes.
    #[error("SECRET_KEY must have at least 32 bytes")]
    SecretTooShort,
    /// HKDF failed.
    #[error("the keys could not be derived")]
    Derivation,
    /// A key is not 32 bytes of base64url, or no valid private key.
    #[error("key version {version} on the ring is not a valid key")]
    BadKey {
        /// The version within its kind.
        version: u32,
    },
    /// A kind has no usable key.
    #[error("the ring has no {0:?} key")]
    Missing(KeyKind),
    /// The text is not a ring.
    #[error("{place} is not a key ring: {reason}")]
    Malformed {
        /// The file or variable.
        place: String,
        /// What the reader says, without content.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A new ring would replace one that is there.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The DI key never changes: every provider's identifiers hang on it.
    #[error("the DI key never changes")]
    DiIsForEver,
}

pub(super) enum Source {
    Memory,
    File(PathBuf),
}

impl KeyRing {
    /// Reads the ring from a file.
    ///
    /// # Errors
    /// When it cannot be read or is no complete ring.
    pub fn open(path: &Path) -> Result<Self, KeyRingError> {
        Ok(Self::with(Source::File(path.to_owned()), read(path)?))
    }

    /// Makes a new ring in a new file that only its owner may read (mode 0600).
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create(path: &Path, random: &Random, now: Timestamp) -> Result<Self, KeyRingError> {
        // Of several processes that start at once, one makes the ring and all use it.
        let _lock = lock(path)?;
        if path.exists() {
            return Err(KeyRingError::Exists(path.to_owned()));
        }
        let keys = Material::generate(random, now);
        write(path, &keys.stored)?;
        Ok(Self::with(Source::File(path.to_owned()), keys))
    }

    /// Reads the ring from text (an environment variable or a mounted secret named `place`).
    ///
    /// # Errors
    /// When it is no complete ring.
    pub fn from_json(text: &str, place: &str) -> Result<Self, KeyRingError> {
        Ok(Self::with(Source::Memory, parse(text, place)?))
    }

    /// The file the ring is kept in, where there is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.0.source {
            Source::Memory => None,
            Source::File(path) => Some(path),
        }
    }

    /// Reads the file again, so that a rotation by another process is seen.
    ///
    /// # Errors
    /// As [`open`](Self::open); the keys in memory then stay.
    pub fn reload(&self) -> Result<(), KeyRingError> {
        if let Source::File(path) = &self.0.source {
            self.0.replace(read(path)?);
        }
        Ok(())
    }

    /// Adds a new version of a kind: sealing, audit and token keys are used at once, an index key
    /// only after [`finish_reindex`](Self::finish_reindex).
    ///
    /// # Errors
    /// When the ring cannot be written, or the kind is the DI key, which never changes.
    pub fn rotate(
        &self,
        kind: KeyKind,
        random: &Random,
        now: Timestamp,
    ) -> Result<u32, KeyRingError> {
        if kind == KeyKind::Di {
            return Err(KeyRingError::DiIsForEver);
        }
        self.change(|ring| ring.add(kind, random, now))
    }

    /// Makes the newest index key the active one and drops those before it.
    ///
    /// # Errors
    /// When the ring cannot be written.
    pub fn finish_reindex(&self) -> Result<u32, KeyRingError> {
        self.change(|ring| {
            let newest = ring
                .index
                .last()
                .map_or(ring.index_active, |key| key.version);
            ring.index_active = newest;
            ring.index.retain(|key| key.version == newest);
            newest
        })
    }

    /// Drops versions of sealing or token keys below `before`, once nothing names them any more.
    ///
    /// # Errors
    /// When the ring cannot be written.
    pub fn forget(&self, kind: KeyKind, before: u32) -> Result<(), KeyRingError> {
        self.change(|ring| {
            let keys = ring.kind(kind);
            let newest = keys.last().map(|key| key.version);
            keys.retain(|key| key.version >= before || Some(key.version) == newest);
        })
    }

    fn change<T>(&self, edit: impl FnOnce(&mut StoredRing) -> T) -> Result<T, KeyRingError> {
        let _lock = match &self.0.source {
            Source::Memory => None,
            Source::File(path) => Some(lock(path)?),
        };
        self.reload()?;
        let mut ring = self.keys().stored.clone();
        let told = edit(&mut ring);
        let keys = Material::from_stored(ring)?;
        if let Source::File(path) = &self.0.source {
            write(path, &keys.stored)?;
        }
        self.0.replace(keys);
        Ok(told)
    }
}

fn read(path: &Path) -> Result<Material, KeyRingError> {
    let mut text = Zeroizing::new(String::new());
    let mut file = File::open(path).map_err(|source| at(path, source))?;
    file.read_to_string(&mut text)
        .map_err(|source| at(path, source))?;
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, place: &str) -> Result<Material, KeyRingError> {
    let ring = serde_json::from_str(text).map_err(|error| KeyRingError::Malformed {
        place: place.to_owned(),
        reason: format!("{:?} error in line {}", error.classify(), error.line()),
    })?;
    Material::from_stored(ring)
}

/// Writes beside the file and renames, so that a crash leaves the old ring or the new one.
fn write(path: &Path, ring: &StoredRing) -> Result<(), KeyRingError> {
    let text =
        Zeroizing::new(serde_json::to_string_pretty(ring).map_err(|error| at(path, error.into()))?);
    write_private(path, &text)
        .and_then(|()| sync_folder(path))
        .map_err(|source| at(path, source))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Two commands that change the ring at once take turns.
fn lock(path: &Path) -> Result<File, KeyRingError> {
    let beside = path.with_extension("lock");
    new_private(&beside)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|source| at(&beside, source))
}

fn at(path: &Path, source: io::Error) -> KeyRingError {
    KeyRingError::File {
        path: path.to_owned(),
        source,
    }
}
