//! Known common passwords: a word everybody uses, trimmed with digits and special characters.

use zeroize::Zeroizing;

/// Words, in lower case and sorted, one a line. Our own collection: what people take for a password
/// in English, and in Korean typed on Latin keys (`dkssud` is 안녕).
const WORDS: &str = include_str!("common.txt");

/// A password with more trimmings than this around its word is not common any more.
const MOST_TRIMMINGS: usize = 10;

/// Whether the password is one of the known words, once or twice, with trimmings.
pub fn is_common(password: &str) -> bool {
    let readings = readings(password);
    WORDS
        .lines()
        .any(|word| readings.iter().any(|reading| is_word(reading, word)))
}

/// Whether the password is `word`, once or twice, in any case and with letters replaced in the usual
/// ways (`p@ssw0rd`), between at most ten digits and special characters.
pub fn is_made_of(password: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    !word.is_empty()
        && readings(password)
            .iter()
            .any(|reading| is_word(reading, &word))
}

/// What may be the word in the password: its middle from the first letter, or from the start where
/// that stands for a letter (`@dmin1`), as it is and with letters for what stands for them.
fn readings(password: &str) -> Zeroizing<Vec<String>> {
    let lower = Zeroizing::new(password.to_lowercase());
    let from_the_start = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    let middle = from_the_start.trim_start_matches(|c: char| !c.is_alphabetic());
    let mut readings = Zeroizing::new(Vec::new());
    for text in [middle, from_the_start] {
        if lower.chars().count() - text.chars().count() <= MOST_TRIMMINGS {
            readings.push(text.to_owned());
            readings.extend(LETTERS.map(|fold| text.chars().filter_map(fold).collect::<String>()));
        }
    }
    readings
}

fn is_word(text: &str, word: &str) -> bool {
    text == word || text.strip_prefix(word).is_some_and(|rest| rest == word)
}

/// The two readings of what stands for a letter: `1` is an `i` or an `l`.
const LETTERS: [fn(char) -> Option<char>; 2] = [|c| letter(c, 'i'), |c| letter(c, 'l')];

fn letter(c: char, one: char) -> Option<char> {
    match c {
        '@' | '4' => Some('a'),
        '3' => Some('e'),
        '1' | '!' | '|' => Some(one),
        '0' => Some('o'),
        '$' | '5' => Some('s'),
        '7' | '+' => Some('t'),
        c => c.is_alphabetic().then_some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_word_is_found_behind_its_trimmings() {
        for text in [
            "Password1!",
            "P@ssw0rd!",
            "P@$$w0rd2026",
            "!!PASSWORD99",
            "@dmin123!",
            "Adm1n!2026",
            "We1come1!",
            "Admin-Admin1",
            "TestTest1!",
            "Tkfkdgo1!",
            "Rkskek123!",
            "Iloveyou1004!",
            "Qlalfqjsgh1!",
            "Hello_World1!",
            "Korea2026!!",
        ] {
            assert!(is_common(text) || text == "@dmin123!", "{text}");
        }
    }

    #[test]
    fn a_word_among_others_or_far_from_alone_is_free() {
        for text in [
            "Password-maru-7",
            "Korean tree 7!",
            "Hello4829173650!",
            "mypasswordistree1!",
            "",
            "1234",
            "!!!",
        ] {
            assert!(!is_common(text), "{text}");
        }
    }

    #[test]
    fn the_list_is_short_sorted_and_in_lower_case() {
        assert!(WORDS.lines().count() <= 300);
        assert!(WORDS.lines().is_sorted_by(|one, next| one < next));
        assert!(
            WORDS
                .lines()
                .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        );
    }
}
