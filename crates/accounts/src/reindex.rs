//! After a change of the index key: every blind index gets a second row under the new key; once none is
//! missing, the key is switched and the old rows go. Look-ups and uniqueness hold under both meanwhile.

use hanok_base::keyring::{KeyKind, KeyRingError};
use hanok_db::{Conn, DbError, Tx, params};
use serde_json::json;

use crate::AccountId;
use crate::account::{EMAIL, PHONE, store};
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;

/// Accounts of one unit.
const BATCH: u32 = 200;

const MISSING: &str = "SELECT DISTINCT account_id FROM account_lookup l WHERE key_version < $1 AND NOT EXISTS (\
    SELECT 1 FROM account_lookup n WHERE n.account_id = l.account_id AND n.kind = l.kind AND n.key_version = $1) \
    ORDER BY account_id LIMIT $2";
const LOCK: &str = "SELECT id FROM account WHERE id = $1 /*for_update*/";
const KINDS: &str = "SELECT kind FROM account_lookup l WHERE account_id = $1 AND key_version < $2 AND NOT EXISTS (\
    SELECT 1 FROM account_lookup n WHERE n.account_id = $1 AND n.kind = l.kind AND n.key_version = $2)";
const DROP: &str = "DELETE FROM account_lookup WHERE key_version < $1";

impl Accounts {
    /// The version of an index key that a reindex is filling; `None` where none is under way.
    pub fn reindex_under_way(&self) -> Option<u32> {
        let keys = self.keys.list();
        let newest = keys.iter().rfind(|key| key.kind == KeyKind::Index)?;
        (!newest.active).then_some(newest.version)
    }

    /// Adds the blind indexes of the new key that are missing; says for how many accounts.
    ///
    /// # Errors
    /// The store's, or a sealed value that does not open: a reindex must not end without it.
    pub async fn fill_indexes(&self, version: u32) -> Result<u64, Fault> {
        let mut done = 0;
        loop {
            let missing = async move |conn: &mut Conn| {
                conn.all::<AccountId>(MISSING, params![version, BATCH])
                    .await
            };
            let missing = self.db.report::<_, DbError, _>(missing).await?;
            if missing.is_empty() {
                return Ok(done);
            }
            done += u64::try_from(missing.len()).unwrap_or(u64::MAX);
            let accounts = self.clone();
            self.db
                .write(async move |tx: &mut Tx| accounts.fill(tx, version, &missing).await)
                .await?;
        }
    }

    async fn fill(&self, tx: &mut Tx, version: u32, missing: &[AccountId]) -> Result<(), Fault> {
        let origin = Origin::system("keys.reindex");
        for account in missing {
            let _: Option<AccountId> = tx.optional(LOCK, params![account]).await?;
            let kinds: Vec<String> = tx.all(KINDS, params![account, version]).await?;
            for kind in kinds {
                let values = self.indexes_of(tx, *account, &kind).await?;
                let new: Vec<_> = values
                    .into_iter()
                    .filter(|(of, _)| *of == version)
                    .collect();
                self.announce_index(tx, &origin, *account, &kind, version)
                    .await?;
                let free = store::insert_lookup(tx, &kind, &new, *account).await?;
                free.then_some(()).ok_or_else(|| {
                    Fault::Internal(format!("another account has the {kind} of {account}"))
                })?;
            }
        }
        Ok(())
    }

    /// Puts on the record that an account gets a blind index under a new key: the database's guard takes
    /// one that no row announces for hand-written SQL.
    pub(crate) async fn announce_index(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        account: AccountId,
        kind: &str,
        version: u32,
    ) -> Result<(), DbError> {
        let entry = Entry::new(Action::KeyRotation)
            .subject(account)
            .target("account", account.uuid())
            .version(format_args!("indexed {kind} {version}"));
        let details = json!({ "kind": "index", "version": version });
        self.audit
            .record(tx, origin, entry.details(details))
            .await?;
        Ok(())
    }

    async fn indexes_of(
        &self,
        conn: &mut Conn,
        id: AccountId,
        kind: &str,
    ) -> Result<Vec<(u32, [u8; 32])>, Fault> {
        let sealed = store::sealed(conn, id).await?.ok_or(Fault::NotFound)?;
        let gone = || Fault::Internal(format!("the {kind} of {id} has an index and no value"));
        match kind {
            PHONE => Ok(self.phone_indexes(&self.phone_of(id, &sealed.phone.ok_or_else(gone)?)?)),
            EMAIL => {
                let text = self.unseal(id, "email", &sealed.email.ok_or_else(gone)?)?;
                Ok(self.email_indexes(&EmailAddress::parse(&text).map_err(|_| gone())?))
            }
            _ => Err(gone()),
        }
    }

    /// Switches to the new key, drops the rows of the old one and puts it on the record.
    ///
    /// # Errors
    /// When the ring cannot be written, or the store's.
    pub async fn finish_reindex(&self, origin: Origin) -> Result<(), ReindexFault> {
        let version = self.keys.finish_reindex()?;
        let accounts = self.clone();
        let unit = async move |tx: &mut Tx| {
            tx.execute(DROP, params![version]).await?;
            let entry = Entry::new(Action::KeyRotation)
                .details(json!({ "kind": "index", "version": version }));
            accounts.audit.record(tx, &origin, entry).await
        };
        self.db.write::<_, DbError, _>(unit).await?;
        Ok(())
    }
}

/// Why the switch did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ReindexFault {
    /// The key ring.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The store.
    #[error(transparent)]
    Store(#[from] DbError),
}
