//! `/admin/people`: the people whom the caller may see, with filters above and pages below.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::{DataExport, UserManagement};
use hanok_accounts::role;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, SortHeader, filters};
use hanok_web::{AllowedAny, Caller, Ctx, Field, Flash, Page, Permission, Query};

use super::PATH;
use super::words::{Badge, RoleName, badges};
use crate::context::People;
use crate::fault::Fault;
use crate::text;
use crate::text::people_pages as said;
use crate::user::api::Readers;
use crate::user::list::{Emails, User, UserList};
use crate::user::rules::{UserState, UsersIn};
use crate::user::store;

/// A person, as the list shows them.
struct Line {
    user: User,
    badges: Vec<Badge>,
    roles: Vec<RoleName>,
}

/// The heads of the columns that the list is sorted by.
struct Heads {
    name: SortHeader,
    username: SortHeader,
    last_login: SortHeader,
    created: SortHeader,
}

#[derive(Template)]
#[template(path = "user/list.html")]
struct ListBody {
    q: Field,
    department: Option<Choice>,
    role: Choice,
    status: Choice,
    sort: String,
    heads: Heads,
    is_filtered: bool,
    /// Nothing where a filter is wrong.
    found: Option<(Vec<Line>, Pager)>,
    export: Option<String>,
    /// Whether the caller runs everybody's accounts.
    runs: bool,
}

/// What the filters offer.
struct Offers {
    departments: Vec<(String, String)>,
    /// The names of the organisation's own roles.
    own_roles: Vec<String>,
}

/// `GET /admin/people`: what the filters let through; what is wrong with them is said beside each.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Readers>,
    Query(asked): Query<UsersIn>,
) -> Result<Page, Error> {
    let offers = people.list_offers(&caller).await?;
    let (found, faults) = match found(&people, &ctx, &asked).await {
        Ok(found) => (Some(found), Flash::default()),
        Err(fault @ Fault::Accounts(hanok_accounts::Fault::Fields(_))) => {
            (None, Flash::of(&fault.into()))
        }
        Err(fault) => return Err(fault.into()),
    };
    let status = if found.is_some() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let body = ListBody::of(&asked, &offers, found, &faults, &caller);
    let runs = body.runs;
    let page = super::page(said::title(), said::purpose(), body).status(status);
    Ok(if runs {
        page.action(said::new(), "/admin/people/new")
    } else {
        page
    })
}

async fn found(people: &People, ctx: &Ctx, asked: &UsersIn) -> Result<UserList, Fault> {
    let (filter, page) = asked.check()?;
    people.list_users(ctx, filter, page, Emails::Masked).await
}

impl People {
    /// What the filters of the list offer to this caller: two statements.
    async fn list_offers(&self, caller: &Caller) -> Result<Offers, Fault> {
        let places = self.departments(caller).await?;
        let read = self
            .accounts
            .db
            .read(async |conn| store::own_roles(conn).await);
        let own_roles = read.await?;
        let named = places.iter();
        let named = named.map(|place| (place.line.id.to_string(), place.path()));
        Ok(Offers {
            departments: named.collect(),
            own_roles,
        })
    }
}

impl ListBody {
    fn of(
        asked: &UsersIn,
        offers: &Offers,
        found: Option<UserList>,
        faults: &Flash,
        caller: &Caller,
    ) -> Self {
        let query = query(asked);
        let holds = |name| caller.permissions.contains(name);
        let exports = holds(DataExport::NAME) && found.is_some();
        Self {
            q: Field::new("q", said::q())
                .hint(said::q_hint())
                .longest(100)
                .filter()
                .value(given(asked.q.as_ref()))
                .filled(faults),
            department: departments(offers, given(asked.department.as_ref()), faults),
            role: roles(offers, given(asked.role.as_ref())).filled(faults),
            status: states(given(asked.status.as_ref())).filled(faults),
            sort: given(asked.sort.as_ref()),
            heads: Heads {
                name: header(&query, "name", said::name()),
                username: header(&query, "username", said::username()),
                last_login: header(&query, "last_login", said::last_login()),
                created: header(&query, "created", said::created()),
            },
            is_filtered: query.is_filtered(),
            export: exports.then(|| query.at("/admin/people/export")),
            found: found.map(|list| lines(list, query)),
            runs: holds(UserManagement::NAME),
        }
    }
}

fn given(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

/// The address of the list with its filters.
pub(super) fn query(asked: &UsersIn) -> ListQuery {
    ListQuery::new(PATH)
        .with("q", asked.q.as_deref())
        .with("department", asked.department.as_deref())
        .with("role", asked.role.as_deref())
        .with("status", asked.status.as_deref())
        .with("sort", asked.sort.as_deref())
}

fn header(query: &ListQuery, column: &str, label: Text) -> SortHeader {
    SortHeader::new(query, column, label, "name")
}

fn lines(list: UserList, query: ListQuery) -> (Vec<Line>, Pager) {
    let pager = Pager::numbered(query, list.page, list.pages, list.total).of_people();
    let lines = list.users.into_iter().map(|user| Line {
        badges: badges(&user.row),
        roles: user.roles.iter().map(|name| RoleName::of(name)).collect(),
        user,
    });
    (lines.collect(), pager)
}

fn departments(offers: &Offers, chosen: String, faults: &Flash) -> Option<Choice> {
    if offers.departments.is_empty() {
        return None;
    }
    let any = Choice::new("department", said::department())
        .filter()
        .option("", said::any());
    let places = offers.departments.iter();
    let choice = places.fold(any, |choice, (id, path)| choice.named(id, path));
    Some(choice.value(chosen).filled(faults))
}

fn roles(offers: &Offers, chosen: String) -> Choice {
    let any = Choice::new("role", said::role())
        .filter()
        .option("", said::any());
    let built_in = role::BUILT_IN.iter().map(|role| role.name);
    let names = built_in.chain(offers.own_roles.iter().map(String::as_str));
    names
        .filter(|name| *name != role::USER)
        .fold(any, |choice, name| match crate::role::title(name) {
            Some(title) => choice.option(name, title),
            None => choice.named(name, name),
        })
        .value(chosen)
}

fn states(chosen: String) -> Choice {
    let word = |state: &UserState| match state {
        UserState::Active => said::only_active(),
        UserState::Locked => said::only_locked(),
        UserState::Disabled => said::only_disabled(),
        UserState::Closed => said::only_closed(),
        UserState::NoPassword => said::only_no_password(),
        UserState::All => said::every_state(),
    };
    let chosen = if chosen.is_empty() {
        UserState::Active.as_str().to_owned()
    } else {
        chosen
    };
    UserState::ALL
        .iter()
        .fold(
            Choice::new("status", said::status()).filter(),
            |choice, state| choice.option(state.as_str(), word(state)),
        )
        .value(chosen)
}
