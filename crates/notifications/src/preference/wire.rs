//! Preferences as the interface takes and gives them, without I/O.

use std::collections::BTreeMap;

use hanok_web::error::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Choice, MailWhen, Preferences, QuietHours, TimeOfDay};
use crate::telling::NotificationType;

/// What I want to be told, and how.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationPreferences {
    /// By type: `comment`, `reply`, `mention`, `recommend`, `must_read`, `moderation`, `identity_request`, each of which
    /// must be there; `sign_in` and `account`, which may be left out, because they are always told here and written by
    /// letters of their own.
    #[schema(value_type = BTreeMap<String, NotificationChoice>)]
    pub(super) types: BTreeMap<String, ChoiceOf>,
    /// When it is to be quiet: nothing pops up, and mail waits until the end. `null`: never.
    #[serde(deserialize_with = "hanok_web::extract::optional_object")]
    #[schema(required)]
    pub(super) quiet_hours: Option<NotificationQuietHours>,
    /// When the mail of the day is sent, in the organisation's time zone.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "08:00")]
    pub(super) digest_at: String,
    /// How often I have changed it. Sent back it says what a change was made of: where I have chosen otherwise since, that is
    /// 409 `stale`. Left out, what I send replaces whatever I have chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rev: Option<i64>,
}

/// How I am told of a type.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationChoice {
    /// Whether I am told of it at all: what is not told here is not written by mail either.
    pub(super) here: bool,
    /// When it is written to me by mail while I have not read it: `now`, in quiet hours at their end; `daily`, in one mail
    /// at `digest_at`; `never`.
    #[schema(pattern = "^(now|daily|never)$", example = "daily")]
    pub(super) mail: String,
}

/// Hours of every day, in the organisation's time zone; from the one until the other, which may be on the next day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationQuietHours {
    /// When they begin.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:00")]
    pub(super) from: String,
    /// When they end; another time than that.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "07:00")]
    pub(super) to: String,
}

/// A choice, which is read from an object alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ChoiceOf(
    #[serde(deserialize_with = "hanok_web::extract::object")] pub(super) NotificationChoice,
);

impl NotificationPreferences {
    /// As they are told.
    pub(crate) fn of(preferences: &Preferences) -> Self {
        let all = NotificationType::ALL.iter();
        let types = all.map(|kind| (kind.to_string(), ChoiceOf::of(preferences.of(*kind))));
        Self {
            types: types.collect(),
            quiet_hours: preferences.quiet.map(|quiet| NotificationQuietHours {
                from: quiet.from.to_string(),
                to: quiet.to.to_string(),
            }),
            digest_at: preferences.digest_at.to_string(),
            rev: None,
        }
    }

    /// The same, under this number.
    pub(super) fn numbered(self, rev: i64) -> Self {
        Self {
            rev: Some(rev),
            ..self
        }
    }

    /// Reads what was sent.
    ///
    /// # Errors
    /// All that is wrong, each at its field.
    pub(super) fn check(&self) -> Result<Preferences, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut preferences = Preferences::default();
        for kind in NotificationType::ALL {
            match self.types.get(kind.as_str()) {
                Some(ChoiceOf(sent)) => match sent.check(*kind) {
                    Ok(choice) => preferences.choose(*kind, choice),
                    Err(wrong) => faults.extend(wrong),
                },
                None if kind.is_chosen() => {
                    faults.push(FieldError::new(format!("/types/{kind}"), "required"));
                }
                None => {}
            }
        }
        let unknown = self
            .types
            .keys()
            .filter(|it| it.parse::<NotificationType>().is_err());
        faults.extend(unknown.map(|it| {
            let it = it.replace('~', "~0").replace('/', "~1");
            FieldError::new(format!("/types/{it}"), "notification_type")
        }));
        let quiet = self.quiet_hours.as_ref().map(NotificationQuietHours::check);
        match quiet.transpose() {
            Ok(quiet) => preferences.quiet = quiet,
            Err(wrong) => faults.extend(wrong),
        }
        match time("/digest_at", &self.digest_at) {
            Ok(at) => preferences.digest_at = at,
            Err(wrong) => faults.push(wrong),
        }
        faults.is_empty().then_some(preferences).ok_or(faults)
    }
}

impl ChoiceOf {
    fn of(choice: Choice) -> Self {
        Self(NotificationChoice {
            here: choice.here,
            mail: choice.mail.to_string(),
        })
    }
}

impl NotificationChoice {
    fn check(&self, kind: NotificationType) -> Result<Choice, Vec<FieldError>> {
        let mut faults = Vec::new();
        let at = |field: &str| format!("/types/{kind}/{field}");
        let usual = Choice::usual(kind);
        let mail = self.mail.parse::<MailWhen>().ok();
        if mail.is_none() {
            faults.push(FieldError::new(at("mail"), "notification_mail"));
        }
        let mail = mail.unwrap_or(usual.mail);
        if !kind.is_chosen() && mail != usual.mail {
            faults.push(FieldError::new(at("mail"), "notification_own_letters"));
        }
        if !kind.is_chosen() && !self.here {
            faults.push(FieldError::new(at("here"), "notification_always"));
        }
        let here = self.here;
        let choice = Choice { here, mail };
        faults.is_empty().then_some(choice).ok_or(faults)
    }
}

impl NotificationQuietHours {
    fn check(&self) -> Result<QuietHours, Vec<FieldError>> {
        match (
            time("/quiet_hours/from", &self.from),
            time("/quiet_hours/to", &self.to),
        ) {
            (Ok(from), Ok(to)) if from == to => Err(vec![FieldError::new(
                "/quiet_hours/to",
                "notification_quiet_same",
            )]),
            (Ok(from), Ok(to)) => Ok(QuietHours { from, to }),
            (from, to) => Err(from.err().into_iter().chain(to.err()).collect()),
        }
    }
}

fn time(pointer: &'static str, text: &str) -> Result<TimeOfDay, FieldError> {
    if text.is_empty() {
        return Err(FieldError::new(pointer, "required"));
    }
    let time = text.parse();
    time.map_err(|_| FieldError::new(pointer, "notification_time"))
}
