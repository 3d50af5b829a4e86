//! Who is kept from writing for a while: they read, and write nothing.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::{By, Oneself};
use hanok_base::Timestamp;
use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, DbError, Tx, params, record};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::rules::Reason;
use crate::context::Board;
use crate::event::{AboutPerson, ModerationReleased, ModerationRestricted};
use crate::fault::Fault;

record! {
    /// Somebody who is kept from writing.
    #[derive(Clone, Debug)]
    pub(super) struct RestrictionRow from "r" {
        pub(super) account_id: AccountId,
        pub(super) name: String = "a.name",
        pub(super) username: String = "a.username",
        pub(super) since: Timestamp,
        pub(super) until: Option<Timestamp>,
        pub(super) reason: String,
        /// Nobody's where the account is erased.
        pub(super) restricted_by: Option<String> = "CASE WHEN bl.erased_at IS NULL THEN b.name END",
    }
}

/// Those of them who are at this moment.
const LASTING: &str = "(r.until IS NULL OR r.until > $1)";

/// Refuses whoever may not write at the moment.
///
/// # Errors
/// `Conflict("restricted")`.
pub(crate) async fn must_be_free(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Fault> {
    const SQL: &str = "SELECT account_id FROM board_restriction \
        WHERE account_id = $1 AND (until IS NULL OR until > $2)";
    let found: Option<AccountId> = conn.optional(SQL, params![account, now]).await?;
    match found {
        None => Ok(()),
        Some(_) => Err(Fault::Conflict("restricted")),
    }
}

impl Board {
    /// A page of those who are kept from writing, the newest first, and how many there are.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn restrictions(
        &self,
        now: Timestamp,
        page: NumberedPage,
    ) -> Result<(Vec<RestrictionRow>, u64), Fault> {
        const ROWS: &str = concatcp!(
            "SELECT ",
            RestrictionRow::COLUMNS,
            " FROM board_restriction r JOIN account a ON a.id = r.account_id \
             LEFT JOIN account b ON b.id = r.restricted_by \
             LEFT JOIN account_closing bl ON bl.account_id = b.id WHERE ",
            LASTING,
            " ORDER BY r.since DESC, r.account_id LIMIT $2 OFFSET $3"
        );
        const COUNT: &str = concatcp!("SELECT COUNT(*) FROM board_restriction r WHERE ", LASTING);
        let read = self.accounts.db.read(async move |conn| {
            let total: i64 = conn.one(COUNT, params![now]).await?;
            let (most, skip) = (page.limit(), page.offset());
            let rows = conn.all(ROWS, params![now, most, skip]).await?;
            Ok::<_, Fault>((rows, u64::try_from(total).unwrap_or_default()))
        });
        read.await
    }

    /// Keeps somebody from writing, or from now on for another time; nobody does so to themselves, nor to somebody who
    /// holds what they lack.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden`.
    pub(super) async fn restrict(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        account: AccountId,
        until: Option<Timestamp>,
        reason: Reason,
    ) -> Result<(), Fault> {
        const SQL: &str = "INSERT INTO board_restriction (account_id, since, until, reason, restricted_by) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) \
            DO UPDATE SET since = $2, until = $3, reason = $4, restricted_by = $5";
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let restricted = self.accounts.db.write(async move |tx: &mut Tx| {
            let by = By::Person(caller.clone());
            let target = board.accounts.target(tx, &by, account, Oneself::Refused);
            target.await?;
            let (why, now) = (reason.as_str(), ctx.now);
            let values = params![account, now, until, why, caller.account];
            tx.execute(SQL, values).await?;
            let what = json!({ "act": "restricted", "until": until });
            board.record_person(tx, &ctx, account, what).await?;
            let about = AboutPerson {
                account_id: account,
                actor_id: caller.account,
                until,
            };
            board.publish(tx, ModerationRestricted(about)).await?;
            Ok::<_, Fault>(())
        });
        restricted.await
    }

    /// Lets somebody write again.
    ///
    /// # Errors
    /// `NotFound` where nothing keeps them from it; `Forbidden`.
    pub(super) async fn release(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        account: AccountId,
    ) -> Result<(), Fault> {
        const SQL: &str = "DELETE FROM board_restriction \
            WHERE account_id = $1 AND (until IS NULL OR until > $2)";
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let released = self.accounts.db.write(async move |tx: &mut Tx| {
            let by = By::Person(caller.clone());
            let target = board.accounts.target(tx, &by, account, Oneself::Refused);
            target.await?;
            let gone = tx.execute(SQL, params![account, ctx.now]).await?;
            (gone == 1).then_some(()).ok_or_else(Fault::not_found)?;
            let what = json!({ "act": "released" });
            board.record_person(tx, &ctx, account, what).await?;
            let about = AboutPerson {
                account_id: account,
                actor_id: caller.account,
                until: None,
            };
            board.publish(tx, ModerationReleased(about)).await?;
            Ok::<_, Fault>(())
        });
        released.await
    }

    async fn record_person(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        what: serde_json::Value,
    ) -> Result<(), DbError> {
        let entry = Entry::new(Action::AdminAction).subject(account);
        let entry = entry.target("account", account.uuid()).details(what);
        let origin = Origin::from(ctx);
        self.accounts.audit.record(tx, &origin, entry).await?;
        Ok(())
    }
}
