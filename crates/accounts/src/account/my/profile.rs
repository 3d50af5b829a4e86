//! Changing one's own account: name and birthdate, language and theme.

use hanok_db::{DbError, Tx, params};
use hanok_web::error::FieldError;
use hanok_web::theme::UnknownTheme;
use hanok_web::{Ctx, Locale};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::AccountId;
use crate::account;
use crate::audit::{Action, Entry, Origin};
use crate::birthdate::Birthdate;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::person_name::PersonName;
use crate::preferences::{Look, Wish};
use crate::session::confirm::in_person;

/// A change of my account: what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct MePatch {
    /// My name; it asks for the password, given in the last five minutes.
    pub(super) name: Option<String>,
    /// My birthdate, `YYYY-MM-DD`; it asks for the password too.
    pub(super) birthdate: Option<String>,
    /// The language of pages and messages: `ko` or `en`.
    language: Option<String>,
    /// `light`, `dark`, or `system`.
    theme: Option<String>,
}

/// What a person changes of their account, checked; what is `None` stays.
#[derive(Default)]
pub(crate) struct Profile {
    name: Option<PersonName>,
    birthdate: Option<Birthdate>,
    look: Look,
}

impl Profile {
    /// Reads what the form of a page sent; an empty birthdate is none.
    pub(super) fn read(today: Date, name: &str, birthdate: &str) -> Result<Self, Fault> {
        let typed = Some(birthdate.trim()).filter(|typed| !typed.is_empty());
        let patch = MePatch {
            name: Some(name.to_owned()),
            birthdate: typed.map(str::to_owned),
            ..MePatch::default()
        };
        patch.check(today)
    }

    /// Whether it says who a person is.
    const fn is_about_the_person(&self) -> bool {
        self.name.is_some() || self.birthdate.is_some()
    }
}

impl MePatch {
    /// Checks every field.
    pub(crate) fn check(&self, today: Date) -> Result<Profile, Fault> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: &'static str, code| faults.push(FieldError::new(pointer, code));
        let name = self.name.as_deref().map(PersonName::parse).transpose();
        let name = name.map_err(|fault| wrong("/name", fault.code()));
        let birthdate = self.birthdate.as_deref();
        let birthdate = birthdate.map(|typed| Birthdate::parse(typed, today));
        let birthdate = birthdate
            .transpose()
            .map_err(|fault| wrong("/birthdate", fault.code()));
        let language = self.language.as_deref().map(str::parse::<Locale>);
        let language = language
            .transpose()
            .map_err(|_| wrong("/language", "language_unknown"));
        let theme = self.theme.as_deref().map(theme).transpose();
        let theme = theme.map_err(|_| wrong("/theme", "theme_unknown"));
        match (name, birthdate, language, theme) {
            (Ok(name), Ok(birthdate), Ok(language), Ok(theme)) => Ok(Profile {
                name,
                birthdate,
                look: Look { language, theme },
            }),
            _ => Err(Fault::Fields(faults)),
        }
    }
}

fn theme(word: &str) -> Result<Wish, UnknownTheme> {
    match word {
        "system" => Ok(Wish(None)),
        word => word.parse().map(|theme| Wish(Some(theme))),
    }
}

impl Accounts {
    /// Changes what the caller says of their own account. Name and birthdate say who a person is, so the password is
    /// asked again for them.
    ///
    /// # Errors
    /// [`Fault::PasswordRequired`], [`Fault::Unauthorized`]; [`Fault::Forbidden`] by an API key; the store's.
    pub(crate) async fn change_profile(&self, ctx: &Ctx, profile: Profile) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                account::store::lock(tx, account).await?;
                if profile.is_about_the_person() {
                    accounts.require_password(tx, &context).await?;
                    accounts
                        .change_person(tx, &context, account, &profile)
                        .await?;
                }
                profile.look.keep(tx, account).await?;
                accounts.forget_after_commit(tx, account);
                Ok(())
            })
            .await
    }

    async fn change_person(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        profile: &Profile,
    ) -> Result<(), Fault> {
        let row = account::find(tx, account).await?;
        let row = row.ok_or(Fault::Unauthorized)?;
        let new_name = profile.name.as_ref();
        let renamed = new_name.is_some_and(|name| row.name != name.as_str());
        if !renamed && profile.birthdate.is_none() {
            return Ok(());
        }
        let details = json!({ "name": renamed, "birthdate": profile.birthdate.is_some() });
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(account)
            .target("account", account.uuid())
            .details(details);
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        Ok(self.store_profile(tx, account, profile).await?)
    }

    async fn store_profile(
        &self,
        tx: &mut Tx,
        account: AccountId,
        profile: &Profile,
    ) -> Result<(), DbError> {
        const NAME: &str = "UPDATE account SET name = $2 WHERE id = $1";
        const BIRTHDATE: &str = "UPDATE account SET birthdate = $2 WHERE id = $1";
        if let Some(name) = &profile.name {
            tx.execute(NAME, params![account, name.as_str()]).await?;
        }
        if let Some(birthdate) = &profile.birthdate {
            let sealed = self.seal(account, "birthdate", birthdate.normalised().as_bytes());
            tx.execute(BIRTHDATE, params![account, sealed]).await?;
        }
        Ok(())
    }
}
