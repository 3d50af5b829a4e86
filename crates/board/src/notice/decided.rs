//! The handler of what moderators decide, in a unit of its own: what is taken back from others is
//! [`Notices`](super::handler::Notices)'.

use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_events::{Event, Handler, HandlerError, Received, Topic};
use hanok_notifications::{NotificationType, Telling};

use super::moderated::{Act, Decision, Thing};
use super::subjects;
use crate::context::Board;
use crate::event::{
    About, AboutPerson, CommentHidden, CommentShown, ModerationDismissed, ModerationReleased,
    ModerationRestricted, PostDeleted, PostHidden, PostShown,
};
use crate::moderation::ReportId;

/// The types that it tells of.
const WANTED: [&str; 8] = [
    PostHidden::TYPE,
    PostShown::TYPE,
    PostDeleted::TYPE,
    CommentHidden::TYPE,
    CommentShown::TYPE,
    ModerationDismissed::TYPE,
    ModerationRestricted::TYPE,
    ModerationReleased::TYPE,
];

/// Tells whom it concerns what was decided.
pub(super) struct Decided(pub(super) Board);

impl Handler for Decided {
    fn consumer(&self) -> &'static str {
        "board.decisions"
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        topic == Topic::DomainEvents && WANTED.contains(&event_type)
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(async move {
            let Some((decision, whom)) = decided(tx, event).await? else {
                return Ok(());
            };
            let telling = Telling {
                to: &[whom],
                kind: NotificationType::Moderation,
                subject: subjects::decision(decision),
                source: format!("{decision}:{}", event.event_id),
                anchor: None,
                actor: None,
                at: event.occurred_at,
            };
            Ok(self.0.notifications.tell(tx, &telling).await?)
        })
    }
}

/// What was decided, and whom it concerns; nothing where they decided themselves or are gone.
async fn decided(
    conn: &mut Conn,
    event: &Received,
) -> Result<Option<(Decision, AccountId)>, HandlerError> {
    let act = match event.event_type.as_str() {
        ModerationRestricted::TYPE | ModerationReleased::TYPE => return of_person(event),
        ModerationDismissed::TYPE => {
            let dismissed: ModerationDismissed = event.parse()?;
            let reporter = reporter(conn, dismissed.report_id).await?;
            let by = dismissed.about.actor_id;
            let reporter = reporter.filter(|reporter| Some(*reporter) != by);
            let decision = Decision::On(thing(&dismissed.about), Act::Dismissed);
            return Ok(reporter.map(|reporter| (decision, reporter)));
        }
        PostDeleted::TYPE => Act::Deleted,
        PostHidden::TYPE | CommentHidden::TYPE => Act::Hidden,
        _ => Act::Shown,
    };
    let about: About = event.parse()?;
    let author = about.subject_id.unwrap_or(about.author_id);
    let is_own = about.actor_id == Some(author);
    let decision = Decision::On(thing(&about), act);
    Ok((!is_own).then_some((decision, author)))
}

fn of_person(event: &Received) -> Result<Option<(Decision, AccountId)>, HandlerError> {
    let person: AboutPerson = event.parse()?;
    let decision = if event.event_type == ModerationRestricted::TYPE {
        Decision::Restricted
    } else {
        Decision::Released
    };
    Ok(Some((decision, person.account_id)))
}

fn thing(about: &About) -> Thing {
    about
        .comment_id
        .map_or(Thing::Post(about.post_id), Thing::Comment)
}

/// Who made a report; nobody where their account is erased.
async fn reporter(conn: &mut Conn, report: ReportId) -> Result<Option<AccountId>, DbError> {
    const SQL: &str = "SELECT reporter_id FROM board_report WHERE id = $1";
    conn.optional(SQL, params![report]).await
}
