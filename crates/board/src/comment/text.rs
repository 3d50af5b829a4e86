//! The text of a comment as pages show it: its lines, addresses that lead there, and whom it names. Everything else
//! is shown as it was typed.

use super::mention::{Named, begins_after, readings};

/// Where a link begins.
const SCHEMES: [&str; 2] = ["https://", "http://"];
/// What ends a sentence and no address.
const CLOSING: [char; 9] = ['.', ',', ';', ':', '!', '?', ')', ']', '}'];

/// The text as HTML, in which nothing that was typed is markup. `origin` is that of our own pages, to which links lead
/// as they are; others open in a page of their own and are not vouched for.
pub(super) fn html(text: &str, named: &Named, origin: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let special = match c {
            '@' if begins_after(before) => person(rest, named),
            'h' if begins_after(before) => link(rest, origin),
            _ => None,
        };
        let taken = if let Some((markup, taken)) = special {
            out.push_str(&markup);
            taken
        } else {
            escape(c, &mut out);
            c.len_utf8()
        };
        let (now, later) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        before = now.chars().next_back();
        rest = later;
    }
    out
}

/// Somebody who is named, by what they are called, and how much of the text that is.
fn person(rest: &str, named: &Named) -> Option<(String, usize)> {
    let after = rest.strip_prefix('@')?;
    let found = readings(after).into_iter().find_map(|name| {
        let (_, called) = named.get(&name.to_ascii_lowercase())?;
        Some((name, called))
    });
    let (name, called) = found?;
    let markup = format!(
        "<strong class=\"mention\" title=\"@{}\">@{}</strong>",
        escaped(name),
        escaped(called)
    );
    Some((markup, 1 + name.len()))
}

fn link(rest: &str, origin: &str) -> Option<(String, usize)> {
    let scheme = SCHEMES.iter().find(|scheme| rest.starts_with(**scheme))?;
    let end =
        rest.find(|c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '\'' | '`'));
    let whole = rest.get(..end.unwrap_or(rest.len()))?;
    let address = whole.trim_end_matches(CLOSING);
    if address.len() <= scheme.len() {
        return None;
    }
    let shown = escaped(address);
    let is_ours = address
        .strip_prefix(origin)
        .is_some_and(|path| path.is_empty() || path.starts_with('/'));
    let marks = if is_ours {
        ""
    } else {
        " rel=\"noopener nofollow\" target=\"_blank\""
    };
    Some((
        format!("<a href=\"{shown}\"{marks}>{shown}</a>"),
        address.len(),
    ))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| escape(c, &mut out));
    out
}

fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&#34;"),
        '\'' => out.push_str("&#39;"),
        '\n' => out.push_str("<br>"),
        _ => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use hanok_accounts::AccountId;
    use uuid::Uuid;

    use super::*;

    const ORIGIN: &str = "https://hanok.example";

    fn shown(text: &str) -> String {
        let id = AccountId::from_uuid(Uuid::from_u128(7));
        let hong = ("hong".to_owned(), (id, "<홍길동>".to_owned()));
        html(text, &Named::from([hong]), ORIGIN)
    }

    #[test]
    fn nothing_that_was_typed_is_markup() {
        for (typed, told) in [
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            ("a & b\n\"c\"", "a &amp; b<br>&#34;c&#34;"),
            ("javascript:alert(1)", "javascript:alert(1)"),
        ] {
            assert_eq!(shown(typed), told);
        }
        let sly = shown("http://x.kr/\"onmouseover=\"alert(1)");
        assert!(!sly.contains("\"onmouseover"), "{sly}");
    }

    #[test]
    fn no_known_payload_is_markup() {
        const OURS: [&str; 4] = [
            "<a href=\"http",
            "</a>",
            "<br>",
            "<strong class=\"mention\"",
        ];
        for line in include_str!("../markdown/payloads.txt").lines() {
            for typed in [
                line.to_owned(),
                format!("http://x.kr/{line}"),
                format!("@hong{line}"),
            ] {
                let told = shown(&typed);
                for (at, _) in told.match_indices('<') {
                    let rest = told.get(at..).unwrap_or_default();
                    let is_ours = OURS.iter().any(|ours| rest.starts_with(ours));
                    assert!(is_ours || rest.starts_with("</strong>"), "{typed}: {told}");
                }
            }
        }
    }

    #[test]
    fn an_address_ends_before_what_ends_the_sentence() {
        let told = shown("자료는 https://a.kr/x?y=1&z=2에 있습니다(http://b.kr/).");
        let out = " rel=\"noopener nofollow\" target=\"_blank\"";
        let first = format!("<a href=\"https://a.kr/x?y=1&amp;z=2\"{out}>");
        assert!(told.contains(&first), "{told}");
        assert!(
            told.contains(&format!("<a href=\"http://b.kr/\"{out}>http://b.kr/</a>).")),
            "{told}"
        );
        assert_eq!(shown("http://"), "http://");
    }

    #[test]
    fn our_own_pages_open_where_one_is() {
        assert_eq!(
            shown("https://hanok.example/post/3"),
            "<a href=\"https://hanok.example/post/3\">https://hanok.example/post/3</a>"
        );
        assert!(shown("https://hanok.example.evil.kr/").contains("nofollow"));
    }

    #[test]
    fn whoever_is_named_is_shown_by_name() {
        assert_eq!(
            shown("@hong님, @nobody"),
            "<strong class=\"mention\" title=\"@hong\">@&lt;홍길동&gt;</strong>님, @nobody"
        );
        assert_eq!(shown("me@hong"), "me@hong");
    }
}
