//! What a person may be allowed to do, each as a name and as a type that a route can ask for.

use hanok_web::Permission;

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
