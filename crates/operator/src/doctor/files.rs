//! The data directory, and who may look into it.

use std::fmt::Display;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use hanok_accounts::command::Settings;
use hanok_base::disk::writable;

use super::begun::{MADE_BY, is_begun};
use super::finding::Finding;
use super::room::existing;
use super::who;

const DIRECTORY: &str = "directory";
const PERMISSIONS: &str = "permissions";

/// The bits by which anybody but the owner may do anything.
const OTHERS: u32 = 0o077;
/// The right to do anything, and the sticky bits beside it.
const MODE: u32 = 0o7777;

/// Looks whether the data directory is there, or can be made, and this user may write it.
pub(super) fn directory(settings: &Settings) -> Finding {
    let path = &settings.server.data_dir;
    let shown = path.display();
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => to_be_made(path),
        Err(error) => {
            let remedy = format!(
                "run hanok as the user whose directory it is; `namei -l {shown}` shows which directory above lets \
                 this one ({}) not pass",
                who::user(who::me())
            );
            unusable(path, &error, remedy)
        }
        Ok(found) if !found.is_dir() => {
            let remedy = "move the file away, or name another place with --data-dir";
            unusable(path, &"it is no directory", remedy)
        }
        Ok(found) => match writable(path) {
            Err(error) => unusable(path, &error, right_to_write(path, &found, &error)),
            Ok(()) if !is_begun(settings) => Finding::ok(DIRECTORY, format!("{shown}: {MADE_BY}")),
            Ok(()) => Finding::ok(DIRECTORY, shown),
        },
    }
}

/// There is no directory yet: whether a start can make it.
fn to_be_made(path: &Path) -> Finding {
    let (shown, above) = (path.display(), existing(path));
    match writable(above) {
        Ok(()) => Finding::ok(DIRECTORY, format!("{shown}: {MADE_BY}")),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Finding::failed(
            DIRECTORY,
            format!(
                "{shown} is not there yet, and this user may make nothing in {}",
                above.display()
            ),
            format!(
                "make it as root, for the user that runs hanok: install -d -m 700 -o {} {shown}",
                who::user(who::me())
            ),
        ),
        Err(error) => {
            let remedy = fs::metadata(above).map_or_else(
                |_| String::from("choose another place with --data-dir"),
                |found| right_to_write(above, &found, &error),
            );
            unusable(path, &error, remedy)
        }
    }
}

fn unusable(path: &Path, why: &dyn Display, remedy: impl Display) -> Finding {
    let found = format!("{} cannot be used: {why}", path.display());
    Finding::failed(DIRECTORY, found, remedy)
}

/// What lets this user write what is there.
fn right_to_write(path: &Path, found: &Metadata, why: &io::Error) -> String {
    let shown = path.display();
    if why.kind() == ErrorKind::ReadOnlyFilesystem {
        return format!(
            "its file system is mounted read-only, as a disk that fails mounts itself (`dmesg`): \
             mount -o remount,rw \"$(findmnt -n -o TARGET -T {shown})\", or choose another place (--data-dir)"
        );
    }
    if found.uid() == who::me() {
        return format!("chmod u+rwX {shown}");
    }
    format!(
        "run hanok as the user that owns it (sudo -u {} hanok …), or give it to this one, as root: chown -R {} {shown}",
        who::user(found.uid()),
        who::my_names()
    )
}

/// Looks whether anybody else may read keys or data, and whether all of it belongs to one user.
pub(super) fn permissions(settings: &Settings) -> Finding {
    let data_dir = &settings.server.data_dir;
    let Ok(home) = fs::metadata(data_dir) else {
        return Finding::skipped(PERMISSIONS, "there is no data directory yet");
    };
    let ring = settings.keys.ring_file(data_dir);
    if is_open(&ring) {
        let (found, remedy) = too_open(std::slice::from_ref(&ring));
        return Finding::failed(PERMISSIONS, found, remedy);
    }
    let parts = parts(settings, &ring);
    if let Some(file) = parts.iter().find(|path| is_foreign(path, &home)) {
        return foreign(file, &home, data_dir);
    }
    let refused = parts
        .iter()
        .find_map(|path| Some((path, writable(path).err()?)));
    if let Some((file, why)) = refused {
        let found = fs::metadata(file).map(|found| right_to_write(file, &found, &why));
        return Finding::failed(
            PERMISSIONS,
            format!("this user may not write {}: {why}", file.display()),
            found.unwrap_or_else(|error| error.to_string()),
        );
    }
    // A directory elsewhere is its operator's, as the one where secrets are mounted.
    let ours = |path: &PathBuf| path.starts_with(data_dir) || path.is_file();
    let open = parts
        .into_iter()
        .filter(|path| ours(path) && is_open(path))
        .collect::<Vec<_>>();
    if !open.is_empty() {
        let (found, remedy) = too_open(&open);
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
    parts.push(data_dir.clone());
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
    parts.sort_unstable();
    parts.dedup();
    parts
}

fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.mode() & OTHERS != 0)
}

/// What is found, and what to do.
fn too_open(open: &[PathBuf]) -> (String, String) {
    let shown = |path: &PathBuf| {
        let mode = fs::metadata(path).map_or(0, |found| found.mode() & MODE);
        format!("{} (mode {mode:o})", path.display())
    };
    let found: Vec<String> = open.iter().map(shown).collect();
    let (directories, files): (Vec<_>, Vec<_>) = open.iter().partition(|path| path.is_dir());
    let change = |right: &str, paths: &[&PathBuf]| {
        let paths: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
        (!paths.is_empty()).then(|| format!("chmod {right} {}", paths.join(" ")))
    };
    let remedies = [change("700", &directories), change("600", &files)];
    let remedies: Vec<String> = remedies.into_iter().flatten().collect();
    (
        format!("others on this machine may look into {}", found.join(", ")),
        remedies.join(" && "),
    )
}

fn is_foreign(path: &Path, home: &Metadata) -> bool {
    fs::metadata(path).is_ok_and(|found| found.uid() != home.uid())
}

fn foreign(file: &Path, home: &Metadata, data_dir: &Path) -> Finding {
    let (shown, owner) = (file.display(), who::user(home.uid()));
    let theirs = fs::metadata(file).map_or(0, |found| found.uid());
    let mut remedy = format!(
        "as root: chown -R {} {}",
        who::names(home.uid(), home.gid()),
        data_dir.display()
    );
    if !file.starts_with(data_dir) {
        remedy = format!("{remedy} {shown}");
    }
    Finding::failed(
        PERMISSIONS,
        format!(
            "{shown} belongs to user {}, the data directory to user {owner}: a command was run as somebody else",
            who::user(theirs)
        ),
        remedy,
    )
}
