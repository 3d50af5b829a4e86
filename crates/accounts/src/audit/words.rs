//! What people read for an act and for what was acted on.

use hanok_base::i18n::Text;
use serde_json::Value as Json;

use crate::audit::Action;
use crate::text::trail::{act as acts, action, reason, target};

/// In the details of a password's change: who has the letter with the link set it.
pub(crate) const BY_LINK: &str = "link in a letter";

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
        Action::BoardChange => action::board_change(),
    }
}

/// What people read for an act whose row has these details: its own word, where the details say more than the act.
pub fn told(act: Action, details: &Json) -> Text {
    let known = match act {
        Action::UserInfoUpdate => of_info(details),
        Action::AdminAction => of_administration(details),
        Action::PasswordChange => of_password(details),
        Action::AccountUnlocked => match word(details, "was") {
            "closed" => Some(acts::account_reopened()),
            "disabled" => Some(acts::account_enabled()),
            _ => None,
        },
        Action::CiDiAccess => details.get("values").map(|_| acts::ci_di_handed()),
        Action::DataExport => (word(details, "export") == "my_data").then(acts::own_data),
        _ => None,
    };
    known.unwrap_or_else(|| said(act))
}

/// What people read for why a request failed; `None` for a reason that somebody wrote.
pub fn of_reason(word: &str) -> Option<Text> {
    Some(match word {
        "denied" => reason::denied(),
        "not_confirmed" => reason::not_confirmed(),
        "superseded" => reason::superseded(),
        "withdrawn" => reason::withdrawn(),
        _ => return None,
    })
}

fn word<'a>(details: &'a Json, name: &str) -> &'a str {
    let found = details.get(name).and_then(Json::as_str);
    found.unwrap_or_default()
}

fn of_info(details: &Json) -> Option<Text> {
    let has = |name: &str| details.get(name).is_some();
    Some(match word(details, "field") {
        "phone" if has("proven") => acts::phone_proven(),
        "email" if has("verified") => acts::email_verified(),
        "email" if has("verification") => acts::email_asked(),
        "ci" => acts::ci_given(),
        "notifications" => acts::notifications(),
        _ if has("ci_taken_as_given") => acts::account_made(),
        _ if has("closed") => acts::account_closed(),
        _ if has("erased") => acts::account_erased(),
        _ if has("department") => acts::placed(),
        _ => return None,
    })
}

fn of_administration(details: &Json) -> Option<Text> {
    let has = |name: &str| details.get(name).is_some();
    Some(match word(details, "act") {
        "provider_created" => acts::provider_created(),
        "provider_owner_set" => acts::provider_owner_set(),
        "callback_tried" => acts::callback_tried(),
        "delivery_replayed" | "deliveries_replayed" => acts::delivery_replayed(),
        "created" => acts::created(),
        "changed" => acts::changed(),
        "closed" => acts::closed(),
        "placed" => acts::placed(),
        "joined" => acts::joined(),
        "left" => acts::left(),
        _ if word(details, "status") == "disabled" => acts::account_disabled(),
        _ if has("sessions_ended") => acts::sessions_ended(),
        _ if has("removed") => acts::account_removed(),
        _ if has("import") => acts::imported(),
        _ if has("acknowledged") => acts::acknowledged(),
        _ => return None,
    })
}

fn of_password(details: &Json) -> Option<Text> {
    match (word(details, "by"), word(details, "reset")) {
        ("administrator", _) => Some(acts::password_reset()),
        (BY_LINK, _) => Some(acts::password_chosen()),
        (_, "link sent") => Some(acts::password_asked()),
        _ => None,
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
        "post" => target::post(),
        "comment" => target::comment(),
        "category" => target::category(),
        "board_report" => target::board_report(),
        _ => return None,
    })
}
