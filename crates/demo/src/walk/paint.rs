//! How the walk looks: titles, steps and messages, coloured on a terminal.

use std::io::{self, IsTerminal as _};

use hanok_base::terminal;

/// Longer lines are broken between the members of a JSON object.
const WIDTH: usize = 96;
/// Longer words (tokens, signatures) are shown by their beginning and length.
const LONGEST_WORD: usize = 60;

/// The look of the output.
pub(super) struct Paint {
    coloured: bool,
}

impl Paint {
    pub(super) fn new() -> Self {
        Self {
            coloured: io::stdout().is_terminal(),
        }
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.coloured {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn title(&self, text: &str) {
        terminal::line(self.styled("1", text));
    }

    pub(super) fn step(&self, number: &str, who: &str, what: &str) {
        let head = self.styled("1;36", &format!("[{number}] {who}"));
        terminal::line(format_args!("\n{head}\n  {what}"));
    }

    pub(super) fn done(&self, text: &str) {
        terminal::line(format_args!("\n{}", self.styled("1;32", text)));
    }

    /// A line that is sent.
    pub(super) fn sent(&self, text: &str) {
        terminal::line(format_args!(
            "  {} {}",
            self.styled("33", "→"),
            self.styled("1", text)
        ));
    }

    /// A line that comes back.
    pub(super) fn came(&self, text: &str) {
        terminal::line(format_args!(
            "  {} {}",
            self.styled("32", "←"),
            self.styled("1", text)
        ));
    }

    /// A header.
    pub(super) fn header(&self, name: &str, value: &str) {
        terminal::line(format_args!(
            "    {}",
            self.styled("2", &format!("{name}: {}", shortened(value)))
        ));
    }

    /// What something means.
    pub(super) fn meaning(&self, name: &str, value: &str, english: &str) {
        let name = format!("{name:<13}");
        terminal::line(format_args!(
            "    {} {}  {}",
            self.styled("36", &name),
            shortened(value),
            self.styled("2", english)
        ));
    }
}

/// Prints a body, the members of an object or array on lines of their own where it is long.
pub(super) fn body(text: &str) {
    for line in lines(text) {
        terminal::line(format_args!("    {line}"));
    }
}

/// A long word by its beginning and its length.
pub(super) fn shortened(word: &str) -> String {
    let length = word.chars().count();
    if length <= LONGEST_WORD {
        return word.to_owned();
    }
    let head: String = word.chars().take(24).collect();
    format!("{head}… ({length} characters)")
}

/// A body in lines: what is too long for one is broken between its members.
fn lines(text: &str) -> Vec<String> {
    if text.is_empty() {
        Vec::new()
    } else {
        broken(text, "")
    }
}

/// A JSON value, or the member of an object with its `name`, as it was written.
fn broken(value: &str, name: &str) -> Vec<String> {
    let ends = match value.chars().next() {
        Some('{') => ('{', '}'),
        Some('[') => ('[', ']'),
        _ => return vec![format!("{name}{}", shortened_text(value))],
    };
    let parts: Vec<Vec<String>> = members(value)
        .iter()
        .map(|member| member_lines(member))
        .collect();
    if parts.iter().all(|part| part.len() == 1) {
        let whole = format!("{name}{}{}{}", ends.0, parts.concat().join(", "), ends.1);
        if terminal::width(&whole) <= WIDTH {
            return vec![whole];
        }
    }
    let mut lines = vec![format!("{name}{}", ends.0)];
    let last = parts.len().saturating_sub(1);
    for (at, mut part) in parts.into_iter().enumerate() {
        if at < last
            && let Some(end) = part.last_mut()
        {
            end.push(',');
        }
        lines.extend(part.into_iter().map(|line| format!("  {line}")));
    }
    lines.push(ends.1.to_string());
    lines
}

fn member_lines(member: &str) -> Vec<String> {
    match member.split_once("\":") {
        Some((name, value)) if member.starts_with('"') => broken(value, &format!("{name}\": ")),
        _ => broken(member, ""),
    }
}

/// The members of a JSON object or array as they were written.
fn members(value: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut found = vec![String::new()];
    for c in value.chars() {
        let opens = matches!(c, '{' | '[') && !quoted;
        let closes = matches!(c, '}' | ']') && !quoted;
        depth = if closes {
            depth.saturating_sub(1)
        } else {
            depth
        };
        match c {
            ',' if depth == 1 && !quoted => found.push(String::new()),
            _ if depth == 0 => {}
            _ => found
                .last_mut()
                .into_iter()
                .for_each(|member| member.push(c)),
        }
        depth += usize::from(opens);
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && quoted && !escaped;
    }
    found
}

/// A text that is one long word, with or without quotation marks, shortened.
fn shortened_text(value: &str) -> String {
    match value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
    {
        Some(text) if !text.contains(' ') => format!("\"{}\"", shortened(text)),
        Some(_) => value.to_owned(),
        None => shortened(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_split_where_the_value_splits_and_nowhere_else() {
        let text = r#"{"a":"x, \"y\" {","b":{"c":[1,2]},"d":null}"#;
        assert_eq!(
            members(text),
            [r#""a":"x, \"y\" {""#, r#""b":{"c":[1,2]}"#, r#""d":null"#]
        );
        assert_eq!(members("[1,[2,3]]"), ["1", "[2,3]"]);
        assert_eq!(lines("{}"), ["{}"]);
    }

    #[test]
    fn what_is_short_stays_on_one_line_and_what_is_long_has_a_line_for_each_member() {
        assert_eq!(lines(r#"{"a":1,"b":["x"]}"#), [r#"{"a": 1, "b": ["x"]}"#]);
        let inner = format!(
            r#"{{"b":"{} {}","c":"{}"}}"#,
            "y".repeat(50),
            "z".repeat(50),
            "x".repeat(200)
        );
        let shown = lines(&format!(r#"{{"a":{inner},"d":1}}"#));
        assert_eq!(shown.len(), 7, "{shown:#?}");
        assert_eq!(shown[1], r#"  "a": {"#);
        assert!(shown[3].ends_with(r#"… (200 characters)""#), "{}", shown[3]);
        assert_eq!(shown[4], "  },");
    }
}
