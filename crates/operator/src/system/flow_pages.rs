//! `/admin/system/events`.

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
            lag: oldest_at.map(|at| text::system::flow::seconds(now.since(at).as_secs())),
        }
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
