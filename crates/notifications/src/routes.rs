//! The routes and duties of notifications, as an [`App`]: always on, like the accounts.

use hanok_accounts::App;
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_web::Routes;

use crate::context::Notifications;

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
        Routes::new()
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }
}
