//! The routes and duties of accounts, as an [`App`]: the one that is always on.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_events::{JobHandler, Schedule};
use hanok_web::{Access, Routes};
use utoipa_axum::routes;

use crate::app::{App, ProcessDuty};
use crate::context::Accounts;
use crate::phone_proof::{self, SmsJob};
use crate::reseal::{self, SealedColumn};
use crate::{account, audit, device, permission, pin_code, sign_in};

/// The accounts, as the binary sees them.
pub struct AccountsApp(pub Accounts);

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
            .add(routes!(account::api::my_account), Access::SignedIn)
            .add(routes!(sign_in::api::confirm_password), Access::SignedIn)
            .add(routes!(sign_in::api::change_password), Access::SignedIn)
            .add(routes!(pin_code::api::set_pin), Access::SignedIn)
            .add(routes!(phone_proof::api::start), Access::SignedIn)
            .add(routes!(phone_proof::api::verify), Access::SignedIn)
            .add(
                routes!(device::api::devices, device::api::start_pairing),
                Access::SignedIn,
            )
            .add(
                routes!(device::api::show, device::api::revoke),
                Access::SignedIn,
            )
            .add(routes!(device::api::pair), Access::Public)
            .with_state(self.0.clone())
    }

    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![Arc::new(SmsJob(self.0.clone()))]
    }

    fn schedules(&self) -> Vec<Schedule> {
        let (devices, sessions) = (self.0.clone(), self.0.clone());
        vec![
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
                name: "accounts.sweep_sessions",
                every: Duration::from_mins(1),
                run: Arc::new(move |_| {
                    let accounts = sessions.clone();
                    Box::pin(async move {
                        accounts
                            .sweep_sessions()
                            .await
                            .map_err(|error| error.to_string())
                    })
                }),
            },
        ]
    }

    fn process_duties(&self) -> Vec<ProcessDuty> {
        let accounts = self.0.clone();
        vec![ProcessDuty {
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
        }]
    }

    fn sealed_columns(&self) -> &'static [SealedColumn] {
        reseal::COLUMNS
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }

    fn permissions(&self) -> &'static [&'static str] {
        permission::ALL
    }
}
