//! `/dev/sms`: what the simulated phone got.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use hanok_accounts::sms::{SimulatedMessage, SimulatedSms};
use hanok_web::{Access, Page, Routes};

use crate::inbox::{Entry, Inbox, Wants};
use crate::text;

/// `/dev/sms`.
pub(crate) fn routes(sms: &Arc<SimulatedSms>) -> Routes {
    Routes::<Arc<SimulatedSms>>::new()
        .undocumented(Method::GET, "/dev/sms", get(show), Access::Public)
        .with_state(Arc::clone(sms))
}

async fn show(State(sms): State<Arc<SimulatedSms>>, wants: Wants) -> Response {
    wants.answer(&sms.messages(), |kept| page(kept))
}

fn page(kept: &[SimulatedMessage]) -> Page {
    let entry = |message: &SimulatedMessage| Entry {
        at: message.sent_at,
        title: message.to.clone(),
        text: message.text.clone(),
    };
    let inbox = Inbox {
        entries: kept.iter().map(entry).collect(),
        icon: "message",
        none: text::demo_dev::sms_none(),
        how: text::demo_dev::sms_how(),
        way: (text::demo_dev::sms_way(), "/account"),
    };
    inbox.page(text::demo_dev::sms(), text::demo_dev::sms_purpose())
}
