//! The form of a category, and `/admin/categories/new`.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardModeration;
use hanok_web::error::Error;
use hanok_web::page::{Choice, TextArea, filters};
use hanok_web::{Allowed, Ctx, Field, Flash, Flashed, Form, Page, Redirected};
use serde::Deserialize;

use super::{NEW, PATH};
use crate::answer::{done, refused};
use crate::category::Kind;
use crate::category::input::{CategoryPatch, LONGEST_DESCRIPTION, SubjectsIn};
use crate::category::service::Managed;
use crate::category::subjects::Named;
use crate::context::Board;
use crate::fault::Fault;
use crate::text;

/// The fields of a category, as the form shows them.
#[derive(Template)]
#[template(path = "categories/form.html")]
pub(super) struct CategoryFields {
    action: String,
    name: Field,
    description: Field,
    kind: Choice,
    /// Readers, then writers: roles, teams, departments.
    readers: [TextArea; 3],
    writers: [TextArea; 3],
}

/// What the form sends: in each list one name a line.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CategoryForm {
    name: String,
    description: String,
    kind: String,
    read_roles: String,
    read_teams: String,
    read_departments: String,
    write_roles: String,
    write_teams: String,
    write_departments: String,
}

impl CategoryFields {
    pub(super) fn new(action: String, now: Option<&Managed>, flash: &Flash) -> Self {
        let listed = now.map(|now| &now.listed);
        let kind = listed.map_or(Kind::Free, |listed| listed.kind);
        let readers = now.map(|now| now.readers.clone()).unwrap_or_default();
        let writers = now.map(|now| now.writers.clone()).unwrap_or_default();
        let of = |part: fn(&super::super::store::Listed) -> &str| {
            listed.map(part).unwrap_or_default().to_owned()
        };
        Self {
            action,
            name: Field::new("name", text::categories::name())
                .longest(60)
                .required()
                .value(of(|it| &it.name))
                .filled(flash),
            description: Field::new("description", text::categories::description())
                .longest(u32::try_from(LONGEST_DESCRIPTION).unwrap_or(u32::MAX))
                .value(of(|it| &it.description))
                .filled(flash),
            kind: Choice::new("kind", text::categories::kind())
                .option(Kind::Free.as_str(), text::categories::free())
                .option(Kind::Notice.as_str(), text::categories::notice())
                .required()
                .value(kind.as_str())
                .filled(flash),
            readers: lists(
                ["read_roles", "read_teams", "read_departments"],
                &readers,
                flash,
            ),
            writers: lists(
                ["write_roles", "write_teams", "write_departments"],
                &writers,
                flash,
            ),
        }
    }
}

fn lists(names: [&'static str; 3], now: &Named, flash: &Flash) -> [TextArea; 3] {
    let [roles, teams, departments] = names;
    let area = |name, label, list: &[String]| {
        TextArea::new(name, label)
            .rows(2)
            .longest(6_000)
            .value(list.join("\n"))
            .filled(flash)
    };
    [
        area(roles, text::categories::roles(), &now.roles),
        area(teams, text::categories::teams(), &now.teams),
        area(
            departments,
            text::categories::departments(),
            &now.departments,
        ),
    ]
}

impl CategoryForm {
    pub(super) fn patch(&self) -> CategoryPatch {
        CategoryPatch {
            name: Some(self.name.clone()),
            description: Some(self.description.clone()),
            kind: Some(self.kind.clone()),
            readers: Some(SubjectsIn {
                roles: lines(&self.read_roles),
                teams: lines(&self.read_teams),
                departments: lines(&self.read_departments),
            }),
            writers: Some(SubjectsIn {
                roles: lines(&self.write_roles),
                teams: lines(&self.write_teams),
                departments: lines(&self.write_departments),
            }),
            position: None,
        }
    }

    pub(super) fn typed(self) -> [(&'static str, String); 9] {
        [
            ("name", self.name),
            ("description", self.description),
            ("kind", self.kind),
            ("read_roles", self.read_roles),
            ("read_teams", self.read_teams),
            ("read_departments", self.read_departments),
            ("write_roles", self.write_roles),
            ("write_teams", self.write_teams),
            ("write_departments", self.write_departments),
        ]
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What is wrong in a list, under the field of the form that holds it.
pub(super) fn by_field(fault: Fault) -> Fault {
    let Fault::Accounts(hanok_accounts::Fault::Fields(mut fields)) = fault else {
        return fault;
    };
    for field in &mut fields {
        let name = match field.pointer.as_ref() {
            "/readers/roles" | "/readers" => "/read_roles",
            "/readers/teams" => "/read_teams",
            "/readers/departments" => "/read_departments",
            "/writers/roles" | "/writers" => "/write_roles",
            "/writers/teams" => "/write_teams",
            "/writers/departments" => "/write_departments",
            _ => continue,
        };
        field.pointer = name.into();
    }
    Fault::fields(fields)
}

/// `GET /admin/categories/new`.
pub(super) async fn new(_caller: Allowed<BoardModeration>, Flashed(flash): Flashed) -> Page {
    let body = CategoryFields::new(PATH.to_owned(), None, &flash);
    super::page(
        text::categories::create(),
        text::categories::new_purpose(),
        body,
    )
}

/// `POST /admin/categories`.
pub(super) async fn create(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Form(form): Form<CategoryForm>,
) -> Result<Redirected, Error> {
    let made = match form.patch().check() {
        Ok(change) => board.create_category(&ctx, change).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(_) => Ok(done(PATH, text::categories::created())),
        Err(fault) => refused(NEW, by_field(fault), form.typed()),
    }
}
