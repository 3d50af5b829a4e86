//! Who is named in a text: `@username`, which a particle or a word of courtesy may follow at once (`@hong님께`).

use std::collections::HashMap;

use hanok_accounts::AccountId;

/// The most people that one text names.
const MOST: usize = 20;
/// The most names that one `@` may stand for.
const MOST_READINGS: usize = 16;
/// The longest username, in characters.
const LONGEST: usize = 64;
/// The shortest, in characters.
const SHORTEST: usize = 2;

/// Those who are named in a text, by what they sign in with, in lower case.
pub(crate) type Named = HashMap<String, (AccountId, String)>;

/// What a character of a username is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Latin,
    Hangul,
    Mark,
}

fn kind(c: char) -> Option<Kind> {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Some(Kind::Latin),
        '가'..='힣' => Some(Kind::Hangul),
        '.' | '_' | '-' => Some(Kind::Mark),
        _ => None,
    }
}

/// Whether a name or an address may begin behind this character.
pub(super) fn begins_after(before: Option<char>) -> bool {
    before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

/// The names that what follows an `@` may be, the longest first: it ends where the text does, where the script
/// changes, or, in Hangul, anywhere.
pub(super) fn readings(after_at: &str) -> Vec<&str> {
    let mut ends = Vec::new();
    let mut before: Option<Kind> = None;
    let mut chars = after_at.char_indices().take(LONGEST + 1).enumerate();
    let last = chars.find_map(|(length, (at, c))| {
        let now = kind(c).filter(|now| length > 0 || *now != Kind::Mark);
        let ends_here = match (before, now) {
            (None | Some(Kind::Mark), _) => false,
            (Some(before), now) => now != Some(before) || before == Kind::Hangul,
        };
        if ends_here && length >= SHORTEST {
            ends.push(at);
        }
        before = now;
        now.is_none().then_some(at)
    });
    // The text ended before the name did.
    if last.is_none() && before.is_some_and(|kind| kind != Kind::Mark) {
        ends.push(after_at.len());
    }
    let names = ends.into_iter().rev();
    let names = names.filter_map(|end| after_at.get(..end));
    names
        .filter(|name| (SHORTEST..=LONGEST).contains(&name.chars().count()))
        .take(MOST_READINGS)
        .collect()
}

/// The readings of every `@` of a text, in lower case, each text's in its order.
pub(crate) fn asked(text: &str) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        if c == '@' && begins_after(before) {
            let after = text.get(at + 1..).unwrap_or_default();
            let names: Vec<String> = readings(after)
                .into_iter()
                .map(str::to_ascii_lowercase)
                .collect();
            if !names.is_empty() && !found.contains(&names) {
                found.push(names);
            }
        }
        if found.len() == MOST {
            break;
        }
        before = Some(c);
    }
    found
}

/// Of each `@` the longest name that somebody has.
pub(crate) fn chosen(asked: &[Vec<String>], known: &Named) -> Vec<AccountId> {
    let mut chosen: Vec<AccountId> = Vec::new();
    for names in asked {
        let found = names.iter().find_map(|name| known.get(name));
        if let Some((id, _)) = found
            && !chosen.contains(id)
        {
            chosen.push(*id);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn people(names: &[&str]) -> Named {
        let person = |(at, name): (usize, &&str)| {
            let id = AccountId::from_uuid(Uuid::from_u128(at as u128));
            ((*name).to_owned(), (id, (*name).to_owned()))
        };
        names.iter().enumerate().map(person).collect()
    }

    fn named(text: &str, known: &[&str]) -> Vec<String> {
        let people = people(known);
        let ids = chosen(&asked(text), &people);
        let name = |id: &AccountId| people.values().find(|(known, _)| known == id);
        ids.iter()
            .filter_map(|id| name(id).map(|(_, name)| name.clone()))
            .collect()
    }

    #[test]
    fn a_name_ends_where_the_korean_behind_it_begins() {
        for text in [
            "@hong님께",
            "@hong",
            "네 @hong, 그리고",
            "(@Hong)",
            "@hong.",
            "@hong은요",
        ] {
            assert_eq!(named(text, &["hong"]), ["hong"], "{text}");
        }
        assert_eq!(named("@홍길동님이", &["홍길동"]), ["홍길동"]);
        assert_eq!(named("@홍길동님이", &["홍길", "홍길동님"]), ["홍길동님"]);
        assert_eq!(
            named("@hong.gil-dong 봐 주세요", &["hong.gil-dong", "hong"]),
            ["hong.gil-dong"]
        );
    }

    #[test]
    fn an_address_names_nobody() {
        for text in ["me@hong.kr", "@", "@@", "@h", "@ hong", "a_@hong"] {
            assert_eq!(named(text, &["hong", "h"]), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn everybody_counts_once_and_20_at_most() {
        assert_eq!(named("@hong @HONG @hong님", &["hong"]).len(), 1);
        let many: Vec<String> = (0..40).map(|n| format!("@person{n}")).collect();
        let many = many.join(" ");
        assert_eq!(asked(&many).len(), 20);
        let long = format!("@{}", "가".repeat(64));
        assert!(asked(&long)[0].len() <= MOST_READINGS);
    }
}
