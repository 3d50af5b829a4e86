//! The routes and duties of people, as an [`App`]: always on, like the accounts.

use std::sync::Arc;

use hanok_accounts::home::{FrontCard, Panel};
use hanok_accounts::leaving::{ErasePersonal, PersonalData};
use hanok_accounts::{App, SealedColumn};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_events::{Handler, JobHandler, Schedule};
use hanok_web::{Failures, MenuEntry, Routes};

use crate::console;
use crate::context::People;
use crate::{activity, alert, audit, import, organisation, role, text, user};

/// The people, as the binary sees them.
pub struct PeopleApp(pub People);

impl App for PeopleApp {
    fn name(&self) -> &'static str {
        "people"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        crate::migrations()
    }

    fn routes(&self) -> Routes {
        Routes::new()
            .merge(user::routes())
            .merge(import::routes())
            .merge(organisation::routes())
            .merge(role::routes())
            .merge(audit::routes())
            .merge(alert::routes())
            .merge(activity::routes())
            .with_state(self.0.clone())
    }

    fn menu(&self) -> Vec<MenuEntry> {
        let [departments, teams] = organisation::menu_entries();
        vec![
            console::menu_entry(),
            user::menu_entry(),
            departments,
            teams,
            role::menu_entry(),
            audit::menu_entry(),
            activity::menu_entry(),
            alert::menu_entry(),
        ]
    }

    fn event_handlers(&self) -> Vec<Arc<dyn Handler>> {
        vec![activity::handler(&self.0)]
    }

    fn personal_data(&self) -> Vec<PersonalData> {
        vec![activity::personal_data(&self.0)]
    }

    fn erasures(&self) -> Vec<ErasePersonal> {
        vec![activity::erasure()]
    }

    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![Arc::new(import::ImportJob(self.0.clone()))]
    }

    fn schedules(&self) -> Vec<Schedule> {
        let mut schedules = alert::schedules(&self.0);
        schedules.push(import::schedule(&self.0));
        schedules.push(activity::schedule(&self.0));
        schedules
    }

    fn sealed_columns(&self) -> &'static [SealedColumn] {
        import::SEALED
    }

    fn failures(&self) -> Option<Arc<dyn Failures>> {
        Some(Arc::new(alert::FailureAlerts(self.0.clone())))
    }

    fn console_panels(&self) -> Vec<Arc<dyn Panel>> {
        let mut panels = vec![alert::panel(&self.0)];
        panels.extend(console::panels(&self.0));
        panels
    }

    fn front(&self) -> Option<FrontCard> {
        Some(FrontCard {
            title: text::console::front_title(),
            line: text::console::front_line(),
            icon: "layout-dashboard",
            path: "/admin",
            needs: console::OVERVIEW,
        })
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }
}
