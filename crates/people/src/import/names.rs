//! Who the refused rows of an import are: what their importer needs to correct them, kept sealed after the file is gone.

use std::collections::HashMap;

use hanok_accounts::account::ImportLine;
use hanok_base::{KeyRing, Place};
use serde::{Deserialize, Serialize};

use super::rules::ImportId;
use crate::fault::Fault;

/// Username and name of refused rows, as they stood in the file, by the row's place in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Names(HashMap<i64, (String, String)>);

impl Names {
    /// Those of the rows with something wrong.
    pub(super) fn of(lines: &[ImportLine]) -> Self {
        let refused = (0_i64..)
            .zip(lines)
            .filter(|(_, line)| line.account.is_err());
        let named =
            refused.map(|(place, line)| (place, (line.username.clone(), line.name.clone())));
        Self(named.collect())
    }

    /// The username and the name of the row in this place; empty where they are not known.
    pub(super) fn at(&self, place: i64) -> (&str, &str) {
        let known = self.0.get(&place);
        known.map_or(("", ""), |(username, name)| (username, name))
    }

    /// As the store keeps them.
    ///
    /// # Errors
    /// None that is known.
    pub(super) fn seal(&self, keys: &KeyRing, id: ImportId) -> Result<Vec<u8>, Fault> {
        let json = serde_json::to_vec(self).map_err(unreadable)?;
        Ok(keys.seal(place(id), &json))
    }

    /// Out of the store.
    ///
    /// # Errors
    /// A value that does not open.
    pub(super) fn open(sealed: &[u8], keys: &KeyRing, id: ImportId) -> Result<Self, Fault> {
        let json = keys.unseal(place(id), sealed)?;
        serde_json::from_slice(&json).map_err(unreadable)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn unreadable(error: serde_json::Error) -> Fault {
    hanok_accounts::Fault::Internal(format!("names of an import: {error}")).into()
}

/// Where they are sealed for.
const fn place(id: ImportId) -> Place<'static> {
    Place::new("people_import", "refused", id.uuid())
}
