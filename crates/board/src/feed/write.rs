//! A feed as RSS 2.0.

use hanok_base::Timestamp;
use hanok_base::i18n::{Catalogue, Locale};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Category, Channel, Guid, Item};

use super::read::PostRow;
use crate::category::CategoryId;
use crate::markdown::plain;
use crate::text;

/// How many characters of a text a reader is shown.
const EXCERPT: usize = 500;

/// What a feed tells.
pub(super) struct Feed {
    /// Where our pages lie.
    pub(super) origin: String,
    /// What the organisation is called.
    pub(super) organisation: Option<String>,
    /// Its language.
    pub(super) locale: Locale,
    /// Of which category it is; of all where there is none.
    pub(super) of: Option<CategoryId>,
    /// What that is called.
    pub(super) category: Option<String>,
    /// The newest first.
    pub(super) posts: Vec<PostRow>,
}

/// The feed's text.
///
/// # Errors
/// What the writer says; nothing that people write causes it.
pub(super) fn written(feed: &Feed) -> Result<String, rss::Error> {
    let catalogue = Catalogue::new(&crate::MESSAGES).unwrap_or_default();
    let tell = |text| catalogue.tell(feed.locale, &text);
    let board = tell(text::board::title());
    let names = [
        feed.category.clone(),
        Some(board),
        feed.organisation.clone(),
    ];
    let names: Vec<String> = names.into_iter().flatten().collect();
    let link = match feed.of {
        Some(of) => format!("{}/posts?category={of}", feed.origin),
        None => format!("{}/posts", feed.origin),
    };
    let gone = tell(text::board::gone_person());
    let channel = Channel {
        title: visible(&names.join(" · ")),
        link,
        description: tell(text::feed::description()),
        language: Some(feed.locale.as_str().to_owned()),
        last_build_date: feed.posts.first().map(|post| moment(post.created_at)),
        items: feed
            .posts
            .iter()
            .map(|post| item(feed, post, &gone))
            .collect(),
        ..Channel::default()
    };
    let text = channel.write_to(Vec::new())?;
    Ok(String::from_utf8(text).unwrap_or_default())
}

fn item(feed: &Feed, post: &PostRow, gone: &str) -> Item {
    let author = post.author.as_deref().unwrap_or(gone);
    let author = DublinCoreExtension {
        creators: vec![visible(author)],
        ..DublinCoreExtension::default()
    };
    Item {
        title: Some(visible(&post.title)),
        link: Some(format!("{}/post/{}", feed.origin, post.serial)),
        guid: Some(Guid {
            value: format!("urn:uuid:{}", post.id),
            permalink: false,
        }),
        pub_date: Some(moment(post.created_at)),
        description: Some(excerpt(&post.body)),
        categories: vec![Category {
            name: visible(&post.category),
            domain: None,
        }],
        dublin_core_ext: Some(author),
        ..Item::default()
    }
}

/// The first of a text. Readers show it as HTML: what looks like markup is told as text.
fn excerpt(body: &str) -> String {
    let plain = plain(body);
    let mut out = String::with_capacity(EXCERPT * 3);
    for c in plain.chars().filter(|c| is_visible(*c)).take(EXCERPT) {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("<br>"),
            other => out.push(other),
        }
    }
    if plain.chars().count() > EXCERPT {
        out.push('…');
    }
    out
}

/// Without what XML cannot hold.
fn visible(text: &str) -> String {
    text.chars().filter(|c| is_visible(*c)).collect()
}

fn is_visible(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{20}'..='\u{FFFD}' | '\u{1_0000}'..)
        && !matches!(c, '\u{7F}'..='\u{9F}')
}

fn moment(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    rfc2822::to_string(&at.to_zoned(TimeZone::UTC)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hanok_base::Id;
    use uuid::Uuid;

    use super::*;

    fn feed(title: &str, body: &str) -> String {
        let post = PostRow {
            serial: 7,
            id: Id::from_uuid(Uuid::from_u128(7)),
            title: title.to_owned(),
            body: body.to_owned(),
            author: Some("김<하늘>".to_owned()),
            category: "자유 & 질문".to_owned(),
            created_at: Timestamp::from_seconds(1_795_239_000),
        };
        let feed = Feed {
            origin: "https://hanok.example".to_owned(),
            organisation: Some("가온학교".to_owned()),
            locale: Locale::Ko,
            of: None,
            category: None,
            posts: vec![post],
        };
        written(&feed).unwrap()
    }

    #[test]
    fn a_feed_is_read_again_as_it_was_written() {
        let text = feed(
            "휴가 ]]> <신청>",
            "**중요** <script>alert(1)</script> ]]> & 끝\u{1}",
        );
        let read = Channel::read_from(text.as_bytes()).unwrap();
        assert_eq!(read.title(), "게시판 · 가온학교");
        let item = &read.items()[0];
        assert_eq!(item.title(), Some("휴가 ]]> <신청>"));
        assert_eq!(item.link(), Some("https://hanok.example/post/7"));
        assert_eq!(item.pub_date(), Some("Sat, 21 Nov 2026 05:30:00 +0000"));
        assert_eq!(
            item.description(),
            Some("중요 &lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; &amp; 끝")
        );
        let author = item.dublin_core_ext().map(|it| it.creators().to_vec());
        assert_eq!(author, Some(vec!["김<하늘>".to_owned()]));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = feed("긴 글", &"가".repeat(1_000));
        let read = Channel::read_from(text.as_bytes()).unwrap();
        let told = read.items()[0].description().unwrap();
        assert_eq!(told.chars().count(), EXCERPT + 1);
        assert!(told.ends_with('…'));
    }
}
