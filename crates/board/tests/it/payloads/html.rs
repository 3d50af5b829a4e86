//! HTML as a browser reads it: the tags of a page, and what of them would run, load or send something elsewhere.

use std::cell::RefCell;
use std::collections::BTreeSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// What no page of ours has.
const NEVER: [&str; 27] = [
    "animate",
    "applet",
    "area",
    "audio",
    "base",
    "embed",
    "foreignobject",
    "frame",
    "frameset",
    "iframe",
    "image",
    "isindex",
    "map",
    "marquee",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "param",
    "plaintext",
    "portal",
    "source",
    "template",
    "track",
    "video",
    "xmp",
];
/// What the frame of a page has, and nothing else may bring.
const FRAME: [&str; 4] = ["link", "meta", "script", "style"];
/// Attributes that hold an address.
const ADDRESSES: [&str; 12] = [
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "longdesc",
    "ping",
    "poster",
    "src",
    "srcset",
    "xlink:href",
];

/// A tag that opens: its name, its attributes with their values.
pub(crate) type Opened = (String, Vec<(String, String)>);

#[derive(Default)]
struct Tags(RefCell<Vec<Opened>>);

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(Tag {
            kind: TagKind::StartTag,
            name,
            attrs,
            ..
        }) = token
        else {
            return TokenSinkResult::Continue;
        };
        let attributes = attrs
            .iter()
            .map(|it| (it.name.local.to_string(), it.value.to_string()));
        self.0
            .borrow_mut()
            .push((name.to_string(), attributes.collect()));
        // As the tree builder would have it read what follows.
        match &*name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }
}

/// The tags that a text opens.
pub(crate) fn opened(html: &str) -> Vec<Opened> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    // A script's end is told, and the rest follows.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.0.take()
}

/// What the frame of a page without anybody's text brings.
#[derive(Debug, Default)]
pub(crate) struct Frame(BTreeSet<Opened>);

impl Frame {
    /// Of this page.
    pub(crate) fn of(page: &str) -> Self {
        let tags = opened(page).into_iter();
        Self(
            tags.filter(|(name, _)| FRAME.contains(&name.as_str()))
                .collect(),
        )
    }

    /// What is dangerous in a page, or in a part of one.
    pub(crate) fn danger(&self, html: &str) -> Option<String> {
        opened(html).iter().find_map(|tag| self.danger_of(tag))
    }

    fn danger_of(&self, tag: &Opened) -> Option<String> {
        let (name, attributes) = tag;
        let fault = |what: &str| Some(format!("{what} in <{name}> {attributes:?}"));
        let base = name.rsplit(':').next().unwrap();
        if NEVER.contains(&base) || FRAME.contains(&base) && !self.0.contains(tag) {
            return fault("a tag");
        }
        for (attribute, value) in attributes {
            if attribute.starts_with("on")
                || matches!(attribute.as_str(), "style" | "srcdoc" | "is" | "nonce")
            {
                return fault(attribute);
            }
            if ADDRESSES.contains(&attribute.as_str()) && !is_harmless(name, attribute, value) {
                return fault(attribute);
            }
        }
        None
    }
}

/// Whether an address runs nothing, and loads and sends nothing elsewhere: only a link may lead away.
fn is_harmless(tag: &str, attribute: &str, value: &str) -> bool {
    // A browser passes over these.
    let read: String = value.chars().filter(|c| !c.is_control()).collect();
    let read = read.trim().to_lowercase().replace('\\', "/");
    let is_ours =
        (read.starts_with('/') && !read.starts_with("//")) || read.starts_with(['?', '#']);
    let is_icon = tag == "use" && read.starts_with('#');
    let leads_away = ["https://", "http://", "mailto:"]
        .iter()
        .any(|it| read.starts_with(it));
    is_ours || is_icon || (tag == "a" && attribute == "href" && leads_away)
}

#[test]
fn the_guard_sees_what_would_be_dangerous() {
    for html in [
        "<script>x</script>",
        "<p onclick=x>",
        "<p/onclick=x>",
        "<img src=//evil.example/x>",
        "<img src=https://evil.example/x>",
        "<a href=' JaVa\nscript&colon;x'>",
        "<a href='data:text/html,x'>",
        "<svg><a xlink:href=javascript:x>",
        "<form action=https://evil.example>",
        "<textarea></textarea><iframe>",
        "<title></title><base href=/>",
        "<p style=position:fixed>",
        "<script>x</script><p onclick=x>",
    ] {
        assert!(Frame::default().danger(html).is_some(), "{html}");
    }
    for html in [
        "<a href=https://ok.example rel=nofollow>x</a><img src=/post/1/file/x/a.png>",
        "<textarea><script>x</script></textarea>",
        "<p title='<script>'>&lt;script&gt;</p>",
    ] {
        assert_eq!(Frame::default().danger(html), None, "{html}");
    }
}
