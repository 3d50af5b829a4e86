//! The security log: sign-ins, refusals and changes of rights, one line each once they are committed.

use std::net::IpAddr;

use hanok_base::telemetry::SECURITY;

use crate::AccountId;
use crate::audit::{Action, AuditId, Entry, Origin};

/// A line of the security log: ids and public words only, as on the trail.
pub(super) struct SecurityLine {
    action: Action,
    row: AuditId,
    actor: Option<AccountId>,
    subject: Option<AccountId>,
    address: Option<IpAddr>,
    request_id: String,
}

impl SecurityLine {
    /// The line of an act; `None` for what is the daily business of an app.
    pub(super) fn of(row: AuditId, origin: &Origin, entry: &Entry) -> Option<Self> {
        // A rotation is one line; each value that is then sealed anew is none.
        let resealed = matches!(entry.action, Action::KeyRotation) && entry.target.is_some();
        (is_of_security(entry.action) && !resealed).then(|| Self {
            action: entry.action,
            row,
            actor: origin.actor,
            subject: entry.subject,
            address: origin.address,
            request_id: origin.stored_request_id(),
        })
    }

    /// Writes it.
    pub(super) fn write(&self) {
        tracing::info!(
            target: SECURITY,
            action = self.action.as_str(),
            actor = self.actor.map(tracing::field::display),
            subject = self.subject.map(tracing::field::display),
            address = self.address.map(tracing::field::display),
            request_id = self.request_id,
            audit_row = %self.row,
        );
    }
}

const fn is_of_security(action: Action) -> bool {
    match action {
        Action::AuthRequest
        | Action::AuthCompleted
        | Action::AuthFailed
        | Action::AuthExpired
        | Action::AuthStatusChange
        | Action::UserInfoUpdate
        | Action::CiDiAccess
        | Action::BoardChange => false,
        Action::UserLogin
        | Action::UserLoginFailed
        | Action::UserLogout
        | Action::AdminAction
        | Action::AccountLocked
        | Action::AccountUnlocked
        | Action::RoleChange
        | Action::PermissionDenied
        | Action::ConfigChange
        | Action::PasswordChange
        | Action::PinChange
        | Action::DevicePaired
        | Action::DeviceRevoked
        | Action::DataRevealed
        | Action::DataExport
        | Action::KeyRotation
        | Action::SecretRotation
        | Action::AuditSearch => true,
    }
}
