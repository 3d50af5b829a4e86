//! The pages of deliveries: `/admin/providers/{id}/deliveries` and one of them; and of a callback's test.

mod list;
mod one;
mod trial;

use axum::http::Method;
use hanok_accounts::permission::ProviderManagement;
use hanok_web::{Access, Permission, Routes};

use crate::context::Identity;
use crate::provider::ProviderId;
use crate::provider::console::Tab;

const LIST: &str = "/admin/providers/{id}/deliveries";
const ONE: &str = "/admin/providers/{id}/deliveries/{delivery}";
const TEST: &str = "/admin/providers/{id}/test";

/// The routes of the pages.
pub(super) fn routes() -> Routes<Identity> {
    let managing = Access::Permission(ProviderManagement::NAME);
    let replay_all = "/admin/providers/{id}/deliveries/replay";
    let replay = "/admin/providers/{id}/deliveries/{delivery}/replay";
    Routes::new()
        .page(Method::GET, LIST, list::show, managing)
        .page(Method::POST, replay_all, list::replay_all, managing)
        .page(Method::GET, ONE, one::show, managing)
        .page(Method::POST, replay, one::replay, managing)
        .page(Method::GET, TEST, trial::back, managing)
        .page(Method::POST, TEST, trial::run, managing)
}

fn address(id: ProviderId) -> String {
    Tab::Deliveries.path(id)
}
