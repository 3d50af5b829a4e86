//! Every change of the organisation is on the record and told to the apps.

use std::collections::BTreeSet;

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::organisation::OrganisationChanged;
use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::Value;
use uuid::Uuid;

use crate::context::People;
use crate::fault::Fault;

/// What was changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed {
    /// `department` or `team`.
    pub(super) kind: &'static str,
    pub(super) id: Uuid,
    /// Whom it concerns, where that is one person.
    pub(super) about: Option<AccountId>,
}

impl People {
    /// Has the sockets of those who lead something now, or did before, be in the rooms of what they lead now.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn lead_anew(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        before: impl IntoIterator<Item = AccountId>,
        now: impl IntoIterator<Item = AccountId>,
    ) -> Result<(), Fault> {
        let (before, now): (BTreeSet<_>, BTreeSet<_>) =
            (before.into_iter().collect(), now.into_iter().collect());
        for account in before.symmetric_difference(&now) {
            self.accounts.recheck_seats(tx, *account, ctx.now).await?;
        }
        Ok(())
    }

    /// Has everybody be in the rooms that are theirs now, once the unit has committed: where many are in a group that
    /// is another one now, of which an app may have given rights.
    pub(super) fn judge_rooms(&self, tx: &mut Tx) {
        let live = self.accounts.live.clone();
        // Of whatever app they are.
        tx.after_commit(move || live.recheck_rooms(""));
    }

    /// The audit row and the event of a change, in its unit.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn tell_change(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        changed: Changed,
        what: Value,
    ) -> Result<(), Fault> {
        let Changed { kind, id, about } = changed;
        let entry = Entry {
            subject: about,
            ..Entry::new(Action::AdminAction).target(kind, id)
        };
        let (accounts, origin) = (&self.accounts, Origin::from(ctx));
        let entry = entry.details(what);
        accounts.audit.record(tx, &origin, entry).await?;
        let event = OrganisationChanged { kind, id };
        accounts.outbox.publish(tx, &event).await?;
        Ok(())
    }
}
