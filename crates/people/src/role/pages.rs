//! `/admin/roles`: what each role allows on one page, who holds one, and the organisation's own, made and changed.

mod form;

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::{self, UserManagement};
use hanok_accounts::role as roles;
use hanok_accounts::text::role as names;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{Allowed, Caller, Ctx, Flashed, MenuEntry, Page, Path, Query, Routes, Section};
use serde::Deserialize;

use super::api::READING;
use super::service::{Holder, Role};
use crate::context::People;
use crate::text::{self, role_lines as lines};
use form::RoleForm;

/// Where the roles lie.
const PATH: &str = "/admin/roles";
/// What pages call its line of the navigation.
const ENTRY: &str = "roles";

/// The pages about roles.
pub(super) fn routes() -> Routes<People> {
    let one = "/admin/roles/{name}";
    Routes::new()
        .page(Method::GET, PATH, show, READING)
        .page(Method::POST, PATH, form::create, READING)
        .page(Method::GET, "/admin/roles/new", form::new, READING)
        .page(Method::GET, one, role, READING)
        .page(Method::POST, one, form::change, READING)
        .page(
            Method::POST,
            "/admin/roles/{name}/delete",
            form::delete,
            READING,
        )
}

/// The line of the navigation.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::roles::title(),
        path: PATH,
        icon: "shield-check",
        section: Section::Console,
        needs: READING,
    }
}

/// What people call a role: a text of ours, or the organisation's own word.
pub(crate) fn title(role: &str) -> Option<Text> {
    match role {
        roles::SUPER_ADMIN => Some(names::super_admin()),
        roles::ADMIN => Some(names::admin()),
        roles::SERVICE_ADMIN => Some(names::service_admin()),
        "manager" => Some(names::manager()),
        "auditor" => Some(names::auditor()),
        roles::USER => Some(names::user()),
        _ => None,
    }
}

/// What one of our roles is for, in a line.
pub(crate) fn line(role: &str) -> Option<Text> {
    match role {
        roles::SUPER_ADMIN => Some(lines::super_admin()),
        roles::ADMIN => Some(lines::admin()),
        roles::SERVICE_ADMIN => Some(lines::service_admin()),
        "manager" => Some(lines::manager()),
        "auditor" => Some(lines::auditor()),
        _ => None,
    }
}

/// Whether this caller makes roles.
fn makes_roles(caller: &Caller) -> bool {
    caller.permissions.is_everything()
}

/// A role, as the head of a column.
struct Column {
    name: String,
    title: Option<Text>,
    held_by: Option<i64>,
}

/// A permission, and which of the roles allow it.
struct Line {
    name: Text,
    cells: Vec<(usize, bool)>,
}

#[derive(Template)]
#[template(path = "role/matrix.html")]
struct MatrixBody {
    columns: Vec<Column>,
    lines: Vec<Line>,
    own: usize,
}

impl MatrixBody {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "a template's loop hands out references"
    )]
    fn column(&self, index: &usize) -> Option<&Column> {
        self.columns.get(*index)
    }
}

/// `GET /admin/roles`.
async fn show(
    State(people): State<People>,
    caller: Allowed<UserManagement>,
) -> Result<Page, Error> {
    let all = people.roles().await?;
    let lines = all.permissions.iter().map(|name| Line {
        name: permission::said(name),
        cells: all
            .roles
            .iter()
            .map(|role| role.allows(name))
            .enumerate()
            .collect(),
    });
    let lines = lines.collect();
    let columns = all.roles.iter().map(|role| Column {
        name: role.name.clone(),
        title: title(&role.name),
        held_by: role.held_by,
    });
    let body = MatrixBody {
        lines,
        own: all.roles.iter().filter(|role| !role.is_built_in).count(),
        columns: columns.collect(),
    };
    let page = Page::new(text::roles::title(), body)
        .purpose(text::roles::purpose())
        .active(ENTRY);
    Ok(if makes_roles(&caller) {
        page.action(text::roles::new(), "/admin/roles/new")
    } else {
        page
    })
}

/// Which page of those who hold the role.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PageIn {
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "role/role.html")]
struct RoleBody {
    role: Role,
    permissions: Vec<Text>,
    holders: Vec<Holder>,
    pager: Pager,
    form: Option<RoleForm>,
    /// Whether the form waits for the password.
    confirm: Option<String>,
    can_delete: bool,
}

/// `GET /admin/roles/{name}`.
async fn role(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(name): Path<String>,
    Query(query): Query<PageIn>,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let role = people.role(&name).await?;
    let page = people.holders_of(&role, query.page.unwrap_or(1)).await?;
    let address = ListQuery::new(format!("{PATH}/{}", role.name));
    let total = u64::try_from(page.total).unwrap_or_default();
    let makes = makes_roles(&caller) && !role.is_built_in;
    let fresh = people.accounts.password_is_fresh(&ctx);
    let known = people.accounts.known_permissions();
    let called = title(&role.name).unwrap_or_else(|| text::roles::one(&role.name));
    let body = RoleBody {
        permissions: role
            .permissions
            .iter()
            .map(|it| permission::said(it))
            .collect(),
        holders: page.holders,
        pager: Pager::numbered(address, page.page, page.pages, total).of_people(),
        form: (makes && fresh).then(|| RoleForm::of(&role, known, &flash)),
        confirm: (makes && !fresh).then(|| form::confirm(&form::path_of(&role.name))),
        can_delete: makes && fresh && role.held_by == Some(0),
        role,
    };
    let page = Page::new(called, body).active(ENTRY);
    Ok(page.purpose(text::roles::one_purpose()))
}
