//! What happened to one request, in the order in which it did.

pub(super) mod store;

use hanok_base::Timestamp;
use hanok_db::text_enum;

use self::store::{Attempt, Found, Notification, NotificationStatus};
use super::rules::Reason;
use super::service::Request;
use crate::callback::DeliveryState;
use crate::transaction::Status;

text_enum! {
    /// What happened.
    pub(super) enum StepKind {
        /// The provider asked.
        Requested = "requested",
        /// The request went to the paired phone.
        Sent = "sent",
        /// The phone showed it.
        Shown = "shown",
        /// No phone was paired: it waited in the portal.
        NoPhone = "no_phone",
        /// The person approved.
        Approved = "approved",
        /// The person said no.
        Denied = "denied",
        /// The PIN was wrong.
        WrongPin = "wrong_pin",
        /// The number was wrong, or the PIN was locked.
        NotConfirmed = "not_confirmed",
        /// The provider asked again.
        Superseded = "superseded",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
        /// Its time passed.
        Expired = "expired",
        /// It lies ready for the provider.
        Held = "held",
        /// The provider fetched it.
        Fetched = "fetched",
        /// It is on its way to the provider.
        Telling = "telling",
        /// The provider took it.
        Told = "told",
        /// The provider answered and did not take it.
        Refused = "refused",
        /// The provider did not answer.
        Unreachable = "unreachable",
        /// Telling the provider was given up.
        GivenUp = "given_up",
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) kind: StepKind,
    /// When, where that was written down.
    pub(super) at: Option<Timestamp>,
    /// The phone that approved, by the name its owner gave it.
    pub(super) device: Option<String>,
}

/// The steps of a request whose facts are `request`.
pub(super) fn steps(request: &Request, found: &Found) -> Vec<Step> {
    let mut steps = vec![step(StepKind::Requested, Some(request.created_at))];
    steps.extend(found.notifications.iter().flat_map(pushed));
    if let Some(kind) = ending(request) {
        steps.push(Step {
            device: found.device.clone().filter(|_| kind == StepKind::Approved),
            ..step(kind, request.ended_at)
        });
    }
    steps.extend(
        found
            .attempts
            .iter()
            .map(|attempt| step(outcome(attempt), Some(attempt.at))),
    );
    steps.extend(told(found));
    steps
}

/// Where the request went, and when it was seen there.
fn pushed(notification: &Notification) -> impl Iterator<Item = Step> + use<> {
    let sent = match notification.status {
        NotificationStatus::Failed => StepKind::NoPhone,
        NotificationStatus::Queued | NotificationStatus::Sent | NotificationStatus::Shown => {
            StepKind::Sent
        }
    };
    let shown = notification.shown_at;
    let shown = shown.map(|at| step(StepKind::Shown, Some(at)));
    std::iter::once(step(sent, Some(notification.sent_at))).chain(shown)
}

const fn ending(request: &Request) -> Option<StepKind> {
    match (request.status, request.reason) {
        (Status::Pending, _) => None,
        (Status::Completed, _) => Some(StepKind::Approved),
        (Status::Expired, _) => Some(StepKind::Expired),
        (Status::Failed, Some(Reason::Denied)) => Some(StepKind::Denied),
        (Status::Failed, Some(Reason::WrongPin)) => Some(StepKind::WrongPin),
        (Status::Failed, Some(Reason::Superseded)) => Some(StepKind::Superseded),
        (Status::Failed, Some(Reason::Withdrawn)) => Some(StepKind::Withdrawn),
        (Status::Failed, Some(Reason::NotConfirmed) | None) => Some(StepKind::NotConfirmed),
    }
}

/// Only the class of what a provider answered: its words and addresses are not the person's.
const fn outcome(attempt: &Attempt) -> StepKind {
    match attempt.status {
        Some(200..=299) => StepKind::Told,
        Some(_) => StepKind::Refused,
        None => StepKind::Unreachable,
    }
}

/// Where telling the provider stands, beyond its attempts.
fn told(found: &Found) -> Option<Step> {
    let delivery = found.delivery.as_ref()?;
    match delivery.state {
        DeliveryState::Held if found.fetched => Some(step(StepKind::Fetched, None)),
        DeliveryState::Held => Some(step(StepKind::Held, Some(delivery.created_at))),
        DeliveryState::Queued => Some(step(StepKind::Telling, None)),
        DeliveryState::Dead => Some(step(StepKind::GivenUp, None)),
        DeliveryState::Delivered => None,
    }
}

const fn step(kind: StepKind, at: Option<Timestamp>) -> Step {
    Step {
        kind,
        at,
        device: None,
    }
}
