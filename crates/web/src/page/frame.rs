//! The frame around a page: head, navigation, top bar, and what the last answer left to say.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderValue, Method};
use axum::response::Response;
use hanok_base::i18n::{Catalogue, Locale, Text};

use super::assets::{Assets, Loads};
use super::filters;
use super::menu::{MenuEntry, Section};
use super::organisation::{Organisation, OrganisationFacts};
use super::view::{Labels, View};
use super::{Layout, Parts, local_path};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::flash::{Flash, FlashError};
use crate::principal::{Caller, Via};
use crate::text;
use crate::theme::Theme;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; \
    media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ";
const VARIES: HeaderValue = HeaderValue::from_static("cookie, accept-language");

/// What the frame needs besides the page and the request.
pub(crate) struct Around {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) menu: Vec<MenuEntry>,
    pub(crate) demo: bool,
    pub(crate) organisation: Organisation,
    pub(crate) assets: Assets,
    pub(crate) session_idle: Duration,
}

#[derive(Template)]
#[template(path = "frame.html")]
struct Frame<'a> {
    page: &'a Parts,
    body: String,
    locale: Locale,
    theme: Option<Theme>,
    loads: Loads,
    is_built: bool,
    demo: bool,
    menu: Vec<&'a MenuEntry>,
    console: Vec<&'a MenuEntry>,
    search: Option<&'a MenuEntry>,
    person: Option<&'a Caller>,
    has_session: bool,
    idle_seconds: u64,
    flash: &'a Flash,
    faults: Vec<(String, String)>,
    next: &'a str,
    organisation: &'a OrganisationFacts,
}

/// Renders `page` into `response`, whose status and headers stay.
pub(crate) fn frame(
    response: Response,
    page: &Parts,
    exchange: &Exchange,
    around: &Around,
) -> Result<Response, Error> {
    let html = render(page, exchange, around).map_err(Error::internal)?;
    let (mut parts, _) = response.into_parts();
    let head = &mut parts.headers;
    head.remove(CONTENT_LENGTH);
    head.insert(CONTENT_TYPE, HTML);
    let language = HeaderValue::from_static(exchange.locale().as_str());
    head.insert(CONTENT_LANGUAGE, language);
    head.append(VARY, VARIES);
    let ancestors = if page.framed_by_self {
        "'self'"
    } else {
        "'none'"
    };
    if let Ok(policy) = HeaderValue::try_from([POLICY, ancestors].concat()) {
        head.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let is_personal = exchange.principal().caller().is_some() || exchange.has_flash();
    let caching = if is_personal || page.unstored {
        "no-store"
    } else {
        "no-cache"
    };
    head.entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(caching));
    Ok(Response::from_parts(parts, Body::from(html)))
}

fn render(page: &Parts, exchange: &Exchange, around: &Around) -> askama::Result<String> {
    const EMPTY: &Flash = &Flash {
        values: std::collections::BTreeMap::new(),
        errors: Vec::new(),
        alert: None,
    };
    let manifest = around.assets.manifest();
    let organisation = around.organisation.get();
    let view = View {
        locale: exchange.locale(),
        catalogue: Arc::clone(&around.catalogue),
        zone: organisation.zone.clone(),
        icons: manifest.icons(),
        labels: Labels::default(),
    };
    let caller = exchange.principal().caller();
    let flash = exchange.flash_now().unwrap_or(EMPTY);
    let entries = std::iter::once("app").chain(page.entries.iter().copied());
    let body = page.body.dyn_render_with_values(&view)?;
    let frame = Frame {
        body,
        page,
        locale: view.locale,
        theme: exchange.theme(),
        loads: manifest.loads(entries),
        is_built: !manifest.is_empty(),
        demo: around.demo,
        menu: lines(around, caller, Section::Own),
        console: lines(around, caller, Section::Console),
        search: lines(around, caller, Section::Search).into_iter().next(),
        person: caller,
        has_session: caller.is_some_and(|caller| caller.via == Via::Cookie),
        idle_seconds: around.session_idle.as_secs(),
        flash,
        // The body has noted what its fields are called.
        faults: flash
            .errors
            .iter()
            .map(|error| told(error, &view))
            .collect(),
        next: next(exchange),
        organisation: &organisation,
    };
    frame.render_with_values(&view)
}

/// The field of an error, and what is said of it above the form: with the field's name, where the text does not say it.
fn told(error: &FlashError, view: &View) -> (String, String) {
    let text = view.tell(&error.text);
    let label = view.labels.of(error.name()).map(|label| view.tell(&label));
    let is_named = |label: &String| text.to_lowercase().contains(&label.to_lowercase());
    let told = match label {
        Some(label) if !is_named(&label) => format!("{label}: {text}"),
        _ => text,
    };
    (error.name().to_owned(), told)
}

/// The lines of one part of the navigation that `caller` sees.
fn lines<'a>(around: &'a Around, caller: Option<&Caller>, section: Section) -> Vec<&'a MenuEntry> {
    let of_section = around.menu.iter().filter(|entry| entry.section == section);
    of_section.filter(|entry| entry.is_for(caller)).collect()
}

/// Where the forms of the frame lead back to: this page, where it can be fetched again.
fn next(exchange: &Exchange) -> &str {
    if exchange.method == Method::GET {
        local_path(&exchange.target).unwrap_or("/")
    } else {
        "/"
    }
}

impl Frame<'_> {
    fn is_bare(&self) -> bool {
        self.page.layout == Layout::Bare
    }

    fn is_app(&self) -> bool {
        self.page.layout == Layout::App
    }

    fn is_front(&self) -> bool {
        self.page.layout == Layout::Front
    }

    fn is_active(&self, entry: &MenuEntry) -> bool {
        self.page.active == Some(entry.id)
    }

    fn theme_word(&self) -> &'static str {
        self.theme.map_or("system", Theme::as_str)
    }

    fn themes() -> [(&'static str, Text); 3] {
        [
            ("system", text::frame::theme_system()),
            ("light", text::frame::theme_light()),
            ("dark", text::frame::theme_dark()),
        ]
    }

    fn languages() -> [(Locale, &'static str); 2] {
        [(Locale::Ko, "한국어"), (Locale::En, "English")]
    }

    /// What stands in the circle beside the person's name.
    fn initial(caller: &Caller) -> String {
        let name: Vec<char> = caller.name.chars().collect();
        let is_hangul = |c: &char| ('가'..='힣').contains(c);
        let given = match name.get(1) {
            Some(second) if name.len() <= 4 && name.iter().all(is_hangul) => Some(second),
            _ => name.first(),
        };
        given.map(char::to_string).unwrap_or_default()
    }
}
