//! The routes and duties of notifications, as an [`App`]: always on, like the accounts.

use std::sync::Arc;

use hanok_accounts::App;
use hanok_accounts::leaving::{ErasePersonal, PersonalData};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_events::{Handler, JobHandler, Schedule};
use hanok_web::Routes;

use crate::context::Notifications;
use crate::of_accounts::OfAccounts;
use crate::{api, forget, leaving, mail, pages, preference};

/// The notifications, as the binary sees them.
pub struct NotificationsApp(pub Notifications);

impl App for NotificationsApp {
    fn name(&self) -> &'static str {
        "notifications"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        vec![crate::migrations()]
    }

    fn routes(&self) -> Routes {
        api::routes()
            .merge(pages::routes())
            .merge(preference::api::routes())
            .merge(preference::pages::routes())
            .merge(mail::routes())
            .with_state(self.0.clone())
    }

    fn event_handlers(&self) -> Vec<Arc<dyn Handler>> {
        vec![Arc::new(OfAccounts(self.0.clone())), mail::handler(&self.0)]
    }

    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![mail::job(&self.0)]
    }

    fn schedules(&self) -> Vec<Schedule> {
        vec![forget::schedule(&self.0), mail::schedule(&self.0)]
    }

    fn personal_data(&self) -> Vec<PersonalData> {
        vec![leaving::personal_data(&self.0)]
    }

    fn erasures(&self) -> Vec<ErasePersonal> {
        vec![leaving::erasure()]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }
}
