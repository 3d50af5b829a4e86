//! `/admin/system/events`.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::SystemConfiguration;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_events::{ConsumerState, DeadLetterId, Source, Topic, TopicBacklog};
use hanok_web::error::Error;
use hanok_web::page::{Choice, filters};
use hanok_web::{Allowed, Ctx, Flash, Form, Page, Query, Redirected, Routes};
use serde::Deserialize;

use super::flow::Flow;
use super::pages::{ENTRY, Letter, SystemIn};
use super::{GroupLag, READING, System};
use crate::text;

/// Where it lies.
pub(super) const PATH: &str = "/admin/system/events";

/// The page and what its forms send.
pub(super) fn routes() -> Routes<System> {
    Routes::new()
        .page(Method::GET, PATH, show, READING)
        .page(
            Method::POST,
            "/admin/system/events/replay",
            replay_all,
            READING,
        )
        .page(
            Method::POST,
            "/admin/system/events/discard",
            discard_all,
            READING,
        )
}

/// A topic, as the page shows it.
struct TopicLine {
    name: &'static str,
    waiting: i64,
    oldest_at: Option<Timestamp>,
    lag: Option<Text>,
}

impl TopicLine {
    fn of(topic: Topic, outbox: &[TopicBacklog], now: Timestamp) -> Self {
        let found = outbox.iter().find(|it| it.topic == topic);
        let oldest_at = found.map(|it| it.oldest_at);
        Self {
            name: topic.as_str(),
            waiting: found.map_or(0, |it| it.waiting),
            oldest_at,
            lag: oldest_at.map(|at| lasting(now.since(at))),
        }
    }
}

/// So long, in words; from a minute and a half on it is no matter of seconds any more.
fn lasting(time: Duration) -> Text {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match time.as_secs() {
        seconds @ ..=90 => text::system::flow::seconds(seconds),
        seconds if seconds <= 90 * MINUTE => text::system::flow::minutes(seconds.div_ceil(MINUTE)),
        seconds if seconds <= 2 * DAY => text::system::flow::hours(seconds.div_ceil(HOUR)),
        seconds => text::system::flow::days(seconds.div_ceil(DAY)),
    }
}

#[derive(Template)]
#[template(path = "system/events.html")]
struct EventsBody {
    topics: Vec<TopicLine>,
    /// Nothing where events travel inside the program; else what the brokers said, or why they do not answer.
    lags: Option<Result<Vec<GroupLag>, String>>,
    consumers: Vec<ConsumerState>,
    dead: i64,
    letters: Vec<Letter>,
    /// Of those on this page: what is newer is not thrown away with them.
    newest: Option<DeadLetterId>,
    here: &'static str,
    is_first: bool,
    older: Option<String>,
    source: Choice,
}

/// `GET /admin/system/events`.
async fn show(
    State(system): State<System>,
    ctx: Ctx,
    _: Allowed<SystemConfiguration>,
    Query(asked): Query<SystemIn>,
) -> Result<Page, Error> {
    let flow = system.flow(ctx.now, asked.before).await?;
    let lags = system.lags.as_ref().map(|lags| lags());
    let body = EventsBody::of(flow, lags, ctx.now, asked.before.is_none());
    let page = Page::new(text::system::flow::title(), body);
    Ok(page.purpose(text::system::flow::purpose()).active(ENTRY))
}

impl EventsBody {
    fn of(
        flow: Flow,
        lags: Option<Result<Vec<GroupLag>, String>>,
        now: Timestamp,
        is_first: bool,
    ) -> Self {
        let topics = Topic::ALL.iter();
        Self {
            topics: topics
                .map(|topic| TopicLine::of(*topic, &flow.backlog.outbox, now))
                .collect(),
            lags,
            consumers: flow.consumers,
            dead: flow.backlog.dead_letters,
            newest: flow.letters.first().map(|letter| letter.id),
            letters: flow.letters.into_iter().map(Letter::of).collect(),
            here: PATH,
            is_first,
            older: flow.older.map(|id| format!("{PATH}?before={id}")),
            source: sources(),
        }
    }
}

fn sources() -> Choice {
    let all = Source::ALL.iter();
    all.fold(
        Choice::new("source", text::system::flow::source()),
        |choice, source| choice.option(source.as_str(), said(*source)),
    )
    .value(Source::Event.as_str())
}

const fn said(source: Source) -> Text {
    match source {
        Source::Event => text::system::flow::of_events(),
        Source::Job => text::system::flow::of_jobs(),
        Source::Kafka => text::system::flow::of_others(),
    }
}

/// `POST /admin/system/events/replay`.
async fn replay_all(
    State(system): State<System>,
    ctx: Ctx,
    _: Allowed<SystemConfiguration>,
) -> Result<Redirected, Error> {
    let count = system.replay_letters(&ctx).await?;
    let done = text::system::flow::replayed(count);
    Ok(Redirected::to(PATH).flash(Flash::success(done)))
}

/// What is thrown away, as far as it was on the page.
#[derive(Debug, Deserialize)]
struct DiscardForm {
    source: Source,
    newest: DeadLetterId,
}

/// `POST /admin/system/events/discard`.
async fn discard_all(
    State(system): State<System>,
    ctx: Ctx,
    _: Allowed<SystemConfiguration>,
    Form(form): Form<DiscardForm>,
) -> Result<Redirected, Error> {
    let count = system
        .discard_letters(&ctx, form.source, form.newest)
        .await?;
    let done = text::system::flow::discarded(count);
    Ok(Redirected::to(PATH).flash(Flash::success(done)))
}

#[cfg(test)]
mod tests {
    use hanok_base::i18n::{Catalogue, Locale};

    use super::*;

    #[test]
    fn what_waits_long_is_told_in_the_unit_that_people_would_use() {
        let catalogue = Catalogue::new(&crate::MESSAGES).unwrap();
        for (seconds, ko, en) in [
            (0, "0초", "0 s"),
            (90, "90초", "90 s"),
            (91, "약 2분", "about 2 min"),
            (5_400, "약 90분", "about 90 min"),
            (5_401, "약 2시간", "about 2 h"),
            (172_800, "약 48시간", "about 48 h"),
            (172_801, "약 3일", "about 3 days"),
            (31_536_000, "약 365일", "about 365 days"),
        ] {
            let text = lasting(Duration::from_secs(seconds));
            assert_eq!(catalogue.tell(Locale::Ko, &text), ko);
            assert_eq!(catalogue.tell(Locale::En, &text), en);
        }
    }
}
