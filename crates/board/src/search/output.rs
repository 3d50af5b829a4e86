//! Hits as the interface tells of them.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::marked::Marked;
use super::service::{Hit, Results};
use super::store::{CommentRow, Found, PostRow};
use crate::category::CategoryId;
use crate::comment::CommentId;
use crate::markdown::plain;
use crate::post::PostId;

/// Who wrote what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundAuthorOut {
    /// Their account.
    #[schema(value_type = String)]
    id: AccountId,
    /// What they are called; nothing where the account is erased.
    name: Option<String>,
}

/// A post that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPostOut {
    /// Its number.
    id: i64,
    /// Its id.
    #[schema(value_type = String)]
    uuid: PostId,
    /// Its category.
    #[schema(value_type = String)]
    category_id: CategoryId,
    /// What the category is called.
    category: String,
    /// Who wrote it.
    author: FoundAuthorOut,
    /// Its title.
    title: String,
    /// The title as HTML: escaped, with `<mark>` around what was looked for.
    title_html: String,
    /// Eighty characters of its text around what was looked for, as HTML like the title.
    excerpt_html: String,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// How many comments it has.
    comment_count: i64,
}

/// A comment that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundCommentOut {
    /// Its number.
    id: i64,
    /// Its id.
    #[schema(value_type = String)]
    uuid: CommentId,
    /// The number of its post.
    post_id: i64,
    /// The title of its post.
    post_title: String,
    /// Who wrote it.
    author: FoundAuthorOut,
    /// Eighty characters of its text around what was looked for, as HTML: escaped, with `<mark>`.
    excerpt_html: String,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchOut {
    /// Posts, by their title, their text or who wrote them.
    posts: Vec<FoundPostOut>,
    /// Comments, by their text.
    comments: Vec<FoundCommentOut>,
    /// The `cursor` from which both go on.
    next: Option<String>,
}

impl From<Hit<PostRow>> for FoundPostOut {
    fn from((row, query): Hit<PostRow>) -> Self {
        Self {
            id: row.serial,
            uuid: row.id,
            category_id: row.category_id,
            author: FoundAuthorOut {
                id: row.author(),
                name: row.author,
            },
            category: row.category,
            title_html: Marked::whole(&row.title, &query).to_string(),
            excerpt_html: Marked::excerpt(&plain(&row.body), &query).to_string(),
            title: row.title,
            created_at: row.created_at,
            comment_count: row.comment_count,
        }
    }
}

impl From<Hit<CommentRow>> for FoundCommentOut {
    fn from((row, query): Hit<CommentRow>) -> Self {
        Self {
            id: row.serial,
            uuid: row.id,
            post_id: row.post,
            author: FoundAuthorOut {
                id: row.author(),
                name: row.author,
            },
            post_title: row.post_title,
            excerpt_html: Marked::excerpt(&row.body, &query).to_string(),
            created_at: row.created_at,
        }
    }
}

impl From<Results> for SearchOut {
    fn from(found: Results) -> Self {
        Self {
            posts: found.posts.into_iter().map(FoundPostOut::from).collect(),
            comments: found
                .comments
                .into_iter()
                .map(FoundCommentOut::from)
                .collect(),
            next: found.next.map(|next| next.to_string()),
        }
    }
}
