//! What somebody looks for.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::ops::Range;

use super::fold::{self, Kind, Run};
use super::terms::{HEADING, LONGEST, Terms};

/// Korean particles, the longer first.
const PARTICLES: [&str; 17] = [
    "에서", "으로", "까지", "부터", "을", "를", "은", "는", "이", "가", "의", "에", "로", "와",
    "과", "도", "만",
];

/// A run shorter than this keeps what looks like a particle: 나이, 도로, 회의.
const SHORTEST_WITH_PARTICLE: usize = 3;

/// What somebody looks for: words, all of which a text has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextQuery(Vec<Word>);

/// Which part of an entry is looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Its headings alone: all terms of the query are there.
    Heading,
    /// What is not found by [`Heading`](Self::Heading).
    Rest,
}

/// Runs that follow each other at once.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word(Vec<Run>);

impl TextQuery {
    /// From what was typed; `None` where it holds no letter, digit or syllable.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut words: Vec<Word> = Vec::new();
        for run in fold::runs(typed) {
            match words.last_mut() {
                Some(word) if run.joined => word.0.push(run),
                _ => words.push(Word(vec![run])),
            }
        }
        let mut query = Self(Vec::with_capacity(words.len()));
        for word in words {
            if !query.0.contains(&word) {
                query.0.push(word);
            }
        }
        (!query.0.is_empty()).then_some(query)
    }

    /// The same with one trailing particle taken off each run of three syllables or more; `None` where there is
    /// none to take off.
    pub fn without_particles(&self) -> Option<Self> {
        let mut query = self.clone();
        let runs = query.0.iter_mut().flat_map(|word| &mut word.0);
        runs.for_each(take_particle);
        (query != *self).then_some(query)
    }

    /// Whether a text holds every word. To be asked of the stored text of what the index found; several texts that
    /// stand in one entry are put together with a line break between them.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = fold::folded(text).collect();
        self.0.iter().all(|word| word.find(&text, 0).is_some())
    }

    /// Whether what an index finds need not be asked of its text again.
    pub fn is_exact(&self) -> bool {
        self.0.iter().all(Word::is_exact)
    }

    /// Where the words stand in a text, which is in NFC, as ranges of bytes: in order, none touching another.
    pub fn found_in(&self, text: &str) -> Vec<Range<usize>> {
        // A character may become several in lower case: each stands where it came from.
        let (places, folded): (Vec<Range<usize>>, Vec<char>) = text
            .char_indices()
            .flat_map(|(at, character)| {
                let place = at..at + character.len_utf8();
                let lower = character.to_lowercase();
                lower.map(move |lower| (place.clone(), lower))
            })
            .unzip();
        let mut found: Vec<Range<usize>> = Vec::new();
        for word in &self.0 {
            let mut from = 0;
            while let Some(at) = word.find(&folded, from) {
                from = at + word.length();
                let (first, last) = (places.get(at), places.get(from.saturating_sub(1)));
                found.extend(first.zip(last).map(|(first, last)| first.start..last.end));
            }
        }
        found.sort_by_key(|range| (range.start, range.end));
        found.into_iter().fold(Vec::new(), |mut merged, range| {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
            merged
        })
    }

    /// Whether an index finds `text` for it: whether its terms are there, wherever they stand.
    pub fn is_indexed_by(&self, text: &str) -> bool {
        let held = Terms::new().text(text);
        let wanted = self.0.iter().flat_map(|word| &word.0).flat_map(terms);
        wanted
            .into_iter()
            .all(|(term, prefix)| held.has(&term, prefix))
    }

    /// For FTS5's MATCH. Terms hold no quotation mark: they are letters.
    pub(super) fn for_sqlite(&self, part: Part) -> String {
        let all = |heading| {
            self.expression(heading, " AND ", |out, term, prefix| {
                let star = if prefix { "*" } else { "" };
                write!(out, "\"{term}\"{star}")
            })
        };
        match part {
            Part::Whole => all(false),
            Part::Heading => all(true),
            Part::Rest => format!("({}) NOT ({})", all(false), all(true)),
        }
    }

    /// For PostgreSQL's `@@`, as the text of a `tsquery`.
    pub(super) fn for_postgres(&self, part: Part) -> String {
        let all = |heading| {
            self.expression(heading, " & ", |out, term, prefix| {
                let star = if prefix { ":*" } else { "" };
                write!(out, "'{term}'{star}")
            })
        };
        match part {
            Part::Whole => all(false),
            Part::Heading => all(true),
            Part::Rest => format!("({}) & !({})", all(false), all(true)),
        }
    }

    fn expression(
        &self,
        heading: bool,
        and: &str,
        write: impl Fn(&mut String, &str, bool) -> fmt::Result,
    ) -> String {
        let mut expression = String::new();
        let mut known = BTreeSet::new();
        for run in self.0.iter().flat_map(|word| &word.0) {
            for (mut term, prefix) in terms(run) {
                if heading {
                    term.insert(0, HEADING);
                }
                if !known.insert((term.clone(), prefix)) {
                    continue;
                }
                if !expression.is_empty() {
                    expression.push_str(and);
                }
                // Writing to a string does not fail.
                let _ = write(&mut expression, &term, prefix);
            }
        }
        expression
    }
}

impl Word {
    fn is_exact(&self) -> bool {
        match self.0.as_slice() {
            [run] if run.kind == Kind::Letter => run.characters.len() <= LONGEST,
            [run] => run.characters.len() <= 2,
            _ => false,
        }
    }

    fn length(&self) -> usize {
        self.0.iter().map(|run| run.characters.len()).sum()
    }

    /// Where it stands in a folded text, from the place `from` on. Letters are whole: `api` is not in `apis`.
    fn find(&self, text: &[char], from: usize) -> Option<usize> {
        let length = self.length();
        let letter = |at: Option<usize>| {
            at.and_then(|at| text.get(at))
                .is_some_and(|character| Kind::of(*character) == Kind::Letter)
        };
        let begins = self.0.first().is_some_and(|run| run.kind == Kind::Letter);
        let ends = self.0.last().is_some_and(|run| run.kind == Kind::Letter);
        (from..(text.len() + 1).saturating_sub(length)).find(|at| {
            let mut here = text.iter().skip(*at);
            self.0
                .iter()
                .flat_map(|run| &run.characters)
                .all(|wanted| here.next() == Some(wanted))
                && !(begins && letter(at.checked_sub(1)))
                && !(ends && letter(Some(at + length)))
        })
    }
}

/// The terms of a run of a query, each with whether it stands for all that begin with it.
fn terms(run: &Run) -> Vec<(String, bool)> {
    match (run.kind, run.characters.as_slice()) {
        (Kind::Letter, letters) => vec![(letters.iter().take(LONGEST).collect(), false)],
        (_, [alone]) => vec![(alone.to_string(), true)],
        (_, syllables) => syllables
            .windows(2)
            .map(|pair| (pair.iter().collect(), false))
            .collect(),
    }
}

fn take_particle(run: &mut Run) {
    let length = run.characters.len();
    if run.kind != Kind::Syllable || length < SHORTEST_WITH_PARTICLE {
        return;
    }
    let ends = |particle: &&&str| {
        let backwards = particle.chars().rev();
        backwards.clone().count() < length
            && run
                .characters
                .iter()
                .rev()
                .copied()
                .zip(backwards)
                .all(|(a, b)| a == b)
    };
    if let Some(particle) = PARTICLES.iter().find(ends) {
        run.characters.truncate(length - particle.chars().count());
    }
}

#[cfg(test)]
mod tests;
