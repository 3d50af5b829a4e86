//! The backup that is put back.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hanok_accounts::command::{Failure, Settings};
use hanok_db::Engine;

use crate::backup::copies::{self, CHECKPOINTS, NotCopied, store_file};
use crate::backup::folder::{self, FolderSum};
use crate::backup::manifest::{FILE, FORMAT, FileSum, Manifest};

/// A directory with a manifest.
pub(super) struct Source {
    path: PathBuf,
    pub(super) manifest: Manifest,
}

impl Source {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.join(FILE);
        let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::failed(format!(
                "{} holds no backup, or one that was not finished: there is no {FILE}",
                path.display()
            )),
            _ => Failure::failed(format!("{}: {error}", file.display())),
        })?;
        let form: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let form = form.get("format").and_then(serde_json::Value::as_u64);
        if form.is_some_and(|form| form > u64::from(FORMAT)) {
            return Err(Failure::failed(
                "the backup is of a newer release: restore it with that one",
            ));
        }
        let manifest = serde_json::from_str(&text).map_err(|error| {
            Failure::failed(format!("{} is no manifest: {error}", file.display()))
        })?;
        Ok(Self {
            path: path.to_owned(),
            manifest,
        })
    }

    /// Refuses what this release cannot read: another engine's copy, tables of a newer release.
    pub(super) fn readable_by(&self, settings: &Settings) -> Result<(), Failure> {
        let (made, ours) = (self.manifest.engine.as_str(), settings.store.engine);
        if made != ours.as_str() {
            return Err(Failure::failed(format!(
                "the backup is of {made}, and store.engine is {}: restore it on the same engine",
                ours.as_str()
            )));
        }
        for set in &settings.migrations {
            let newest = set.migrations.iter().map(|migration| migration.version);
            let (newest, theirs) = (newest.max(), self.manifest.schema.get(set.name).copied());
            if theirs > newest {
                return Err(Failure::failed(format!(
                    "the backup is of a newer release ({}): its tables of `{}` are at version {}, this release knows {}; restore it with that release",
                    self.manifest.program,
                    set.name,
                    theirs.unwrap_or_default(),
                    newest.unwrap_or_default(),
                )));
            }
        }
        Ok(())
    }

    /// Refuses a file that is absent or not as it was copied.
    pub(super) async fn sums_agree(&self) -> Result<(), Failure> {
        if !self.lists(store_file(self.engine())) {
            return Err(Failure::failed(format!(
                "{FILE} names no copy of the store"
            )));
        }
        for file in self.manifest.files.clone() {
            // A name, never a way to somewhere else.
            let name = Path::new(&file.name).file_name().unwrap_or_default();
            let path = self.path.join(name);
            let read = tokio::task::spawn_blocking(move || as_copied(&path, &file));
            read.await.map_err(Failure::failed)??;
        }
        for listed in self.manifest.folders.clone() {
            let path = folder::within(&self.path, &listed.name);
            let read = tokio::task::spawn_blocking(move || folder_as_copied(&path, &listed));
            read.await.map_err(Failure::failed)??;
        }
        Ok(())
    }

    /// The copy of the store.
    pub(super) fn store(&self) -> PathBuf {
        self.path.join(store_file(self.engine()))
    }

    /// The audit trail's checkpoints, where there were any.
    pub(super) fn checkpoints(&self) -> Option<PathBuf> {
        self.lists(CHECKPOINTS).then(|| self.path.join(CHECKPOINTS))
    }

    /// The folders of files, each with where it lies in the backup.
    pub(super) fn folders(&self) -> Vec<(String, PathBuf)> {
        let listed = self.manifest.folders.iter();
        listed
            .map(|folder| {
                (
                    folder.name.clone(),
                    folder::within(&self.path, &folder.name),
                )
            })
            .collect()
    }

    fn lists(&self, name: &str) -> bool {
        self.manifest.files.iter().any(|file| file.name == name)
    }

    fn engine(&self) -> Engine {
        if self.manifest.engine == Engine::Postgres.as_str() {
            Engine::Postgres
        } else {
            Engine::Sqlite
        }
    }
}

fn folder_as_copied(path: &Path, listed: &FolderSum) -> Result<(), Failure> {
    let found = folder::look(path, &listed.name)
        .map_err(|error| Failure::failed(format!("the backup is damaged: {error}")))?;
    if found.as_ref() == Some(listed) {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the backup is damaged: the files of {} are not the {} that were copied",
        path.display(),
        listed.files
    )))
}

fn as_copied(path: &Path, listed: &FileSum) -> Result<(), Failure> {
    let damaged = |error: &NotCopied| Failure::failed(format!("the backup is damaged: {error}"));
    let found = copies::sum(path).map_err(|error| damaged(&error))?;
    if &found == listed {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the backup is damaged: {} is not as it was copied ({} bytes, SHA-256 {}; expected {} bytes, {})",
        path.display(),
        found.bytes,
        found.sha256,
        listed.bytes,
        listed.sha256
    )))
}
