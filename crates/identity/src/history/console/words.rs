//! What those read of a request who look after providers: why it came to nothing, and what happened.

use hanok_base::i18n::Text;

use crate::history::rules::Reason;
use crate::history::service::Request;
use crate::history::timeline::{Step, StepKind};
use crate::provider::OWN;
use crate::text::transaction as say;
use crate::transaction::Status;

/// Why it came to nothing, where it did.
pub(super) fn why(request: &Request) -> Option<Text> {
    match (request.status, request.reason) {
        (Status::Expired, _) => Some(say::nobody_answered()),
        (_, Some(Reason::Denied)) => Some(say::reason_denied()),
        (_, Some(Reason::WrongPin)) => Some(say::reason_wrong_pin()),
        (_, Some(Reason::NotConfirmed)) => Some(say::reason_not_confirmed()),
        (_, Some(Reason::Superseded)) => Some(say::reason_superseded()),
        (_, Some(Reason::Withdrawn)) => Some(say::reason_withdrawn()),
        (_, None) => None,
    }
}

/// What its message is: that of a sign-in to Hanok itself says from where.
pub(super) fn message(request: &Request) -> Text {
    if request.provider == OWN {
        say::asked_from()
    } else {
        say::message()
    }
}

/// What happened in a step.
pub(super) const fn said(step: &Step) -> Text {
    match step.kind {
        StepKind::Requested => say::step_requested(),
        StepKind::Sent => say::step_sent(),
        StepKind::Shown => say::step_shown(),
        StepKind::NoPhone => say::step_no_phone(),
        StepKind::Approved => say::step_approved(),
        StepKind::Denied => say::step_denied(),
        StepKind::WrongPin => say::step_wrong_pin(),
        StepKind::NotConfirmed => say::step_not_confirmed(),
        StepKind::Superseded => say::step_superseded(),
        StepKind::Withdrawn => say::step_withdrawn(),
        StepKind::Expired => say::step_expired(),
        StepKind::Held => say::step_held(),
        StepKind::Fetched => say::step_fetched(),
        StepKind::Telling => say::step_telling(),
        StepKind::Told => say::step_told(),
        StepKind::Refused => say::step_refused(),
        StepKind::Unreachable => say::step_unreachable(),
        StepKind::GivenUp => say::step_given_up(),
    }
}
