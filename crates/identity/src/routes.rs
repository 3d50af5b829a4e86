//! The routes and duties of identity, as an [`App`].

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use axum::routing;
use hanok_accounts::app::ProcessDuty;
use hanok_accounts::command::Command;
use hanok_accounts::detection::Detection;
use hanok_accounts::home::{FrontCard, Panel};
use hanok_accounts::leaving::{ErasePersonal, PersonalData};
use hanok_accounts::sign_in::SignInWay;
use hanok_accounts::{App, SealedColumn};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_events::{Handler, JobHandler, Schedule};
use hanok_web::{Access, MenuEntry, Routes};
use utoipa_axum::routes;

use crate::context::Identity;
use crate::transaction::{self, api};
use crate::{
    callback, delivery, history, leaving, metrics, notice, phone, provider, report, sign_in,
    statistics, text,
};

/// Identity, as the binary sees it.
pub struct IdentityApp(pub Identity);

impl App for IdentityApp {
    fn name(&self) -> &'static str {
        "identity"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        vec![crate::migrations()]
    }

    fn commands() -> Vec<Command> {
        vec![
            Command::of::<provider::command::Provider>(),
            Command::of::<transaction::command::Identity>(),
            Command::of::<report::command::Report>(),
        ]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }

    fn routes(&self) -> Routes {
        Routes::new()
            .add(routes!(api::request), Access::Client)
            .add(routes!(api::status), Access::Client)
            .add(routes!(api::result), Access::Client)
            .add(routes!(api::confirm), Access::Device)
            .add(routes!(api::deny), Access::Device)
            .add(routes!(api::pending), Access::Device)
            .merge(older_addresses())
            .merge(provider::routes())
            .merge(delivery::routes())
            .merge(statistics::routes())
            .merge(report::routes())
            .merge(history::routes())
            .merge(phone::routes())
            .merge(sign_in::routes())
            .with_state(self.0.clone())
    }

    fn sign_in_ways(&self) -> Vec<SignInWay> {
        sign_in::ways()
    }

    fn looks(&self) -> Vec<ProcessDuty> {
        metrics::looks(&self.0)
    }

    fn menu(&self) -> Vec<MenuEntry> {
        vec![
            history::menu_entry(),
            provider::menu_entry(),
            history::console::menu_entry(),
            report::menu_entry(),
        ]
    }

    fn panels(&self) -> Vec<Arc<dyn Panel>> {
        history::panels(&self.0)
    }

    fn console_panels(&self) -> Vec<Arc<dyn Panel>> {
        let mut panels = delivery::panels(&self.0);
        panels.extend(report::panels(&self.0));
        panels
    }

    fn answered_people(&self) -> Option<&'static str> {
        Some(provider::ANSWERED_PEOPLE)
    }

    fn approved_requests(&self) -> Option<&'static str> {
        Some(provider::APPROVED_REQUESTS)
    }

    fn owned_providers(&self) -> Option<&'static str> {
        Some(provider::OWNED_PROVIDERS)
    }

    fn named_providers(&self) -> Option<&'static str> {
        Some(provider::NAMED_PROVIDERS)
    }

    fn detections(&self) -> Vec<Detection> {
        report::detections::detections(&self.0)
    }

    fn personal_data(&self) -> Vec<PersonalData> {
        vec![leaving::personal_data(&self.0)]
    }

    fn erasures(&self) -> Vec<ErasePersonal> {
        vec![leaving::erasure(&self.0)]
    }

    fn front(&self) -> Option<FrontCard> {
        Some(FrontCard {
            title: text::identity::title(),
            line: text::identity::line(),
            icon: "fingerprint",
            path: "/history",
            needs: Access::SignedIn,
        })
    }

    fn event_handlers(&self) -> Vec<Arc<dyn Handler>> {
        let mut handlers = callback::handlers(&self.0);
        handlers.extend(notice::handlers(&self.0));
        handlers
    }

    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        callback::jobs(&self.0)
    }

    fn schedules(&self) -> Vec<Schedule> {
        let (expire, sweep) = (self.0.clone(), self.0.clone());
        let mut schedules = vec![
            Schedule {
                name: "identity.expire",
                every: Duration::from_secs(u64::from(self.0.config.sweep_seconds)),
                run: Arc::new(move |_| {
                    let identity = expire.clone();
                    Box::pin(async move {
                        identity
                            .expire_overdue()
                            .await
                            .map(|_| ())
                            .map_err(|fault| fault.to_string())
                    })
                }),
            },
            Schedule {
                name: "identity.sweep_requests",
                every: Duration::from_hours(1),
                run: Arc::new(move |_| {
                    let identity = sweep.clone();
                    Box::pin(async move {
                        identity
                            .sweep_requests()
                            .await
                            .map_err(|error| error.to_string())
                    })
                }),
            },
        ];
        schedules.extend(provider::schedules(&self.0));
        schedules.push(statistics::schedule(&self.0));
        schedules.push(leaving::schedule(&self.0));
        schedules.extend(callback::schedules(&self.0));
        schedules
    }

    fn sealed_columns(&self) -> &'static [SealedColumn] {
        SEALED
    }
}

/// What lies sealed, each value for its own row.
const SEALED: &[SealedColumn] = &[
    SealedColumn {
        table: "provider_key",
        column: "value",
        guarded: false,
    },
    SealedColumn {
        table: "provider_subject",
        column: "di",
        guarded: false,
    },
    SealedColumn {
        table: "callback_delivery",
        column: "code",
        guarded: false,
    },
];

/// `/api/v1/auth/api/…`: the same handlers at their older addresses.
fn older_addresses() -> Routes<Identity> {
    Routes::new()
        .undocumented(
            Method::POST,
            "/api/v1/auth/api/request",
            routing::post(api::request),
            Access::Client,
        )
        .undocumented(
            Method::POST,
            "/api/v1/auth/api/confirm",
            routing::post(api::confirm),
            Access::Device,
        )
        .undocumented(
            Method::GET,
            "/api/v1/auth/api/status/{transaction_id}",
            routing::get(api::status),
            Access::Client,
        )
}
