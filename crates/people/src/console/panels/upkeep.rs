//! What the installation itself waits for: events and jobs that are late or were given up, a sealing key that is old.

use std::time::Duration;

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::home::{Panel, PanelView};
use hanok_accounts::permission::SystemConfiguration;
use hanok_base::Timestamp;
use hanok_base::keyring::KeyKind;
use hanok_db::Conn;
use hanok_events::backlog;
use hanok_web::page::filters;
use hanok_web::{Ctx, Error, Permission};

use crate::context::People;
use crate::fault::Fault;
use crate::text;
use crate::text::people_panels as said;

/// An event that waits longer than this is late.
const LATE: Duration = Duration::from_mins(1);
const DAY_SECONDS: u64 = 86_400;

/// Outbox, jobs, dead letters and keys, for who may change settings.
pub(super) struct UpkeepPanel(pub(super) People);

#[derive(Template)]
#[template(path = "panel/upkeep.html")]
struct UpkeepBody {
    waiting: i64,
    is_late: bool,
    jobs: i64,
    dead: i64,
    /// How many days old the key is that seals.
    key_days: Option<u64>,
    key_is_old: bool,
}

impl Panel for UpkeepPanel {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let caller = ctx.principal.caller();
            if !caller.is_some_and(|it| it.permissions.contains(SystemConfiguration::NAME)) {
                return Ok(None);
            }
            let body = self.look(ctx.now).await?;
            let calls = body.is_late || body.dead > 0 || body.key_is_old;
            let view =
                PanelView::new(said::upkeep(), body).more(said::to_system(), "/admin/system");
            Ok(Some(if calls { view.calling() } else { view }))
        })
    }
}

impl UpkeepPanel {
    async fn look(&self, now: Timestamp) -> Result<UpkeepBody, Fault> {
        let read = self
            .0
            .accounts
            .db
            .report(async move |conn: &mut Conn| backlog(conn, now).await);
        let found = read.await?;
        let oldest = found.oldest_at().map(|at| now.since(at));
        let keys = self.0.accounts.keys.list();
        let sealing = keys
            .iter()
            .find(|key| key.kind == KeyKind::Sealing && key.active);
        let key_days = sealing.map(|key| now.since(key.created_at).as_secs() / DAY_SECONDS);
        let most = u64::from(self.0.key_warn_days);
        Ok(UpkeepBody {
            waiting: found.waiting(),
            is_late: oldest.is_some_and(|age| age > LATE),
            jobs: found.jobs_due,
            dead: found.dead_letters,
            key_is_old: key_days.is_some_and(|days| days >= most),
            key_days,
        })
    }
}
