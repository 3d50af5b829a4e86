//! What people read for an act and for what was acted on.

use hanok_base::i18n::Text;

use crate::audit::Action;
use crate::text::trail::{action, target};

/// What people read for an act.
pub const fn said(act: Action) -> Text {
    match act {
        Action::UserLogin => action::user_login(),
        Action::UserLoginFailed => action::user_login_failed(),
        Action::UserLogout => action::user_logout(),
        Action::AuthRequest => action::auth_request(),
        Action::AuthCompleted => action::auth_completed(),
        Action::AuthFailed => action::auth_failed(),
        Action::AuthExpired => action::auth_expired(),
        Action::AuthStatusChange => action::auth_status_change(),
        Action::UserInfoUpdate => action::user_info_update(),
        Action::CiDiAccess => action::ci_di_access(),
        Action::AdminAction => action::admin_action(),
        Action::AccountLocked => action::account_locked(),
        Action::AccountUnlocked => action::account_unlocked(),
        Action::RoleChange => action::role_change(),
        Action::PermissionDenied => action::permission_denied(),
        Action::ConfigChange => action::config_change(),
        Action::PasswordChange => action::password_change(),
        Action::PinChange => action::pin_change(),
        Action::DevicePaired => action::device_paired(),
        Action::DeviceRevoked => action::device_revoked(),
        Action::DataRevealed => action::data_revealed(),
        Action::DataExport => action::data_export(),
        Action::KeyRotation => action::key_rotation(),
        Action::SecretRotation => action::secret_rotation(),
        Action::AuditSearch => action::audit_search(),
    }
}

/// What people read for the kind of thing that was acted on; `None` for one without a word.
pub fn of_target(kind: &str) -> Option<Text> {
    Some(match kind {
        "account" => target::account(),
        "session" => target::session(),
        "device" => target::device(),
        "api_key" => target::api_key(),
        "auth_transaction" => target::auth_transaction(),
        "service_provider" => target::service_provider(),
        "provider_key" => target::provider_key(),
        "callback_delivery" => target::callback_delivery(),
        "department" => target::department(),
        "team" => target::team(),
        "role" => target::role(),
        "dead_letter" => target::dead_letter(),
        "backup" => target::backup(),
        "audit_log" => target::audit_log(),
        "alert" => target::alert(),
        _ => return None,
    })
}
