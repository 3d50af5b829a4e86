//! The routes of the demo, as an [`App`]: the start page that names its people, and what a phone and
//! the shop got.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use hanok_accounts::command::Command;
use hanok_accounts::sms::{SimulatedMessage, SimulatedSms};
use hanok_accounts::{Accounts, App};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_identity::Identity;
use hanok_identity::callback::{DemoReceiver, demo_routes};
use hanok_web::page::plain::at_the_start;
use hanok_web::{Access, Routes};

use crate::command::Demo;
use crate::page;

/// The demo, as the binary sees it.
pub struct DemoApp {
    /// Whose people it makes.
    pub accounts: Accounts,
    /// What its shop asks, where it is switched on.
    pub identity: Option<Identity>,
    /// The simulated text messages, where they are simulated.
    pub sms: Option<Arc<SimulatedSms>>,
}

impl App for DemoApp {
    fn name(&self) -> &'static str {
        "demo"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        Vec::new()
    }

    fn routes(&self) -> Routes {
        let start = at_the_start(page::start());
        let with_messages = match &self.sms {
            Some(sms) => start.merge(messages(sms)),
            None => start,
        };
        if self.identity.is_some() {
            with_messages.merge(demo_routes(DemoReceiver::default()))
        } else {
            with_messages
        }
    }

    fn commands() -> Vec<Command> {
        vec![Command::of::<Demo>()]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        [(Locale::Ko, ""), (Locale::En, "")]
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
