//! `hanok backup`.

pub(crate) mod copies;
pub(crate) mod manifest;
mod place;
mod source;

use std::path::{Path, PathBuf};

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::terminal;

use copies::{CHECKPOINTS, RING};
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
A backup is a directory: the database, the audit trail's checkpoints, and manifest.json with versions and
SHA-256 sums. It cannot be read without its keys, and with them by anybody. `hanok restore` puts it back.
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
        let manifest = source.manifest(id, &settings, copied).await?;
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
