//! How a text is folded and cut into runs.

use unicode_normalization::UnicodeNormalization;

/// What a character is for the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Hangul, Han or kana: each says something alone, and no space parts words for certain.
    Syllable,
    /// Any other letter or digit.
    Letter,
    /// What parts runs.
    Other,
}

impl Kind {
    pub(super) fn of(character: char) -> Self {
        match character {
            'a'..='z' | '0'..='9' => Self::Letter,
            '\u{1100}'..='\u{11ff}'
            | '\u{3005}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{30fc}'
            | '\u{3131}'..='\u{318e}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{a960}'..='\u{a97c}'
            | '\u{ac00}'..='\u{d7fb}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}' => Self::Syllable,
            other if other.is_alphanumeric() => Self::Letter,
            _ => Self::Other,
        }
    }
}

/// A run of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) kind: Kind,
    pub(super) characters: Vec<char>,
    /// Whether it follows the run before it at once.
    pub(super) joined: bool,
}

/// A text in NFC and lower case.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfc().flat_map(char::to_lowercase)
}

/// The runs of a text, in their order.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut before = Kind::Other;
    for character in folded(text) {
        let kind = Kind::of(character);
        match runs.last_mut() {
            _ if kind == Kind::Other => {}
            Some(run) if kind == before => run.characters.push(character),
            _ => runs.push(Run {
                kind,
                characters: vec![character],
                joined: before != Kind::Other,
            }),
        }
        before = kind;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut shown = String::new();
        for run in runs(text) {
            shown.push(if run.joined { '+' } else { ' ' });
            shown.extend(run.characters);
        }
        shown
    }

    #[test]
    fn a_text_is_cut_where_its_kind_changes() {
        assert_eq!(shown("API를 배포(v2.1)한다"), " api+를 배포 v2 1 한다");
        assert_eq!(shown("2026년 ＡＢ・会議"), " 2026+년 ａｂ 会議");
        assert_eq!(shown("… 👍🏽 —"), "");
    }

    #[test]
    fn decomposed_hangul_and_capitals_are_the_same_text() {
        assert_eq!(
            shown("\u{1112}\u{116c}\u{110b}\u{1174} CAFE\u{301}"),
            " 회의 café"
        );
    }
}
