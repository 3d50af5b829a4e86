//! What the pages of the board have in common.

use askama::DynTemplate;
use hanok_base::i18n::Text;
use hanok_web::{Access, MenuEntry, Page, Permission, Section};

use hanok_accounts::permission::BoardUse;

use crate::text;

/// What the pages call their line of the navigation.
const ENTRY: &str = "board";
/// Who may use the board at all.
pub(crate) const USE: Access = Access::Permission(BoardUse::NAME);

/// A part of a page that another feature makes: a template's `{{ part|body }}`.
pub(crate) type Part = Box<dyn DynTemplate + Send + Sync>;

/// The line of the navigation that leads to the board.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::board::title(),
        path: "/posts",
        icon: "message",
        section: Section::Own,
        needs: USE,
    }
}

/// A page of the board.
pub(crate) fn page(title: Text, body: impl askama::Template + Send + Sync + 'static) -> Page {
    Page::new(title, body).active(ENTRY)
}
