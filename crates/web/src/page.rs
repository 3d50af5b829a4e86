//! Pages: what a handler says of one ([`Page`]), and the frame that the stack puts around it.
//!
//! A handler returns a title and a body, an askama template. The stack renders both on the way out,
//! where it knows the language, the person, the theme and the policy's nonce. Templates name their
//! texts, moments and icons through [`filters`].

mod assets;
mod choice;
mod field;
pub mod filters;
mod frame;
mod list;
mod local;
mod menu;
mod organisation;
mod serve;
mod view;

use std::fmt;

use askama::DynTemplate;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hanok_base::i18n::Text;
use std::sync::Arc;

pub use assets::Assets;
pub use choice::{Check, Choice, TextArea};
pub use field::Field;
pub use list::{ListQuery, Pager, SortHeader};
pub use local::{NextIn, local_path};
pub use menu::{MenuEntry, Section};
pub use organisation::{Organisation, OrganisationFacts, time_zone};
pub use serve::routes as asset_routes;
pub use view::{Labels, View};

pub(crate) use frame::{Around, frame};

/// How much of the frame is around a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Side navigation and top bar.
    #[default]
    App,
    /// One card in the middle, for signing in and the like.
    Card,
    /// A top bar, and a page that brings its own heading: the landing page, the interface's reference.
    Front,
    /// Nothing but the page itself.
    Bare,
}

/// A page, not yet rendered.
pub struct Page(pub(crate) Parts);

/// What a handler says of its page.
pub(crate) struct Parts {
    pub(crate) title: Text,
    pub(crate) body: Box<dyn DynTemplate + Send + Sync>,
    pub(crate) purpose: Option<Text>,
    pub(crate) layout: Layout,
    pub(crate) entries: Vec<&'static str>,
    pub(crate) active: Option<&'static str>,
    pub(crate) action: Option<(Text, String)>,
    pub(crate) framed_by_self: bool,
    pub(crate) unstored: bool,
    pub(crate) status: StatusCode,
}

impl Page {
    /// A page of this title and body.
    pub fn new(title: Text, body: impl askama::Template + Send + Sync + 'static) -> Self {
        Self(Parts {
            title,
            body: Box::new(body),
            purpose: None,
            layout: Layout::default(),
            entries: Vec::new(),
            active: None,
            action: None,
            framed_by_self: false,
            unstored: false,
            status: StatusCode::OK,
        })
    }

    /// One line under the title: what the page is for.
    #[must_use]
    pub fn purpose(mut self, purpose: Text) -> Self {
        self.0.purpose = Some(purpose);
        self
    }

    /// How much of the frame is around it.
    #[must_use]
    pub const fn layout(mut self, layout: Layout) -> Self {
        self.0.layout = layout;
        self
    }

    /// No cache keeps it: it holds a code or a number that somebody else must not find.
    #[must_use]
    pub const fn unstored(mut self) -> Self {
        self.0.unstored = true;
        self
    }

    /// Loads `web/src/entries/<name>.ts` besides `app`, which every page loads.
    #[must_use]
    pub fn entry(mut self, name: &'static str) -> Self {
        self.0.entries.push(name);
        self
    }

    /// The entry of the menu that it belongs to.
    #[must_use]
    pub const fn active(mut self, id: &'static str) -> Self {
        self.0.active = Some(id);
        self
    }

    /// The main thing to do here, at the right of the header.
    #[must_use]
    pub fn action(mut self, text: Text, href: impl Into<String>) -> Self {
        self.0.action = Some((text, href.into()));
        self
    }

    /// Our own pages may show it in a frame; else no page may.
    #[must_use]
    pub const fn framed_by_self(mut self) -> Self {
        self.0.framed_by_self = true;
        self
    }

    /// The status; 200 unless said.
    #[must_use]
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Page").field(&self.0.title).finish()
    }
}

/// A page inside a response, on its way to the stack.
#[derive(Clone)]
pub(crate) struct Held(pub(crate) Arc<Parts>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(Held(Arc::new(self.0)));
        response
    }
}
