//! A log file that starts anew each day or at a size, whichever comes first, and goes with age.
//!
//! No kept crate does all three (`tracing-appender`: time only; `rolling-file`, `logroller`: a number
//! of files, not an age; `file-rotate`: time or size). Files are named `class.2026-11-21.log`, then
//! `class.2026-11-21.1.log` and so on; the day is UTC's, and age is read from the name, so copying
//! or touching a file changes nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::config::LogConfig;
use crate::directory::{make_private_within, open_private};

use super::{ACCESS, APPLICATION, SECURITY};

/// The writer of one class of log files.
pub struct RollingFile {
    directory: PathBuf,
    class: &'static str,
    limit_bytes: u64,
    keep_days: u32,
    clock: Clock,
    current: Current,
}

struct Current {
    file: File,
    day: Date,
    number: u32,
    bytes: u64,
}

impl RollingFile {
    /// Opens the day's last file of `class` in `directory`, making what is missing, and deletes files
    /// whose day is more than `keep_days` days ago.
    ///
    /// # Errors
    /// When directory or file cannot be written.
    pub fn open(
        directory: &Path,
        class: &'static str,
        limit_bytes: u64,
        keep_days: u32,
        clock: Clock,
    ) -> io::Result<Self> {
        make_private_within(directory).map_err(|unusable| unusable.source)?;
        let day = today(&clock);
        let number = files(directory, class)?
            .into_iter()
            .filter(|file| file.day == day)
            .map(|file| file.number)
            .max();
        let current = Current::open(directory, class, day, number.unwrap_or_default())?;
        let file = Self {
            directory: directory.to_owned(),
            class,
            limit_bytes,
            keep_days,
            clock,
            current,
        };
        delete_old(&file.directory, class, day, keep_days)?;
        Ok(file)
    }

    /// Starts another file where the day is over or the line would pass the limit.
    fn roll(&mut self, bytes: u64) -> io::Result<()> {
        let day = today(&self.clock);
        if day != self.current.day {
            self.current = Current::open(&self.directory, self.class, day, 0)?;
            delete_old(&self.directory, self.class, day, self.keep_days)?;
        } else if self.current.bytes > 0 && self.current.bytes + bytes > self.limit_bytes {
            self.current =
                Current::open(&self.directory, self.class, day, self.current.number + 1)?;
        }
        Ok(())
    }
}

/// Deletes the files of `class` whose day is more than `keep_days` days before `today`.
fn delete_old(directory: &Path, class: &str, today: Date, keep_days: u32) -> io::Result<()> {
    let Ok(oldest) = today.checked_sub(i64::from(keep_days).days()) else {
        return Ok(());
    };
    for file in files(directory, class)? {
        if file.day < oldest {
            match fs::remove_file(file.path) {
                // Another process was first.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed?,
            }
        }
    }
    Ok(())
}

/// Deletes the files of each class that have had their time, also of a class in which nothing is written any
/// more: a file is otherwise looked at only when its class has a line.
///
/// # Errors
/// When the directory of `[log]` cannot be read, or a file not be deleted.
pub fn delete_old_logs(config: &LogConfig, data_dir: &Path, clock: &Clock) -> io::Result<()> {
    let Some(directory) = &config.directory else {
        return Ok(());
    };
    let directory = data_dir.join(directory);
    let classes = [
        (APPLICATION, config.application_days),
        (ACCESS, config.access_days),
        (SECURITY, config.security_days),
    ];
    for (class, keep_days) in classes {
        delete_old(&directory, class, today(clock), keep_days)?;
    }
    Ok(())
}

impl Write for RollingFile {
    /// Writes the lines that the file still has room for, and one in any case.
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.roll(first_line(lines) as u64)?;
        let room = self.limit_bytes.saturating_sub(self.current.bytes);
        let written = self.current.file.write(fitting(lines, room))?;
        self.current.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.current.file.flush()
    }
}

impl Current {
    fn open(directory: &Path, class: &str, day: Date, number: u32) -> io::Result<Self> {
        let name = if number == 0 {
            format!("{class}.{day}.log")
        } else {
            format!("{class}.{day}.{number}.log")
        };
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        let file = open_private(&mut options, &directory.join(name))?;
        let bytes = file.metadata()?.len();
        Ok(Self {
            file,
            day,
            number,
            bytes,
        })
    }
}

struct Found {
    path: PathBuf,
    day: Date,
    number: u32,
}

/// The log files of a class; whatever else lies in the directory is passed over.
fn files(directory: &Path, class: &str) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let named = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| read_name(name, class));
        if let Some((day, number)) = named {
            found.push(Found { path, day, number });
        }
    }
    Ok(found)
}

fn read_name(name: &str, class: &str) -> Option<(Date, u32)> {
    let middle = name
        .strip_prefix(class)?
        .strip_prefix('.')?
        .strip_suffix(".log")?;
    let (day, number) = middle.split_once('.').unwrap_or((middle, "0"));
    Some((day.parse().ok()?, number.parse().ok()?))
}

fn first_line(lines: &[u8]) -> usize {
    lines
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(lines.len(), |end| end + 1)
}

/// The whole lines that take no more than `room`, or the first.
fn fitting(lines: &[u8], room: u64) -> &[u8] {
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    let end = lines.get(..room).map_or(lines.len(), |within| {
        let last = within.iter().rposition(|byte| *byte == b'\n');
        last.map_or_else(|| first_line(lines), |end| end + 1)
    });
    lines.get(..end).unwrap_or(lines)
}

fn today(clock: &Clock) -> Date {
    clock.now().local_date(&TimeZone::UTC)
}
