//! The routes and duties of accounts, as an [`App`]: the one that is always on.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use axum::routing::{get, post};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_events::{JobHandler, Schedule};
use hanok_web::{Access, MenuEntry, Routes};
use utoipa_axum::routes;

use crate::app::{App, ProcessDuty};
use crate::command::Command;
use crate::context::Accounts;
use crate::detection::Detection;
use crate::home::{self, FrontCard, Panel};
use crate::mail::MailJob;
use crate::password_reset::ResetJob;
use crate::phone_proof::{self, SmsJob};
use crate::reseal::{self, SealedColumn};
use crate::session::SESSION_PATH;
use crate::{
    account, api_key, audit, device, leaving, mail, metrics, organisation, password_reset,
    permission, pin_code, preferences, privacy, ring, session, setup, sign_in, text,
};

/// How often every socket's right is looked at, besides at every revocation: a session that ends because its
/// time has passed tells nobody.
const RECHECK: Duration = Duration::from_secs(15);

/// The accounts, as the binary sees them.
pub struct AccountsApp(pub Accounts);

/// What people open in a browser, and what its pages ask.
fn pages() -> Routes<Accounts> {
    Routes::new()
        .page(
            Method::POST,
            "/preferences",
            preferences::choose,
            Access::Public,
        )
        .page(
            Method::GET,
            "/login",
            sign_in::pages::login_page,
            Access::Public,
        )
        .page(
            Method::POST,
            "/login",
            sign_in::pages::login,
            Access::Public,
        )
        .page(
            Method::GET,
            "/logout",
            sign_in::pages::logout_page,
            Access::Public,
        )
        .page(
            Method::POST,
            "/logout",
            sign_in::pages::logout,
            Access::Public,
        )
        .page(
            Method::GET,
            "/register",
            account::pages::register_page,
            Access::Public,
        )
        .page(
            Method::POST,
            "/register",
            account::pages::register,
            Access::Public,
        )
        .moved("/accounts/login", "/login")
        .moved("/portal/login", "/login")
        .moved("/accounts/register", "/register")
        .moved("/accounts/profile", "/account")
        .moved("/portal/profile", "/account")
        .undocumented(
            Method::GET,
            SESSION_PATH,
            get(session::api::show),
            Access::Public,
        )
        .undocumented(
            Method::POST,
            "/session/extend",
            post(session::api::extend),
            Access::SignedIn,
        )
}

/// The older addresses of signing in: the same handlers, and so the same answers.
fn older() -> Routes<Accounts> {
    let register = || post(account::api::register);
    Routes::new()
        .undocumented(
            Method::POST,
            "/api/auth/login",
            post(sign_in::api::login),
            Access::Public,
        )
        .undocumented(
            Method::POST,
            "/api/auth/register",
            register(),
            Access::Public,
        )
        .undocumented(Method::POST, "/api/auth/signup", register(), Access::Public)
        .undocumented(
            Method::GET,
            "/api/auth/me",
            get(account::api::me),
            Access::SignedIn,
        )
        .undocumented(
            Method::POST,
            "/api/auth/logout",
            post(sign_in::api::logout),
            Access::SignedIn,
        )
}

impl App for AccountsApp {
    fn name(&self) -> &'static str {
        "accounts"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        vec![audit::migrations(), crate::migrations()]
    }

    fn routes(&self) -> Routes {
        Routes::new()
            .add(routes!(account::api::register), Access::Public)
            .add(routes!(sign_in::api::login), Access::Public)
            .add(routes!(sign_in::api::refresh), Access::Public)
            .add(routes!(sign_in::api::logout), Access::SignedIn)
            .add(routes!(account::api::me), Access::SignedIn)
            .add(
                routes!(account::api::my_account, account::api::change_me),
                Access::SignedIn,
            )
            .add(routes!(sign_in::api::confirm_password), Access::SignedIn)
            .add(routes!(sign_in::api::change_password), Access::SignedIn)
            .add(routes!(pin_code::api::set_pin), Access::SignedIn)
            .add(routes!(phone_proof::api::start), Access::SignedIn)
            .add(routes!(phone_proof::api::verify), Access::SignedIn)
            .add(routes!(mail::api::start), Access::SignedIn)
            .add(
                routes!(device::api::devices, device::api::start_pairing),
                Access::SignedIn,
            )
            .add(
                routes!(device::api::show, device::api::revoke),
                Access::SignedIn,
            )
            .add(routes!(device::api::pair), Access::Public)
            .merge(older())
            .merge(pages())
            .merge(account::my::routes())
            .merge(api_key::api::routes())
            .merge(privacy::api::routes())
            .merge(mail::pages::routes())
            .merge(password_reset::pages::routes())
            .merge(setup::pages::routes())
            .with_state(self.0.clone())
    }

    fn looks(&self) -> Vec<ProcessDuty> {
        metrics::looks(&self.0)
    }

    fn menu(&self) -> Vec<MenuEntry> {
        vec![home::dashboard::entry(), account::my::menu_entry()]
    }

    fn front(&self) -> Option<FrontCard> {
        Some(FrontCard {
            title: text::accounts_front::title(),
            line: text::accounts_front::line(),
            icon: "user-circle",
            path: "/account",
            needs: Access::SignedIn,
        })
    }

    fn panels(&self) -> Vec<Arc<dyn Panel>> {
        home::panels::own(&self.0)
    }

    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![
            Arc::new(SmsJob(self.0.clone())),
            Arc::new(MailJob(self.0.clone())),
            Arc::new(ResetJob(self.0.clone())),
        ]
    }

    fn schedules(&self) -> Vec<Schedule> {
        let (devices, rest) = (self.0.clone(), self.0.clone());
        vec![
            leaving::schedule(&self.0),
            Schedule {
                name: "accounts.sweep_devices",
                every: Duration::from_mins(1),
                run: Arc::new(move |_| {
                    let accounts = devices.clone();
                    Box::pin(async move {
                        accounts
                            .sweep_devices()
                            .await
                            .map_err(|error| error.to_string())
                    })
                }),
            },
            Schedule {
                name: "accounts.sweep",
                every: Duration::from_mins(1),
                run: Arc::new(move |_| {
                    let accounts = rest.clone();
                    Box::pin(
                        async move { accounts.sweep().await.map_err(|error| error.to_string()) },
                    )
                }),
            },
        ]
    }

    fn detections(&self) -> Vec<Detection> {
        vec![sign_in::failures::detection(&self.0)]
    }

    fn process_duties(&self) -> Vec<ProcessDuty> {
        let accounts = self.0.clone();
        let revocations = ProcessDuty {
            name: "accounts.read_revocations",
            every: Duration::from_secs(1),
            run: Arc::new(move || {
                let accounts = accounts.clone();
                Box::pin(async move {
                    accounts
                        .read_revocations()
                        .await
                        .map_err(|error| error.to_string())
                })
            }),
        };
        let live = self.0.live.clone();
        let sockets = ProcessDuty {
            name: "accounts.recheck_sockets",
            every: RECHECK,
            run: Arc::new(move || {
                let live = live.clone();
                Box::pin(async move { live.recheck_all().await.map_err(|error| error.to_string()) })
            }),
        };
        let organisation = organisation::watching(&self.0);
        vec![
            revocations,
            sockets,
            organisation,
            ring::reloading(&self.0.keys),
        ]
    }

    fn sealed_columns(&self) -> &'static [SealedColumn] {
        reseal::COLUMNS
    }

    fn commands() -> Vec<Command> {
        vec![
            Command::of::<account::command::Account>(),
            Command::of::<audit::command::Audit>(),
        ]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }

    fn permissions(&self) -> &'static [&'static str] {
        permission::ALL
    }
}
