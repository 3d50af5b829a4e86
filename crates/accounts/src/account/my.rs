//! One's own account in a browser: the pages under `/account`, and what they have in common.

mod pages;
mod profile;
mod standing;

use axum::http::Method;
use hanok_base::Secret;
use hanok_base::i18n::Text;
use hanok_web::{Access, AlertKind, Flash, MenuEntry, Page, Redirected, Routes, Section};

use crate::context::Accounts;
use crate::fault::Fault;
use crate::{api_key, device, phone_proof, pin_code, privacy, session, sign_in, text};

pub use profile::MePatch;
pub(crate) use standing::Standing;

/// The entry of the menu that these pages belong to.
pub(crate) const MENU: &str = "account";

/// The pages under `/account`.
pub(crate) fn routes() -> Routes<Accounts> {
    Routes::new()
        .page(Method::GET, "/account", pages::show, Access::SignedIn)
        .page(Method::POST, "/account", pages::change, Access::SignedIn)
        .merge(sign_in::my_pages::routes())
        .merge(pin_code::pages::routes())
        .merge(phone_proof::pages::routes())
        .merge(device::pages::routes())
        .merge(session::pages::routes())
        .merge(api_key::pages::routes())
        .merge(privacy::pages::routes())
}

/// The line of the navigation that leads here.
pub(crate) fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: MENU,
        text: text::my::profile::menu(),
        path: Tab::Profile.path(),
        icon: "user-circle",
        section: Section::Own,
        needs: Access::SignedIn,
    }
}

/// A page of one's own account: which it is, where it lies, what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Who one is, and what is set up.
    Profile,
    /// The password.
    Password,
    /// The PIN.
    Pin,
    /// The phone number and its proof.
    Phone,
    /// Paired phones.
    Devices,
    /// Where one is signed in.
    Sessions,
    /// API keys.
    Keys,
    /// What one is told, whose page is that of notifications.
    Notifications,
    /// What one did, whose page is that of people.
    Activity,
    /// What is recorded, and who looked.
    Privacy,
}

impl Tab {
    const ALL: [Self; 10] = [
        Self::Profile,
        Self::Password,
        Self::Pin,
        Self::Phone,
        Self::Devices,
        Self::Sessions,
        Self::Keys,
        Self::Notifications,
        Self::Activity,
        Self::Privacy,
    ];

    /// Where it lies.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account",
            Self::Password => "/account/password",
            Self::Pin => "/account/pin",
            Self::Phone => "/account/phone",
            Self::Devices => "/account/devices",
            Self::Sessions => "/account/sessions",
            Self::Keys => "/account/keys",
            Self::Notifications => "/account/notifications",
            Self::Activity => "/account/activity",
            Self::Privacy => "/account/privacy",
        }
    }

    fn name(self) -> Text {
        match self {
            Self::Profile => text::my::tabs::profile(),
            Self::Password => text::my::tabs::password(),
            Self::Pin => text::my::tabs::pin(),
            Self::Phone => text::my::tabs::phone(),
            Self::Devices => text::my::tabs::devices(),
            Self::Sessions => text::my::tabs::sessions(),
            Self::Keys => text::my::tabs::keys(),
            Self::Notifications => text::my::tabs::notifications(),
            Self::Activity => text::my::tabs::activity(),
            Self::Privacy => text::my::tabs::privacy(),
        }
    }

    /// Every page, and whether it is this one; for the templates.
    pub fn all(self) -> impl Iterator<Item = (&'static str, Text, bool)> {
        let all = Self::ALL.into_iter();
        all.map(move |tab| (tab.path(), tab.name(), tab == self))
    }

    /// What the row of pages is called, for readers of the screen.
    pub fn label() -> Text {
        text::my::tabs::label()
    }

    /// Where the password is given for this page, which follows.
    pub(crate) fn confirm(self) -> String {
        format!("{}?next={}", sign_in::my_pages::CONFIRM, self.path())
    }

    /// One of these pages, of a title, a purpose and a body.
    pub fn page(
        title: Text,
        purpose: Text,
        body: impl askama::Template + Send + Sync + 'static,
    ) -> Page {
        Page::new(title, body).purpose(purpose).active(MENU)
    }

    /// Back to this page with what was refused; to where the password is given, where that is what is missing.
    pub(crate) fn refused<N, V>(
        self,
        fault: Fault,
        typed: impl IntoIterator<Item = (N, V)>,
    ) -> Redirected
    where
        N: Into<String>,
        V: Into<String>,
    {
        match fault {
            Fault::PasswordRequired => Redirected::to(self.confirm()),
            Fault::Forbidden => Redirected::to(self.path())
                .flash(Flash::alert(AlertKind::Warning, text::my::held())),
            other => Redirected::failed(self.path(), other.into(), typed),
        }
    }

    /// Back to this page with a good word.
    pub fn done(self, word: Text) -> Redirected {
        Redirected::to(self.path()).flash(Flash::success(word))
    }
}

/// Nothing was typed that may be shown again.
pub(crate) const NOTHING: [(&str, &str); 0] = [];

/// What was typed into a secret field, where anything was.
pub(crate) fn given(typed: Option<Secret>) -> Option<Secret> {
    typed.filter(|secret| !secret.expose().trim().is_empty())
}

/// The same, of a field that must be filled in.
pub(crate) fn needed(pointer: &'static str, typed: Option<Secret>) -> Result<Secret, Fault> {
    given(typed).ok_or_else(|| Fault::field(pointer, "required"))
}
