//! Addresses that somebody wrote as they are: `https://…` in the middle of a sentence.

/// A longer address is none that people follow; in bytes.
const LONGEST: usize = 2_000;

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// An address.
    Address(&'a str),
}

/// Takes a text apart into words and the addresses among them.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(start) = next(rest, from) {
        let (before, tail) = rest.split_at(start);
        let run = run(tail);
        let (address, after) = tail.split_at(own(run));
        if address.len() <= scheme(tail) {
            from = start + run.len();
            continue;
        }
        if !before.is_empty() {
            found.push(Piece::Words(before));
        }
        found.push(Piece::Address(address));
        (rest, from) = (after, 0);
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest));
    }
    found
}

/// Where the next address may begin, from this byte on: `xhttp://` begins none.
fn next(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("http")?;
        let follows_word = text
            .get(..at)?
            .chars()
            .next_back()
            .is_some_and(|c| c.is_ascii_alphanumeric());
        if !follows_word && scheme(text.get(at..)?) > 0 {
            return Some(at);
        }
        at += 1;
    }
}

/// The length of the scheme that a text begins with, or 0.
fn scheme(text: &str) -> usize {
    let known = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.starts_with(scheme));
    known.map_or(0, str::len)
}

/// What a text begins with and may be an address: the Korean particle that follows a host without a blank is none of it.
fn run(text: &str) -> &str {
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || "<>\"'`|\\^{}".contains(c) || !c.is_ascii()
    };
    text.split(ends).next().unwrap_or_default()
}

/// How much of a run is the address itself, in bytes: what ends a sentence or closes a bracket around it is not.
fn own(run: &str) -> usize {
    if run.len() > LONGEST {
        return 0;
    }
    let count = |bracket| run.bytes().filter(|byte| *byte == bracket).count();
    let unopened = count(b')').saturating_sub(count(b'('));
    run.len()
        .saturating_sub(trailing(run.bytes().rev(), unopened))
}

/// How many bytes from the end are of the sentence around it; so many brackets close what was opened before it. Each
/// byte is looked at once: a text of brackets alone must not take longer than any other.
fn trailing(backwards: impl Iterator<Item = u8>, unopened: usize) -> usize {
    let mut left = unopened;
    let is_around = |last: &u8| {
        if *last == b')' && left > 0 {
            left -= 1;
            return true;
        }
        b".,;:!?*_~]".contains(last)
    };
    backwards.take_while(is_around).count()
}

#[cfg(test)]
mod tests {
    use super::Piece::{Address, Words};
    use super::*;

    #[test]
    fn addresses_are_found_in_a_sentence() {
        assert_eq!(
            pieces("문서는 https://example.com/a?b=c에 있고 (http://example.com/x_(y)) 참고."),
            [
                Words("문서는 "),
                Address("https://example.com/a?b=c"),
                Words("에 있고 ("),
                Address("http://example.com/x_(y)"),
                Words(") 참고."),
            ]
        );
        assert_eq!(
            pieces("https://a.example."),
            [Address("https://a.example"), Words(".")]
        );
    }

    #[test]
    fn each_byte_behind_an_address_is_looked_at_once() {
        let (mut looked, length) = (0, 49_990);
        let brackets = std::iter::repeat_n(b')', length).chain([b'a', b'/']);
        let counted = brackets.inspect(|_| looked += 1);
        assert_eq!(trailing(counted, length), length);
        assert_eq!(looked, length + 1);
    }

    #[test]
    fn an_address_is_only_as_long_as_people_follow() {
        let longest = format!("https://{}", "a".repeat(LONGEST - 8));
        assert_eq!(pieces(&longest), [Address(&longest)]);
        let brackets = ")".repeat(LONGEST - 8);
        let text = format!("http://a{brackets}");
        assert_eq!(pieces(&text), [Address("http://a"), Words(&brackets)]);
        // Nothing inside is taken for one either, so that what is too long is walked through once.
        for longer in [
            format!("{longest}b"),
            "http://a/".repeat(5_000),
            format!("http://a{}", ")".repeat(49_990)),
        ] {
            let text = format!("{longer} https://b.example");
            let words = format!("{longer} ");
            assert_eq!(pieces(&text), [Words(&words), Address("https://b.example")]);
        }
    }

    #[test]
    fn what_is_none_stays_words() {
        for text in [
            "",
            "http",
            "https://",
            "https://.",
            "xhttps://a.example",
            "http:/a",
            "httphttphttp",
        ] {
            let found = pieces(text);
            assert!(
                !found.iter().any(|piece| matches!(piece, Address(_))),
                "{text}: {found:?}"
            );
        }
    }
}
