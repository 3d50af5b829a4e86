//! What an app shows on pages that belong to none: a panel of the dashboard, a card of the landing page.

use askama::DynTemplate;
use futures_util::future::BoxFuture;
use hanok_base::i18n::Text;
use hanok_web::{Access, Ctx, Error};

/// A panel of the dashboard.
pub trait Panel: Send + Sync {
    /// What it shows to the caller; `None` where it has nothing to say, and no empty box is left.
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>>;
}

/// What a panel shows, not yet rendered.
pub struct PanelView {
    /// Its heading.
    pub title: Text,
    /// What is under the heading, an askama template.
    pub body: Box<dyn DynTemplate + Send + Sync>,
    /// The page that shows more of it, and what the way there says.
    pub more: Option<(Text, &'static str)>,
    /// Whether something is to be done: such panels come first.
    pub calls: bool,
}

impl PanelView {
    /// A panel of this heading and body.
    pub fn new(title: Text, body: impl askama::Template + Send + Sync + 'static) -> Self {
        Self {
            title,
            body: Box::new(body),
            more: None,
            calls: false,
        }
    }

    /// Something is to be done: it comes before those that only tell.
    #[must_use]
    pub const fn calling(mut self) -> Self {
        self.calls = true;
        self
    }

    /// The page that shows more of it.
    #[must_use]
    pub fn more(mut self, text: Text, path: &'static str) -> Self {
        self.more = Some((text, path));
        self
    }
}

/// The way into an app: on the landing page where everybody may take it, on the dashboard of whoever may.
#[derive(Clone, Debug)]
pub struct FrontCard {
    /// What it is called.
    pub title: Text,
    /// What a person does there, in one line.
    pub line: Text,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Where it begins.
    pub path: &'static str,
    /// Who may go there.
    pub needs: Access,
}

/// The one thing that the landing page invites to before all others.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What the button says.
    pub text: Text,
    /// Where it leads.
    pub path: &'static str,
}
