//! The navigation at the left: what the person may open.

use hanok_base::i18n::Text;

use crate::access::Access;
use crate::principal::Caller;

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
    /// Who sees it.
    pub needs: Access,
}

impl MenuEntry {
    /// Whether `caller` sees it.
    pub(super) fn is_for(&self, caller: Option<&Caller>) -> bool {
        match self.needs {
            Access::Public => true,
            Access::SignedIn => caller.is_some(),
            Access::Permission(name) => {
                caller.is_some_and(|caller| caller.permissions.contains(name))
            }
            Access::Client | Access::Device => false,
        }
    }
}
