//! Whether key ring, store and checkpoint file belong together, before anything is written: a ring that was lost and
//! made anew would seal values and link rows that nobody can ever verify again.

use std::path::Path;

use hanok_base::KeyRing;
use hanok_db::Db;

use super::AuditError;
use super::inspect::{HeadState, inspect};

/// Why a program must not go on with this ring and this store.
#[derive(Debug, thiserror::Error)]
pub enum NotOurs {
    /// The store was written with another key ring.
    #[error(
        "the key ring is not the one that this database was written with: put the right one into its place (a backup's \
         keys, or the disk that was not mounted), and nothing is lost"
    )]
    OtherRing,
    /// The store is new, and the checkpoint file is not.
    #[error(
        "the database is empty, and {file} knows {links} rows of an audit trail: is the disk of the database not mounted? \
         For a new installation move that file away and keep it"
    )]
    OtherStore {
        /// The checkpoint file.
        file: String,
        /// How many links it knows.
        links: i64,
    },
    /// It could not be found out.
    #[error("the end of the audit trail cannot be read: {0}")]
    Unread(#[from] AuditError),
}

/// Refuses a ring or a store that is another installation's. Somebody who changed the signed head alone is not
/// mistaken for that: then the last checkpoint still tells, and `hanok audit verify` says what happened.
///
/// # Errors
/// Why not.
pub async fn check_ours(db: &Db, keys: &KeyRing, checkpoint_file: &Path) -> Result<(), NotOurs> {
    let end = inspect(db, keys, checkpoint_file).await?;
    let is_signed = end.checkpoint.is_some_and(|(_, signed)| signed);
    if end.head == HeadState::Foreign && !is_signed {
        return Err(NotOurs::OtherRing);
    }
    match end.in_file {
        Some(links) if links > 0 && end.last_link == 0 && end.head == HeadState::Blank => {
            Err(NotOurs::OtherStore {
                file: checkpoint_file.display().to_string(),
                links,
            })
        }
        _ => Ok(()),
    }
}
