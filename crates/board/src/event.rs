//! What the rest of the house hears of posts and comments: ids and public words only.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_events::Event;
use hanok_web::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::attachment::AttachmentId;
use crate::category::CategoryId;
use crate::context::Board;
use crate::moderation::ReportId;
use crate::post::{Opened, PostId};

/// What every event of the board says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct About {
    /// The post's number.
    pub(crate) post_id: i64,
    /// The post's id.
    pub(crate) uuid: PostId,
    /// Where it stands.
    pub(crate) category_id: CategoryId,
    /// Who wrote the post.
    pub(crate) author_id: AccountId,
    /// Who acted; nobody where the program did.
    pub(crate) actor_id: Option<AccountId>,
    /// The comment's number, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comment_id: Option<i64>,
    /// The comment's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comment_uuid: Option<Uuid>,
    /// Who wrote what the comment answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_author_id: Option<AccountId>,
    /// Who is named in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mentioned: Vec<AccountId>,
    /// The file, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attachment_id: Option<AttachmentId>,
    /// Whom it concerns otherwise: who wrote what was reported, hidden or shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject_id: Option<AccountId>,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $type:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Serialize)]
            #[serde(transparent)]
            pub(crate) struct $name(pub(crate) About);

            impl Event for $name {
                const TYPE: &'static str = $type;

                fn key(&self) -> String {
                    format!("post:{}", self.0.post_id)
                }
            }
        )+
    };
}

events! {
    /// A post was written.
    PostWritten = "post.written";
    /// A post's title, text or category became another.
    PostEdited = "post.edited";
    /// A post stands in another category, which is read by others.
    PostMoved = "post.moved";
    /// A post was deleted; it can be restored for a while.
    PostDeleted = "post.deleted";
    /// A deleted post is there again.
    PostRestored = "post.restored";
    /// A file stands with a post: attached to it, or brought along by the draft that the post was written or edited from.
    PostAttached = "post.attached";
    /// A file stands with a post no longer.
    PostDetached = "post.detached";
    /// Somebody recommends a post.
    PostRecommended = "post.recommended";
    /// Somebody takes their recommendation of a post back.
    PostUnrecommended = "post.unrecommended";
    /// A post stands above its lists.
    PostPinned = "post.pinned";
    /// A post stands above its lists no longer.
    PostUnpinned = "post.unpinned";
    /// A post is one that everybody in its category must read.
    PostMustRead = "post.must_read";
    /// Nobody must read a post any longer.
    PostMustReadReleased = "post.must_read_released";
    /// Those who have not read a post that must be read are reminded.
    PostReminded = "post.reminded";
}

events! {
    /// Somebody commented on a post, or answered a comment of it.
    PostCommented = "post.commented";
    /// A comment has another text.
    CommentEdited = "comment.edited";
    /// A comment was deleted.
    CommentDeleted = "comment.deleted";
    /// Somebody reported a post or a comment.
    ModerationReported = "moderation.reported";
    /// A post was hidden: `subject_id` wrote it.
    PostHidden = "post.hidden";
    /// A hidden post is shown again.
    PostShown = "post.shown";
    /// A comment was hidden: `subject_id` wrote it.
    CommentHidden = "comment.hidden";
    /// A hidden comment is shown again.
    CommentShown = "comment.shown";
    /// Nobody comments on a post any more.
    ModerationLocked = "moderation.locked";
    /// A locked post is open to comments again.
    ModerationUnlocked = "moderation.unlocked";
}

/// What was reported stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ModerationDismissed {
    /// What was reported.
    #[serde(flatten)]
    pub(crate) about: About,
    /// The report. Who made it is not said: whoever reads events is not to know.
    pub(crate) report_id: ReportId,
}

impl Event for ModerationDismissed {
    const TYPE: &'static str = "moderation.dismissed";

    fn key(&self) -> String {
        format!("post:{}", self.about.post_id)
    }
}

/// What an event says that is about a category.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct AboutCategory {
    /// The category.
    pub(crate) category_id: CategoryId,
    /// Who acted; nobody where the program did.
    pub(crate) actor_id: Option<AccountId>,
}

macro_rules! category_events {
    ($($(#[$doc:meta])* $name:ident = $type:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Serialize)]
            #[serde(transparent)]
            pub(crate) struct $name(pub(crate) AboutCategory);

            impl Event for $name {
                const TYPE: &'static str = $type;

                fn key(&self) -> String {
                    format!("category:{}", self.0.category_id)
                }
            }
        )+
    };
}

category_events! {
    /// A category was made.
    CategoryCreated = "category.created";
    /// A category has another name, place or rights.
    CategoryChanged = "category.changed";
    /// A category was closed: nobody writes there, and only moderators read.
    CategoryClosed = "category.closed";
    /// A closed category is open again.
    CategoryReopened = "category.reopened";
}

/// What an event says that is about a person.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct AboutPerson {
    /// Whom it concerns.
    pub(crate) account_id: AccountId,
    /// Who acted.
    pub(crate) actor_id: AccountId,
    /// Until when it holds; nothing: until it is lifted.
    pub(crate) until: Option<Timestamp>,
}

macro_rules! person_events {
    ($($(#[$doc:meta])* $name:ident = $type:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Serialize)]
            #[serde(transparent)]
            pub(crate) struct $name(pub(crate) AboutPerson);

            impl Event for $name {
                const TYPE: &'static str = $type;

                fn key(&self) -> String {
                    format!("account:{}", self.0.account_id)
                }
            }
        )+
    };
}

person_events! {
    /// Somebody may write nothing for a while.
    ModerationRestricted = "moderation.restricted";
    /// Somebody may write again.
    ModerationReleased = "moderation.released";
    /// Somebody has a key of feeds, in place of the one before.
    FeedKeyMade = "feed.key_made";
    /// Somebody has a key of feeds no longer.
    FeedKeyEnded = "feed.key_ended";
}

impl About {
    /// An event about a post by whoever calls.
    pub(crate) fn of(post: &Opened, ctx: &Ctx) -> Self {
        Self {
            post_id: post.serial,
            uuid: post.id,
            category_id: post.category_id,
            author_id: post.author_id,
            actor_id: ctx.account(),
            comment_id: None,
            comment_uuid: None,
            parent_author_id: None,
            mentioned: Vec::new(),
            attachment_id: None,
            subject_id: None,
        }
    }

    /// The same about a file of the post.
    pub(crate) fn with_file(&self, id: AttachmentId) -> Self {
        Self {
            attachment_id: Some(id),
            ..self.clone()
        }
    }
}

impl Board {
    /// Publishes an event in the unit of its change. Change the post's row first.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn publish<E: Event>(&self, tx: &mut Tx, event: E) -> Result<(), DbError> {
        self.accounts.outbox.publish(tx, &event).await.map(|_| ())
    }
}
