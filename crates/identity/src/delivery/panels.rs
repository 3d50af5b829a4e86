//! What the console's overview shows of deliveries: those that were given up.

use std::sync::Arc;

use askama::Template;
use const_format::concatcp;
use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_accounts::home::{Panel, PanelView};
use hanok_accounts::permission::ProviderManagement;
use hanok_db::{Conn, DbError, params, record};
use hanok_web::page::filters;
use hanok_web::{Caller, Ctx, Error, Permission};

use crate::callback::{DeliveryState, PERSON_ERASED};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::console::Tab;
use crate::provider::{By, ProviderId};
use crate::text;

/// The panel.
pub(crate) fn panels(identity: &Identity) -> Vec<Arc<dyn Panel>> {
    vec![Arc::new(GivenUp(identity.clone()))]
}

record! {
    /// A provider that some results could not be told to.
    #[derive(Clone, Debug)]
    struct GivenUpRow from "p" {
        id: ProviderId,
        name: String,
        dead: i64 = "d.dead",
    }
}

/// Results that were given up and can be told again; it is not there where none were.
struct GivenUp(Identity);

#[derive(Template)]
#[template(path = "panel/given_up.html")]
struct GivenUpBody {
    rows: Vec<GivenUpRow>,
}

impl Panel for GivenUp {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let manages = |caller: &&Caller| caller.permissions.contains(ProviderManagement::NAME);
            let Some(caller) = ctx.principal.caller().filter(manages) else {
                return Ok(None);
            };
            let owner = By::Person(caller.clone()).only_own();
            let read = self.0.accounts.db.read(async move |conn| {
                let rows = given_up(conn, owner).await?;
                Ok::<_, Fault>(rows)
            });
            let rows = read.await?;
            let view = |rows| {
                PanelView::new(text::overview::given_up(), GivenUpBody { rows })
                    .calling()
                    .more(text::overview::given_up_more(), "/admin/providers")
            };
            Ok((!rows.is_empty()).then(|| view(rows)))
        })
    }
}

impl GivenUpBody {
    /// The page of what was given up.
    fn page(id: &ProviderId) -> String {
        let dead = DeliveryState::Dead;
        format!("{}?state={dead}", Tab::Deliveries.path(*id))
    }
}

const GIVEN_UP: &str = concatcp!(
    "SELECT ",
    GivenUpRow::COLUMNS,
    " FROM (SELECT provider_id, COUNT(*) AS dead FROM callback_delivery WHERE state = 'DEAD' \
    AND last_error IS DISTINCT FROM '",
    PERSON_ERASED,
    "' GROUP BY provider_id) d JOIN service_provider p ON p.id = d.provider_id"
);

/// The providers with the most results that were given up, of all or of an owner's: at most five.
async fn given_up(conn: &mut Conn, owner: Option<AccountId>) -> Result<Vec<GivenUpRow>, DbError> {
    const ORDER: &str = " ORDER BY d.dead DESC, p.name, p.id LIMIT 5";
    const ALL: &str = concatcp!(GIVEN_UP, ORDER);
    const OF_OWNER: &str = concatcp!(GIVEN_UP, " WHERE p.owner_id = $1", ORDER);
    match owner {
        None => conn.all(ALL, params![]).await,
        Some(owner) => conn.all(OF_OWNER, params![owner]).await,
    }
}
