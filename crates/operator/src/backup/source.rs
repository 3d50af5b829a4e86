//! What is backed up: an open store and its keys, as this release or the one before left it.

use std::collections::BTreeMap;
use std::path::Path;

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::command::{Failure, Host, Opened, Settings};
use hanok_base::directory::DEMO_MARK;
use hanok_base::keyring::find_ring;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{Db, DbError, Tx};
use serde_json::json;

use super::folder::FolderSum;
use super::manifest::{BackupId, FORMAT, FileSum, KeysNeeded, Manifest};
use crate::store::there;

/// What is backed up.
pub(super) struct Source {
    pub(super) db: Db,
    pub(super) keys: KeyRing,
    clock: Clock,
    random: Random,
    /// The program over it, where no migration waits.
    opened: Option<Opened>,
}

impl Source {
    /// Opens it. A store that waits for migrations is backed up too: before them is when one wants it.
    pub(super) async fn open(host: &dyn Host, settings: &Settings) -> Result<Self, Failure> {
        let db = there(settings).await?;
        let pending = db.pending_migrations(&settings.migrations).await?;
        if pending.is_empty() {
            db.close().await;
            let opened = host.open().await?;
            let accounts = &opened.accounts;
            return Ok(Self {
                db: accounts.db.clone(),
                keys: accounts.keys.clone(),
                clock: accounts.clock.clone(),
                random: accounts.random.clone(),
                opened: Some(opened),
            });
        }
        let clock = Clock::system();
        let found = find_ring(&settings.keys, &settings.server.data_dir, &clock);
        let keys = found.map_err(Failure::failed)?.ok_or_else(|| {
            Failure::failed(
                "there is no key ring: `hanok config show` says where it is looked for (keys.*)",
            )
        })?;
        Ok(Self {
            db,
            keys,
            clock,
            random: Random::system(),
            opened: None,
        })
    }

    /// Whether migrations wait.
    pub(super) const fn is_old(&self) -> bool {
        self.opened.is_none()
    }

    /// The file of the key ring.
    pub(super) fn ring_file(&self) -> Result<&Path, Failure> {
        self.keys.path().ok_or_else(|| {
            Failure::wrong(
                "the key ring comes from keys.ring or SECRET_KEY and is no file: keep that secret itself",
            )
        })
    }

    /// Puts on the record that the data leaves, in the backup too.
    pub(super) async fn announce(&self) -> Result<BackupId, Failure> {
        let id = BackupId::new(&self.clock, &self.random);
        let Some(opened) = &self.opened else {
            return Ok(id);
        };
        let origin = Origin::from(&opened.ctx("backup"));
        let audit = opened.accounts.audit.clone();
        let entry = Entry::new(Action::DataExport)
            .target("backup", id.uuid())
            .details(json!({ "what": "backup" }));
        let unit = async move |tx: &mut Tx| audit.record(tx, &origin, entry).await;
        self.db.write::<_, DbError, _>(unit).await?;
        Ok(id)
    }

    /// The manifest of what was copied.
    pub(super) async fn manifest(
        &self,
        id: BackupId,
        settings: &Settings,
        files: Vec<FileSum>,
        folders: Vec<FolderSum>,
    ) -> Result<Manifest, Failure> {
        let mut schema = BTreeMap::new();
        for applied in self.db.applied_migrations(&settings.migrations).await? {
            let newest: &mut u32 = schema.entry(applied.set.to_owned()).or_default();
            *newest = applied.version.max(*newest);
        }
        let manifest = Manifest {
            format: FORMAT,
            id,
            made_at: self.clock.now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: settings.store.engine.as_str().to_owned(),
            demo: settings.server.data_dir.join(DEMO_MARK).exists(),
            schema,
            keys: KeysNeeded::of(&self.keys),
            files,
            folders,
            seal: None,
        };
        manifest.sealed(&self.keys).map_err(Failure::failed)
    }
}
