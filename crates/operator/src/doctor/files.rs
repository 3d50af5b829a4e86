//! The data directory, and who may look into it.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use hanok_accounts::command::Settings;
use hanok_base::disk::writable;

use super::finding::Finding;

const DIRECTORY: &str = "directory";
const PERMISSIONS: &str = "permissions";

/// The bits by which anybody but the owner may do anything.
const OTHERS: u32 = 0o077;
/// The right to do anything, and the sticky bits beside it.
const MODE: u32 = 0o7777;

/// Looks whether the data directory is there and this user may write it.
pub(super) fn directory(settings: &Settings) -> Finding {
    let path = &settings.server.data_dir;
    let shown = path.display();
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Finding::failed(
            DIRECTORY,
            format!("there is no data directory at {shown}"),
            "run `hanok migrate` for a new installation, or name the directory of an existing one with --data-dir",
        ),
        Err(error) => unusable(path, &error.to_string()),
        Ok(found) if !found.is_dir() => unusable(path, "it is no directory"),
        Ok(_) => match writable(path) {
            Ok(()) => Finding::ok(DIRECTORY, shown),
            Err(error) => unusable(path, &error.to_string()),
        },
    }
}

fn unusable(path: &Path, why: &str) -> Finding {
    let shown = path.display();
    Finding::failed(
        DIRECTORY,
        format!("{shown} cannot be used: {why}"),
        format!(
            "run hanok as the user that owns {shown}, or give it to this one: chown -R \"$(id -u)\" {shown}"
        ),
    )
}

/// Looks whether anybody else may read keys or data, and whether all of it belongs to one user.
pub(super) fn permissions(settings: &Settings) -> Finding {
    let data_dir = &settings.server.data_dir;
    let Ok(home) = fs::metadata(data_dir) else {
        return Finding::skipped(PERMISSIONS, "there is no data directory");
    };
    let ring = settings.keys.ring_file(data_dir);
    if is_open(&ring) {
        let (found, remedy) = too_open(&ring, "600");
        return Finding::failed(PERMISSIONS, found, remedy);
    }
    let parts = parts(settings, &ring);
    if let Some(file) = parts.iter().find(|path| is_foreign(path, &home)) {
        return foreign(file, &home, data_dir);
    }
    if let Some(file) = parts.iter().find(|path| writable(path).is_err()) {
        let shown = file.display();
        return Finding::failed(
            PERMISSIONS,
            format!("this user may not write {shown}"),
            format!("run hanok as the user that owns it, or: chmod u+rw {shown}"),
        );
    }
    if is_open(data_dir) {
        let (found, remedy) = too_open(data_dir, "700");
        return Finding::warning(PERMISSIONS, found, remedy);
    }
    let found = "nobody else may read the data directory or the keys; all of it has one owner";
    Finding::ok(PERMISSIONS, found)
}

/// What is there of what the server reads and writes.
fn parts(settings: &Settings, ring: &Path) -> Vec<PathBuf> {
    let data_dir = &settings.server.data_dir;
    let mut parts: Vec<PathBuf> = fs::read_dir(data_dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    parts.extend(ring.parent().map(Path::to_owned));
    parts.extend([
        ring.to_owned(),
        settings.store.sqlite_path.clone(),
        settings.audit.checkpoint_path(data_dir),
    ]);
    parts.extend(
        settings
            .log
            .directory
            .as_ref()
            .map(|logs| data_dir.join(logs)),
    );
    parts.retain(|path| path.exists());
    parts
}

fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.mode() & OTHERS != 0)
}

/// What is found, and what to do.
fn too_open(path: &Path, right: &str) -> (String, String) {
    let mode = fs::metadata(path).map_or(0, |found| found.mode() & MODE);
    let shown = path.display();
    let found = format!("others on this machine may look into {shown} (mode {mode:o})");
    (found, format!("chmod {right} {shown}"))
}

fn is_foreign(path: &Path, home: &Metadata) -> bool {
    fs::metadata(path).is_ok_and(|found| found.uid() != home.uid())
}

fn foreign(file: &Path, home: &Metadata, data_dir: &Path) -> Finding {
    let (shown, owner) = (file.display(), home.uid());
    let theirs = fs::metadata(file).map_or(0, |found| found.uid());
    Finding::failed(
        PERMISSIONS,
        format!(
            "{shown} belongs to user {theirs}, the data directory to user {owner}: a command was run as somebody else"
        ),
        format!("chown -R {owner} {} {shown}", data_dir.display()),
    )
}
