//! The demo: made-up people with public passwords, a shop that asks, and pages that show what a phone
//! and the shop would get. None of its routes is there unless `demo = true`, which listens on loopback only.

mod page;
mod people;
mod shop;

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use hanok_accounts::sms::{SimulatedMessage, SimulatedSms};
use hanok_identity::callback::{DemoReceiver, demo_routes};
use hanok_web::{Access, Routes};

use crate::config::Config;

pub use people::{PEOPLE, Person, asked, fill};
pub use shop::{CALLBACK_PATH, DemoFile, Key, ShopFault, open_shop};

/// The start page, and in the demo what it shows besides.
pub(crate) fn routes(config: &Config, sms: Option<&Arc<SimulatedSms>>) -> Routes {
    let routes = Routes::<page::Page>::new()
        .undocumented(
            Method::GET,
            "/",
            get(async |State(page): State<page::Page>| page),
            Access::Public,
        )
        .with_state(page::start(config.demo));
    if !config.demo {
        return routes;
    }
    let routes = match sms {
        Some(sms) => routes.merge(messages(sms)),
        None => routes,
    };
    if config.has("identity") {
        routes.merge(demo_routes(DemoReceiver::default()))
    } else {
        routes
    }
}

/// `/dev/sms`: what the simulated phone got.
fn messages(sms: &Arc<SimulatedSms>) -> Routes {
    Routes::<Arc<SimulatedSms>>::new()
        .undocumented(Method::GET, "/dev/sms", get(show_messages), Access::Public)
        .with_state(Arc::clone(sms))
}

async fn show_messages(State(sms): State<Arc<SimulatedSms>>, wants: page::Wants) -> Response {
    wants.answer(&sms.messages(), |messages| {
        let entry = |message: &SimulatedMessage| {
            (
                message.sent_at.to_rfc3339(),
                format!("{}\n{}", message.to, message.text),
            )
        };
        let english = "Text messages that the simulation kept instead of sending";
        page::list("문자 메시지", english, messages.iter().map(entry))
    })
}
