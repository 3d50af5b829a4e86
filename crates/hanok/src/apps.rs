//! The list of apps, and all that knows them: accounts, which is always on, those of `apps`, the demo.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::command::{Command, KeptFolder};
use hanok_accounts::mail::CapturedMail;
use hanok_accounts::sms::SimulatedSms;
use hanok_accounts::{Accounts, AccountsApp, App, audit};
use hanok_base::metric::Metric;
use hanok_board::{Board, BoardApp, BoardParts};
use hanok_db::MigrationSet;
use hanok_demo::{DemoApp, Guided};
use hanok_events::http::{GuardedClient, HttpPolicy, Origin, Resolver, SystemResolver};
use hanok_identity::{Identity, IdentityApp, IdentityParts};
use hanok_notifications::{Notifications, NotificationsApp, NotificationsParts};
use hanok_operator::{Lags, SharedHost, System, SystemApp};
use hanok_people::{People, PeopleApp, PeopleParts};

use crate::config::Config;
use crate::program::BuildError;

/// The apps that `apps` may name.
pub(crate) const NAMES: &[&str] = &["identity", "board"];

/// The commands of all apps, those that are switched off included, in the order in which `hanok help`
/// lists them.
pub fn commands() -> Vec<Command> {
    let mut commands = AccountsApp::commands();
    commands.extend(IdentityApp::commands());
    commands.extend(DemoApp::commands());
    commands
}

/// The migrations of the program, in the order in which they build on each other.
pub(crate) fn migrations(config: &Config) -> Vec<MigrationSet> {
    let always = [
        hanok_events::migrations(),
        audit::migrations(),
        hanok_accounts::migrations(),
        hanok_operator::migrations(),
        hanok_notifications::migrations(),
    ];
    let people = hanok_people::migrations();
    let identity = config.has("identity").then(hanok_identity::migrations);
    let board = config.has("board").then(hanok_board::migrations);
    let apps = identity.into_iter().chain(board);
    always.into_iter().chain(people).chain(apps).collect()
}

/// The folders of files of the apps that are switched on.
pub(crate) fn folders(config: &Config) -> Vec<KeptFolder> {
    let attached = config.has("board").then(|| KeptFolder {
        name: "attachments",
        path: config.board.folder(&config.server.data_dir),
    });
    attached.into_iter().collect()
}

/// The metrics of the whole program, those of apps that are switched off included.
pub const fn metrics() -> &'static [&'static [Metric]] {
    &[
        hanok_operator::metrics::METRICS,
        hanok_base::shared::FANOUT_METRICS,
        hanok_db::METRICS,
        hanok_redis::METRICS,
        hanok_events::METRICS,
        crate::kafka::METRICS,
        hanok_web::metrics::METRICS,
        hanok_accounts::metrics::METRICS,
        hanok_identity::metrics::METRICS,
    ]
}

/// The apps that are switched on.
pub(crate) fn switched_on(
    config: &Config,
    accounts: &Accounts,
    resolver: Option<Arc<dyn Resolver>>,
    host: Option<SharedHost>,
    sms: Option<&Arc<SimulatedSms>>,
    mail: Option<&Arc<CapturedMail>>,
    lags: Option<Lags>,
) -> Result<Vec<Arc<dyn App>>, BuildError> {
    let notifications = Notifications::new(NotificationsParts {
        accounts: accounts.clone(),
    });
    let identity = if config.has("identity") {
        Some(identity(config, accounts, &notifications, resolver)?)
    } else {
        None
    };
    let mut chosen: Vec<Arc<dyn App>> = Vec::new();
    if let Some(identity) = &identity {
        chosen.push(Arc::new(IdentityApp(identity.clone())));
    }
    let board = config.has("board").then(|| {
        Board::new(BoardParts {
            accounts: accounts.clone(),
            notifications: notifications.clone(),
            config: config.board.clone(),
            blobs: config.board.folder(&config.server.data_dir),
        })
    });
    if let Some(board) = &board {
        chosen.push(Arc::new(BoardApp(board.clone())));
    }
    if let Some(named) = chosen.iter().find_map(|app| app.named_providers()) {
        accounts.know_providers(named);
    }
    let own = AccountsApp(accounts.clone()).detections().into_iter();
    let detections = own.chain(chosen.iter().flat_map(|app| app.detections()));
    let people = People::new(PeopleParts {
        detections: detections.collect(),
        accounts: accounts.clone(),
        answered_people: chosen.iter().find_map(|app| app.answered_people()),
        approved_requests: chosen.iter().find_map(|app| app.approved_requests()),
        owned_providers: chosen.iter().find_map(|app| app.owned_providers()),
        key_warn_days: config.keys.warn_after_days,
    });
    let mut apps: Vec<Arc<dyn App>> = vec![
        Arc::new(AccountsApp(accounts.clone())),
        Arc::new(NotificationsApp(notifications)),
        Arc::new(PeopleApp(people)),
    ];
    apps.extend(chosen);
    let system = System::new(accounts.clone(), host, lags);
    apps.push(Arc::new(SystemApp(system)));
    if config.demo {
        apps.push(Arc::new(DemoApp {
            accounts: accounts.clone(),
            identity,
            board,
            sms: sms.cloned(),
            mail: mail.cloned(),
            guided: Guided::new(accounts),
        }));
    }
    Ok(apps)
}

fn identity(
    config: &Config,
    accounts: &Accounts,
    notifications: &Notifications,
    resolver: Option<Arc<dyn Resolver>>,
) -> Result<Identity, BuildError> {
    let demo = config.demo;
    let config = config.identity.clone();
    let allow: Result<Vec<Origin>, _> = config
        .callback_allow_hosts
        .iter()
        .map(|origin| origin.parse())
        .collect();
    let policy = HttpPolicy {
        allow: allow?,
        timeout: Duration::from_secs(u64::from(config.callback_timeout_seconds)),
        ..HttpPolicy::default()
    };
    let http =
        GuardedClient::with_resolver(policy, resolver.unwrap_or_else(|| Arc::new(SystemResolver)))?;
    Ok(Identity::new(IdentityParts {
        accounts: accounts.clone(),
        notifications: notifications.clone(),
        config,
        http,
        demo,
    }))
}
