//! `hanok backup`.

pub(crate) mod copies;
pub(crate) mod folder;
pub(crate) mod manifest;
mod place;
mod source;

use std::path::{Path, PathBuf};

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run, Settings};
use hanok_base::terminal;

use copies::{CHECKPOINTS, RING};
use folder::FolderSum;
use manifest::{FileSum, Manifest};
use place::Place;
use source::Source;

/// Copy everything to another place, while the program runs
#[derive(Parser)]
#[command(
    name = "backup",
    after_help = "\
Examples:
  hanok backup /backup/2026-11-21 --keys /safe/2026-11-21
  hanok backup /backup/2026-11-21 --with-keys
  hanok backup /backup/2026-11-21            without keys: save the key ring elsewhere yourself
A backup is a directory: the database, the audit trail's checkpoints, the files that people attached, and
manifest.json with versions and SHA-256 sums. It cannot be read without its keys, and with them by anybody. `hanok restore` puts it back.
PostgreSQL is copied by pg_dump, which must be installed here."
)]
pub(crate) struct Backup {
    /// Where to: a directory that is empty or not there yet
    to: PathBuf,
    /// Save the key ring too, in this other directory
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Put the key ring into the backup itself: whoever has it can then read everything
    #[arg(long, conflicts_with = "keys")]
    with_keys: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Run for Backup {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let settings = host.settings(Vec::new())?;
        if let Some(keys) = &self.keys {
            apart(&self.to, keys)?;
        }
        for to in std::iter::once(&self.to).chain(&self.keys) {
            outside(to, &settings.server.data_dir)?;
        }
        let source = Source::open(host, &settings).await?;
        let ring = match (&self.keys, self.with_keys) {
            (None, false) => None,
            _ => Some(source.ring_file()?),
        };
        let place = Place::make(&self.to)?;
        let saved = match &self.keys {
            Some(directory) => Some(Place::make(directory)?),
            None => None,
        };
        let id = source.announce().await?;
        let mut copied = copies::store(&source.db, &settings, place.path()).await?;
        if let Some(ring) = ring {
            // After the store: a key that a row needs was there before the row.
            let to = saved.as_ref().map_or(place.path(), Place::path);
            let sum = copies::file(ring, &to.join(RING)).map_err(Failure::failed)?;
            copied.extend(saved.is_none().then_some(sum));
        }
        let folders = folders(&settings, place.path()).await?;
        let manifest = source.manifest(id, &settings, copied, folders).await?;
        manifest.write(place.path()).map_err(Failure::failed)?;
        source.db.close().await;
        for place in std::iter::once(place).chain(saved) {
            place.keep().map_err(Failure::failed)?;
        }
        self.tell(&manifest, &source);
        Ok(())
    }
}

impl Backup {
    fn tell(&self, manifest: &Manifest, source: &Source) {
        if self.json {
            terminal::json(manifest);
        } else {
            terminal::line(format_args!("The backup is in {}.", self.to.display()));
            let row = |file: &FileSum| {
                let sum = file.sha256.clone();
                [file.name.clone(), file.bytes.to_string(), sum]
            };
            let rows: Vec<_> = manifest.files.iter().map(row).collect();
            terminal::table(["file", "bytes", "SHA-256"], &rows);
            for folder in &manifest.folders {
                terminal::line(format_args!(
                    "{}: {} files, {} bytes",
                    folder.name, folder.files, folder.bytes
                ));
            }
        }
        if !manifest.files.iter().any(|file| file.name == CHECKPOINTS) {
            terminal::note("There is no file of audit checkpoints yet; the backup has none.");
        }
        if source.is_old() {
            terminal::note(
                "Migrations wait: the backup is of the release before, and its making is not on the audit trail.",
            );
        }
        terminal::note(self.about_keys(source));
    }

    fn about_keys(&self, source: &Source) -> String {
        match (&self.keys, source.keys.path()) {
            (Some(directory), _) => format!(
                "The keys are in {}. Keep them away from the backup: both together can be read by anybody.",
                directory.display()
            ),
            (None, _) if self.with_keys => {
                "The keys are in it: whoever has this backup can read everything.".to_owned()
            }
            (None, Some(ring)) => format!(
                "The keys are not in it, and without them it cannot be read: save {} as well (--keys DIR).",
                ring.display()
            ),
            (None, None) => {
                "The keys are not in it: keep the secret of keys.ring or SECRET_KEY.".to_owned()
            }
        }
    }
}

/// Copies the folders of files, and names those files that are damaged: one of them keeps nobody from a backup.
async fn folders(settings: &Settings, to: &Path) -> Result<Vec<FolderSum>, Failure> {
    let mut sums = Vec::new();
    for kept in settings.folders.clone() {
        let to = to.to_owned();
        let copied = tokio::task::spawn_blocking(move || folder::save(&kept, &to)).await;
        let copied = copied.map_err(Failure::failed)?.map_err(Failure::failed)?;
        for name in &copied.damaged {
            terminal::note(format_args!(
                "{}/{name} is not what was written there, and is left out: its disk may be failing.",
                copied.sum.name
            ));
        }
        sums.push(copied.sum);
    }
    Ok(sums)
}

/// Refuses to put a copy beside what it is a copy of: whatever takes the one takes the other.
fn outside(to: &Path, data_dir: &Path) -> Result<(), Failure> {
    if !real(to).starts_with(real(data_dir)) {
        return Ok(());
    }
    Err(Failure::wrong(format!(
        "{} is in the data directory ({}): a copy there is lost with what it was made of. Name a directory outside of it, best on another disk",
        to.display(),
        data_dir.display()
    )))
}

/// The path without links and steps back, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut above = whole.ancestors();
    let found = above.find_map(|there| Some((there, there.canonicalize().ok()?)));
    match found {
        Some((there, real)) => whole
            .strip_prefix(there)
            .map_or_else(|_| whole.clone(), |rest| real.join(rest)),
        None => whole,
    }
}

/// Refuses to save the keys where whoever takes the backup takes them too.
fn apart(to: &Path, keys: &Path) -> Result<(), Failure> {
    let within = |inner: &Path, outer: &Path| {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        whole(inner).starts_with(whole(outer))
    };
    if within(keys, to) || within(to, keys) {
        return Err(Failure::wrong(
            "--keys is where the backup is: name another place, or say --with-keys if they belong together",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_backup_is_made_outside_of_the_data_directory_whatever_its_path_is_called() {
        let place = tempfile::tempdir().unwrap();
        let (data, beside) = (place.path().join("data"), place.path().join("data-copy"));
        fs::create_dir(&data).unwrap();
        let link = place.path().join("link");
        symlink(&data, &link).unwrap();
        for inside in [data.clone(), data.join("backup/1"), link.join("backup")] {
            assert!(outside(&inside, &data).is_err(), "{}", inside.display());
            assert!(outside(&inside, &link).is_err(), "{}", inside.display());
        }
        for apart in [beside, data.join("../elsewhere"), place.path().to_owned()] {
            assert!(outside(&apart, &data).is_ok(), "{}", apart.display());
        }
    }
}
