//! [`App`]: the one interface between the binary and an app.

use std::any::Any;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_events::{Handler, JobHandler, Schedule};
use hanok_web::health::Check;
use hanok_web::{Failures, MenuEntry, Routes};
use uuid::Uuid;

use crate::command::Command;
use crate::detection::Detection;
use crate::home::{FrontCard, Invitation, Panel};
use crate::leaving::{ErasePersonal, PersonalData};
use crate::reseal::SealedColumn;
use crate::sign_in::SignInWay;

/// The handlers of these apps, each with its app's name, as the engine takes them.
pub fn event_handlers(apps: &[Arc<dyn App>]) -> Vec<(&'static str, Arc<dyn Handler>)> {
    apps.iter()
        .flat_map(|app| {
            let handlers = app.event_handlers().into_iter();
            handlers.map(|handler| (app.name(), handler))
        })
        .collect()
}

/// Something every process does again and again by itself, whoever else does it too.
pub struct ProcessDuty {
    /// Its name, for the log.
    pub name: &'static str,
    /// The time from one run to the next.
    pub every: std::time::Duration,
    /// What is done; an error's text goes to the log.
    pub run: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// The id under which the program itself asks people, as providers do. It is on no list and has no page.
pub const OWN_PROVIDER: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

/// What stands for the viewer's account id in SQL that one app gives to others.
pub const VIEWER: &str = "{viewer}";

/// SQL that an app gives, with the viewer's account id as this parameter: `of_viewer(sql, "$4")`.
pub fn of_viewer(sql: &str, parameter: &str) -> String {
    sql.replace(VIEWER, parameter)
}

/// An app: what it adds to the program. An app that is switched off adds nothing.
pub trait App: Any + Send + Sync {
    /// Its name, as `apps` in the configuration lists it.
    fn name(&self) -> &'static str;

    /// Its tables.
    fn migrations(&self) -> Vec<MigrationSet>;

    /// Its routes, each with who may call it.
    fn routes(&self) -> Routes;

    /// Its handlers of events.
    fn event_handlers(&self) -> Vec<Arc<dyn Handler>> {
        Vec::new()
    }

    /// Its job handlers.
    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        Vec::new()
    }

    /// What it does again and again, once across all processes.
    fn schedules(&self) -> Vec<Schedule> {
        Vec::new()
    }

    /// What it does again and again in every process.
    fn process_duties(&self) -> Vec<ProcessDuty> {
        Vec::new()
    }

    /// Its columns of sealed values, which are sealed anew when the key rotates.
    fn sealed_columns(&self) -> &'static [SealedColumn] {
        &[]
    }

    /// Its commands, in the order in which `hanok help` lists them.
    fn commands() -> Vec<Command>
    where
        Self: Sized,
    {
        Vec::new()
    }

    /// Its lines of the navigation, in their order.
    fn menu(&self) -> Vec<MenuEntry> {
        Vec::new()
    }

    /// Its ways to sign in beside the password, which `/login` offers.
    fn sign_in_ways(&self) -> Vec<SignInWay> {
        Vec::new()
    }

    /// Its panels of the dashboard, in their order.
    fn panels(&self) -> Vec<Arc<dyn Panel>> {
        Vec::new()
    }

    /// Its panels of the console's overview, in their order; each decides what the caller may see.
    fn console_panels(&self) -> Vec<Arc<dyn Panel>> {
        Vec::new()
    }

    /// The people whom a viewer may see, masked, because they approved a request of a provider of the viewer's:
    /// a SELECT of account ids. Where the viewer's account id stands as a parameter it says [`VIEWER`]; see
    /// [`of_viewer`].
    fn answered_people(&self) -> Option<&'static str> {
        None
    }

    /// The requests of a viewer's own providers that their person has approved, whom the audit trail therefore names:
    /// a SELECT of their ids, written as [`answered_people`](Self::answered_people) is.
    fn approved_requests(&self) -> Option<&'static str> {
        None
    }

    /// The providers that a viewer owns: a SELECT of their ids, written as
    /// [`answered_people`](Self::answered_people) is.
    fn owned_providers(&self) -> Option<&'static str> {
        None
    }

    /// Every provider, whoever sees it: a SELECT of `id` and `name`, by which the audit trail names them.
    fn named_providers(&self) -> Option<&'static str> {
        None
    }

    /// What it looks for that somebody should look at.
    fn detections(&self) -> Vec<Detection> {
        Vec::new()
    }

    /// Who makes alerts of faults of ours; the first app that does wins.
    fn failures(&self) -> Option<Arc<dyn Failures>> {
        None
    }

    /// What it knows of a person, as they take it with them.
    fn personal_data(&self) -> Vec<PersonalData> {
        Vec::new()
    }

    /// What takes it away when an account is erased.
    fn erasures(&self) -> Vec<ErasePersonal> {
        Vec::new()
    }

    /// Its card on the landing page.
    fn front(&self) -> Option<FrontCard> {
        None
    }

    /// What the landing page invites to before all else; the first app that invites wins.
    fn invitation(&self) -> Option<Invitation> {
        None
    }

    /// The permissions its routes ask for.
    fn permissions(&self) -> &'static [&'static str] {
        &[]
    }

    /// What it tells callers, in both languages, for the program's catalogue.
    fn messages(&self) -> [(Locale, &'static str); 2];

    /// What it looks up where somebody asks for metrics, each at most as often as it says.
    fn looks(&self) -> Vec<ProcessDuty> {
        Vec::new()
    }

    /// What `/health/ready` asks of it.
    fn health_checks(&self) -> Vec<Check> {
        Vec::new()
    }
}
