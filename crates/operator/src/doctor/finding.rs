//! What a check found, and how it is shown.

use std::fmt::Display;
use std::time::Duration;

use hanok_base::terminal;
use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// All is well.
    Ok,
    /// It is switched off, or could not be looked at because of another failure.
    Skipped,
    /// It works, and somebody should look after it.
    Warning,
    /// It does not work.
    Failed,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "WARNING",
            Self::Failed => "FAILED",
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was looked at.
    pub(crate) check: &'static str,
    /// How it is.
    pub(crate) state: State,
    /// What was seen.
    pub(crate) found: String,
    /// What to do; for a warning and a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Display) -> Self {
        Self::new(check, State::Ok, &found, None)
    }

    pub(super) fn skipped(check: &'static str, found: impl Display) -> Self {
        Self::new(check, State::Skipped, &found, None)
    }

    pub(super) fn warning(check: &'static str, found: impl Display, remedy: impl Display) -> Self {
        Self::new(check, State::Warning, &found, Some(remedy.to_string()))
    }

    pub(super) fn failed(check: &'static str, found: impl Display, remedy: impl Display) -> Self {
        Self::new(check, State::Failed, &found, Some(remedy.to_string()))
    }

    fn new(
        check: &'static str,
        state: State,
        found: &impl Display,
        remedy: Option<String>,
    ) -> Self {
        Self {
            check,
            state,
            found: found.to_string(),
            remedy,
        }
    }
}

/// The check's finding, or that it did not end within `patience`.
pub(super) async fn within(
    patience: Duration,
    check: &'static str,
    look: impl Future<Output = Finding>,
) -> Finding {
    let ended = tokio::time::timeout(patience, look).await;
    ended.unwrap_or_else(|_| {
        let found = format!("no answer in {} s", patience.as_secs());
        let remedy = "look whether it is overloaded, or a firewall drops what is sent to it";
        Finding::failed(check, found, remedy)
    })
}

/// Prints the findings, each remedy below its finding, and how many of a kind there are.
pub(super) fn table(findings: &[Finding]) {
    let mut rows = Vec::new();
    for finding in findings {
        rows.push([
            finding.state.word().to_owned(),
            finding.check.to_owned(),
            finding.found.clone(),
        ]);
        let remedy = finding.remedy.iter();
        rows.extend(remedy.map(|remedy| [String::new(), String::new(), format!("→ {remedy}")]));
    }
    terminal::table(["state", "check", "found"], &rows);
    let count = |state| findings.iter().filter(|it| it.state == state).count();
    terminal::line(format_args!(
        "\n{} checks: {} failed, {} warnings, {} skipped.",
        findings.len(),
        count(State::Failed),
        count(State::Warning),
        count(State::Skipped)
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_check_that_does_not_end_has_failed() {
        let never = within(Duration::ZERO, "kafka", std::future::pending()).await;
        assert_eq!((never.check, never.state), ("kafka", State::Failed));
        assert!(never.remedy.is_some());
    }
}
