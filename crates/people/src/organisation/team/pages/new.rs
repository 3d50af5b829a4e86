//! `/admin/teams/new`: a team is made.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::page::{TextArea, filters};
use hanok_web::{Allowed, Ctx, Field, FieldError, Flash, Flashed, Form, Page, Redirected};
use serde::Deserialize;

use super::{NEW, address, leader_field, name_field};
use crate::answer::refused;
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::department::name;
use crate::organisation::person::Who;
use crate::organisation::team::change::NewTeam;
use crate::organisation::team::rules::MOST_MEMBERS;
use crate::text;

#[derive(Template)]
#[template(path = "organisation/team_new.html")]
struct NewBody {
    name: Field,
    leader: Field,
    members: TextArea,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TeamForm {
    name: String,
    leader_id: String,
    members: String,
}

/// `GET /admin/teams/new`.
pub(super) async fn show(_: Allowed<UserManagement>, Flashed(flash): Flashed) -> Page {
    let body = NewBody {
        name: name_field("", &flash),
        leader: leader_field("", &flash),
        members: TextArea::new("members", text::teams::members())
            .hint(text::teams::members_hint())
            .rows(6)
            .filled(&flash),
    };
    super::page(text::teams::create(), text::teams::create_note(), body)
}

/// `POST /admin/teams`.
pub(super) async fn create(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Form(form): Form<TeamForm>,
) -> Result<Redirected, Error> {
    let made = match form.check() {
        Ok(new) => people.create_team(&ctx, &caller, new).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(id) => {
            let word = Flash::success(text::teams::created());
            Ok(Redirected::to(address(id)).flash(word))
        }
        Err(fault) => refused(NEW, by_line(fault), form.typed()),
    }
}

impl TeamForm {
    fn check(&self) -> Result<NewTeam, Fault> {
        let mut faults = Vec::new();
        let name = name(&mut faults, &self.name);
        let members: Vec<Who> = self.lines().map(Who::by_username).collect();
        if members.len() > MOST_MEMBERS {
            faults.push(FieldError::new("/members", "too_many_members").arg("max", MOST_MEMBERS));
        }
        let leader = self.leader_id.trim();
        match name.filter(|_| faults.is_empty()) {
            Some(name) => Ok(NewTeam {
                name,
                leader: (!leader.is_empty()).then(|| Who::by_username(leader)),
                members,
            }),
            None => Err(Fault::fields(faults)),
        }
    }

    /// The usernames, one on each line; empty lines do not count.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let lines = self.members.lines().map(str::trim);
        lines.filter(|line| !line.is_empty())
    }

    fn typed(self) -> [(&'static str, String); 3] {
        [
            ("name", self.name),
            ("leader_id", self.leader_id),
            ("members", self.members),
        ]
    }
}

/// Who cannot be added, by the place in the list, as one word under the field.
fn by_line(fault: Fault) -> Fault {
    let Fault::Unprocessable(faults) = &fault else {
        return fault;
    };
    let place = |fault: &FieldError| {
        let place = fault.pointer.strip_prefix("/member_ids/")?;
        place.parse::<usize>().ok()
    };
    let places: Vec<String> = faults
        .iter()
        .filter_map(place)
        .map(|place| (place + 1).to_string())
        .collect();
    let told = FieldError::new("/members", "members_not_added");
    Fault::fields(vec![told.arg("places", places.join(", "))])
}
