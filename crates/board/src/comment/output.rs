//! Comments as the interface tells of them.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::Offered;
use super::read::{Comments, Seen};
use super::store::CommentId;

/// Who wrote something, or is named in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentPersonOut {
    /// Their account.
    #[schema(value_type = String)]
    id: AccountId,
    /// What they are called; nothing where their account is erased.
    name: Option<String>,
}

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentOut {
    /// Its number.
    id: i64,
    /// Its id.
    #[schema(value_type = String)]
    uuid: CommentId,
    /// The number of its post.
    post_id: i64,
    /// The number of the comment that it answers.
    parent_id: Option<i64>,
    /// Who wrote it; of a deleted one nobody is told.
    author: Option<CommentPersonOut>,
    /// Its text; nothing where it is deleted, or hidden from you.
    content: Option<String>,
    /// Who is named in it.
    mentions: Vec<CommentPersonOut>,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was edited last.
    #[schema(value_type = Option<String>, format = DateTime)]
    edited_at: Option<Timestamp>,
    /// Which text it is; an edit says which one it was made of.
    rev: i64,
    /// Whether it is deleted: it stands here because somebody has answered it.
    deleted: bool,
    /// Whether those who run the board have hidden it.
    hidden: bool,
    /// Why they have.
    hidden_reason: Option<String>,
}

/// A page of comments: each thread together, in the order of its first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentsOut {
    /// The comments.
    comments: Vec<CommentOut>,
    /// The `cursor` of the page before.
    previous: Option<String>,
    /// The `cursor` of the next page.
    next: Option<String>,
}

/// Somebody who may be named.
#[derive(Debug, Serialize, ToSchema)]
pub struct NameableOut {
    /// What stands behind the `@`.
    username: String,
    /// What they are called.
    name: String,
}

/// Those who may be named.
#[derive(Debug, Serialize, ToSchema)]
pub struct NameablesOut {
    /// Eight at most.
    people: Vec<NameableOut>,
}

impl From<Seen> for CommentOut {
    fn from(seen: Seen) -> Self {
        let Seen {
            row,
            named,
            is_readable,
            ..
        } = seen;
        let deleted = row.deleted_at.is_some();
        let author = CommentPersonOut {
            id: row.author_id,
            name: row.author,
        };
        let mut mentions: Vec<CommentPersonOut> = named
            .into_values()
            .map(|(id, name)| CommentPersonOut {
                id,
                name: Some(name),
            })
            .collect();
        mentions.sort_by(|one, other| one.name.cmp(&other.name));
        Self {
            id: row.serial,
            uuid: row.id,
            post_id: row.post,
            parent_id: row.parent,
            author: (!deleted).then_some(author),
            content: is_readable.then_some(row.body),
            mentions,
            created_at: row.created_at,
            edited_at: row.edited_at.filter(|_| is_readable),
            rev: row.rev,
            deleted,
            hidden: row.hidden_at.is_some() && !deleted,
            hidden_reason: row.hidden_reason.filter(|_| !deleted),
        }
    }
}

impl From<Comments> for CommentsOut {
    fn from(page: Comments) -> Self {
        Self {
            comments: page.comments.into_iter().map(CommentOut::from).collect(),
            previous: page.previous.map(|cursor| cursor.to_string()),
            next: page.next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Vec<Offered>> for NameablesOut {
    fn from(people: Vec<Offered>) -> Self {
        let person = |(username, name)| NameableOut { username, name };
        Self {
            people: people.into_iter().map(person).collect(),
        }
    }
}
