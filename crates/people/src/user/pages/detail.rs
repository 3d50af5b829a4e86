//! `/admin/people/{id}`: what is known of a person at the left, what is written down about them at the right, and what
//! may be done.

use askama::Template;
use axum::extract::State;
use hanok_accounts::account::AccountStatus;
use hanok_accounts::audit::{Action, words};
use hanok_accounts::permission::{FullUserInfo, UserManagement};
use hanok_accounts::{AccountId, session};
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, filters};
use hanok_web::{AllowedAny, Caller, Ctx, Field, Flash, Flashed, Page, Path, Permission};

use super::address;
use super::roles::RoleActs;
use super::words::{Badge, RoleName, badges};
use crate::answer::confirm;
use crate::context::People;
use crate::text;
use crate::text::people_pages as said;
use crate::user::api::Readers;
use crate::user::history::History;
use crate::user::list::Emails;
use crate::user::service::UserDetail;
use crate::user::store::history::{ActRow, GivenRow};

/// Whether its person leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaving {
    No,
    /// Closed, and not erased.
    Closed,
    Erased,
}

/// What may be done to the account.
struct Acts {
    status: AccountStatus,
    password_locked: bool,
    pin_locked: bool,
    leaving: Leaving,
    /// Whether a letter can bring a new password.
    has_address: bool,
    /// Where the password is given first, for what asks for it; `None` where it was just given.
    confirm: Option<String>,
    roles: Option<RoleActs>,
}

/// The form of a look at what is masked.
struct Reveal {
    field: Choice,
    reason: Field,
}

/// Where they are signed in.
struct Place {
    agent: String,
    row: session::PlaceRow,
}

/// A role that was given.
struct Given {
    role: RoleName,
    row: GivenRow,
}

/// A row of the trail, in words.
struct Act {
    href: String,
    /// What was done; the word of the store where this version knows none.
    action: Option<Text>,
    word: String,
    by: Option<String>,
    at: Timestamp,
}

#[derive(Template)]
#[template(path = "user/detail.html")]
struct DetailBody {
    detail: UserDetail,
    badges: Vec<Badge>,
    roles: Vec<RoleName>,
    history: History,
    given: Vec<Given>,
    trail: Option<Vec<Act>>,
    places: Vec<Place>,
    acts: Option<Acts>,
    reveal: Option<Reveal>,
    is_oneself: bool,
}

/// `GET /admin/people/{id}`.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Readers>,
    Path(id): Path<AccountId>,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let detail = people.user(&ctx, id, Emails::Masked).await?;
    let history = people.user_history(&ctx, &caller, id).await?;
    let acts = if detail.may_act {
        Some(acts(&people, &ctx, &caller, &detail).await?)
    } else {
        None
    };
    let title = said::one(&detail.user.row.name);
    let body = DetailBody::of(detail, history, acts, &caller, &flash);
    Ok(super::page(title, said::one_purpose(), body))
}

async fn acts(
    people: &People,
    ctx: &Ctx,
    caller: &Caller,
    detail: &UserDetail,
) -> Result<Acts, Error> {
    let row = &detail.user.row;
    let fresh = people.accounts.password_is_fresh(ctx);
    let roles = people.roles().await?;
    Ok(Acts {
        status: row.status,
        password_locked: row.password_locked_at.is_some(),
        pin_locked: row.pin_locked_at.is_some(),
        leaving: match (row.erased_at, row.closed_until()) {
            (Some(_), _) => Leaving::Erased,
            (None, Some(_)) => Leaving::Closed,
            (None, None) => Leaving::No,
        },
        has_address: row.email_verified_at.is_some(),
        confirm: (!fresh).then(|| confirm(&address(row.id))),
        roles: RoleActs::of(caller, detail, &roles),
    })
}

impl Acts {
    /// Whether any lock is on the account.
    fn has_lock(&self) -> bool {
        self.is_locked() || self.password_locked || self.pin_locked
    }

    fn is_closed(&self) -> bool {
        self.leaving == Leaving::Closed
    }

    fn is_erased(&self) -> bool {
        self.leaving == Leaving::Erased
    }

    fn is_active(&self) -> bool {
        self.status == AccountStatus::Active
    }

    fn is_locked(&self) -> bool {
        self.status == AccountStatus::Locked
    }

    const fn has_both(&self) -> bool {
        self.password_locked && self.pin_locked
    }
}

impl DetailBody {
    fn of(
        mut detail: UserDetail,
        mut history: History,
        acts: Option<Acts>,
        caller: &Caller,
        flash: &Flash,
    ) -> Self {
        let holds = |name| caller.permissions.contains(name);
        let reveals = holds(FullUserInfo::NAME) && holds(UserManagement::NAME);
        let trail = history.acts.take();
        let given = std::mem::take(&mut history.roles).into_iter();
        let places = std::mem::take(&mut detail.places).into_iter();
        let names = detail.user.roles.iter();
        Self {
            badges: badges(&detail.user.row),
            roles: names.map(|name| RoleName::of(name)).collect(),
            given: given
                .map(|row| Given {
                    role: RoleName::of(&row.role),
                    row,
                })
                .collect(),
            trail: trail.map(|rows| rows.into_iter().map(Act::of).collect()),
            places: places
                .map(|row| Place {
                    agent: session::agent_in_words(&row.agent),
                    row,
                })
                .collect(),
            reveal: reveals.then(|| Reveal::new(flash)),
            is_oneself: caller.account == detail.user.row.id,
            acts,
            history,
            detail,
        }
    }

    fn action(&self, what: &str) -> String {
        format!("{}/{what}", address(self.detail.user.row.id))
    }
}

impl Act {
    fn of(row: ActRow) -> Self {
        let action: Option<Action> = row.action.parse().ok();
        let details = serde_json::from_str(&row.details).unwrap_or_default();
        Self {
            href: format!("/admin/audit/{}", row.id),
            action: action.map(|act| words::told(act, &details)),
            word: row.action,
            by: row
                .actor_name
                .or_else(|| row.actor.map(|id| id.to_string())),
            at: row.at,
        }
    }
}

impl Reveal {
    fn new(flash: &Flash) -> Self {
        let field = Choice::new("field", said::reveal_field())
            .option("email", said::email())
            .option("phone_number", said::phone())
            .option("birthdate", said::birthdate())
            .required();
        Self {
            field: field.filled(flash),
            reason: Field::new("reason", said::reveal_reason())
                .hint(said::reveal_hint())
                .longest(200)
                .required()
                .filled(flash),
        }
    }
}
