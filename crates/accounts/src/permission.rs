//! What a person may be allowed to do, each as a name and as a type that a route can ask for.

use std::borrow::Cow;
use std::sync::OnceLock;

use hanok_base::i18n::Text;
use hanok_web::Permission;

use crate::context::Accounts;

/// The permissions that the program's apps know; named once, when it is put together.
#[derive(Default)]
pub(crate) struct Known(OnceLock<Vec<&'static str>>);

impl Accounts {
    /// Names the permissions of the apps, each app's own; the first call counts.
    pub fn know_permissions(&self, names: impl IntoIterator<Item = &'static str>) {
        let mut known: Vec<&'static str> = ALL.to_vec();
        for name in names {
            if !known.contains(&name) {
                known.push(name);
            }
        }
        let _ = self.permissions.0.set(known);
    }

    /// Every permission that a role or an API key may list.
    pub fn known_permissions(&self) -> &[&'static str] {
        self.permissions.0.get().map_or(ALL, Vec::as_slice)
    }
}

/// What people read for a permission: the catalogue's `permission.<name>`.
pub fn said(name: &str) -> Text {
    Text {
        key: Cow::Owned(format!("permission.{name}")),
        values: Vec::new(),
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $type:ident = $name:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $type {}

            impl Permission for $type {
                const NAME: &'static str = $name;
            }
        )+

        /// Every permission that a role may hold.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

permissions! {
    /// Accounts, roles and locks of the whole organisation.
    UserManagement = "user_management";
    /// Providers: create, edit, keys, secrets.
    ProviderManagement = "provider_management";
    /// Numbers of the providers one may manage.
    ProviderStatistics = "provider_statistics";
    /// Settings of the installation.
    SystemConfiguration = "system_configuration";
    /// Exports of data.
    DataExport = "data_export";
    /// Reports over the whole organisation.
    ReportsGeneration = "reports_generation";
    /// API keys.
    ApiAccess = "api_access";
    /// Reading and writing on the board, where its categories allow it.
    BoardUse = "board";
    /// Moderation of the board.
    BoardModeration = "board_moderation";
    /// Taking note of alerts.
    AlertAcknowledge = "alert_acknowledge";
    /// The audit trail, read only.
    AuditRead = "audit_read";
    /// People, masked.
    PeopleRead = "people_read";
    /// Teams that one leads.
    TeamManagement = "team_management";
    /// Reports of the teams that one leads.
    TeamReports = "team_reports";
    /// Live view of people.
    UserMonitoring = "user_monitoring";
    /// One's own dashboard.
    PersonalDashboard = "personal_dashboard";
    /// One's own reports.
    PersonalReports = "personal_reports";
    /// Focus sessions.
    FocusSessions = "focus_sessions";
    /// Entitling a provider to receive CI.
    ProviderCiEntitled = "provider.ci_entitled";
    /// A person's unmasked data.
    FullUserInfo = "full_user_info";
}

#[cfg(test)]
mod tests {
    use hanok_base::i18n::{Catalogue, Locale};

    use super::*;

    #[test]
    fn every_permission_has_a_name_that_people_read() {
        let catalogue = Catalogue::new(&crate::MESSAGES).unwrap();
        for name in ALL {
            let said = said(name);
            assert!(catalogue.has(&said.key), "{name}");
            assert_ne!(catalogue.tell(Locale::Ko, &said), said.key, "{name}");
        }
    }
}
