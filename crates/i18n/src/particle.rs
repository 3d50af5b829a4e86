//! How a word ends when it is said in Korean, and the particle that follows.

/// The sound a word ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// No final consonant: 가, 를, 는, 와, 로.
    Vowel,
    /// A final ㄹ: as a consonant, but 로.
    Rieul,
    /// Another final consonant: 이, 을, 은, 과, 으로.
    Consonant,
    /// It cannot be told (another script, nothing): both forms are written.
    Unknown,
}

/// How `word` ends. Trailing marks and brackets are passed over; digits and Latin letters count as
/// they are said: 3 is 삼, `URL` is 유알엘, `Slack` is 슬랙.
pub fn ending(word: &str) -> Ending {
    let said = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let Some(last) = said.chars().next_back() else {
        return Ending::Unknown;
    };
    match last {
        '가'..='힣' => hangul(last),
        '0'..='9' => digit(last),
        'a'..='z' | 'A'..='Z' => latin(said),
        _ => Ending::Unknown,
    }
}

/// The form of a particle after `word`; `pair` is (after a consonant, after a vowel).
pub(crate) fn particle(word: &str, pair: (&str, &str)) -> String {
    let (consonant, vowel) = pair;
    match ending(word) {
        Ending::Vowel => vowel.to_owned(),
        Ending::Rieul if consonant.strip_prefix('으') == Some(vowel) => vowel.to_owned(),
        Ending::Rieul | Ending::Consonant => consonant.to_owned(),
        Ending::Unknown => match consonant.strip_suffix(vowel) {
            Some(dropped) if !dropped.is_empty() => format!("({dropped}){vowel}"),
            _ => format!("{consonant}({vowel})"),
        },
    }
}

/// A syllable is 28 times its initial and vowel plus its final; 0 is no final, 8 is ㄹ.
fn hangul(last: char) -> Ending {
    match (u32::from(last) - u32::from('가')) % 28 {
        0 => Ending::Vowel,
        8 => Ending::Rieul,
        _ => Ending::Consonant,
    }
}

/// 영 일 이 삼 사 오 육 칠 팔 구.
const fn digit(last: char) -> Ending {
    match last {
        '1' | '7' | '8' => Ending::Rieul,
        '0' | '3' | '6' => Ending::Consonant,
        _ => Ending::Vowel,
    }
}

fn latin(said: &str) -> Ending {
    let letters: Vec<char> = said
        .chars()
        .rev()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let spelled = letters.iter().all(char::is_ascii_uppercase);
    let lower: String = letters.iter().map(char::to_ascii_lowercase).collect();
    if spelled {
        letter(&lower)
    } else {
        word(&lower)
    }
}

/// The name of the last letter: 엘, 알 · 엠, 엔 · all others end in a vowel.
fn letter(reversed: &str) -> Ending {
    match reversed.chars().next() {
        Some('l' | 'r') => Ending::Rieul,
        Some('m' | 'n') => Ending::Consonant,
        _ => Ending::Vowel,
    }
}

/// The commonest spellings of an English word's last sound; `reversed` is the word backwards.
fn word(reversed: &str) -> Ending {
    let mut letters = reversed.chars();
    match (letters.next(), letters.next()) {
        // Google, Apple: 글, 플; phone, Chrome: 폰, 롬.
        (Some('l'), _) | (Some('e'), Some('l')) => Ending::Rieul,
        (Some('e'), Some('m' | 'n'))
        | (Some('g'), Some('n'))
        | (Some('b' | 'c' | 'k' | 'm' | 'n' | 'p' | 't'), _) => Ending::Consonant,
        _ => Ending::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_heard() {
        for (word, expected) in [
            ("가게", Ending::Vowel),
            ("쇼핑몰", Ending::Rieul),
            ("한옥", Ending::Consonant),
            ("A 쇼핑몰)", Ending::Rieul),
            ("\"한옥\".", Ending::Consonant),
            ("5", Ending::Vowel),
            ("10", Ending::Consonant),
            ("2021", Ending::Rieul),
            ("API", Ending::Vowel),
            ("URL", Ending::Rieul),
            ("PIN", Ending::Consonant),
            ("Slack", Ending::Consonant),
            ("Google", Ending::Rieul),
            ("phone", Ending::Consonant),
            ("Kafka", Ending::Vowel),
            ("Redis", Ending::Vowel),
            ("漢字", Ending::Unknown),
            ("", Ending::Unknown),
            ("!?", Ending::Unknown),
        ] {
            assert_eq!(ending(word), expected, "{word}");
        }
    }

    #[test]
    fn particles_follow_their_word() {
        for (word, subject, object, topic, by) in [
            ("가게", "가", "를", "는", "로"),
            ("쇼핑몰", "이", "을", "은", "로"),
            ("한옥", "이", "을", "은", "으로"),
            ("漢字", "이(가)", "을(를)", "은(는)", "(으)로"),
        ] {
            assert_eq!(particle(word, ("이", "가")), subject, "{word}");
            assert_eq!(particle(word, ("을", "를")), object, "{word}");
            assert_eq!(particle(word, ("은", "는")), topic, "{word}");
            assert_eq!(particle(word, ("으로", "로")), by, "{word}");
        }
    }
}
