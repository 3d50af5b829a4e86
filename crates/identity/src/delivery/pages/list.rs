//! `/admin/providers/{id}/deliveries`: what a provider was told, with a filter above and pages below.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, filters};
use hanok_web::{Allowed, Ctx, Page, Path, Query, Redirected};

use super::address;
use crate::callback::{self, DeliveryState};
use crate::context::Identity;
use crate::delivery::rules::DeliveriesIn;
use crate::delivery::store::DeliveryRow;
use crate::delivery::words::{self, Badge};
use crate::history::words as shared;
use crate::provider::console::{self, Tab};
use crate::provider::{ProviderId, ProviderRow};
use crate::text;

#[derive(Template)]
#[template(path = "deliveries/list.html")]
struct ListBody {
    tab: Tab,
    row: ProviderRow,
    state: Choice,
    rows: Vec<DeliveryRow>,
    pager: Pager,
    is_filtered: bool,
    /// How many were given up.
    dead: u64,
}

/// `GET /admin/providers/{id}/deliveries`.
pub(super) async fn show(
    State(identity): State<Identity>,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
    Query(asked): Query<DeliveriesIn>,
) -> Result<Page, Error> {
    let (state, page) = asked.check()?;
    let found = identity.deliveries(&caller, id, state, page).await?;
    let query = ListQuery::new(address(id)).with("state", asked.state.as_deref());
    let title = text::provider::title(&found.provider.name);
    let body = ListBody {
        tab: Tab::Deliveries,
        state: states(state),
        rows: found.page.items,
        is_filtered: query.is_filtered(),
        pager: Pager::keyset(query, found.page.previous, found.page.next, found.total)
            .at_least(found.is_more),
        dead: found.dead,
        row: found.provider,
    };
    Ok(console::page(title, text::delivery::purpose(), body))
}

fn states(chosen: Option<DeliveryState>) -> Choice {
    let any = Choice::new("state", text::delivery::state())
        .filter()
        .option("", text::delivery::any());
    let all = DeliveryState::ALL.iter().fold(any, |choice, state| {
        choice.option(state.as_str(), words::word(*state))
    });
    all.value(chosen.map(DeliveryState::as_str).unwrap_or_default())
}

/// `POST /admin/providers/{id}/deliveries/replay`: everything that was given up.
pub(super) async fn replay_all(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<ProviderId>,
) -> Result<Redirected, Error> {
    match identity.replay_deliveries(&ctx, &caller, id).await {
        Ok(count) => Ok(console::done(
            address(id),
            text::delivery::replayed_all(count),
        )),
        Err(fault) => console::refused(&address(id), fault),
    }
}

impl ListBody {
    fn badge(row: &DeliveryRow) -> Badge {
        words::state(row.state)
    }

    fn outcome(row: &DeliveryRow) -> Text {
        shared::state(row.outcome)
    }

    /// The seconds of its minute, which tell apart what came at once.
    fn seconds(row: &DeliveryRow) -> String {
        format!(
            ":{:02}",
            row.created_at.micros().div_euclid(1_000_000).rem_euclid(60)
        )
    }

    /// Where one of them lies.
    fn link(&self, row: &DeliveryRow) -> String {
        format!("{}/{}", address(self.row.id), row.id)
    }

    fn replay(&self) -> String {
        format!("{}/replay", address(self.row.id))
    }

    fn can_be_told(&self) -> bool {
        callback::address(&self.row).is_ok()
    }
}
