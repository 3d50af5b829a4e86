//! `/account/notifications`: what one wants to be told, how, and when not.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::account::Tab;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_web::error::{Error, FieldError};
use hanok_web::page::filters;
use hanok_web::{Access, Ctx, Field, Flash, Flashed, Form, Page, Redirected, Routes, SignedIn};
use jiff::tz::TimeZone;

use super::service::Settings;
use super::wire::{ChoiceOf, NotificationChoice, NotificationPreferences, NotificationQuietHours};
use super::{Choice, MailWhen, Preferences};
use crate::context::Notifications;
use crate::fault::Fault;
use crate::telling::NotificationType;
use crate::text;

/// The page and its form.
pub(crate) fn routes() -> Routes<Notifications> {
    let path = Tab::Notifications.path();
    Routes::new()
        .page(Method::GET, path, show, Access::SignedIn)
        .page(Method::POST, path, change, Access::SignedIn)
}

/// A type of notifications, and how its person is told.
struct Line {
    kind: NotificationType,
    /// What it is called, and when it is told.
    words: (Text, Text),
    here: bool,
    mail: MailWhen,
    error: Option<Text>,
    /// What was sent and not kept, because something else was chosen meanwhile: whether it is told, and when it is mailed.
    refused: Option<(bool, MailWhen)>,
}

#[derive(Template)]
#[template(path = "notifications/preferences.html")]
struct Body {
    tab: Tab,
    lines: Vec<Line>,
    /// Those that nobody chooses.
    always: Vec<(NotificationType, (Text, Text))>,
    quiet_from: Field,
    quiet_to: Field,
    digest_at: Field,
    /// The end of the quiet hours that hold now.
    quiet_until: Option<Timestamp>,
    /// Whether letters can reach them.
    has_address: bool,
    /// When the next mail of the day is sent, where there is any.
    next_digest: Option<Timestamp>,
    zone: String,
    /// The number of what is chosen, which the form sends back.
    rev: String,
    /// Whether something else was chosen since the form was opened that was sent.
    is_stale: bool,
}

/// `GET /account/notifications`.
async fn show(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    caller: SignedIn,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let settings = notifications.settings(caller.account).await?;
    let zone = notifications.accounts.organisation.get().zone.clone();
    let body = Body::of(&settings, &flash, ctx.now, &zone);
    let title = text::notifications::preferences::title();
    Ok(Tab::page(
        title,
        text::notifications::preferences::purpose(),
        body,
    ))
}

/// What the form was made of.
const REV: &str = "rev";

/// What the form sends, by name: a box that is not ticked is not sent.
type Sent = BTreeMap<String, String>;

/// `POST /account/notifications`.
async fn change(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    caller: SignedIn,
    Form(sent): Form<Sent>,
) -> Redirected {
    let path = Tab::Notifications.path();
    // What is no number is of no form of ours: it is taken for an old one.
    let made_of = sent.get(REV).map(|rev| rev.parse().unwrap_or(-1));
    let changed = match read(&sent) {
        Ok(new) => {
            let changed = notifications.change_preferences(&ctx, &caller, new, made_of);
            changed.await
        }
        Err(wrong) => return Redirected::failed(path, Error::invalid_request(wrong), sent),
    };
    match changed {
        Ok(_) => Tab::Notifications.done(text::notifications::preferences::done()),
        // The page says it, beside what is chosen now.
        Err(Fault::Stale) => Redirected::to(path).flash(Flash::default().with_values(sent)),
        Err(fault) => Redirected::failed(path, fault.into(), sent),
    }
}

/// Reads the form as the interface reads its body.
fn read(sent: &Sent) -> Result<Preferences, Vec<FieldError>> {
    let value = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let chosen = NotificationType::ALL.iter().filter(|kind| kind.is_chosen());
    let types = chosen.map(|kind| {
        let choice = NotificationChoice {
            here: sent.contains_key(&format!("{kind}_here")),
            mail: value(&format!("{kind}_mail")),
        };
        (kind.to_string(), ChoiceOf(choice))
    });
    let (from, to) = (value("quiet_from"), value("quiet_to"));
    let is_quiet = !from.is_empty() || !to.is_empty();
    let body = NotificationPreferences {
        types: types.collect(),
        quiet_hours: is_quiet.then_some(NotificationQuietHours { from, to }),
        digest_at: value("digest_at"),
        rev: None,
    };
    let at_its_field = |wrong: FieldError| FieldError {
        pointer: match wrong.pointer.strip_prefix("/types/") {
            Some(rest) => format!("/{}", rest.replace('/', "_")),
            None => wrong.pointer.replace("/quiet_hours/", "/quiet_"),
        }
        .into(),
        ..wrong
    };
    let read = body.check();
    read.map_err(|wrong| wrong.into_iter().map(at_its_field).collect())
}

impl Body {
    fn of(settings: &Settings, flash: &Flash, now: Timestamp, zone: &TimeZone) -> Self {
        let (preferences, has_address) = (&settings.preferences, settings.has_address);
        let all = NotificationType::ALL.iter().copied();
        let (chosen, always) = all.partition::<Vec<_>, _>(|kind| kind.is_chosen());
        // What is wrong comes back as it was sent, and under its own number.
        let sent = flash.values.get(REV);
        let rev = preferences.rev.to_string();
        let is_stale = flash.errors.is_empty() && sent.is_some_and(|sent| *sent != rev);
        let lines = chosen.into_iter();
        let lines: Vec<Line> = lines
            .map(|kind| Line::of(kind, preferences.of(kind), flash, is_stale))
            .collect();
        let choices = NotificationType::ALL
            .iter()
            .map(|kind| preferences.of(*kind));
        let is_daily = choices
            .into_iter()
            .any(|it| it.here && it.mail == MailWhen::Daily);
        let digest_at = preferences.digest_at;
        let [quiet_from, quiet_to, digest] = times(preferences, flash, is_stale);
        Self {
            tab: Tab::Notifications,
            lines,
            always: always.into_iter().map(|kind| (kind, words(kind))).collect(),
            quiet_from,
            quiet_to,
            digest_at: digest,
            quiet_until: preferences.quiet.and_then(|it| it.end_after(now, zone)),
            has_address,
            next_digest: (is_daily && has_address).then(|| digest_at.first_after(now, zone)),
            rev: sent.filter(|_| !is_stale).cloned().unwrap_or(rev),
            is_stale,
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}

/// The times as they are chosen, or came back; where something else was chosen meanwhile, as it is now, with what was sent
/// and not kept.
fn times(preferences: &Preferences, flash: &Flash, is_stale: bool) -> [Field; 3] {
    use text::notifications::preferences as said;
    let (from, to) = preferences.quiet.map_or_else(Default::default, |quiet| {
        (quiet.from.to_string(), quiet.to.to_string())
    });
    let field = |name, label, stands: String| {
        let field = Field::new(name, label).kind("time").value(&stands);
        match flash.value(name) {
            _ if !is_stale => field.filled(flash),
            sent if sent == stands => field,
            "" => field.hint(said::refused_none()),
            sent => field.hint(said::refused_time(sent)),
        }
    };
    let digest_at = preferences.digest_at.to_string();
    [
        field("quiet_from", said::quiet_from(), from),
        field("quiet_to", said::quiet_to(), to),
        field("digest_at", said::digest_at(), digest_at).required(),
    ]
}

impl Line {
    /// As it was chosen; where the form came back, as it was sent, unless something else was chosen meanwhile.
    fn of(kind: NotificationType, choice: Choice, flash: &Flash, is_stale: bool) -> Self {
        let name = format!("{kind}_mail");
        let Choice { here, mail } = choice;
        let sent = (!flash.values.is_empty()).then(|| {
            let here = flash.values.contains_key(&format!("{kind}_here"));
            (here, flash.value(&name).parse().unwrap_or(mail))
        });
        let (shown, refused) = if is_stale {
            (None, sent.filter(|sent| *sent != (here, mail)))
        } else {
            (sent, None)
        };
        let (here, mail) = shown.unwrap_or((here, mail));
        Self {
            kind,
            words: words(kind),
            here,
            mail,
            error: flash.error(&name).cloned(),
            refused,
        }
    }

    /// Each time of mail, in words, and whether it is chosen.
    fn mails(&self) -> impl Iterator<Item = (MailWhen, Text, bool)> {
        let all = MailWhen::ALL.iter().copied();
        all.map(|mail| (mail, mail.said(), mail == self.mail))
    }
}

impl MailWhen {
    const fn said(self) -> Text {
        use text::notifications::preferences as said;
        match self {
            Self::Now => said::mail_now(),
            Self::Daily => said::mail_daily(),
            Self::Never => said::mail_never(),
        }
    }
}

/// What a type is called, and when it is told.
const fn words(kind: NotificationType) -> (Text, Text) {
    use text::notifications::types as said;
    match kind {
        NotificationType::Comment => (said::comment(), said::comment_note()),
        NotificationType::Reply => (said::reply(), said::reply_note()),
        NotificationType::Mention => (said::mention(), said::mention_note()),
        NotificationType::Recommend => (said::recommend(), said::recommend_note()),
        NotificationType::MustRead => (said::must_read(), said::must_read_note()),
        NotificationType::Moderation => (said::moderation(), said::moderation_note()),
        NotificationType::IdentityRequest => {
            (said::identity_request(), said::identity_request_note())
        }
        NotificationType::SignIn => (said::sign_in(), said::sign_in_note()),
        NotificationType::Account => (said::account(), said::account_note()),
    }
}
