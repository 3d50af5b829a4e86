//! The personal key of feeds: made, ended, and who is behind one.

use hanok_accounts::account::AccountStatus;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::{self, still_holds};
use hanok_accounts::permission::{BoardModeration, BoardUse};
use hanok_accounts::{AccountId, Fault as AccountsFault};
use hanok_base::secret::sha256;
use hanok_base::{Random, Secret, Timestamp};
use hanok_db::{Conn, DbError, Tx, params};
use hanok_web::{Caller, Ctx, Permission, Via};
use serde_json::json;

use crate::category::right::Viewer;
use crate::category::{self, Listed};
use crate::context::Board;
use crate::event::{AboutPerson, FeedKeyEnded, FeedKeyMade};
use crate::fault::Fault;

/// How every key begins, so that whoever finds one knows what it is.
const MARK: &str = "rss_";

/// A key that is there: when it was made.
pub(super) type Kept = Option<Timestamp>;

impl Board {
    /// Makes the caller a key in place of the one before, and answers its value, which is kept nowhere.
    ///
    /// # Errors
    /// `Forbidden` for a server with an API key; `Unauthorized` where the caller's rights have changed meanwhile.
    pub(super) async fn make_feed_key(&self, ctx: &Ctx, caller: &Caller) -> Result<Secret, Fault> {
        const SQL: &str = "INSERT INTO board_feed_key (account_id, key_hash, created_at) \
            VALUES ($1, $2, $3) ON CONFLICT (account_id) DO UPDATE SET key_hash = $2, created_at = $3";
        in_person(caller)?;
        self.count_light(ctx, caller).await?;
        let value = value(&self.accounts.random);
        let hash = sha256(value.expose().as_bytes());
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            tx.execute(SQL, params![caller.account, hash, ctx.now])
                .await?;
            board.record_key(tx, &ctx, caller.account, "made").await?;
            let about = about(caller.account);
            board.publish(tx, FeedKeyMade(about)).await?;
            Ok::<_, Fault>(())
        });
        made.await.map(|()| value)
    }

    /// Ends the caller's key; says whether there was one.
    ///
    /// # Errors
    /// `Forbidden` for a server with an API key; `Unauthorized`.
    pub(super) async fn end_feed_key(&self, ctx: &Ctx, caller: &Caller) -> Result<bool, Fault> {
        const SQL: &str = "DELETE FROM board_feed_key WHERE account_id = $1";
        in_person(caller)?;
        self.count_light(ctx, caller).await?;
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let ended = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let was_there = tx.execute(SQL, params![caller.account]).await? == 1;
            if was_there {
                board.record_key(tx, &ctx, caller.account, "ended").await?;
                let about = about(caller.account);
                board.publish(tx, FeedKeyEnded(about)).await?;
            }
            Ok::<_, Fault>(was_there)
        });
        ended.await
    }

    /// When the caller's key was made, and the categories that they may read.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn feeds(&self, viewer: Viewer) -> Result<(Kept, Vec<Listed>), Fault> {
        const SQL: &str = "SELECT created_at FROM board_feed_key WHERE account_id = $1";
        let read = self.accounts.db.read(async move |conn| {
            let kept: Kept = conn.optional(SQL, params![viewer.account]).await?;
            let mut readable = category::readable(conn, viewer).await?;
            readable.retain(|category| category.closed_at.is_none());
            Ok::<_, Fault>((kept, readable))
        });
        read.await
    }

    async fn record_key(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        act: &str,
    ) -> Result<(), DbError> {
        let entry = Entry::new(Action::SecretRotation).subject(account);
        let entry = entry.details(json!({ "rss_key": act }));
        let origin = Origin::from(ctx);
        self.accounts.audit.record(tx, &origin, entry).await?;
        Ok(())
    }
}

/// Who is behind a key, as they are now.
///
/// # Errors
/// `Unauthorized` for a key that nobody has, and for one of somebody who may not use the board; the store's.
pub(super) async fn viewer(conn: &mut Conn, value: &str) -> Result<Viewer, Fault> {
    const SQL: &str = "SELECT account_id FROM board_feed_key WHERE key_hash = $1";
    let nobody = || Fault::Accounts(AccountsFault::Unauthorized);
    if !value.starts_with(MARK) {
        return Err(nobody());
    }
    let found: Option<AccountId> = conn
        .optional(SQL, params![sha256(value.as_bytes())])
        .await?;
    let account = found.ok_or_else(nobody)?;
    let target = authority::read(conn, account).await?.ok_or_else(nobody)?;
    let may =
        target.row.status == AccountStatus::Active && target.permissions.contains(BoardUse::NAME);
    may.then_some(()).ok_or_else(nobody)?;
    Ok(Viewer {
        account,
        is_moderator: target.permissions.contains(BoardModeration::NAME),
    })
}

const fn about(account: AccountId) -> AboutPerson {
    AboutPerson {
        account_id: account,
        actor_id: account,
        until: None,
    }
}

fn value(random: &Random) -> Secret {
    Secret::new(format!("{MARK}{}", random.token()))
}

/// A key outlives what made it, so a person makes it.
fn in_person(caller: &Caller) -> Result<(), Fault> {
    let is_person = caller.via != Via::ApiKey;
    is_person.then_some(()).ok_or_else(Fault::forbidden)
}
