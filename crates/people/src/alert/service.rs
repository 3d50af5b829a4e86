//! Reading alerts and taking note of them.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::still_holds;
use hanok_db::Tx;
use hanok_db::paging::NumberedPage;
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::rules::{AlertFilter, AlertState};
use super::store::{self, AlertId, AlertRow};
use crate::context::People;
use crate::fault::Fault;

/// A page of alerts.
#[derive(Clone, Debug)]
pub(super) struct AlertList {
    /// Its alerts, the newest first.
    pub(super) alerts: Vec<AlertRow>,
    /// Its number, from 1.
    pub(super) page: u32,
    /// How many a page has.
    pub(super) per_page: u32,
    /// How many the filter lets through.
    pub(super) total: u64,
    /// How many numbered pages there are, at most 500.
    pub(super) pages: u32,
}

impl People {
    /// A page of alerts: two statements.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn alerts(
        &self,
        filter: AlertFilter,
        page: NumberedPage,
    ) -> Result<AlertList, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let total = store::count(conn, filter).await?;
            let alerts = store::rows(conn, filter, page).await?;
            Ok::<_, Fault>((total, alerts))
        });
        let (total, alerts) = read.await?;
        let total = u64::try_from(total).unwrap_or_default();
        Ok(AlertList {
            alerts,
            page: page.number(),
            per_page: page.limit(),
            total,
            pages: page.pages(total),
        })
    }

    /// How many alerts nobody has taken note of.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn open_alerts(&self) -> Result<i64, Fault> {
        let open = AlertFilter {
            state: AlertState::Open,
            kind: None,
        };
        let read = self.accounts.db.read(async move |conn| {
            let open = store::count(conn, open).await?;
            Ok::<_, Fault>(open)
        });
        read.await
    }

    /// One alert.
    ///
    /// # Errors
    /// Not found.
    pub(super) async fn alert(&self, id: AlertId) -> Result<AlertRow, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let found = store::find(conn, id).await?;
            found.ok_or_else(Fault::not_found)
        });
        read.await
    }

    /// Takes note of an alert, with a word about it where there is one. What somebody has taken note of stays as it is.
    ///
    /// # Errors
    /// Not found; a conflict where somebody was first.
    pub(super) async fn acknowledge_alert(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: AlertId,
        note: Option<String>,
    ) -> Result<AlertRow, Fault> {
        let (people, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        self.accounts
            .db
            .write(async move |tx: &mut Tx| {
                still_holds(tx, &caller).await?;
                let by = caller.account;
                let done = store::acknowledge(tx, id, by, note.as_deref(), ctx.now).await?;
                let row = store::find(tx, id).await?.ok_or_else(Fault::not_found)?;
                done.then_some(())
                    .ok_or(Fault::Conflict("alert_acknowledged"))?;
                let entry = Entry {
                    subject: row.account_id,
                    ..Entry::new(Action::AdminAction).target("alert", id.uuid())
                };
                let entry = entry.details(json!({ "acknowledged": row.kind }));
                let origin = Origin::from(&ctx);
                people.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(row)
            })
            .await
    }
}
