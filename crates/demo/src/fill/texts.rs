//! The texts of a made-up board. Which words they hold how often is set: what is looked for in a measurement is
//! common, rare or nowhere on purpose.

use std::fmt::Write as _;

use super::dice::Dice;
use super::words::{ADVERBS, ENDINGS, NOUNS, PARTICLES, RARE, RARELY, REPLIES, TOPICS};

/// A post's title and text.
pub(super) struct Text {
    pub(super) title: String,
    pub(super) body: String,
}

/// The post of this number.
pub(super) fn post(dice: &mut Dice, number: u64) -> Text {
    let mut said: Vec<&str> = Vec::new();
    for (times, sentences) in TOPICS {
        if dice.in_thousand(times) {
            said.extend(dice.pick(sentences));
        }
    }
    if number % RARELY == RARELY / 2 {
        said.push(RARE);
    }
    let about = dice.pick(&said).filter(|_| dice.in_thousand(300));
    let mut title = match about {
        Some(sentence) => sentence.trim_end_matches('.').to_owned(),
        None => phrase(dice),
    };
    // Writing to a string does not fail.
    let _ = write!(title, " #{number}");
    Text {
        title,
        body: body(dice, &said),
    }
}

fn body(dice: &mut Dice, said: &[&str]) -> String {
    let mut body = String::new();
    let paragraphs = 2 + dice.below(4);
    if dice.in_thousand(150) {
        let _ = write!(body, "## {}\n\n", phrase(dice));
    }
    let mut said = said.iter();
    for _ in 0..paragraphs {
        for _ in 0..=dice.below(3) {
            body.push_str(&sentence(dice));
            body.push(' ');
        }
        if let Some(sentence) = said.next() {
            body.push_str(sentence);
        }
        body.push_str("\n\n");
    }
    for rest in said {
        let _ = writeln!(body, "- {rest}");
    }
    if dice.in_thousand(300) {
        for _ in 0..3 {
            let _ = writeln!(body, "- **{}**: {}", phrase(dice), sentence(dice));
        }
    }
    if dice.in_thousand(100) {
        let _ = write!(
            body,
            "\n[{}](https://wiki.hanok.example/{})\n",
            phrase(dice),
            dice.below(5_000)
        );
    }
    if dice.in_thousand(80) {
        let _ = write!(
            body,
            "\n```\njob-{} --retry {}\n```\n",
            dice.below(9_000),
            dice.below(9)
        );
    }
    body.truncate(body.trim_end().len());
    body
}

/// What somebody says to a post.
pub(super) fn comment(dice: &mut Dice) -> String {
    let mut text = dice.pick(&REPLIES).unwrap_or_default().to_owned();
    for (times, sentences) in TOPICS {
        if dice.in_thousand(times / 8) {
            text.push(' ');
            text.push_str(dice.pick(sentences).unwrap_or_default());
        }
    }
    for _ in 0..dice.below(3) {
        text.push(' ');
        text.push_str(&sentence(dice));
    }
    text
}

fn sentence(dice: &mut Dice) -> String {
    let mut text = phrase(dice);
    if dice.in_thousand(400) {
        text = format!("{} {text}", phrase(dice));
    }
    let (adverb, ending) = (dice.pick(&ADVERBS), dice.pick(&ENDINGS));
    let (adverb, ending) = (adverb.unwrap_or_default(), ending.unwrap_or_default());
    format!("{text} {adverb} {ending}.")
}

fn phrase(dice: &mut Dice) -> String {
    let (first, second) = (dice.pick(&NOUNS), dice.pick(&NOUNS));
    let (first, second) = (first.unwrap_or_default(), second.unwrap_or_default());
    let particle = dice.pick(&PARTICLES).unwrap_or_default();
    format!("{first} {second}{particle}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTS: u64 = 10_000;

    fn texts() -> Vec<String> {
        let mut dice = Dice::new(1);
        let texts = (0..POSTS).map(|number| post(&mut dice, number));
        texts
            .map(|text| format!("{}\n{}", text.title, text.body))
            .collect()
    }

    #[test]
    fn words_are_as_frequent_as_they_are_set() {
        let texts = texts();
        let share = |word: &str| {
            let holding = texts.iter().filter(|text| text.contains(word)).count();
            holding * 1_000 / texts.len()
        };
        for (word, least, most) in [
            ("회의", 410, 450),
            ("회의록을", 50, 95),
            ("공지사항", 50, 70),
            ("API를", 25, 55),
            ("연말정산", 6, 14),
            ("뷁쇍", 0, 0),
            ("쀍쀍", 0, 0),
        ] {
            let share = share(word);
            assert!((least..=most).contains(&share), "{word}: {share}");
        }
    }

    #[test]
    fn texts_are_what_the_board_takes() {
        let mut dice = Dice::new(2);
        for number in 0..POSTS {
            let text = post(&mut dice, number);
            assert!((1..=200).contains(&text.title.chars().count()));
            assert!((1..=5_000).contains(&text.body.chars().count()));
            assert!((1..=500).contains(&comment(&mut dice).chars().count()));
        }
    }

    #[test]
    fn a_seed_repeats_its_texts() {
        assert_eq!(texts(), texts());
    }
}
