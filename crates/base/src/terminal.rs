//! The words of a command on standard output and standard error. A reader who went away is no fault.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde::Serialize;

/// A line of the answer.
pub fn line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// The answer for a program.
pub fn json<T: Serialize>(value: &T) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        line(text);
    }
}

/// A line beside the answer.
pub fn note(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// What went wrong.
pub fn error(text: &str) {
    note(format_args!("hanok: {text}"));
}

/// Rows in columns as wide as their widest cell; Hangul counts double.
pub fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]]) {
    columns(&heads, rows);
}

/// The same where the number of columns is known only when it runs; every row has as many as `heads`.
pub fn columns<R: AsRef<[String]>>(heads: &[&str], rows: &[R]) {
    let mut widths: Vec<usize> = heads.iter().map(|head| width(head)).collect();
    for row in rows {
        widths
            .iter_mut()
            .zip(row.as_ref())
            .for_each(|(widest, cell)| *widest = width(cell).max(*widest));
    }
    let padded = |cells: Vec<&str>| {
        let cells = cells.into_iter().zip(&widths);
        let padded =
            cells.map(|(cell, wide)| cell.to_owned() + &" ".repeat(wide - width(cell) + 2));
        padded.collect::<String>().trim_end().to_owned()
    };
    line(padded(heads.to_vec()));
    rows.iter()
        .for_each(|row| line(padded(row.as_ref().iter().map(String::as_str).collect())));
}

/// How many columns a terminal gives a text.
pub fn width(text: &str) -> usize {
    let is_wide = |c: char| matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF00..=0xFF60);
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}
