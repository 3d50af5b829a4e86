//! Reading and changing what one has chosen.

use hanok_accounts::AccountId;
use hanok_accounts::account;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::authority::still_holds;
use hanok_db::{Conn, DbError, Tx};
use hanok_web::{Caller, Ctx};
use serde_json::{Map, Value, json};

use super::{Choice, Preferences, QuietHours, store};
use crate::context::Notifications;
use crate::fault::Fault;
use crate::telling::NotificationType;

/// What a person has chosen, and whether letters can reach them.
pub(super) struct Settings {
    pub(super) preferences: Preferences,
    /// Whether they have an address that is verified.
    pub(super) has_address: bool,
}

impl Notifications {
    /// What a person has chosen, for the page where they choose.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn settings(&self, of: AccountId) -> Result<Settings, Fault> {
        let read = async move |conn: &mut Conn| {
            let row = account::find(conn, of).await?;
            Ok::<_, DbError>(Settings {
                preferences: store::of(conn, of).await?,
                has_address: row.is_some_and(|row| row.email_verified_at.is_some()),
            })
        };
        Ok(self.accounts.db.read(read).await?)
    }

    /// What a person has chosen.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn preferences(&self, account: AccountId) -> Result<Preferences, Fault> {
        let read = async move |conn: &mut Conn| store::of(conn, account).await;
        Ok(self.accounts.db.read::<_, DbError, _>(read).await?)
    }

    /// Replaces what the caller has chosen; `made_of` is the number of what they have changed, where they say it. Returns
    /// the new one.
    ///
    /// # Errors
    /// `Unauthorized` where the caller's rights or session have changed meanwhile; `Stale` where something else is chosen by
    /// now than what was changed; the store's.
    pub(super) async fn change_preferences(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        new: Preferences,
        made_of: Option<i64>,
    ) -> Result<i64, Fault> {
        let (notifications, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let unit = async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let origin = Origin::from(&ctx);
            let kept = notifications.keep_preferences(tx, &origin, caller.account, &new, made_of);
            kept.await
        };
        self.accounts.db.write(unit).await
    }

    /// Keeps what a person has chosen: what differs from before, and that on the audit trail. Nothing where nothing does.
    /// Returns the number of what is chosen then.
    ///
    /// # Errors
    /// `Stale` where something differs and was not made of what is chosen now; the store's.
    pub(crate) async fn keep_preferences(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        account: AccountId,
        new: &Preferences,
        made_of: Option<i64>,
    ) -> Result<i64, Fault> {
        store::hold(tx, account).await?;
        let old = store::of(tx, account).await?;
        if old.says(new) {
            return Ok(old.rev);
        }
        if made_of.is_some_and(|made_of| made_of != old.rev) {
            return Err(Fault::Stale);
        }
        let (mut was, mut now) = (Map::new(), Map::new());
        let mut note = |what: &str, before: Value, after: Value| {
            was.insert(what.to_owned(), before);
            now.insert(what.to_owned(), after);
        };
        for kind in NotificationType::ALL {
            let (before, after) = (old.of(*kind), new.of(*kind));
            if before != after {
                store::keep_choice(tx, account, *kind, after).await?;
                note(kind.as_str(), of_choice(before), of_choice(after));
            }
        }
        if old.quiet != new.quiet {
            note("quiet_hours", of_hours(old.quiet), of_hours(new.quiet));
        }
        if old.digest_at != new.digest_at {
            let at = |preferences: &Preferences| json!(preferences.digest_at.to_string());
            note("digest_at", at(&old), at(new));
        }
        let rev = old.rev + 1;
        store::keep_times(tx, account, new, rev).await?;
        if old.digest_at != new.digest_at {
            self.move_letter_of_the_day(tx, account, new).await?;
        }
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(account)
            .target("account", account.uuid())
            .details(json!({ "field": "notifications", "was": was, "now": now }));
        self.accounts.audit.record(tx, origin, entry).await?;
        Ok(rev)
    }
}

fn of_choice(choice: Choice) -> Value {
    json!({ "here": choice.here, "mail": choice.mail })
}

fn of_hours(quiet: Option<QuietHours>) -> Value {
    let hours =
        |quiet: QuietHours| json!({ "from": quiet.from.to_string(), "to": quiet.to.to_string() });
    quiet.map_or(Value::Null, hours)
}
