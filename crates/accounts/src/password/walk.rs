//! Passwords drawn on the keyboard: runs along its rows and columns, the alphabet, digits, repeats.

use zeroize::Zeroizing;

/// Ways a finger or a mind goes; each also backwards.
const TRACKS: [&str; 11] = [
    "12345678901234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8i9",
    "1a2b3c4d5e6f7g8h9i",
];

/// Fewer characters than this do not make a run.
const SHORTEST_RUN: usize = 3;
/// A password with more characters than this outside its runs is not a walk.
const MOST_STRAY: usize = 2;

/// Whether the password is runs along [`TRACKS`] and repeats, but for two characters at most; a
/// special character counts as the digit on its key (`!QAZ2wsx`).
pub fn is_walk(password: &str) -> bool {
    let mut keys = Zeroizing::new(String::with_capacity(password.len() * 3));
    keys.extend(password.chars().flat_map(char::to_lowercase).map(unshifted));
    let mut rest = keys.as_str();
    let (mut stray, mut runs) = (0, 0);
    while !rest.is_empty() && stray <= MOST_STRAY {
        let run = longest_run(rest);
        let is_run = run >= SHORTEST_RUN;
        *(if is_run { &mut runs } else { &mut stray }) += 1;
        let step = if is_run { run } else { 1 };
        rest = rest
            .char_indices()
            .nth(step)
            .and_then(|(at, _)| rest.get(at..))
            .unwrap_or_default();
    }
    runs > 0 && stray <= MOST_STRAY
}

/// How many characters at the start of `text` follow one track, or repeat one character.
fn longest_run(text: &str) -> usize {
    let repeats = text
        .chars()
        .zip(text.chars().skip(1))
        .take_while(|(one, next)| one == next)
        .count()
        + 1;
    let along = TRACKS.iter().map(|track| {
        let forwards = (0..track.len()).map(|start| common_start(text, track.chars().skip(start)));
        let backwards =
            (0..track.len()).map(|start| common_start(text, track.chars().rev().skip(start)));
        forwards.chain(backwards).max().unwrap_or_default()
    });
    along.max().unwrap_or_default().max(repeats)
}

fn common_start(text: &str, track: impl Iterator<Item = char>) -> usize {
    text.chars()
        .zip(track)
        .take_while(|(one, other)| one == other)
        .count()
}

fn unshifted(c: char) -> char {
    match c {
        '!' => '1',
        '@' => '2',
        '#' => '3',
        '$' => '4',
        '%' => '5',
        '^' => '6',
        '&' => '7',
        '*' => '8',
        '(' => '9',
        ')' => '0',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_over_the_keyboard_are_walks() {
        for text in [
            "Qwer1234!",
            "Asdf1234!",
            "1qaz@WSX",
            "!QAZ2wsx",
            "1q2w3e4r!",
            "Q1w2e3r4!",
            "Abcd1234!",
            "Zxcv!2345",
            "Qwe123!@#",
            "Aaaa1111!",
            "Poiuy0987^",
            "A1b2c3d4!",
            "!@#$QWERasdf1",
            "Aa111111!",
        ] {
            assert!(is_walk(text), "{text}");
        }
    }

    #[test]
    fn other_passwords_are_not() {
        for text in [
            "Maru-tree-7",
            "Xk9#mPq2vL",
            "Qwer-maru-7",
            "Treehouse123!",
            "한옥마루Aa1!",
        ] {
            assert!(!is_walk(text), "{text}");
        }
    }
}
