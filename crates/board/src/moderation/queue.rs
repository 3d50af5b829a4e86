//! The queue of reports: what waits for somebody, and leaving a thing as it is.

use hanok_accounts::authority::still_holds;
use hanok_db::Tx;
use hanok_db::paging::NumberedPage;
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::rules::ReportState;
use super::store::{self, ReportId, ReportRow};
use crate::audit::Target;
use crate::context::Board;
use crate::event::ModerationDismissed;
use crate::fault::Fault;

/// A page of reports.
#[derive(Clone, Debug)]
pub(super) struct ReportList {
    pub(super) reports: Vec<ReportRow>,
    /// Its number, from 1.
    pub(super) page: u32,
    /// How many a page has.
    pub(super) per_page: u32,
    /// How many there are in this state.
    pub(super) total: u64,
    /// How many numbered pages there are, at most 500.
    pub(super) pages: u32,
}

impl Board {
    /// A page of reports: two statements.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn reports(
        &self,
        state: ReportState,
        page: NumberedPage,
    ) -> Result<ReportList, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let total = store::count(conn, state).await?;
            let reports = store::rows(conn, state, page).await?;
            Ok::<_, Fault>((total, reports))
        });
        let (total, reports) = read.await?;
        let total = u64::try_from(total).unwrap_or_default();
        Ok(ReportList {
            reports,
            page: page.number(),
            per_page: page.limit(),
            total,
            pages: page.pages(total),
        })
    }

    /// One report.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn one_report(&self, id: ReportId) -> Result<ReportRow, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let found = store::find(conn, id).await?;
            found.ok_or_else(Fault::not_found)
        });
        read.await
    }

    /// How many reports nobody has decided on.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn open_reports(&self) -> Result<i64, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let open = store::count(conn, ReportState::Open).await?;
            Ok::<_, Fault>(open)
        });
        read.await
    }

    /// Leaves what was reported as it is.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where somebody was first.
    pub(super) async fn dismiss(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: ReportId,
    ) -> Result<(), Fault> {
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let dismissed = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let row = store::find(tx, id).await?.ok_or_else(Fault::not_found)?;
            let done = store::dismiss(tx, id, caller.account, ctx.now).await?;
            done.then_some(()).ok_or(Fault::Conflict("report_closed"))?;
            let what = json!({ "act": "dismissed", "post": row.post, "comment": row.comment });
            board
                .record_moderation(tx, &ctx, Target::Report(id.uuid()), what)
                .await?;
            let about = store::about(tx, &row, caller.account).await?;
            let dismissed = ModerationDismissed {
                about,
                report_id: id,
            };
            board.publish(tx, dismissed).await?;
            Ok::<_, Fault>(())
        });
        dismissed.await
    }
}
