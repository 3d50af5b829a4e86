//! What accounts have to tell: a sign-in from a new place, and changes of how an account is known. Letters of it are
//! the accounts' own.

use std::collections::HashMap;
use std::str::FromStr;

use futures_util::future::BoxFuture;
use hanok_accounts::{AccountId, Accounts};
use hanok_base::i18n::{Catalogue, Locale, Text};
use hanok_db::{Conn, DbError, Tx, params, text_enum};
use hanok_events::{Handler, HandlerError, Received, Topic};
use serde::Deserialize;

use crate::context::Notifications;
use crate::subject::{Described, Subject, Subjects};
use crate::telling::{NotificationType, Telling};
use crate::text;

/// The kind of these subjects: their ids are the words of [`Happened`].
const ACCOUNT: &str = "account";
/// What accounts publish.
const NOTICED: &str = "account.noticed";

text_enum! {
    /// What happened to an account that its person is told of here.
    enum Happened {
        /// It was signed in to from a place that it was not signed in from before.
        NewPlace = "new_place",
        /// Its password was changed.
        PasswordChanged = "password_changed",
        /// Its password was reset.
        PasswordReset = "password_reset",
        /// A phone was paired with it.
        PhonePaired = "phone_paired",
        /// It has another e-mail address.
        EmailChanged = "email_changed",
        /// It has another phone number.
        PhoneChanged = "phone_changed",
        /// An API key was made for it.
        ApiKeyCreated = "api_key_created",
        /// It was closed and is open again.
        AccountReopened = "account_reopened",
    }
}

impl Happened {
    const fn kind(self) -> NotificationType {
        match self {
            Self::NewPlace => NotificationType::SignIn,
            _ => NotificationType::Account,
        }
    }

    /// Where its person looks at it.
    const fn path(self) -> &'static str {
        match self {
            Self::NewPlace => "/account/sessions",
            Self::PasswordChanged | Self::PasswordReset => "/account/password",
            Self::PhonePaired => "/account/devices",
            Self::PhoneChanged => "/account/phone",
            Self::EmailChanged | Self::AccountReopened => "/account",
            Self::ApiKeyCreated => "/account/keys",
        }
    }

    fn title(self) -> Text {
        use text::notifications::of_account as said;
        match self {
            Self::NewPlace => said::new_place(),
            Self::PasswordChanged => said::password_changed(),
            Self::PasswordReset => said::password_reset(),
            Self::PhonePaired => said::phone_paired(),
            Self::EmailChanged => said::email_changed(),
            Self::PhoneChanged => said::phone_changed(),
            Self::ApiKeyCreated => said::api_key_created(),
            Self::AccountReopened => said::account_reopened(),
        }
    }
}

/// `account.noticed`, as far as it is read here.
#[derive(Deserialize)]
struct Noticed {
    account_id: AccountId,
    notice: String,
}

/// Tells people what happened to their accounts.
pub(crate) struct OfAccounts(pub(crate) Notifications);

impl Handler for OfAccounts {
    fn consumer(&self) -> &'static str {
        "notifications.accounts"
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        topic == Topic::DomainEvents && event_type == NOTICED
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(async move {
            let noticed: Noticed = event.parse()?;
            // What is told by letter alone, as that the account is closed.
            let Ok(happened) = Happened::from_str(&noticed.notice) else {
                return Ok(());
            };
            let telling = Telling {
                to: &[noticed.account_id],
                kind: happened.kind(),
                subject: Subject {
                    kind: ACCOUNT,
                    id: happened.as_str().to_owned(),
                },
                source: event.event_id.to_string(),
                anchor: None,
                // Whoever did it, its person is to know.
                actor: None,
                at: event.occurred_at,
            };
            Ok(self.0.tell(tx, &telling).await?)
        })
    }
}

/// Says in their language what happened to people's accounts.
pub(crate) struct AccountSubjects {
    accounts: Accounts,
    /// The texts, which the build has checked.
    texts: Catalogue,
}

impl AccountSubjects {
    pub(crate) fn new(accounts: &Accounts) -> Self {
        Self {
            accounts: accounts.clone(),
            texts: Catalogue::new(&crate::MESSAGES).unwrap_or_default(),
        }
    }

    /// The language of a person.
    async fn reads(&self, conn: &mut Conn, viewer: AccountId) -> Result<Locale, DbError> {
        const SQL: &str = "SELECT locale FROM account WHERE id = $1";
        let chosen: Option<Option<String>> = conn.optional(SQL, params![viewer]).await?;
        Ok(self.accounts.language(chosen.flatten().as_deref()))
    }
}

impl Subjects for AccountSubjects {
    fn kind(&self) -> &'static str {
        ACCOUNT
    }

    fn describe<'a>(
        &'a self,
        conn: &'a mut Conn,
        viewer: AccountId,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<HashMap<String, Described>, DbError>> {
        Box::pin(async move {
            let locale = self.reads(conn, viewer).await?;
            let described = ids.iter().filter_map(|id| {
                let happened = Happened::from_str(id).ok()?;
                let subject = Described {
                    title: self.texts.tell(locale, &happened.title()),
                    path: happened.path().to_owned(),
                };
                Some((id.clone(), subject))
            });
            Ok(described.collect())
        })
    }
}
