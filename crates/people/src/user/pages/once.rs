//! What is shown once: a temporary password, a value that was masked. No cache keeps such a page.

use askama::Template;
use hanok_accounts::AccountId;
use hanok_base::Secret;
use hanok_base::i18n::Text;
use hanok_web::Page;
use hanok_web::page::filters;

use crate::text;
use crate::text::people_pages as said;

#[derive(Template)]
#[template(path = "user/once.html")]
struct OnceBody {
    name: String,
    username: String,
    label: Text,
    /// Nothing where there is no value.
    value: Option<Secret>,
    note: Text,
    back: String,
}

/// A password that opens the choice of another.
pub(super) fn password(
    id: AccountId,
    (name, username): (String, String),
    value: Secret,
    title: Text,
) -> Page {
    let body = OnceBody {
        name,
        username,
        label: said::temporary_password(),
        value: Some(value),
        note: said::temporary_note(),
        back: super::address(id),
    };
    super::page(title, said::once_purpose(), body).unstored()
}

/// A value that was masked.
pub(super) fn revealed(
    id: AccountId,
    (name, username): (String, String),
    label: Text,
    value: Option<String>,
) -> Page {
    let body = OnceBody {
        name,
        username,
        label,
        value: value.map(Secret::new),
        note: said::revealed_note(),
        back: super::address(id),
    };
    super::page(said::revealed(), said::revealed_purpose(), body).unstored()
}
