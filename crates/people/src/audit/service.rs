//! Reading the trail, each reading on the trail itself.

use hanok_accounts::AccountId;
use hanok_accounts::audit::read::{self, AuditLine, Counted, Sight, Whose};
use hanok_accounts::audit::{Action, AuditId, Checked, Entry, Origin, last_check};
use hanok_accounts::permission::DataExport;
use hanok_db::{Conn, Page, PageRequest, Tx};
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;

use super::rules::{Asked, Named, sight, unknown_person};
use crate::context::People;
use crate::fault::Fault;

/// A page of the trail.
pub(super) struct AuditPage {
    /// Its rows, the newest first.
    pub(super) page: Page<AuditLine>,
    /// How many there are.
    pub(super) counted: Counted,
}

/// An export that is on the record: what is read, page after page.
pub(super) struct Export {
    pub(super) search: read::Search,
    pub(super) sight: Sight,
}

impl People {
    /// How much of the trail this caller sees.
    pub(super) fn audit_sight(&self, caller: &Caller) -> Sight {
        sight(
            caller,
            self.owned_providers,
            (self.answered_people, self.approved_requests),
        )
    }

    /// A page of what is asked, which the trail then knows of; counted where a page shows it.
    ///
    /// # Errors
    /// A field error for a person whom the caller may not know of; the store's.
    pub(super) async fn audit_logs(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        asked: Asked,
        page: PageRequest,
        counts: bool,
    ) -> Result<AuditPage, Fault> {
        let sight = self.audit_sight(caller);
        let named = self.accounts.named_providers();
        let Asked {
            person,
            mut search,
            filters,
        } = asked;
        let read = self.accounts.db.read(async move |conn| {
            let person = find_person(conn, person.as_ref(), sight).await?;
            if let Some(account) = person {
                search.whose = Whose::Person(account);
            }
            let found = read::search(conn, &search, sight, named, (&page, counts)).await?;
            Ok::<_, Fault>((found, person, search.action))
        });
        let ((page, counted), person, action) = read.await?;
        let details = json!({ "filters": filters, "action": action.map(Action::as_str), "rows": page.items.len() });
        let entry = Entry {
            subject: person,
            ..Entry::new(Action::AuditSearch).details(details)
        };
        self.note_reading(ctx, entry).await?;
        Ok(AuditPage { page, counted })
    }

    /// One row, which the trail then knows was read.
    ///
    /// # Errors
    /// Not found, also where the caller may not see it; the store's.
    pub(super) async fn audit_log(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: AuditId,
    ) -> Result<AuditLine, Fault> {
        let sight = self.audit_sight(caller);
        let named = self.accounts.named_providers();
        let read = self
            .accounts
            .db
            .read(async move |conn| read::find(conn, id, sight, named).await);
        let line = read.await?.ok_or_else(Fault::not_found)?;
        let entry = Entry {
            subject: line.subject.as_ref().map(|subject| subject.id),
            ..Entry::new(Action::AuditSearch).target("audit_log", id.uuid())
        };
        self.note_reading(ctx, entry).await?;
        Ok(line)
    }

    /// What the last walk along the chain found; `None` before the first.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn audit_check(&self) -> Result<Option<Checked>, Fault> {
        let keys = self.accounts.keys.clone();
        let read = self
            .accounts
            .db
            .read(async move |conn| last_check(conn, &keys).await);
        Ok(read.await?)
    }

    /// Puts an export on the record and says what it is of.
    ///
    /// # Errors
    /// `Forbidden` without `data_export`; a field error for a person whom the caller may not know of; the store's.
    pub(super) async fn export_audit(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        asked: Asked,
    ) -> Result<Export, Fault> {
        let may = caller.permissions.contains(DataExport::NAME);
        may.then_some(()).ok_or_else(Fault::forbidden)?;
        let sight = self.audit_sight(caller);
        let person = asked.person;
        let find = self
            .accounts
            .db
            .read(async move |conn| find_person(conn, person.as_ref(), sight).await);
        let person = find.await?;
        let details = json!({ "export": "audit_logs", "filters": asked.filters });
        let entry = Entry {
            subject: person,
            ..Entry::new(Action::DataExport).details(details)
        };
        self.note_reading(ctx, entry).await?;
        let mut search = asked.search;
        if let Some(account) = person {
            search.whose = Whose::Person(account);
        }
        Ok(Export { search, sight })
    }

    /// Puts on the record that the trail was read.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn note_reading(&self, ctx: &Ctx, entry: Entry) -> Result<(), Fault> {
        let (people, origin) = (self.clone(), Origin::from(ctx));
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                people.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(())
            })
            .await
    }
}

/// The account that a filter names, where `sight` shows it; `None` where the filter names nobody.
///
/// # Errors
/// A field error for a person whom the reader may not know of; the store's.
pub(crate) async fn find_person(
    conn: &mut Conn,
    named: Option<&Named>,
    sight: Sight,
) -> Result<Option<AccountId>, Fault> {
    let (id, key) = match named {
        None => return Ok(None),
        Some(Named::Id(id)) => (Some(*id), ""),
        Some(Named::Username(name)) => (None, name.normalised()),
    };
    let found = read::person(conn, id, key, sight).await?;
    // An account that was removed is still named by its rows.
    let found = found.or(id.filter(|_| sight == Sight::All));
    found
        .map(Some)
        .ok_or_else(|| Fault::fields(vec![unknown_person()]))
}
