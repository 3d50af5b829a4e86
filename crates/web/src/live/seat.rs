//! A seat: one connected socket of a person.

use uuid::Uuid;

use crate::principal::{AccountId, PermissionSet, Principal, Via};

/// How the person on a socket proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatVia {
    /// A browser session's cookie.
    Session,
    /// An access token.
    Token,
    /// A paired phone's signature.
    Device,
}

/// One connected socket of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The account.
    pub account: AccountId,
    /// The session behind the cookie or token.
    pub session: Option<Uuid>,
    /// The paired phone.
    pub device: Option<Uuid>,
    /// The account's version when the socket connected.
    pub version: i64,
    /// How the person proved who they are.
    pub via: SeatVia,
    /// What the person may do here; nothing on a phone. As long as the version is the account's, so is this.
    pub permissions: PermissionSet,
}

impl Seat {
    /// The seat of this caller; nobody has none, and neither has a server with its API key.
    pub(super) fn of(principal: &Principal) -> Option<Self> {
        match principal {
            Principal::Nobody => None,
            Principal::Account(caller) => Some(Self {
                account: caller.account,
                session: Some(caller.session?),
                device: None,
                version: caller.version,
                via: match caller.via {
                    Via::Cookie => SeatVia::Session,
                    Via::Bearer => SeatVia::Token,
                    Via::ApiKey => return None,
                },
                permissions: caller.permissions.clone(),
            }),
            Principal::Device(phone) => Some(Self {
                account: phone.account,
                session: None,
                device: Some(phone.device),
                version: phone.version,
                via: SeatVia::Device,
                permissions: PermissionSet::default(),
            }),
        }
    }
}
