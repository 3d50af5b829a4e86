//! Exporting the list of people: masked, on the record, in the order in which the accounts were made.

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::organisation::Reach;
use hanok_accounts::permission::DataExport;
use hanok_db::Tx;
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;

use super::list::{User, of_row};
use super::rules::UserFilter;
use super::store::{self, Exactly, Wanted};
use crate::context::People;
use crate::fault::Fault;

/// An export that is on the record: what is read, part after part.
#[derive(Clone)]
pub(super) struct Export {
    reach: Reach,
    filter: UserFilter,
    exactly: Exactly,
}

impl People {
    /// Puts an export on the record and says what it is of.
    ///
    /// # Errors
    /// `Forbidden` for who lacks `data_export`; the store's.
    pub(super) async fn export_users(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        filter: UserFilter,
    ) -> Result<Export, Fault> {
        let may = caller.permissions.contains(DataExport::NAME);
        may.then_some(()).ok_or_else(Fault::forbidden)?;
        let reach = self.reach(caller);
        let exactly = match &filter.q {
            Some(q) if reach.is_everybody() => self.exactly(q),
            _ => Exactly::default(),
        };
        // What was searched for may be a number or an address: the trail is told that, not what.
        let filters = [
            ("q", filter.q.is_some()),
            ("department", filter.department.is_some()),
            ("role", filter.role.is_some()),
        ];
        let filters: Vec<&str> = filters
            .into_iter()
            .filter_map(|(name, is_given)| is_given.then_some(name))
            .collect();
        let details = json!({ "export": "users", "filters": filters, "status": filter.state });
        let entry = Entry::new(Action::DataExport).details(details);
        let (people, origin) = (self.clone(), Origin::from(ctx));
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                people.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(())
            })
            .await?;
        Ok(Export {
            reach,
            filter,
            exactly,
        })
    }

    /// The next people of an export, behind `after`; none at its end: two statements.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn users_after(
        &self,
        export: &Export,
        after: Option<AccountId>,
    ) -> Result<Vec<User>, Fault> {
        let export = export.clone();
        let read = self.accounts.db.read(async move |conn| {
            let wanted = Wanted {
                reach: &export.reach,
                filter: &export.filter,
                exactly: export.exactly.clone(),
            };
            let rows = store::after(conn, &wanted, after).await?;
            let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
            let roles = store::roles(conn, &ids).await?;
            Ok::<_, Fault>((rows, roles))
        });
        let (rows, roles) = read.await?;
        Ok(rows.into_iter().map(|row| of_row(row, &roles)).collect())
    }
}
