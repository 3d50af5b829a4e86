//! How far it is: a bar that redraws itself on a terminal, a line at every tenth elsewhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use hanok_base::terminal;

const WIDTH: u64 = 30;
/// How often the bar is drawn.
const EVERY: Duration = Duration::from_millis(200);

/// A bar of what is done of `all`.
pub(super) struct Progress {
    what: &'static str,
    all: u64,
    started: Instant,
    drawn: Option<Instant>,
    tenth: u64,
    on_terminal: bool,
}

impl Progress {
    pub(super) fn new(what: &'static str, all: u64) -> Self {
        Self {
            what,
            all,
            started: Instant::now(),
            drawn: None,
            tenth: 0,
            on_terminal: io::stderr().is_terminal(),
        }
    }

    /// So much is done.
    pub(super) fn at(&mut self, done: u64) {
        let line = bar(self.what, done, self.all, self.started.elapsed());
        if self.on_terminal {
            let due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= EVERY);
            if due || done >= self.all {
                self.drawn = Some(Instant::now());
                let mut out = io::stderr();
                // A terminal that is gone shows nothing, and the work goes on.
                let _ = write!(out, "\r{line}\u{1b}[K").and_then(|()| out.flush());
            }
            return;
        }
        let tenth = done * 10 / self.all.max(1);
        if tenth > self.tenth {
            self.tenth = tenth;
            terminal::note(line);
        }
    }

    /// Ends the bar's line.
    pub(super) fn end(self) {
        if self.on_terminal && self.drawn.is_some() {
            terminal::note("");
        }
    }
}

fn bar(what: &str, done: u64, all: u64, took: Duration) -> String {
    let all = all.max(1);
    let full = usize::try_from((done * WIDTH / all).min(WIDTH)).unwrap_or_default();
    let width = usize::try_from(WIDTH).unwrap_or_default();
    let percent = (done * 100 / all).min(100);
    let bar = format!("{}{}", "█".repeat(full), "░".repeat(width - full));
    let left = remaining(done, all, took).map_or_else(String::new, |left| format!(", {left} left"));
    format!(
        "{bar} {percent:>3} %  {} of {} {what}{left}",
        with_commas(done),
        with_commas(all)
    )
}

fn remaining(done: u64, all: u64, took: Duration) -> Option<String> {
    let left = all.checked_sub(done).filter(|left| *left > 0 && done > 0)?;
    let seconds = took.as_secs_f64().ceil();
    let whole = Duration::from_secs_f64(seconds).as_secs() * left / done;
    Some(format!("{}:{:02}", whole / 60, whole % 60))
}

/// 1,234,567.
pub(super) fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_says_how_much_and_how_long() {
        assert_eq!(
            bar("rows", 2_500, 10_000, Duration::from_secs(30)),
            "███████░░░░░░░░░░░░░░░░░░░░░░░  25 %  2,500 of 10,000 rows, 1:30 left"
        );
        assert_eq!(
            bar("rows", 10, 10, Duration::from_secs(1)),
            "██████████████████████████████ 100 %  10 of 10 rows"
        );
        assert!(bar("rows", 0, 0, Duration::ZERO).ends_with("0 of 1 rows"));
    }

    #[test]
    fn numbers_are_read_in_threes() {
        assert_eq!(with_commas(0), "0");
        assert_eq!(with_commas(999), "999");
        assert_eq!(with_commas(1_234_567), "1,234,567");
    }
}
