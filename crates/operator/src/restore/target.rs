//! Where a backup is put: a data directory nobody uses, and a store with nothing in it.

use std::fs;
use std::path::PathBuf;

use hanok_accounts::command::{Failure, KeptFolder, Settings};
use hanok_base::directory::{DEMO_MARK, make_private, mark_as_demo};
use hanok_base::hold::{Hold, NotHeld};
use hanok_base::terminal;
use hanok_db::{Db, Engine, StoreConfig};

use super::keys::Keys;
use super::source::Source;
use crate::backup::{copies, folder};

/// The place, held against every server.
pub(super) struct Target {
    data_dir: PathBuf,
    store: StoreConfig,
    checkpoints: PathBuf,
    folders: Vec<KeptFolder>,
    _hold: Hold,
}

impl Target {
    /// Holds the place. Refused where a server runs or something is there already.
    pub(super) async fn hold(settings: &Settings) -> Result<Self, Failure> {
        let data_dir = settings.server.data_dir.clone();
        make_private(&data_dir).map_err(Failure::failed)?;
        let hold = Hold::alone(&data_dir, "hanok restore").map_err(|error| match error {
            NotHeld::InUse { .. } => Failure::failed(format!(
                "{error}: stop the server there, or restore into another directory (--data-dir)"
            )),
            NotHeld::File { .. } => Failure::failed(error),
        })?;
        if !Db::is_blank(&settings.store).await? {
            return Err(Failure::failed(taken(&settings.store)));
        }
        let checkpoints = settings.audit.checkpoint_path(&data_dir);
        if checkpoints.exists() {
            return Err(Failure::failed(format!(
                "{} is there already. It may name audit rows that were written after the backup: move it away and keep it",
                checkpoints.display()
            )));
        }
        Ok(Self {
            data_dir,
            store: settings.store.clone(),
            checkpoints,
            folders: settings.folders.clone(),
            _hold: hold,
        })
    }

    /// Puts keys, checkpoints and store there. Where one fails, the others go again.
    pub(super) async fn fill(&self, source: &Source, keys: &Keys) -> Result<(), Failure> {
        let mut made = Made::default();
        let ring = keys.install().map_err(|error| {
            Failure::failed(format!("the key ring cannot be put in place: {error}"))
        })?;
        made.0.extend(ring.map(ToOwned::to_owned));
        if let Some(from) = source.checkpoints() {
            made.0.push(self.checkpoints.clone());
            copies::file(&from, &self.checkpoints).map_err(Failure::failed)?;
        }
        if source.manifest.demo {
            made.0.push(self.data_dir.join(DEMO_MARK));
            mark_as_demo(&self.data_dir).map_err(Failure::failed)?;
        }
        // Before the rows that name them.
        self.put_folders(source).await?;
        Db::restore(&self.store, &source.store())
            .await
            .map_err(|error| Failure::failed(format!("the store cannot be put back: {error}")))?;
        made.0.clear();
        Ok(())
    }

    /// Puts the folders of files where this configuration has them. What another left there under the same name is the
    /// same; what a failed restore leaves there is nobody's, and swept.
    async fn put_folders(&self, source: &Source) -> Result<(), Failure> {
        for (name, from) in source.folders() {
            let Some(kept) = self.folders.iter().find(|kept| kept.name == name).cloned() else {
                terminal::note(format_args!(
                    "The app of the folder {name} is switched off: its files stay in the backup."
                ));
                continue;
            };
            let copied =
                tokio::task::spawn_blocking(move || folder::copy(&from, &kept.path, kept.name));
            let copied = copied.await.map_err(Failure::failed)?;
            copied.map_err(|error| {
                Failure::failed(format!("the files of {name} cannot be put back: {error}"))
            })?;
        }
        Ok(())
    }
}

/// What goes again where the whole does not come about.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.0 {
            // It may not have come that far.
            let _ = fs::remove_file(path);
        }
    }
}

fn taken(store: &StoreConfig) -> String {
    match store.engine {
        Engine::Sqlite => {
            let there = Db::files_in_place(store).into_iter();
            let there: Vec<_> = there.map(|path| path.display().to_string()).collect();
            format!(
                "there is a database at {} already, or what another left there ({}): restore into another directory (--data-dir), or move all of these away together",
                store.sqlite_path.display(),
                there.join(", ")
            )
        }
        Engine::Postgres => {
            "the PostgreSQL database is not empty: make a new one and name it (store.postgres_database)"
                .to_owned()
        }
    }
}
