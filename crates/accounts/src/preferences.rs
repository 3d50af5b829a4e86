//! `/preferences`: the language and theme of pages, kept with the account and in the browser.

use axum::extract::State;
use hanok_db::{DbError, Tx, params};
use hanok_web::preferences::Preferences;
use hanok_web::{Ctx, Error, Form, Locale, Redirected, Theme};

use crate::AccountId;
use crate::context::Accounts;
use crate::fault::Fault;

/// How an account's pages look; what is `None` stays.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    /// The language.
    pub(crate) language: Option<Locale>,
    /// The theme.
    pub(crate) theme: Option<Wish>,
}

/// A theme that was chosen; `None` is the system's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish(pub(crate) Option<Theme>);

impl Look {
    /// Keeps it with the account. It touches nothing that the audit trail is about.
    pub(crate) async fn keep(self, tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
        const LANGUAGE: &str = "UPDATE account SET locale = $2 WHERE id = $1";
        const THEME: &str = "UPDATE account SET theme = $2 WHERE id = $1";
        if let Some(language) = self.language {
            tx.execute(LANGUAGE, params![account, language.as_str()])
                .await?;
        }
        if let Some(Wish(theme)) = self.theme {
            tx.execute(THEME, params![account, theme.map(Theme::as_str)])
                .await?;
        }
        Ok(())
    }
}

/// Keeps the choice and leads back to the page.
pub(crate) async fn choose(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Form(chosen): Form<Preferences>,
) -> Result<Redirected, Error> {
    if let Some(caller) = ctx.principal.caller() {
        accounts.keep_preferences(caller.account, &chosen).await?;
    }
    Ok(chosen.remember())
}

impl Accounts {
    async fn keep_preferences(
        &self,
        account: AccountId,
        chosen: &Preferences,
    ) -> Result<(), Fault> {
        let look = Look {
            language: chosen.language(),
            theme: chosen.theme().map(Wish),
        };
        let accounts = self.clone();
        self.db
            .write(async move |tx: &mut Tx| {
                look.keep(tx, account).await?;
                accounts.forget_after_commit(tx, account);
                Ok(())
            })
            .await
    }
}
