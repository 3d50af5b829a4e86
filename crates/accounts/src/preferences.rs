//! `/preferences`: the language and theme of pages, kept with the account and in the browser.

use axum::extract::State;
use hanok_db::{Tx, params};
use hanok_web::preferences::Preferences;
use hanok_web::{Ctx, Error, Form, Redirected, Theme};

use crate::AccountId;
use crate::context::Accounts;
use crate::fault::Fault;

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
    /// Keeps how an account's pages look. It touches nothing that the audit trail is about.
    async fn keep_preferences(
        &self,
        account: AccountId,
        chosen: &Preferences,
    ) -> Result<(), Fault> {
        const LANGUAGE: &str = "UPDATE account SET locale = $2 WHERE id = $1";
        const THEME: &str = "UPDATE account SET theme = $2 WHERE id = $1";
        let language = chosen.language().map(hanok_web::Locale::as_str);
        let theme = chosen.theme().map(|theme| theme.map(Theme::as_str));
        let accounts = self.clone();
        self.db
            .write(async move |tx: &mut Tx| {
                if let Some(language) = language {
                    tx.execute(LANGUAGE, params![account, language]).await?;
                }
                if let Some(theme) = theme {
                    tx.execute(THEME, params![account, theme]).await?;
                }
                accounts.forget_after_commit(tx, account);
                Ok(())
            })
            .await
    }
}
