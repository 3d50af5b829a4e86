//! `/admin/providers/{id}`: a provider's settings, keys and secrets.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::account;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Caller, Ctx, Field, Flash, Flashed, Page, Path, Routes};

use super::Tab;
use super::edit::manages_all;
use super::words::{self, Badge};
use super::{MANAGING, address};
use crate::callback;
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::by::By;
use crate::provider::keys::{KeyRow, KeyState};
use crate::provider::service::ProviderDetail;
use crate::provider::store::{ProviderId, ProviderRow, SecretRow};
use crate::text;

/// The page.
pub(super) fn routes() -> Routes<Identity> {
    Routes::new().page(Method::GET, "/admin/providers/{id}", show, MANAGING)
}

/// Who looks after a provider.
struct Owner {
    name: String,
    username: String,
}

#[derive(Template)]
#[template(path = "providers/detail.html")]
struct DetailBody {
    tab: Tab,
    row: ProviderRow,
    owner: Option<Owner>,
    keys: Vec<KeyRow>,
    secrets: Vec<SecretRow>,
    /// Whether the caller may say that it receives CI.
    may_entitle: bool,
    /// Whether the caller may hand it over.
    may_hand_over: bool,
    username: Field,
    overlap: Field,
}

/// `GET /admin/providers/{id}`.
async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let detail = identity.show_provider(&ctx, &caller, id).await?;
    let owner = identity.owner_of(&detail.provider).await?;
    let body = DetailBody::new(detail, owner, &caller, &flash);
    let (title, path) = (text::provider::title(&body.row.name), address(id));
    let page = super::page(title, text::provider::purpose(), body);
    Ok(page.action(text::provider::edit(), format!("{path}/edit")))
}

impl Identity {
    async fn owner_of(&self, row: &ProviderRow) -> Result<Option<Owner>, Fault> {
        let Some(id) = row.owner_id else {
            return Ok(None);
        };
        let read = self
            .accounts
            .db
            .read(async move |conn| account::find(conn, id).await);
        Ok(read.await?.map(|account| Owner {
            name: account.name,
            username: account.username,
        }))
    }
}

impl DetailBody {
    fn new(detail: ProviderDetail, owner: Option<Owner>, caller: &Caller, flash: &Flash) -> Self {
        let username = owner.as_ref().map(|owner| owner.username.clone());
        Self {
            tab: Tab::Overview,
            row: detail.provider,
            keys: detail.keys,
            secrets: detail.secrets,
            may_entitle: By::Person(caller.clone()).may_entitle(),
            may_hand_over: manages_all(caller),
            username: Field::new("username", text::provider::owner_name())
                .hint(text::provider::owner_hint())
                .longest(64)
                .value(username.unwrap_or_default())
                .filled(flash),
            overlap: Field::new("overlap_hours", text::provider_keys::overlap())
                .hint(text::provider_keys::overlap_hint())
                .inputmode("numeric")
                .longest(3)
                .required()
                .value("24")
                .filled(flash),
            owner,
        }
    }

    /// Where a form of this provider is sent to.
    fn action(&self, rest: &str) -> String {
        format!("{}/{rest}", address(self.row.id))
    }

    fn can_be_told(&self) -> bool {
        callback::address(&self.row).is_ok()
    }

    fn standing(&self) -> Badge {
        words::standing(self.row.active)
    }

    fn key(row: &KeyRow) -> Badge {
        words::key(row.state)
    }

    fn delivery(&self) -> Text {
        words::delivery(self.row.delivery)
    }

    fn notify(&self) -> Text {
        words::notify(self.row.notify)
    }

    fn can_activate(row: &KeyRow) -> bool {
        row.state == KeyState::Announced
    }

    fn can_end(row: &KeyRow) -> bool {
        matches!(row.state, KeyState::Announced | KeyState::Retiring)
    }

    /// What its second moment says: when an announced key comes, an active one is due, another one ends or ended.
    fn moment(row: &KeyRow) -> Option<(Text, hanok_base::Timestamp)> {
        let at = row.retires_at;
        match row.state {
            KeyState::Announced => Some((text::provider_keys::comes(), row.activates_at)),
            KeyState::Active => at.map(|at| (text::provider_keys::due(), at)),
            KeyState::Retiring => at.map(|at| (text::provider_keys::ends(), at)),
            KeyState::Retired => at.map(|at| (text::provider_keys::over(), at)),
        }
    }
}
