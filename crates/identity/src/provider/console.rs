//! The pages of providers: `/admin/providers` and what lies under it.

mod create;
mod detail;
mod edit;
mod form;
mod keys;
mod list;
mod once;
mod standing;
mod tab;
mod words;

pub(crate) use tab::Tab;

use axum::http::Method;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::Secret;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::{
    Access, Ctx, Flash, MenuEntry, Page, Permission, Redirected, Routes, Section, codes,
};

use super::store::ProviderId;
use crate::context::Identity;
use crate::fault::Fault;
use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "providers";
/// The list.
const PATH: &str = "/admin/providers";
/// Who may open them.
const MANAGING: Access = Access::Permission(ProviderManagement::NAME);

/// The routes of the pages.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new()
        .page(Method::GET, PATH, list::show, MANAGING)
        .merge(create::routes())
        .merge(detail::routes())
        .merge(edit::routes())
        .merge(keys::routes())
        .merge(standing::routes())
        .moved("/admin/services/serviceprovider", PATH)
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::providers::title(),
        path: PATH,
        icon: "plug-connected",
        section: Section::Console,
        needs: MANAGING,
    }
}

/// Where a provider's page lies.
pub(crate) fn address(id: ProviderId) -> String {
    format!("{PATH}/{id}")
}

/// A page of providers, of a title, a purpose and a body.
pub(crate) fn page(
    title: Text,
    purpose: Text,
    body: impl askama::Template + Send + Sync + 'static,
) -> Page {
    Page::new(title, body).purpose(purpose).active(ENTRY)
}

/// Back to `path` with a good word.
pub(crate) fn done(path: impl Into<String>, word: Text) -> Redirected {
    Redirected::to(path).flash(Flash::success(word))
}

/// Back to `path` with what was refused; to where the password is given, where that is what is missing. What
/// the caller may not do or not know of is answered as such.
pub(crate) fn refused(path: &str, fault: impl Into<Error>) -> Result<Redirected, Error> {
    let error = fault.into();
    if error.code() == codes::PASSWORD_REQUIRED {
        return Ok(Redirected::to(format!("/account/confirm?next={path}")));
    }
    let not_theirs = [codes::FORBIDDEN, codes::NOT_FOUND, codes::UNAUTHORIZED];
    if not_theirs.contains(&error.code()) {
        return Err(error);
    }
    let nothing: [(&str, &str); 0] = [];
    Ok(Redirected::failed(path, error, nothing))
}

impl Identity {
    /// Takes the password that a form brought along, where it brought one.
    ///
    /// # Errors
    /// A field error for a wrong one; as [`confirm_password`](hanok_accounts::Accounts::confirm_password).
    async fn take_password(&self, ctx: &Ctx, password: Option<&Secret>) -> Result<(), Fault> {
        let Some(password) = password.filter(|given| !given.expose().is_empty()) else {
            return Ok(());
        };
        let taken = self.accounts.confirm_password(ctx, password).await;
        taken.map_err(|fault| match fault {
            hanok_accounts::Fault::InvalidCredentials => {
                Fault::field("/password", "password_wrong")
            }
            hanok_accounts::Fault::Locked => Fault::field("/password", "password_locked"),
            other => other.into(),
        })
    }
}
