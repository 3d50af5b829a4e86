//! The pages of one provider, beside each other.

use hanok_base::i18n::Text;

use super::address;
use crate::provider::store::ProviderId;
use crate::text;

/// A page of a provider: which it is, where it lies, what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Settings, keys, secrets.
    Overview,
    /// What it was told.
    Deliveries,
    /// What became of its requests.
    Statistics,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Overview, Self::Deliveries, Self::Statistics];

    /// Where it lies.
    pub(crate) fn path(self, id: ProviderId) -> String {
        let end = match self {
            Self::Overview => "",
            Self::Deliveries => "/deliveries",
            Self::Statistics => "/statistics",
        };
        address(id) + end
    }

    fn name(self) -> Text {
        match self {
            Self::Overview => text::provider::tab_overview(),
            Self::Deliveries => text::provider::tab_deliveries(),
            Self::Statistics => text::provider::tab_statistics(),
        }
    }

    /// Every page, and whether it is this one; for the templates.
    pub(crate) fn all(self, id: &ProviderId) -> impl Iterator<Item = (String, Text, bool)> + use<> {
        let (all, id) = (Self::ALL.into_iter(), *id);
        all.map(move |tab| (tab.path(id), tab.name(), tab == self))
    }

    /// What the row of pages is called, for readers of the screen.
    pub(crate) fn label() -> Text {
        text::provider::tabs()
    }
}
