//! Hanok as a provider of its own: it asks its people to approve a sign-in, as sites ask them who they are.
//!
//! It has a row, so that its requests are like all others. It has no secret and no key, is told of nothing,
//! is on no list and can be changed by nobody.

use hanok_accounts::app::OWN_PROVIDER;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use serde_json::json;

use super::settings::{AddressList, Delivery, Notify, ProviderLimits};
use super::store::{self, ProviderId, ProviderRow};
use crate::context::Identity;

/// Hanok itself.
pub const OWN: ProviderId = ProviderId::from_uuid(OWN_PROVIDER);

/// No client id of another provider, which are hexadecimal, and no company's site code.
const WORD: &str = "hanok";
/// What people read where the organisation has no name yet.
const NAME: &str = "한옥 (Hanok)";

impl ProviderRow {
    /// Whether this is Hanok itself.
    pub fn is_own(&self) -> bool {
        self.id == OWN
    }
}

impl Identity {
    /// What a phone calls Hanok itself: by the organisation's name.
    pub(crate) fn own_name(&self) -> String {
        let organisation = self.accounts.organisation.get();
        organisation.name.clone().unwrap_or_else(|| NAME.to_owned())
    }

    /// The row of Hanok itself, made when it first asks.
    pub(crate) async fn own_provider(&self, now: Timestamp) -> Result<ProviderRow, DbError> {
        let found = || {
            self.accounts
                .db
                .read(async |conn| store::find(conn, OWN).await)
        };
        if let Some(row) = found().await? {
            return Ok(row);
        }
        let identity = self.clone();
        let made = self
            .accounts
            .db
            .write(async move |tx| identity.make_own_provider(tx, now).await)
            .await;
        match made {
            Ok(row) => Ok(row),
            // Another process was quicker.
            Err(fault) => found().await?.ok_or(fault),
        }
    }

    async fn make_own_provider(&self, tx: &mut Tx, now: Timestamp) -> Result<ProviderRow, DbError> {
        if let Some(row) = store::find(tx, OWN).await? {
            return Ok(row);
        }
        let row = ProviderRow {
            id: OWN,
            version: 1,
            client_id: WORD.to_owned(),
            name: NAME.to_owned(),
            owner_id: None,
            callback_url: None,
            delivery: Delivery::Poll,
            notify: Notify::Completed,
            site_code: WORD.to_owned(),
            address_allow_list: AddressList::default(),
            limits: ProviderLimits::default(),
            hide_unknown_users: true,
            ci_entitled: false,
            active: true,
            created_at: now,
            updated_at: now,
        };
        store::insert(tx, &row).await?;
        let entry = Entry::new(Action::AdminAction)
            .version(row.version)
            .details(json!({ "act": "provider_created", "by": "program", "own": true }));
        let origin = Origin::system("identity.own_provider");
        self.tell_of_provider(tx, &origin, OWN, "created", entry)
            .await?;
        Ok(row)
    }
}
