//! Leaving: an account that its person closes is switched off at once, can be opened again by an administrator until
//! its grace is over, and is then erased: what remains is a pseudonym on which records stand.
//!
//! Invariants: erasing is one unit with its audit row, and done once; what an app keeps of a person goes in that same
//! unit; an erased account is never opened again.

mod erase;
pub(crate) mod store;

use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx};
use serde_json::Value;

use crate::AccountId;
use crate::context::Accounts;
use crate::fault::Fault;

pub(crate) use erase::schedule;

/// Reads what an app knows of a person; an error's text goes to the log.
pub type ReadPersonal =
    Arc<dyn Fn(AccountId) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// What an app knows of a person, as they take it with them.
#[derive(Clone)]
pub struct PersonalData {
    /// The file that it becomes: `identity.json`.
    pub file: &'static str,
    /// Reads it.
    pub read: ReadPersonal,
}

/// Takes what an app keeps of a person away, in the unit that erases the account: the account is locked and noted as
/// erased, its row and what belongs to it are gone. What it cannot do undoes the whole.
pub type ErasePersonal = Arc<
    dyn for<'a> Fn(&'a mut Tx, AccountId, Timestamp) -> BoxFuture<'a, Result<(), Fault>>
        + Send
        + Sync,
>;

/// Whether the account is erased: nothing may be made of its person any more. It stays so; that it is not yet, holds
/// for a unit that has the account's lock.
///
/// # Errors
/// The store's.
pub async fn is_erased(conn: &mut Conn, account: AccountId) -> Result<bool, DbError> {
    let closing = store::find(conn, account).await?;
    Ok(closing.is_some_and(|row| row.erased_at.is_some()))
}

/// What the apps know of people, named once, when the program is put together.
#[derive(Default)]
pub(crate) struct OfApps {
    data: OnceLock<Vec<PersonalData>>,
    erasures: OnceLock<Vec<ErasePersonal>>,
}

impl OfApps {
    pub(crate) fn data(&self) -> &[PersonalData] {
        self.data.get().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn erasures(&self) -> &[ErasePersonal] {
        self.erasures.get().map_or(&[], Vec::as_slice)
    }
}

impl Accounts {
    /// Names what the apps know of people, and what takes it away; the first call counts.
    pub fn know_personal_data(
        &self,
        data: impl IntoIterator<Item = PersonalData>,
        erasures: impl IntoIterator<Item = ErasePersonal>,
    ) {
        let _ = self.leaving.data.set(data.into_iter().collect());
        let _ = self.leaving.erasures.set(erasures.into_iter().collect());
    }
}
