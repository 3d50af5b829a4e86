//! What a person is told of what happened to their account, in the unit of what happened: by mail, and by whatever
//! follows the event.

use hanok_base::i18n::Text;
use hanok_db::{Conn, DbError, Tx, text_enum};
use hanok_events::Event;
use hanok_web::{Ctx, Locale};
use serde::Serialize;

use super::letter::{Fact, Letter};
use crate::account::{self, AccountRow};
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::{AccountId, text};

text_enum! {
    /// What happened to an account.
    pub(crate) enum Notice {
        /// Its password was changed.
        PasswordChanged = "password_changed",
        /// Its password was reset by a link in a letter.
        PasswordReset = "password_reset",
        /// A phone was paired with it.
        PhonePaired = "phone_paired",
        /// It was signed in to from a place that it was not signed in from before.
        NewPlace = "new_place",
        /// It has another e-mail address from now on; told to the one before.
        EmailChanged = "email_changed",
        /// It has another phone number from now on.
        PhoneChanged = "phone_changed",
        /// An API key was made for it.
        ApiKeyCreated = "api_key_created",
        /// Its person has closed it.
        AccountClosed = "account_closed",
        /// It was closed, and an administrator has opened it again.
        AccountReopened = "account_reopened",
    }
}

/// Something happened to an account that its person is to know of, by whatever way they are told.
#[derive(Serialize)]
struct AccountNoticed {
    account_id: AccountId,
    notice: Notice,
}

impl Event for AccountNoticed {
    const TYPE: &'static str = "account.noticed";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

impl Notice {
    /// Whether the reader can take the account back by a letter to this address.
    fn is_undone_by_reset(self) -> bool {
        !matches!(self, Self::EmailChanged | Self::AccountClosed)
    }

    fn says(self) -> (Text, Text) {
        use text::mail::notice;
        match self {
            Self::PasswordChanged => (notice::password_changed(), notice::password_changed_line()),
            Self::PasswordReset => (notice::password_reset(), notice::password_reset_line()),
            Self::PhonePaired => (notice::phone_paired(), notice::phone_paired_line()),
            Self::NewPlace => (notice::new_place(), notice::new_place_line()),
            Self::EmailChanged => (notice::email_changed(), notice::email_changed_line()),
            Self::PhoneChanged => (notice::phone_changed(), notice::phone_changed_line()),
            Self::ApiKeyCreated => (notice::api_key_created(), notice::api_key_created_line()),
            Self::AccountClosed => (notice::account_closed(), notice::account_closed_line()),
            Self::AccountReopened => (notice::account_reopened(), notice::account_reopened_line()),
        }
    }
}

impl Accounts {
    /// Tells an account what has happened to it: the rest of the house hears of it, and a letter goes to its verified
    /// address, where there is one.
    ///
    /// # Errors
    /// The store's, or an address that does not open.
    pub(crate) async fn notify(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        notice: Notice,
    ) -> Result<(), Fault> {
        let Some(row) = account::find(tx, account).await? else {
            return Ok(());
        };
        self.publish_notice(tx, account, notice).await?;
        let Some(to) = self.verified_email(tx, &row).await? else {
            return Ok(());
        };
        self.notify_at(tx, ctx, &row, &to, notice).await
    }

    /// Has the rest of the house hear what has happened to an account.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn publish_notice(
        &self,
        tx: &mut Tx,
        account: AccountId,
        notice: Notice,
    ) -> Result<(), DbError> {
        let event = AccountNoticed {
            account_id: account,
            notice,
        };
        self.outbox.publish(tx, &event).await.map(|_| ())
    }

    /// Only the letter of [`notify`](Self::notify), to this address.
    pub(super) async fn notify_at(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &AccountRow,
        to: &EmailAddress,
        notice: Notice,
    ) -> Result<(), Fault> {
        let (subject, line) = notice.says();
        let mut facts = vec![
            (text::mail::account(), Fact::Words(row.username.clone())),
            (text::mail::at(), Fact::At(ctx.now)),
            (text::mail::place(), Fact::Words(ctx.address.to_string())),
        ];
        if !ctx.agent.is_empty() {
            facts.push((text::mail::agent(), Fact::Words(ctx.agent.clone())));
        }
        let letter = Letter {
            subject,
            name: Some(row.name.clone()),
            lines: vec![line],
            facts,
            action: notice.is_undone_by_reset().then(|| {
                let link = format!("{}/password/reset", self.origin);
                (text::mail::notice::action(), link)
            }),
            groups: Vec::new(),
            warning: text::mail::notice::warning(),
            unsubscribe: None,
            counts_until: None,
        };
        self.mail(tx, row.id, to, reads(row, ctx), &letter).await
    }

    /// The address of an account, where it is verified.
    pub(crate) async fn verified_email(
        &self,
        conn: &mut Conn,
        row: &AccountRow,
    ) -> Result<Option<EmailAddress>, Fault> {
        if row.email_verified_at.is_none() {
            return Ok(None);
        }
        self.held_email(conn, row.id).await
    }

    /// The address of an account, verified or not.
    pub(super) async fn held_email(
        &self,
        conn: &mut Conn,
        account: AccountId,
    ) -> Result<Option<EmailAddress>, Fault> {
        let sealed = account::store::sealed(conn, account).await?;
        let Some(sealed) = sealed.and_then(|sealed| sealed.email) else {
            return Ok(None);
        };
        let held = EmailAddress::parse(&self.unseal(account, "email", &sealed)?);
        let not_one = |_| Fault::Internal("a sealed address is none".to_owned());
        held.map(Some).map_err(not_one)
    }
}

/// The language that an account's letters are in: its own choice, else that of who asks.
pub(crate) fn reads(row: &AccountRow, ctx: &Ctx) -> Locale {
    let chosen = row.locale.as_deref().and_then(|tag| tag.parse().ok());
    chosen.unwrap_or(ctx.locale)
}
