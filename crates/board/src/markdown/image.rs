//! Pictures of other sites, which would tell those who reads what: they become links.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::address::is_attachment;

/// Which of an opened picture is shown.
enum Shown {
    /// The picture.
    Picture,
    /// A link to it; holds the address until there are words to it.
    Link(Option<String>),
}

/// Walks through a text and makes links of pictures that were not attached here.
#[derive(Default)]
pub(super) struct Pictures {
    open: Vec<Shown>,
}

impl Pictures {
    /// What becomes of an event.
    pub(super) fn pass<'a>(&mut self, event: Event<'a>) -> Vec<Event<'a>> {
        match event {
            Event::Start(Tag::Image { ref dest_url, .. })
                if is_attachment(dest_url) && self.open.is_empty() =>
            {
                self.open.push(Shown::Picture);
                vec![event]
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                self.open.push(Shown::Link(Some(dest_url.to_string())));
                vec![link(dest_url)]
            }
            Event::End(TagEnd::Image) => self.close(),
            other => {
                let is_words = matches!(other, Event::Text(_) | Event::Code(_));
                if let (true, Some(Shown::Link(address))) = (is_words, self.open.last_mut()) {
                    *address = None;
                }
                vec![other]
            }
        }
    }

    fn close(&mut self) -> Vec<Event<'static>> {
        match self.open.pop() {
            Some(Shown::Link(address)) => {
                let words = address.map(|address| Event::Text(CowStr::from(address)));
                words
                    .into_iter()
                    .chain([Event::End(TagEnd::Link)])
                    .collect()
            }
            Some(Shown::Picture) | None => vec![Event::End(TagEnd::Image)],
        }
    }
}

fn link(address: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link {
        link_type: LinkType::Inline,
        dest_url: address,
        title: CowStr::Borrowed(""),
        id: CowStr::Borrowed(""),
    })
}
