//! The terms of a text, as they stand in an index.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::fold::{self, Kind, Run};

/// Most characters of a term; a longer run is cut, and what a query finds by it is checked on the text.
pub(super) const LONGEST: usize = 64;

/// Stands before the terms of a heading. No character of a text becomes it: it is for private use.
pub(super) const HEADING: char = '\u{e000}';

/// The terms of one entry of a [`TextIndex`](super::TextIndex).
#[derive(Debug, Clone, Default)]
pub struct Terms(BTreeSet<String>);

impl Terms {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With those of a text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.add(text, "");
        self
    }

    /// With those of a heading: it is found as a text, and also as a heading alone.
    #[must_use]
    pub fn heading(mut self, text: &str) -> Self {
        self.add(text, "");
        self.add(text, HEADING.encode_utf8(&mut [0; 4]));
        self
    }

    fn add(&mut self, text: &str, mark: &str) {
        for run in fold::runs(text) {
            of_run(&run, |term| {
                self.0.insert([mark, &term].concat());
            });
        }
    }

    /// Whether a term is there, or one that begins with it.
    pub(super) fn has(&self, term: &str, prefix: bool) -> bool {
        let mut from = self
            .0
            .range::<str, _>((Bound::Included(term), Bound::Unbounded));
        from.next()
            .is_some_and(|found| found == term || (prefix && found.starts_with(term)))
    }

    /// All of them, parted by spaces, which no term holds.
    pub(super) fn joined(&self) -> String {
        let parts: Vec<&str> = self.0.iter().map(String::as_str).collect();
        parts.join(" ")
    }
}

fn of_run(run: &Run, mut each: impl FnMut(String)) {
    if run.kind == Kind::Letter {
        each(run.characters.iter().take(LONGEST).collect());
        return;
    }
    for pair in run.characters.windows(2) {
        each(pair.iter().collect());
    }
    each(run.characters.iter().rev().take(1).collect());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_give_pairs_and_the_last_alone_and_letters_one_term() {
        let terms = Terms::new().text("회의실에서 API를 Deploy");
        assert_eq!(terms.joined(), "api deploy 를 서 실에 에서 의실 회의");
    }

    #[test]
    fn a_heading_is_in_the_index_twice() {
        let terms = Terms::new().heading("공지").text("본문");
        assert_eq!(terms.joined(), "공지 문 본문 지 \u{e000}공지 \u{e000}지");
    }

    #[test]
    fn a_run_of_letters_without_end_is_cut() {
        let terms = Terms::new().text(&"x".repeat(5_000));
        assert_eq!(terms.joined(), "x".repeat(LONGEST));
    }

    #[test]
    fn no_character_of_a_text_becomes_a_heading() {
        assert_eq!(Terms::new().text("\u{e000}공지").joined(), "공지 지");
    }
}
