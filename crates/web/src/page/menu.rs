//! The navigation at the left: what the person may open.

use hanok_base::i18n::Text;

use crate::access::Access;
use crate::principal::Caller;

/// The part of the navigation that a line stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// What everybody does for themselves.
    #[default]
    Own,
    /// What those do who run the organisation.
    Console,
    /// No line, but the field of the top bar: it asks the entry's path for `?q=`.
    Search,
}

/// A line of the navigation.
#[derive(Clone, Debug)]
pub struct MenuEntry {
    /// What pages call it in [`Page::active`](crate::Page::active).
    pub id: &'static str,
    /// What it says.
    pub text: Text,
    /// Where it leads.
    pub path: &'static str,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Where it stands.
    pub section: Section,
    /// Who sees it.
    pub needs: Access,
}

impl MenuEntry {
    /// Whether `caller` sees it.
    pub(super) fn is_for(&self, caller: Option<&Caller>) -> bool {
        match self.needs {
            Access::Public => true,
            Access::SignedIn => caller.is_some(),
            Access::Permission(_) | Access::AnyOf(_) | Access::AllOf(_) => {
                caller.is_some_and(|caller| self.needs.is_held_by(caller))
            }
            Access::Client | Access::Device => false,
        }
    }
}
