//! What pages say of a request: its state, why it failed and what happened, with the icon and classes of each.

use hanok_base::i18n::Text;

use super::rules::Reason;
use super::service::Request;
use super::timeline::{Step, StepKind};
use crate::provider::OWN;
use crate::text;
use crate::transaction::Status;

/// How a state looks: its word, its icon and its classes.
#[derive(Clone, Debug)]
pub(super) struct Badge {
    pub(super) text: Text,
    pub(super) icon: &'static str,
    pub(super) class: &'static str,
}

/// The word for a state.
pub(crate) fn state(status: Status) -> Text {
    match status {
        Status::Pending => text::history::pending(),
        Status::Completed => text::history::completed(),
        Status::Failed => text::history::failed(),
        Status::Expired => text::history::expired(),
    }
}

impl Request {
    /// The badge of its state.
    pub(super) fn badge(&self) -> Badge {
        let (icon, class) = match self.status {
            Status::Pending => ("hourglass", "badge badge-state state-pending"),
            Status::Completed => ("circle-check", "badge badge-state state-completed"),
            Status::Failed => ("circle-x", "badge badge-state state-failed"),
            Status::Expired => ("clock-x", "badge badge-state state-expired"),
        };
        Badge {
            text: state(self.status),
            icon,
            class,
        }
    }

    /// Why it came to nothing, where it did.
    pub(super) fn why(&self) -> Option<Text> {
        match (self.status, self.reason) {
            (Status::Expired, _) => Some(text::history::nobody_answered()),
            (_, Some(Reason::Denied)) => Some(text::history::reason_denied()),
            (_, Some(Reason::WrongPin)) => Some(text::history::reason_wrong_pin()),
            (_, Some(Reason::NotConfirmed)) => Some(text::history::reason_not_confirmed()),
            (_, Some(Reason::Superseded)) => Some(text::history::reason_superseded()),
            (_, Some(Reason::Withdrawn)) => Some(text::history::reason_withdrawn()),
            (_, None) => None,
        }
    }
}

impl Request {
    /// Whether somebody wanted to sign in to Hanok itself; its message says from where.
    fn is_sign_in(&self) -> bool {
        self.provider == OWN
    }

    /// What its message is.
    pub(super) fn message_label(&self) -> Text {
        if self.is_sign_in() {
            text::request::asked_from()
        } else {
            text::request::message()
        }
    }

    /// What happened to it.
    pub(super) fn tells(&self, step: &Step) -> Text {
        if self.is_sign_in() && step.kind == StepKind::Requested {
            return text::request::step_sign_in();
        }
        step.said(&self.provider_name)
    }
}

impl Step {
    /// What happened to a request that `provider` made.
    fn said(&self, provider: &str) -> Text {
        use text::request as say;
        match (self.kind, &self.device) {
            (StepKind::Requested, _) => say::step_requested(provider),
            (StepKind::Sent, _) => say::step_sent(),
            (StepKind::Shown, _) => say::step_shown(),
            (StepKind::NoPhone, _) => say::step_no_phone(),
            (StepKind::Approved, Some(device)) => say::step_approved_on(device),
            (StepKind::Approved, None) => say::step_approved(),
            (StepKind::Denied, _) => say::step_denied(),
            (StepKind::WrongPin, _) => say::step_wrong_pin(),
            (StepKind::NotConfirmed, _) => say::step_not_confirmed(),
            (StepKind::Superseded, _) => say::step_superseded(provider),
            (StepKind::Withdrawn, _) => say::step_withdrawn(),
            (StepKind::Expired, _) => say::step_expired(),
            (StepKind::Held, _) => say::step_held(provider),
            (StepKind::Fetched, _) => say::step_fetched(provider),
            (StepKind::Telling, _) => say::step_telling(provider),
            (StepKind::Told, _) => say::step_told(provider),
            (StepKind::Refused, _) => say::step_refused(provider),
            (StepKind::Unreachable, _) => say::step_unreachable(provider),

            (StepKind::GivenUp, _) => say::step_given_up(provider),
        }
    }

    /// Its icon and the classes of its line.
    pub(super) const fn look(&self) -> (&'static str, &'static str) {
        const PLAIN: &str = "timeline-item";
        const WAITS: &str = "timeline-item state-pending";
        const WARNS: &str = "timeline-item state-warned";
        const GOOD: &str = "timeline-item state-completed";
        const BAD: &str = "timeline-item state-failed";
        const OVER: &str = "timeline-item state-expired";
        match self.kind {
            StepKind::Requested => ("message", PLAIN),
            StepKind::Sent => ("send", PLAIN),
            StepKind::Shown => ("device-mobile", PLAIN),
            StepKind::NoPhone => ("device-mobile-off", PLAIN),
            StepKind::Approved => ("circle-check", GOOD),
            StepKind::Denied | StepKind::WrongPin | StepKind::NotConfirmed => ("circle-x", BAD),
            StepKind::Superseded | StepKind::Withdrawn => ("info-circle", OVER),
            StepKind::Expired => ("clock-x", OVER),
            StepKind::Held | StepKind::Telling => ("hourglass", WAITS),
            StepKind::Fetched | StepKind::Told => ("check", GOOD),
            StepKind::Refused | StepKind::Unreachable => ("alert-triangle", WARNS),
            StepKind::GivenUp => ("alert-circle", BAD),
        }
    }
}
