//! A file of people, read whole before anything is made: every row, and all that is wrong with it.

use std::collections::HashSet;

use csv::{ErrorKind, Position, StringRecord};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Faults, ImportRow, csv_fault};
use crate::account::NewAccount;

/// The most rows of a file that is read whole.
pub const MOST_LINES: usize = 10_000;

/// What a first line may name.
const COLUMNS: [&str; 10] = [
    "username",
    "name",
    "password_hash",
    "email",
    "birthdate",
    "phone_number",
    "phone_proven",
    "ci",
    "department",
    "roles",
];
/// What it has to name.
const NEEDED: [&str; 2] = ["username", "name"];

/// Why a file is none of people at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It is not UTF-8.
    NotUtf8,
    /// It has a NUL, which no text of people has and not every store takes.
    Nul,
    /// Its first line is no CSV.
    Malformed,
    /// Its first line names a column that there is not, or one twice.
    Column,
    /// Its first line lacks `username` or `name`.
    Missing,
    /// It has no row.
    Empty,
    /// It has more than [`MOST_LINES`] rows.
    TooLong,
}

impl FileFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 => "import_not_utf8",
            Self::Nul => "import_nul",
            Self::Malformed => "csv_malformed",
            Self::Column => "import_columns",
            Self::Missing => "import_columns_missing",
            Self::Empty => "import_empty",
            Self::TooLong => "import_too_long",
        }
    }
}

/// What is wrong with a row. Never what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFault {
    /// The column; empty where it is the whole row.
    pub column: String,
    /// What is wrong: `field.<code>` of the catalogue.
    pub code: String,
}

impl ImportFault {
    /// Something is wrong with a column.
    pub fn new(column: impl Into<String>, code: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            code: code.into(),
        }
    }
}

/// A row of a file.
pub struct ImportLine {
    /// Where it begins in the file.
    pub line: u64,
    /// The username, as it stands there.
    pub username: String,
    /// The name, as it stands there.
    pub name: String,
    /// The account that it makes, or all that is wrong with it.
    pub account: Result<NewAccount, Vec<ImportFault>>,
}

impl ImportLine {
    /// Something more is wrong with it.
    pub fn refuse(&mut self, column: &str, code: &str) {
        let fault = ImportFault::new(column, code);
        match &mut self.account {
            Err(faults) => faults.push(fault),
            Ok(_) => self.account = Err(vec![fault]),
        }
    }
}

/// Reads a file of people. `today` is the organisation's day. Rows that bring a CI or a number that counts as proven
/// are refused unless `takes_proof`: whoever writes such a row says who somebody is.
///
/// # Errors
/// [`FileFault`]; what is wrong with a row stands in it.
pub fn read_people(
    file: &[u8],
    today: Date,
    takes_proof: bool,
) -> Result<Vec<ImportLine>, FileFault> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let file = std::str::from_utf8(file).map_err(|_| FileFault::NotUtf8)?;
    if file.contains('\0') {
        return Err(FileFault::Nul);
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(file.as_bytes());
    let heads = reader.headers().map_err(|_| FileFault::Malformed)?.clone();
    check_heads(&heads)?;
    let mut lines = Vec::new();
    let mut count = LineCount::new(file);
    for record in reader.records() {
        if lines.len() == MOST_LINES {
            return Err(FileFault::TooLong);
        }
        lines.push(match record {
            Ok(record) => ImportLine {
                line: count.at(record.position()),
                ..read_line(&record, &heads, today)
            },
            Err(error) => ImportLine {
                line: count.at(error.position()),
                ..broken(&error)
            },
        });
    }
    if lines.is_empty() {
        return Err(FileFault::Empty);
    }
    refuse_twice(&mut lines);
    if !takes_proof {
        lines.iter_mut().for_each(refuse_proof);
    }
    Ok(lines)
}

/// Counts the lines of a file up to each of its records, from 1. The reader's own count is one short behind CRLF, whose
/// second half it reads with the next record.
struct LineCount<'f> {
    rest: &'f [u8],
    from: usize,
    line: u64,
}

impl<'f> LineCount<'f> {
    const fn new(file: &'f str) -> Self {
        Self {
            rest: file.as_bytes(),
            from: 0,
            line: 1,
        }
    }

    /// The line in which the record at `position` begins, behind the line ends that lie before it. Positions rise.
    fn at(&mut self, position: Option<&Position>) -> u64 {
        let place = position.and_then(|position| usize::try_from(position.byte()).ok());
        let ahead = place.unwrap_or(self.from).saturating_sub(self.from);
        let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
        let behind = self.rest.iter().skip(ahead).take_while(is_end).count();
        let (passed, rest) = self.rest.split_at(self.rest.len().min(ahead + behind));
        let ends = line_ends(passed);
        self.line += u64::try_from(ends).unwrap_or_default();
        self.from += passed.len();
        self.rest = rest;
        self.line
    }
}

/// How many lines end in this stretch, by `\n`, `\r\n` or `\r` alone, as the reader takes them too.
fn line_ends(stretch: &[u8]) -> usize {
    let next = stretch.iter().skip(1).map(Some).chain([None]);
    let ends = stretch.iter().zip(next).filter(|(byte, next)| match byte {
        b'\n' => true,
        b'\r' => *next != Some(&b'\n'),
        _ => false,
    });
    ends.count()
}

fn check_heads(heads: &StringRecord) -> Result<(), FileFault> {
    let mut seen = HashSet::new();
    if !heads
        .iter()
        .all(|head| COLUMNS.contains(&head) && seen.insert(head))
    {
        return Err(FileFault::Column);
    }
    let has_needed = NEEDED.iter().all(|needed| seen.contains(needed));
    has_needed.then_some(()).ok_or(FileFault::Missing)
}

fn read_line(record: &StringRecord, heads: &StringRecord, today: Date) -> ImportLine {
    let cell = |name: &str| {
        let place = heads.iter().position(|head| head == name);
        let cell = place.and_then(|place| record.get(place));
        cell.unwrap_or_default().to_owned()
    };
    let account = match record.deserialize::<ImportRow>(Some(heads)) {
        Ok(row) => row.check(today).map_err(|Faults(faults)| {
            let told = faults.into_iter();
            told.map(|(column, code)| ImportFault::new(column, code))
                .collect()
        }),
        Err(error) => Err(vec![ImportFault::new(
            column(&error, heads),
            csv_fault(&error),
        )]),
    };
    ImportLine {
        line: 0,
        username: cell("username"),
        name: cell("name"),
        account,
    }
}

/// The column whose value does not fit.
fn column(error: &csv::Error, heads: &StringRecord) -> String {
    let place = match error.kind() {
        ErrorKind::Deserialize { err, .. } => err.field(),
        _ => None,
    };
    let place = place.and_then(|place| usize::try_from(place).ok());
    let head = place.and_then(|place| heads.get(place));
    head.unwrap_or_default().to_owned()
}

fn broken(error: &csv::Error) -> ImportLine {
    ImportLine {
        line: 0,
        username: String::new(),
        name: String::new(),
        account: Err(vec![ImportFault::new("", csv_fault(error))]),
    }
}

/// The first row of a username counts.
fn refuse_twice(lines: &mut [ImportLine]) {
    let mut seen = HashSet::new();
    for line in lines {
        let Ok(account) = &line.account else { continue };
        if !seen.insert(account.username.normalised().to_owned()) {
            line.refuse("username", "import_twice");
        }
    }
}

fn refuse_proof(line: &mut ImportLine) {
    let Ok(account) = &line.account else { return };
    let brings = [
        ("ci", account.ci.is_some()),
        ("phone_proven", account.phone_proven),
    ];
    for (column, _) in brings.into_iter().filter(|(_, brings)| *brings) {
        line.refuse(column, "import_proof");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Result<Vec<ImportLine>, FileFault> {
        read_people(file.as_bytes(), jiff::civil::date(2026, 11, 21), false)
    }

    fn faults(line: &ImportLine) -> Vec<(&str, &str)> {
        let Err(faults) = &line.account else {
            return Vec::new();
        };
        let told = faults.iter();
        told.map(|it| (it.column.as_str(), it.code.as_str()))
            .collect()
    }

    #[test]
    fn every_fault_of_every_row_is_told_with_its_line() {
        let file = "\u{feff}username,name,birthdate,phone_number,phone_proven\n\
            haneul,김하늘,1990-02-03,010-1234-5678,\n\
            x,,2099-01-01,12,\n\
            HANEUL,또하늘,,,\n\
            short,줄\n\
            proven,이누리,,010-1234-5679,true\n\
            word,이누리,,,perhaps\n";
        let lines = read(file).ok().unwrap();
        let told: Vec<(u64, Vec<(&str, &str)>)> =
            lines.iter().map(|line| (line.line, faults(line))).collect();
        let second = [
            ("username", "username_too_short"),
            ("name", "name_empty"),
            ("birthdate", "birthdate_future"),
        ];
        assert_eq!(told[0], (2, vec![]));
        assert_eq!((told[1].0, &told[1].1[..3]), (3, &second[..]));
        assert_eq!(told[1].1[3].0, "phone_number");
        assert_eq!(told[2], (4, vec![("username", "import_twice")]));
        assert_eq!(told[3], (5, vec![("", "csv_unequal_lengths")]));
        assert_eq!(told[4], (6, vec![("phone_proven", "import_proof")]));
        assert_eq!(told[5].1[0].1, "csv_unknown_column_or_value");
        assert_eq!(
            (lines[4].username.as_str(), lines[4].name.as_str()),
            ("proven", "이누리")
        );
    }

    #[test]
    fn a_row_is_told_with_its_line_whatever_ends_the_lines() {
        let file = "username,name\nara,\"하늘\n바다\"\n\nbora,보라\nchan,찬\n";
        for ends in ["\n", "\r\n", "\r"] {
            let lines = read(&file.replace('\n', ends)).ok().unwrap();
            let places: Vec<u64> = lines.iter().map(|line| line.line).collect();
            assert_eq!(places, [2, 5, 6], "{ends:?}");
        }
    }

    #[test]
    fn a_file_of_something_else_is_refused_as_a_whole() {
        let fault = |file: &str| read(file).err();
        assert_eq!(fault("username,name\n"), Some(FileFault::Empty));
        assert_eq!(
            fault("username,phone_number\na,b\n"),
            Some(FileFault::Missing)
        );
        assert_eq!(
            fault("username,name,salary\na,b,c\n"),
            Some(FileFault::Column)
        );
        assert_eq!(
            fault("username,name,name\na,b,c\n"),
            Some(FileFault::Column)
        );
        assert_eq!(fault(""), Some(FileFault::Missing));
        assert_eq!(fault("username,name\na\0,b\n"), Some(FileFault::Nul));
        let korean = b"username,name\nhaneul,\xb1\xe8\n";
        let day = jiff::civil::date(2026, 11, 21);
        assert_eq!(
            read_people(korean, day, false).err(),
            Some(FileFault::NotUtf8)
        );
        let long = "\na,b".repeat(MOST_LINES + 1);
        assert_eq!(
            fault(&format!("username,name{long}")),
            Some(FileFault::TooLong)
        );
    }
}
