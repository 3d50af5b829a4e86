//! Ending letters of a sort by the link in one of them.

use hanok_accounts::AccountId;
use hanok_accounts::account;
use hanok_accounts::audit::Origin;
use hanok_db::Tx;
use hanok_web::Ctx;

use super::link::Ends;
use crate::context::Notifications;
use crate::fault::Fault;
use crate::preference::{self, Choice, MailWhen, Preferences};
use crate::telling::NotificationType;

impl Notifications {
    /// Which letters a link ends.
    ///
    /// # Errors
    /// Not found for a link that is none of ours.
    pub(super) fn ended_letters(&self, token: &str) -> Result<Ends, Fault> {
        let found = self.unsubscribe_token(token);
        found.map(|(_, ends)| ends).ok_or_else(Fault::not_found)
    }

    /// Ends the letters that a link ends; where they have ended nothing changes.
    ///
    /// # Errors
    /// Not found for a link that is none of ours, and where its account is erased.
    pub(super) async fn end_letters(&self, ctx: &Ctx, token: &str) -> Result<Ends, Fault> {
        let found = self.unsubscribe_token(token);
        let (account, ends) = found.ok_or_else(Fault::not_found)?;
        let (notifications, ctx) = (self.clone(), ctx.clone());
        let unit = async move |tx: &mut Tx| notifications.end_in(tx, &ctx, account, ends).await;
        self.accounts.db.write(unit).await?;
        Ok(ends)
    }

    async fn end_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        ends: Ends,
    ) -> Result<(), Fault> {
        // Held first: what is chosen meanwhile is not undone.
        preference::hold(tx, account).await?;
        let row = account::find(tx, account).await?;
        let row = row.filter(|row| row.erased_at.is_none());
        row.ok_or_else(Fault::not_found)?;
        let chosen = preference::of(tx, account).await?;
        let mut new = chosen.clone();
        for kind in ended(&chosen, ends) {
            let choice = Choice {
                mail: MailWhen::Never,
                ..chosen.of(kind)
            };
            new.choose(kind, choice);
        }
        // The link is the right, whoever else is signed in where it is opened.
        let origin = Origin {
            actor: None,
            ..Origin::from(ctx)
        };
        let kept = self.keep_preferences(tx, &origin, account, &new, None);
        kept.await.map(drop)
    }
}

/// The types of which no letter is written any more.
fn ended(chosen: &Preferences, ends: Ends) -> Vec<NotificationType> {
    let is_ended = |kind: &NotificationType| {
        let now = chosen.of(*kind).mail;
        kind.is_chosen()
            && match ends {
                Ends::Type(ended) => *kind == ended && now != MailWhen::Never,
                Ends::Digest => now == MailWhen::Daily,
            }
    };
    let all = NotificationType::ALL.iter().copied();
    all.filter(is_ended).collect()
}
