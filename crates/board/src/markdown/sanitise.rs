//! The sanitiser behind the renderer: only what the renderer makes remains, whatever the renderer would do.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::address::{is_attachment, place};

const TAGS: [&str; 26] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
const ATTRIBUTES: [(&str, &[&str]); 3] = [
    ("a", &["href"]),
    ("img", &["src", "alt", "title"]),
    ("ol", &["start"]),
];
/// Attributes that have these values or are dropped.
const FIXED: [(&str, &str, &str); 3] = [
    ("a", "rel", "noopener nofollow"),
    ("a", "target", "_blank"),
    ("div", "class", "table-wrap"),
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(sanitiser);

/// What remains of HTML that nobody need trust.
pub(super) fn sanitise(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

fn sanitiser() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.into_iter().collect())
        .tag_attributes(
            ATTRIBUTES
                .into_iter()
                .map(|(tag, names)| (tag, names.iter().copied().collect()))
                .collect(),
        )
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        .clean_content_tags(["script", "style"].into_iter().collect())
        .link_rel(None)
        .set_tag_attribute_values(
            std::iter::once(("img", std::iter::once(("loading", "lazy")).collect())).collect(),
        )
        .attribute_filter(address_filter);
    for (tag, attribute, value) in FIXED {
        builder.add_tag_attribute_values(tag, attribute, [value]);
    }
    builder
}

/// Drops the addresses that a text may not name.
fn address_filter<'v>(tag: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let stays = match (tag, attribute) {
        ("a", "href") => place(value).is_some(),
        ("img", "src") => is_attachment(value),
        _ => true,
    };
    stays.then_some(Cow::Borrowed(value))
}
