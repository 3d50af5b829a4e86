//! A text of which what was looked for is marked.

use std::fmt::{self, Display, Formatter, Write};
use std::ops::Range;

use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use hanok_db::text_search::TextQuery;
use unicode_normalization::UnicodeNormalization;

/// How many characters of a text are shown.
const SHOWN: usize = 80;
/// How many of them stand before the first word that was found.
const BEFORE: usize = 20;

/// A text in pieces, each with whether it is what was looked for. As HTML it is escaped, then marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marked(Vec<(String, bool)>);

impl Marked {
    /// A text in which nothing is marked.
    pub(super) fn plain(text: String) -> Self {
        Self(vec![(text, false)])
    }

    /// All of a text.
    pub(super) fn whole(text: &str, query: &TextQuery) -> Self {
        let text: String = text.nfc().collect();
        Self::of(&text, 0..text.len(), &query.found_in(&text))
    }

    /// Eighty characters of a text on one line, around what is found first, else its beginning.
    pub(super) fn excerpt(text: &str, query: &TextQuery) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        let text: String = words.join(" ").nfc().collect();
        let found = query.found_in(&text);
        let first = found.first().map_or(0, |range| range.start);
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = starts.partition_point(|start| *start < first);
        // Where the text ends soon, more of what stands before is shown.
        let from = at
            .saturating_sub(BEFORE)
            .min(starts.len().saturating_sub(SHOWN));
        let byte = |at: usize| starts.get(at).copied().unwrap_or(text.len());
        let range = byte(from)..byte(from + SHOWN);
        let mut marked = Self::of(&text, range.clone(), &found);
        if range.start > 0 {
            marked.0.insert(0, ("…".to_owned(), false));
        }
        if range.end < text.len() {
            marked.0.push(("…".to_owned(), false));
        }
        marked
    }

    fn of(text: &str, shown: Range<usize>, found: &[Range<usize>]) -> Self {
        let mut pieces = Vec::new();
        let mut push = |range: Range<usize>, hit| {
            let piece = text.get(range).unwrap_or_default();
            if !piece.is_empty() {
                pieces.push((piece.to_owned(), hit));
            }
        };
        let mut at = shown.start;
        for range in found {
            let (start, end) = (range.start.max(at), range.end.min(shown.end));
            if start < end {
                push(at..start, false);
                push(start..end, true);
                at = end;
            }
        }
        push(at..shown.end, false);
        Self(pieces)
    }
}

impl Display for Marked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (piece, hit) in &self.0 {
            f.write_str(if *hit { "<mark>" } else { "" })?;
            for character in piece.chars() {
                match character {
                    '&' => f.write_str("&amp;")?,
                    '<' => f.write_str("&lt;")?,
                    '>' => f.write_str("&gt;")?,
                    '"' => f.write_str("&quot;")?,
                    '\'' => f.write_str("&#39;")?,
                    other => f.write_char(other)?,
                }
            }
            f.write_str(if *hit { "</mark>" } else { "" })?;
        }
        Ok(())
    }
}

impl FastWritable for Marked {
    fn write_into(&self, dest: &mut dyn Write, _values: &dyn Values) -> askama::Result<()> {
        Ok(write!(dest, "{self}")?)
    }
}

impl HtmlSafe for Marked {}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(typed: &str) -> TextQuery {
        TextQuery::parse(typed).unwrap()
    }

    #[test]
    fn what_was_looked_for_is_marked_and_all_else_escaped() {
        let shown = Marked::whole("<b>회의</b> & \"API\"", &query("회의 api"));
        assert_eq!(
            shown.to_string(),
            "&lt;b&gt;<mark>회의</mark>&lt;/b&gt; &amp; &quot;<mark>API</mark>&quot;"
        );
        let shown = Marked::whole("<mark>script", &query("script mark"));
        assert_eq!(
            shown.to_string(),
            "&lt;<mark>mark</mark>&gt;<mark>script</mark>"
        );
    }

    #[test]
    fn an_excerpt_stands_around_what_was_found_first() {
        let text = format!("{}\n회의  {}", "가나 ".repeat(40), "다라 ".repeat(40));
        let shown = Marked::excerpt(&text, &query("회의")).to_string();
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains("가나 <mark>회의</mark> 다라"), "{shown}");
        let characters = shown.replace("<mark>", "").replace("</mark>", "");
        assert_eq!(characters.chars().count(), 82);
    }

    #[test]
    fn a_short_text_is_shown_whole_and_one_without_a_hit_from_its_beginning() {
        let short = Marked::excerpt("점심\n회의", &query("회의"));
        assert_eq!(short.to_string(), "점심 <mark>회의</mark>");
        let none = Marked::excerpt(&"가".repeat(100), &query("회의"));
        assert_eq!(none.to_string(), format!("{}…", "가".repeat(80)));
        assert_eq!(Marked::excerpt("", &query("회의")).to_string(), "");
        let last = Marked::excerpt(&format!("{} 회의", "가".repeat(100)), &query("회의"));
        assert_eq!(
            last.to_string(),
            format!("…{} <mark>회의</mark>", "가".repeat(77))
        );
    }

    #[test]
    fn decomposed_hangul_is_marked_too() {
        let shown = Marked::excerpt("\u{1112}\u{116c}\u{110b}\u{1174}를", &query("회의"));
        assert_eq!(shown.to_string(), "<mark>회의</mark>를");
    }
}
