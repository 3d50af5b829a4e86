//! Markdown to HTML: the renderer's events, changed on their way, then the sanitiser.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Tag, TagEnd, html};
use pulldown_cmark_escape::{escape_href, escape_html};

use super::address::{Place, place};
use super::image::Pictures;
use super::linkify::{Piece, pieces};
use super::sanitise::sanitise;
use super::{Html, events};

/// Quotations and lists within each other, beyond which they are shown flat: nobody reads the hundredth level, and
/// each costs the sanitiser another look at all above it.
const DEEPEST: usize = 24;

/// The HTML of a text.
///
/// Headings begin at the second level, below the title of the page; a line's end is one; addresses become links, those
/// of other sites marked `noopener nofollow` in a window of their own; pictures are those attached here, others links.
pub(crate) fn render(text: &str) -> Html {
    let mut pictures = Pictures::default();
    let mut walk = Walk::default();
    let shown = events(text)
        .flat_map(|event| pictures.pass(event))
        .flat_map(|event| walk.pass(event));
    let mut made = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut made, shown);
    Html(sanitise(&made))
}

/// What a walk through a text remembers.
#[derive(Default)]
struct Walk {
    /// Whether each link that is open is shown as one.
    links: Vec<bool>,
    /// Code, or the words of a picture, is open: no address is looked for.
    verbatim: usize,
    /// Quotations, lists and items that are open.
    depth: usize,
}

impl Walk {
    fn pass<'a>(&mut self, event: Event<'a>) -> Vec<Event<'a>> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(raw) | Event::InlineHtml(raw) => vec![Event::Text(raw)],
            Event::Text(words) => self.words(words),
            Event::SoftBreak => vec![Event::HardBreak],
            Event::TaskListMarker(is_done) => {
                let mark = if is_done { "☑ " } else { "☐ " };
                vec![Event::Text(CowStr::Borrowed(mark))]
            }
            other => vec![other],
        }
    }

    fn start<'a>(&mut self, tag: Tag<'a>) -> Vec<Event<'a>> {
        match tag {
            Tag::Heading { level, .. } => vec![Event::Start(heading(level))],
            Tag::HtmlBlock => vec![Event::Start(Tag::Paragraph)],
            Tag::Link { dest_url, .. } => self.open_link(&dest_url).into_iter().collect(),
            Tag::Image { .. } | Tag::CodeBlock(_) => {
                self.verbatim += 1;
                vec![Event::Start(tag)]
            }
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Item => {
                self.depth += 1;
                let is_shown = self.depth <= DEEPEST;
                is_shown.then_some(Event::Start(tag)).into_iter().collect()
            }
            Tag::Table(_) => vec![made("<div class=\"table-wrap\">"), Event::Start(tag)],
            other => vec![Event::Start(other)],
        }
    }

    fn end(&mut self, tag: TagEnd) -> Vec<Event<'static>> {
        match tag {
            TagEnd::Heading(level) => vec![Event::End(TagEnd::Heading(lower(level)))],
            TagEnd::HtmlBlock => vec![Event::End(TagEnd::Paragraph)],
            TagEnd::Link => {
                let was_shown = self.links.pop() == Some(true);
                was_shown.then(|| made("</a>")).into_iter().collect()
            }
            TagEnd::Image | TagEnd::CodeBlock => {
                self.verbatim = self.verbatim.saturating_sub(1);
                vec![Event::End(tag)]
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                let was_shown = self.depth <= DEEPEST;
                self.depth = self.depth.saturating_sub(1);
                was_shown.then_some(Event::End(tag)).into_iter().collect()
            }
            TagEnd::Table => vec![Event::End(tag), made("</div>")],
            other => vec![Event::End(other)],
        }
    }

    /// A link, where its address may be named and no other link is open; else its words stand alone.
    fn open_link(&mut self, address: &str) -> Option<Event<'static>> {
        let is_inner = self.links.contains(&true) || self.verbatim > 0;
        let opened = place(address).filter(|_| !is_inner);
        self.links.push(opened.is_some());
        opened.map(|place| Event::InlineHtml(anchor(address, place).into()))
    }

    fn words<'a>(&self, words: CowStr<'a>) -> Vec<Event<'a>> {
        let is_plain = self.links.is_empty() && self.verbatim == 0 && words.contains("://");
        if !is_plain {
            return vec![Event::Text(words)];
        }
        let shown = |piece: Piece<'_>| match piece {
            Piece::Words(words) => Event::Text(CowStr::from(words.to_owned())),
            Piece::Address(address) => linked(address),
        };
        pieces(&words).into_iter().map(shown).collect()
    }
}

fn made(html: &'static str) -> Event<'static> {
    Event::InlineHtml(CowStr::Borrowed(html))
}

/// An address that is its own words.
fn linked(address: &str) -> Event<'static> {
    let mut link = anchor(address, Place::Elsewhere);
    // Writing into a String cannot fail.
    let _ = escape_html(&mut link, address);
    link.push_str("</a>");
    Event::InlineHtml(link.into())
}

fn anchor(address: &str, place: Place) -> String {
    let mut anchor = "<a href=\"".to_owned();
    // Writing into a String cannot fail.
    let _ = escape_href(&mut anchor, address);
    anchor.push_str(match place {
        Place::Here => "\">",
        Place::Elsewhere => "\" rel=\"noopener nofollow\" target=\"_blank\">",
    });
    anchor
}

fn heading(level: HeadingLevel) -> Tag<'static> {
    Tag::Heading {
        level: lower(level),
        id: None,
        classes: Vec::new(),
        attrs: Vec::new(),
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + 1).unwrap_or(HeadingLevel::H6)
}
