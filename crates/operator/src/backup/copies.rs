//! The files of a backup: what each is called, and how it is copied with its sum.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use hanok_accounts::command::{Failure, Settings};
use hanok_base::directory::new_private;
use hanok_base::encoding::hex_encode;
use hanok_base::secret::sha256_of;
use hanok_db::{Db, DbError, Engine};

use super::manifest::FileSum;

/// The audit trail's checkpoints.
pub(crate) const CHECKPOINTS: &str = "audit-checkpoints.jsonl";
/// The key ring, where it is part of the backup.
pub(crate) const RING: &str = "key-ring.json";

/// What the copy of the store is called.
pub(crate) const fn store_file(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "hanok.db",
        Engine::Postgres => "hanok.dump",
    }
}

/// A file that cannot be copied.
#[derive(Debug)]
pub(crate) struct NotCopied {
    path: PathBuf,
    source: io::Error,
}

impl NotCopied {
    pub(super) const fn new(path: PathBuf, source: io::Error) -> Self {
        Self { path, source }
    }
}

impl std::fmt::Display for NotCopied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.source)
    }
}

/// Copies the checkpoints and then the store: a checkpoint behind the end of the store's chain would be
/// taken for rows that were cut off.
pub(super) async fn store(
    db: &Db,
    settings: &Settings,
    to: &Path,
) -> Result<Vec<FileSum>, Failure> {
    let checkpoints = settings.audit.checkpoint_path(&settings.server.data_dir);
    let mut copied = Vec::new();
    if checkpoints.exists() {
        let sum = file(&checkpoints, &to.join(CHECKPOINTS)).map_err(Failure::failed)?;
        copied.push(sum);
    }
    let target = to.join(store_file(settings.store.engine));
    db.backup(&target).await.map_err(|error| match error {
        DbError::Full => Failure::failed(format!("there is no room for it at {}", to.display())),
        error => Failure::failed(format!("the store cannot be copied: {error}")),
    })?;
    let read = tokio::task::spawn_blocking(move || sum(&target)).await;
    let sum = read.map_err(Failure::failed)?;
    copied.insert(0, sum.map_err(Failure::failed)?);
    Ok(copied)
}

/// Copies a file that is appended to at most, as long as it is now; only its owner may read the copy.
pub(crate) fn file(from: &Path, to: &Path) -> Result<FileSum, NotCopied> {
    copy(from, to).map_err(|source| NotCopied {
        path: from.to_owned(),
        source,
    })?;
    sum(to)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let source = File::open(from)?;
    let length = source.metadata()?.len();
    let mut target = new_private(to)?;
    io::copy(&mut source.take(length), &mut target)?;
    target.flush()?;
    target.sync_all()
}

/// The size and sum of a file in a backup.
pub(crate) fn sum(path: &Path) -> Result<FileSum, NotCopied> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let read = File::open(path).and_then(|mut file| {
        let bytes = file.metadata()?.len();
        Ok((bytes, sha256_of(&mut file)?))
    });
    let (bytes, digest) = read.map_err(|source| NotCopied {
        path: path.to_owned(),
        source,
    })?;
    Ok(FileSum {
        name: name.unwrap_or_default(),
        bytes,
        sha256: hex_encode(&digest),
    })
}
