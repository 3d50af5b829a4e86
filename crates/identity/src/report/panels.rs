//! What the console's overview shows of requests: today against the week before, and providers that nobody approves.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use const_format::concatcp;
use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_accounts::home::{Panel, PanelView};
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_db::{Conn, DbError, params};
use hanok_web::page::filters;
use hanok_web::{Ctx, Error, PermissionGroup};

use super::ProviderOutcome;
use super::kind::Kind;
use super::told::{Reporting, owner};
use crate::context::Identity;
use crate::day::{Day, days_before};
use crate::fault::Fault;
use crate::provider::console::Tab;
use crate::provider::{OWN, ProviderId};
use crate::tally::{COUNTED, Counts, Tally};
use crate::text::{self, overview as say};

/// The panels, in their order.
pub(crate) fn panels(identity: &Identity) -> Vec<Arc<dyn Panel>> {
    vec![
        Arc::new(Failing(identity.clone())),
        Arc::new(Today(identity.clone())),
    ]
}

/// Who reads numbers of requests: of the providers of one owner, or of all.
struct Reader {
    owner: Option<AccountId>,
}

/// The caller as a reader; `None` where they read none.
fn reader(ctx: &Ctx) -> Option<Reader> {
    let caller = ctx.principal.caller()?;
    let holds = |name: &&'static str| caller.permissions.contains(name);
    Reporting::NAMES.iter().copied().find(holds)?;
    let owner = owner(caller, Kind::HoursOfToday).ok()?;
    Some(Reader { owner })
}

/// Today's requests, and as many hours of the same day a week before.
struct Today(Identity);

#[derive(Template)]
#[template(path = "panel/today.html")]
struct TodayBody {
    today: Tally,
    before: Tally,
}

impl Panel for Today {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let Some(Reader { owner }) = reader(ctx) else {
                return Ok(None);
            };
            let [today, before] = self.0.today_and_before(owner, ctx.now).await?;
            let view = PanelView::new(say::today(), TodayBody { today, before });
            Ok(Some(
                view.more(say::today_more(), "/admin/reports/hours-of-today"),
            ))
        })
    }
}

impl TodayBody {
    /// How many more or fewer there are.
    fn change(&self) -> Text {
        change(self.today.total_requests, self.before.total_requests)
    }

    fn rate(tally: &Tally) -> String {
        format!("{:.1}%", tally.success_rate)
    }
}

/// `now` beside `before`, in whole per cent.
fn change(now: i64, before: i64) -> Text {
    let percent = now
        .abs_diff(before)
        .saturating_mul(100)
        .checked_div(before.unsigned_abs());
    match percent {
        None => say::none_before(),
        Some(0) => say::as_before(),
        Some(percent) if now > before => say::more_than_before(percent),
        Some(percent) => say::fewer_than_before(percent),
    }
}

/// Providers of whose requests of a day fewer than half were approved.
struct Failing(Identity);

#[derive(Template)]
#[template(path = "panel/failing.html")]
struct FailingBody {
    rows: Vec<ProviderOutcome>,
}

impl Panel for Failing {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let Some(Reader { owner }) = reader(ctx) else {
                return Ok(None);
            };
            let rows = self.0.failing_providers(owner, ctx.now).await?;
            let view = |rows| {
                PanelView::new(say::failing(), FailingBody { rows })
                    .calling()
                    .more(say::failing_more(), "/admin/reports/provider-success")
            };
            Ok((!rows.is_empty()).then(|| view(rows)))
        })
    }
}

impl FailingBody {
    fn page(id: &ProviderId) -> String {
        Tab::Statistics.path(*id)
    }

    fn rate(tally: &Tally) -> String {
        TodayBody::rate(tally)
    }
}

impl Identity {
    async fn today_and_before(
        &self,
        owner: Option<AccountId>,
        now: Timestamp,
    ) -> Result<[Tally; 2], Fault> {
        let zone = self.accounts.organisation.get().zone.clone();
        let today = Day::at(now, &zone).from;
        let week_ago = days_before(now.local_date(&zone), 7);
        let before = Day::of(week_ago, &zone).from;
        let read = self.accounts.db.report(async move |conn| {
            let spans = [(today, now), (before, before.plus(now.since(today)))];
            let [today, before] = spans;
            let counts = (
                count(conn, today, owner).await?,
                count(conn, before, owner).await?,
            );
            Ok::<_, Fault>(counts)
        });
        let (today, before) = read.await?;
        Ok([today.into(), before.into()])
    }

    async fn failing_providers(
        &self,
        owner: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Vec<ProviderOutcome>, Fault> {
        let from = now.minus(Duration::from_hours(24));
        let read = self.accounts.db.report(async move |conn| {
            let rows = failing(conn, (from, now), owner).await?;
            Ok::<_, Fault>(rows)
        });
        read.await
    }
}

const IN_SPAN: &str = concatcp!(
    "SELECT c.requests, c.completed, c.failed, c.expired, c.micros FROM (SELECT ",
    COUNTED,
    " FROM auth_transaction t WHERE t.created_at >= $1 AND t.created_at < $2 AND t.provider_id <> $3"
);

/// What became of the requests of a span, of everybody but Hanok itself or of an owner's providers.
async fn count(
    conn: &mut Conn,
    (from, until): (Timestamp, Timestamp),
    owner: Option<AccountId>,
) -> Result<Counts, DbError> {
    const ALL: &str = concatcp!(IN_SPAN, ") c");
    const OF_OWNER: &str = concatcp!(
        IN_SPAN,
        " AND t.provider_id IN (SELECT s.id FROM service_provider s WHERE s.owner_id = $4)) c"
    );
    match owner {
        None => conn.one(ALL, params![from, until, OWN]).await,
        Some(owner) => conn.one(OF_OWNER, params![from, until, OWN, owner]).await,
    }
}

const FEW_APPROVED: &str = concatcp!(
    "SELECT ",
    ProviderOutcome::COLUMNS,
    " FROM (SELECT t.provider_id, ",
    COUNTED,
    " FROM auth_transaction t WHERE t.created_at >= $1 AND t.created_at < $2 GROUP BY t.provider_id \
    HAVING COUNT(*) FILTER (WHERE t.status <> 'PENDING') >= 10 \
    AND COUNT(*) FILTER (WHERE t.status = 'COMPLETED') * 2 < COUNT(*) FILTER (WHERE t.status <> 'PENDING')) c \
    JOIN service_provider p ON p.id = c.provider_id WHERE p.id <> $3"
);

/// The providers of at least ten ended requests of a span, of which fewer than half were approved; the busiest five.
async fn failing(
    conn: &mut Conn,
    (from, until): (Timestamp, Timestamp),
    owner: Option<AccountId>,
) -> Result<Vec<ProviderOutcome>, DbError> {
    const ORDER: &str = " ORDER BY c.requests DESC, p.id LIMIT 5";
    const ALL: &str = concatcp!(FEW_APPROVED, ORDER);
    const OF_OWNER: &str = concatcp!(FEW_APPROVED, " AND p.owner_id = $4", ORDER);
    match owner {
        None => conn.all(ALL, params![from, until, OWN]).await,
        Some(owner) => conn.all(OF_OWNER, params![from, until, OWN, owner]).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_stands_beside_the_week_before() {
        for (now, before, expected) in [
            (0, 0, say::none_before()),
            (7, 0, say::none_before()),
            (100, 100, say::as_before()),
            (150, 100, say::more_than_before(50)),
            (20, 80, say::fewer_than_before(75)),
            (1_001, 1_000, say::as_before()),
        ] {
            assert_eq!(change(now, before), expected, "{now} {before}");
        }
    }
}
