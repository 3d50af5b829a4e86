//! `/admin/teams/{id}`: who is in the team, who came and went, and what may be done.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{
    Allowed, AllowedAny, Ctx, Field, Flash, Flashed, Form, Page, Path, Query, Redirected,
};
use serde::Deserialize;

use super::{PATH, address, leader_field, name_field};
use crate::answer::{brought_in, done, refused};
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::Leading;
use crate::organisation::department::name;
use crate::organisation::page::PageIn;
use crate::organisation::patch::Field as Change;
use crate::organisation::person::Who;
use crate::organisation::sight::Sight;
use crate::organisation::team::api::team;
use crate::organisation::team::change::TeamChange;
use crate::organisation::team::service::Detail;
use crate::text;

#[derive(Template)]
#[template(path = "organisation/team.html")]
struct DetailBody {
    detail: Detail,
    pager: Pager,
    name: Field,
    /// Only for whoever runs the organisation.
    leader: Option<Field>,
    username: Field,
}

/// What the form of the facts sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangeForm {
    name: String,
    /// Left out by whoever may not change it.
    leader_id: Option<String>,
}

/// Somebody who is to join.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct JoinForm {
    username: String,
}

/// `GET /admin/teams/{id}`.
pub(super) async fn show(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
    Flashed(flash): Flashed,
    Path(id): Path<String>,
    Query(page): Query<PageIn>,
) -> Result<Page, Error> {
    let id = team(&id)?;
    let detail = people.team(&caller, id, page.check()?).await?;
    let is_everything = Sight::of(&caller).is_everything();
    let title = text::teams::one(&detail.line.name);
    let body = DetailBody::new(detail, is_everything, &flash);
    Ok(super::page(title, text::teams::one_purpose(), body))
}

impl DetailBody {
    fn new(detail: Detail, is_everything: bool, flash: &Flash) -> Self {
        let line = &detail.line;
        let total = u64::try_from(line.members).unwrap_or_default();
        let list = ListQuery::new(address(line.id));
        let leader = line.leader_username.clone().unwrap_or_default();
        let hint = if is_everything {
            text::teams::member_hint()
        } else {
            text::teams::reach_hint()
        };
        Self {
            pager: Pager::numbered(list, detail.page, detail.pages, total).of_people(),
            name: name_field(&line.name, flash),
            leader: is_everything.then(|| leader_field(&leader, flash)),
            username: Field::new("username", text::departments::username())
                .hint(hint)
                .longest(64)
                .required()
                .filled(flash),
            detail,
        }
    }

    fn action(&self, what: &str) -> String {
        format!("{}{what}", address(self.detail.line.id))
    }
}

/// `POST /admin/teams/{id}`.
pub(super) async fn change(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Leading>,
    Path(id): Path<String>,
    Form(form): Form<ChangeForm>,
) -> Result<Redirected, Error> {
    let id = team(&id)?;
    let changed = match form.check() {
        Ok(change) => people.change_team(&ctx, &caller, id, change).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(_) => Ok(done(address(id), text::teams::changed())),
        Err(fault) => {
            let leader = form.leader_id.unwrap_or_default();
            let typed = [("name", form.name), ("leader_id", leader)];
            refused(&address(id), fault, typed)
        }
    }
}

impl ChangeForm {
    fn check(&self) -> Result<TeamChange, Fault> {
        let mut faults = Vec::new();
        let name = name(&mut faults, &self.name);
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        let leader = match self.leader_id.as_deref().map(str::trim) {
            None => Change::Left,
            Some("") => Change::Null,
            Some(typed) => Change::Given(Who::by_username(typed)),
        };
        Ok(TeamChange { name, leader })
    }
}

/// `POST /admin/teams/{id}/close`.
pub(super) async fn close(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    people.close_team(&ctx, &caller, team(&id)?).await?;
    Ok(done(PATH.to_owned(), text::teams::closed()))
}

/// `POST /admin/teams/{id}/members`.
pub(super) async fn join(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Leading>,
    Path(id): Path<String>,
    Form(form): Form<JoinForm>,
) -> Result<Redirected, Error> {
    let id = team(&id)?;
    let who = Who::by_username(&form.username);
    let came = people.add_to_team(&ctx, &caller, id, who).await;
    let words = (text::teams::joined(), text::teams::there_already());
    brought_in(came, address(id), form.username, words)
}

/// `POST /admin/teams/{id}/members/{account}/remove`.
pub(super) async fn leave(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Leading>,
    Path((id, account)): Path<(String, String)>,
) -> Result<Redirected, Error> {
    let (id, account) = (team(&id)?, account.parse().map_err(|_| Fault::not_found())?);
    people.take_from_team(&ctx, &caller, id, account).await?;
    Ok(done(address(id), text::teams::left()))
}
