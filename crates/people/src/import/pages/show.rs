//! `/admin/people/import/{id}`: every row's fate before anything is written; then how far it is; then what became of it.

use std::borrow::Cow;

use askama::Template;
use axum::extract::State;
use hanok_accounts::account::{ImportFault, ImportLine};
use hanok_accounts::permission::UserManagement;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{Allowed, Ctx, Page, Path, Query};
use serde::Deserialize;

use super::{address, page};
use crate::context::People;
use crate::fault::Fault;
use crate::import::names::Names;
use crate::import::rules::{ImportId, ImportState, RowFault};
use crate::import::service::Import;
use crate::role;
use crate::text;
use crate::text::people_import as said;

/// How many rows a page has.
const ROWS: usize = 50;

/// Which rows, as the query of the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowIn {
    page: Option<u32>,
    /// `faults` for those alone that have some.
    only: Option<String>,
}

/// A row, as the page shows it.
struct Line {
    number: u64,
    username: String,
    name: String,
    /// The department that it is put into, where it is to be made.
    department: Option<String>,
    /// The roles that it is given then, each with a text of ours where there is one.
    roles: Vec<(String, Option<Text>)>,
    /// What is wrong with it: the column and what is said of it.
    faults: Vec<(String, Text)>,
}

/// How far it is, in rows.
struct Progress {
    done: i64,
    total: i64,
}

#[derive(Template)]
#[template(path = "import/show.html")]
struct ShowBody {
    id: ImportId,
    state: ImportState,
    total: i64,
    created: i64,
    good: usize,
    refused: usize,
    only_faults: bool,
    lines: Vec<Line>,
    pager: Pager,
    progress: Option<Progress>,
    /// Where the password is given first, where it is asked for.
    confirm: Option<String>,
}

/// `GET /admin/people/import/{id}`.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<ImportId>,
    Query(asked): Query<ShowIn>,
) -> Result<Page, Error> {
    let import = people.import(&ctx, caller.account, id).await?;
    let waits = import.state == ImportState::Preview;
    let asks = waits && import.asks() && !people.accounts.password_is_fresh(&ctx);
    let confirm = asks.then(|| format!("/account/confirm?next={}", address(id)));
    let title = match import.state {
        ImportState::Preview => said::preview(),
        ImportState::Running => said::running(),
        ImportState::Done => said::done(),
        ImportState::Stopped => said::stopped(),
    };
    let part = Part::of(&people, &import, &asked).await?;
    let body = ShowBody::of(&import, part, confirm);
    Ok(page(title, said::show_purpose(), body))
}

/// The rows of a page.
struct Part {
    only_faults: bool,
    lines: Vec<Line>,
    pager: Pager,
}

impl Part {
    /// The rows of the file while it waits; after that those that were refused.
    async fn of(people: &People, import: &Import, asked: &ShowIn) -> Result<Self, Fault> {
        let only_faults = asked.only.as_deref() == Some("faults");
        let waits = import.state == ImportState::Preview;
        let wanted = |line: &&ImportLine| !only_faults || line.account.is_err();
        let count = if waits {
            import.lines.iter().filter(wanted).count()
        } else {
            import.refused
        };
        let pages = u32::try_from(count.div_ceil(ROWS).max(1)).unwrap_or(u32::MAX);
        let number = asked.page.unwrap_or(1);
        if !(1..=pages).contains(&number) {
            return Err(Fault::field("/page", "invalid_value"));
        }
        let before = usize::try_from(number - 1).unwrap_or_default() * ROWS;
        let lines = if waits {
            let rows = import.lines.iter().filter(wanted);
            rows.skip(before).take(ROWS).map(of_row).collect()
        } else {
            of_faults(
                &people.import_faults(import.id, ROWS, before).await?,
                &import.names,
            )
        };
        let query = ListQuery::new(address(import.id)).with("only", asked.only.as_deref());
        let total = u64::try_from(count).unwrap_or(u64::MAX);
        Ok(Self {
            only_faults,
            lines,
            pager: Pager::numbered(query, number, pages, total),
        })
    }
}

impl ShowBody {
    fn of(import: &Import, part: Part, confirm: Option<String>) -> Self {
        let is_running = import.state == ImportState::Running;
        Self {
            id: import.id,
            state: import.state,
            total: import.total,
            created: import.created,
            good: import.good(),
            refused: import.refused,
            only_faults: part.only_faults,
            lines: part.lines,
            pager: part.pager,
            progress: is_running.then_some(Progress {
                done: import.done,
                total: import.total,
            }),
            confirm,
        }
    }

    fn waits(&self) -> bool {
        self.state == ImportState::Preview
    }

    fn was_stopped(&self) -> bool {
        self.state == ImportState::Stopped
    }
}

fn of_row(row: &ImportLine) -> Line {
    let (made, faults) = (row.account.as_ref().ok(), row.account.as_ref().err());
    let department = made.and_then(|new| new.department.as_ref());
    let roles = made.iter().flat_map(|new| &new.roles);
    Line {
        number: row.line,
        username: row.username.clone(),
        name: row.name.clone(),
        department: department.map(|name| name.as_str().to_owned()),
        roles: roles
            .map(|name| (name.clone(), role::title(name)))
            .collect(),
        faults: faults.into_iter().flatten().map(told).collect(),
    }
}

/// The faults of rows, in their order, each row once.
fn of_faults(faults: &[RowFault], names: &Names) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for rows in faults.chunk_by(|one, next| one.place == next.place) {
        let first = rows.first();
        let number = first.map_or(0, |fault| fault.line);
        let (username, name) = names.at(first.map_or(-1, |fault| fault.place));
        lines.push(Line {
            number: u64::try_from(number).unwrap_or_default(),
            username: username.to_owned(),
            name: name.to_owned(),
            department: None,
            roles: Vec::new(),
            faults: rows.iter().map(|fault| told(&fault.fault())).collect(),
        });
    }
    lines
}

fn told(fault: &ImportFault) -> (String, Text) {
    let text = Text {
        key: Cow::Owned(format!("field.{}", fault.code)),
        values: Vec::new(),
    };
    (fault.column.clone(), text)
}
