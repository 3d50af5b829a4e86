//! `hanok account import`, `import-ci` and `list`: many people at once.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hanok_base::terminal;
use serde_json::json;

use crate::account::{AccountRow, ImportReport};
use crate::command::{Failure, Opened, field_in_words};

/// Makes an account for every row that is right.
pub(super) async fn import(opened: &Opened, file: &Path, json: bool) -> Result<(), Failure> {
    let ctx = opened.ctx("account import");
    let report = opened.accounts.import(&ctx, open(file)?).await?;
    tell(&report, "accounts made", json)
}

/// Adds the CI of every row that is right.
pub(super) async fn import_ci(opened: &Opened, file: &Path, json: bool) -> Result<(), Failure> {
    let ctx = opened.ctx("account import-ci");
    let report = opened.accounts.import_ci(&ctx, open(file)?).await?;
    tell(&report, "CI added", json)
}

fn open(file: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    let opened = File::open(file);
    let opened = opened.map_err(|error| Failure::wrong(format!("{}: {error}", file.display())))?;
    Ok(Box::new(opened))
}

fn tell(report: &ImportReport, done: &str, json: bool) -> Result<(), Failure> {
    if json {
        terminal::json(report);
    } else {
        for (line, column, code) in &report.refused {
            terminal::note(format_args!(
                "line {line}: {}",
                field_in_words(column, code)
            ));
        }
        let mut rows: Vec<u64> = report.refused.iter().map(|(line, ..)| *line).collect();
        rows.dedup();
        let (made, refused) = (report.created, rows.len());
        terminal::line(format_args!("{made} {done}, {refused} rows refused."));
    }
    if report.refused.is_empty() {
        Ok(())
    } else {
        Err(Failure::told())
    }
}

/// Lists a page of accounts.
pub(super) async fn list(
    opened: &Opened,
    after: Option<&str>,
    limit: u32,
    json: bool,
) -> Result<(), Failure> {
    let page = opened.accounts.page(after, limit).await?;
    if json {
        let one = |(row, roles): &(AccountRow, Vec<String>)| {
            json!({
                "id": row.id, "username": row.username, "name": row.name, "department": row.department, "roles": roles,
                "status": row.status, "password_locked": row.password_locked_at.is_some(), "pin_locked": row.pin_locked_at.is_some(),
                "phone_number": row.phone_masked, "phone_proven": row.phone_proven_at.is_some(), "email": row.email_masked,
                "created_at": row.created_at, "last_login_at": row.last_login_at,
            })
        };
        terminal::json(&json!({ "accounts": page.iter().map(one).collect::<Vec<_>>() }));
        return Ok(());
    }
    let row = |(row, roles): &(AccountRow, Vec<String>)| {
        [
            row.username.clone(),
            row.name.clone(),
            roles.join(" "),
            state(row),
            row.phone_masked.clone().unwrap_or_default(),
        ]
    };
    terminal::table(
        ["username", "name", "roles", "state", "phone"],
        &page.iter().map(row).collect::<Vec<_>>(),
    );
    Ok(())
}

fn state(row: &AccountRow) -> String {
    let locks = [
        (row.password_locked_at, "password locked"),
        (row.pin_locked_at, "PIN locked"),
    ];
    let locks = locks
        .iter()
        .filter(|(at, _)| at.is_some())
        .map(|(_, word)| *word);
    std::iter::once(row.status.as_str())
        .chain(locks)
        .collect::<Vec<_>>()
        .join(", ")
}
