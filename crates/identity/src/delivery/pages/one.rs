//! `/admin/providers/{id}/deliveries/{delivery}`: one delivery and each attempt of it.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Page, Path, Redirected};

use super::address;
use crate::callback::{self, DeliveryId, DeliveryState, PERSON_ERASED};
use crate::context::Identity;
use crate::delivery::service::Detail;
use crate::delivery::store::AttemptRow;
use crate::delivery::words::{self, Badge};
use crate::provider::ProviderId;
use crate::provider::console;
use crate::text;

#[derive(Template)]
#[template(path = "deliveries/one.html")]
struct OneBody {
    detail: Detail,
}

/// `GET /admin/providers/{id}/deliveries/{delivery}`.
pub(super) async fn show(
    State(identity): State<Identity>,
    caller: Allowed<ProviderManagement>,
    Path((id, delivery)): Path<(ProviderId, DeliveryId)>,
) -> Result<Page, Error> {
    let detail = identity.delivery_detail(&caller, id, delivery).await?;
    let title = text::delivery::one_title(&detail.provider.name);
    let body = OneBody { detail };
    Ok(console::page(title, text::delivery::one_purpose(), body))
}

/// `POST …/replay`: it is told again.
pub(super) async fn replay(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path((id, delivery)): Path<(ProviderId, DeliveryId)>,
) -> Result<Redirected, Error> {
    let path = format!("{}/{delivery}", address(id));
    let replayed = identity.replay_delivery(&ctx, &caller, id, delivery).await;
    match replayed {
        Ok(()) => Ok(console::done(path, text::delivery::replayed())),
        Err(fault) => console::refused(&path, fault),
    }
}

impl OneBody {
    fn badge(&self) -> Badge {
        words::state(self.detail.delivery.state)
    }

    fn look(row: &AttemptRow) -> (Text, &'static str, &'static str) {
        words::attempt(row)
    }

    fn list(&self) -> String {
        address(self.detail.provider.id)
    }

    fn replay(&self) -> String {
        format!("{}/{}/replay", self.list(), self.detail.delivery.id)
    }

    fn is_dead(&self) -> bool {
        self.detail.delivery.state == DeliveryState::Dead
    }

    /// Whether it is never told: its person is erased.
    fn is_withheld(&self) -> bool {
        self.is_dead() && self.detail.delivery.last_error.as_deref() == Some(PERSON_ERASED)
    }

    fn can_be_told(&self) -> bool {
        callback::address(&self.detail.provider).is_ok()
    }
}
