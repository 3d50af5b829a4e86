//! The handler of the board's events: each is told, or taken back, in the unit that remembers it as handled.

use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_events::{Event, Handler, HandlerError, Received, Topic};
use hanok_notifications::{NotificationType, Telling};

use super::reader::readers;
use super::subjects::{self, anchor};
use super::work::Work;
use crate::context::Board;
use crate::event::{
    About, AboutCategory, CategoryChanged, CategoryClosed, CommentDeleted, CommentEdited,
    CommentHidden, PostCommented, PostDeleted, PostEdited, PostHidden, PostMoved, PostMustRead,
    PostMustReadReleased, PostRecommended, PostReminded, PostUnrecommended, PostWritten,
};

/// The types that something follows from here; what moderators decide is told by [`Decided`](super::decided::Decided).
const WANTED: [&str; 15] = [
    PostWritten::TYPE,
    PostEdited::TYPE,
    PostMoved::TYPE,
    PostDeleted::TYPE,
    PostHidden::TYPE,
    PostCommented::TYPE,
    CommentEdited::TYPE,
    CommentDeleted::TYPE,
    CommentHidden::TYPE,
    PostRecommended::TYPE,
    PostUnrecommended::TYPE,
    PostMustRead::TYPE,
    PostMustReadReleased::TYPE,
    PostReminded::TYPE,
    CategoryChanged::TYPE,
];

/// Tells people of posts and comments.
pub(super) struct Notices(pub(super) Board);

impl Handler for Notices {
    fn consumer(&self) -> &'static str {
        "board.notices"
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        let is_wanted = WANTED.contains(&event_type) || event_type == CategoryClosed::TYPE;
        topic == Topic::DomainEvents && is_wanted
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(async move {
            if [CategoryChanged::TYPE, CategoryClosed::TYPE].contains(&event.event_type.as_str()) {
                let AboutCategory { category_id, .. } = event.parse()?;
                let work = Work::JudgeCategory { category_id };
                return Ok(self.0.enqueue(tx, work).await?);
            }
            let about: About = event.parse()?;
            Ok(self.0.notice(tx, event, &about).await?)
        })
    }
}

impl Board {
    /// What follows from an event about a post or a comment of it.
    async fn notice(&self, tx: &mut Tx, event: &Received, about: &About) -> Result<(), DbError> {
        let (post, at) = (about.post_id, event.occurred_at);
        match event.event_type.as_str() {
            PostWritten::TYPE | PostEdited::TYPE => self.tell_named(tx, about, at).await,
            PostCommented::TYPE => self.tell_commented(tx, about, at).await,
            CommentEdited::TYPE => self.tell_named_anew(tx, about, at).await,
            CommentDeleted::TYPE | CommentHidden::TYPE => self.withdraw_comment(tx, about).await,
            PostRecommended::TYPE => self.tell_recommended(tx, about, at).await,
            PostUnrecommended::TYPE => {
                let source = recommendation(about);
                self.notifications.withdraw(tx, &source).await
            }
            PostMoved::TYPE | PostDeleted::TYPE | PostHidden::TYPE => {
                self.enqueue(tx, Work::JudgePost { post_id: post }).await
            }
            PostMustReadReleased::TYPE => self.enqueue(tx, Work::Release { post_id: post }).await,
            PostMustRead::TYPE => {
                let source = format!("must_read:{}", about.uuid);
                self.enqueue(tx, Work::announce(about, at, source, false))
                    .await
            }
            PostReminded::TYPE => {
                let source = format!("reminder:{}:{}", about.uuid, event.event_id);
                self.enqueue(tx, Work::announce(about, at, source, true))
                    .await
            }
            _ => Ok(()),
        }
    }

    /// Who is named in a post, and was not before.
    async fn tell_named(&self, tx: &mut Tx, about: &About, at: Timestamp) -> Result<(), DbError> {
        let named = but_actor(about, &about.mentioned);
        let to = readers(tx, about.post_id, None, &named).await?;
        let telling = Telling {
            to: &to,
            kind: NotificationType::Mention,
            subject: subjects::post(about.post_id),
            source: format!("post:{}", about.uuid),
            anchor: None,
            actor: about.actor_id,
            at,
        };
        self.notifications.tell(tx, &telling).await
    }

    /// Who is named in a comment, else who is answered, else who wrote the post.
    async fn tell_commented(
        &self,
        tx: &mut Tx,
        about: &About,
        at: Timestamp,
    ) -> Result<(), DbError> {
        let mut concerned = about.mentioned.clone();
        concerned.extend(about.parent_author_id);
        concerned.push(about.author_id);
        let concerned = but_actor(about, &concerned);
        let mut left = readers(tx, about.post_id, about.comment_id, &concerned).await?;
        let mut take = |wanted: &[AccountId]| -> Vec<AccountId> {
            left.extract_if(.., |account| wanted.contains(account))
                .collect()
        };
        let named = take(&about.mentioned);
        let answered = take(about.parent_author_id.as_slice());
        let author = take(&[about.author_id]);
        let tellings = [
            of_comment(about, NotificationType::Mention, &named, at),
            of_comment(about, NotificationType::Reply, &answered, at),
            of_comment(about, NotificationType::Comment, &author, at),
        ];
        self.notifications.tell_all(tx, &tellings).await
    }

    /// Who is named in a comment since it was edited, but for those who were told of it already.
    async fn tell_named_anew(
        &self,
        tx: &mut Tx,
        about: &About,
        at: Timestamp,
    ) -> Result<(), DbError> {
        let mut named = but_actor(about, &about.mentioned);
        if !named.is_empty() {
            let told = self.notifications.told_of(tx, &comment(about)).await?;
            named.retain(|account| !told.contains(account));
        }
        let to = readers(tx, about.post_id, about.comment_id, &named).await?;
        let telling = of_comment(about, NotificationType::Mention, &to, at);
        self.notifications.tell(tx, &telling).await
    }

    /// A comment is there no more, or not for everybody.
    async fn withdraw_comment(&self, tx: &mut Tx, about: &About) -> Result<(), DbError> {
        self.notifications.withdraw(tx, &comment(about)).await
    }

    async fn tell_recommended(
        &self,
        tx: &mut Tx,
        about: &About,
        at: Timestamp,
    ) -> Result<(), DbError> {
        let author = but_actor(about, &[about.author_id]);
        let to = readers(tx, about.post_id, None, &author).await?;
        let telling = Telling {
            to: &to,
            kind: NotificationType::Recommend,
            subject: subjects::post(about.post_id),
            source: recommendation(about),
            anchor: None,
            actor: about.actor_id,
            at,
        };
        self.notifications.tell(tx, &telling).await
    }
}

/// These people, each once, without who acted.
fn but_actor(about: &About, people: &[AccountId]) -> Vec<AccountId> {
    let mut people = people.to_vec();
    people.retain(|account| Some(*account) != about.actor_id);
    people.sort_unstable();
    people.dedup();
    people
}

/// By what the notifications of a comment are known.
fn comment(about: &About) -> String {
    let id = about.comment_uuid.unwrap_or_default();
    format!("comment:{id}")
}

/// By what the notification of a recommendation is known.
fn recommendation(about: &About) -> String {
    let by = about.actor_id.map(|by| by.to_string());
    format!("recommend:{}:{}", about.uuid, by.unwrap_or_default())
}

/// A comment, told to these people.
fn of_comment<'a>(
    about: &About,
    kind: NotificationType,
    to: &'a [AccountId],
    at: Timestamp,
) -> Telling<'a> {
    Telling {
        to,
        kind,
        subject: subjects::post(about.post_id),
        source: comment(about),
        anchor: about.comment_id.map(anchor),
        actor: about.actor_id,
        at,
    }
}
