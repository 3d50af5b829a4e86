//! Posts as the API shows them.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::draft::DraftRow;
use super::history::RevisionRow;
use super::list::{Line, Posts};
use super::notice::{ReaderRow, Readers};
use super::reading::Read;
use super::store::Neighbour;
use super::{DraftId, Opened, PostId};
use crate::category::CategoryId;
use crate::markdown;

/// Who wrote something.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorOut {
    /// The account's id.
    #[schema(value_type = String)]
    id: AccountId,
    /// The person's name; nothing where they have left.
    name: Option<String>,
}

/// Where a post stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryRefOut {
    /// The category's id.
    #[schema(value_type = String)]
    id: CategoryId,
    /// What it is called.
    name: String,
}

/// A post in a list.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a state of a post of its own"
)]
#[derive(Debug, Serialize, ToSchema)]
pub struct PostLineOut {
    /// Its number, by which it is addressed.
    id: i64,
    /// Its id.
    #[schema(value_type = String)]
    uuid: PostId,
    /// Its title.
    title: String,
    /// Where it stands.
    category: CategoryRefOut,
    /// Who wrote it.
    author: AuthorOut,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was edited last.
    #[schema(value_type = Option<String>, format = DateTime)]
    edited_at: Option<Timestamp>,
    /// How many comments it has.
    comments: i64,
    /// How many people recommend it.
    recommendations: i64,
    /// How many people have read it, each once a day.
    views: i64,
    /// Whether I have not read it.
    is_unread: bool,
    /// Whether it stands above its lists.
    is_pinned: bool,
    /// Whether everybody in its category must read it.
    must_read: bool,
    /// Whether it takes no comments.
    is_locked: bool,
}

/// A page of posts.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostsOut {
    /// At most 20 where nothing else is asked for.
    posts: Vec<PostLineOut>,
    /// The `cursor` of the page behind.
    next: Option<String>,
    /// The `cursor` of the page before.
    previous: Option<String>,
    /// How many posts the list has, where a page was asked for by number.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

/// A post beside another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeighbourOut {
    /// Its number.
    id: i64,
    /// Its title.
    title: String,
}

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostOut {
    /// What a list shows of it.
    #[serde(flatten)]
    line: PostLineOut,
    /// Its text, Markdown.
    content: String,
    /// Its text as HTML that harms nobody.
    html: String,
    /// What an edit says it was made of.
    rev: i64,
    /// Whether I recommend it.
    is_recommended: bool,
    /// Whether I have bookmarked it.
    is_bookmarked: bool,
    /// Why a moderator has hidden it: seen by its author and moderators alone.
    hidden_reason: Option<String>,
    /// The older post beside it.
    previous: Option<NeighbourOut>,
    /// The newer post beside it.
    next: Option<NeighbourOut>,
}

/// What a post said before an edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionOut {
    /// Which text it is, from 1.
    rev: i64,
    /// Its title.
    title: String,
    /// Its text, Markdown.
    content: String,
    /// Until when it stood there.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// What a post said before, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionsOut {
    /// At most 100.
    pub(super) revisions: Vec<RevisionOut>,
}

/// How many people recommend a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecommendedOut {
    /// How many.
    pub(super) recommendations: i64,
}

/// Somebody who has read a post, or has not.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReaderOut {
    /// The account's id.
    #[schema(value_type = String)]
    id: AccountId,
    /// The name to sign in with.
    username: String,
    /// The person's name.
    name: String,
    /// The department that they are in.
    department: Option<String>,
    /// When they read it first.
    #[schema(value_type = Option<String>, format = DateTime)]
    read_at: Option<Timestamp>,
}

/// Who has read a post that must be read, or who has not.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadersOut {
    /// How many people it is meant for.
    audience: u64,
    /// How many of them have read it.
    read: u64,
    /// A page of those who are asked for.
    people: Vec<ReaderOut>,
    /// This page's number.
    page: u32,
    /// How many pages there are.
    pages: u32,
}

/// How many people were reminded.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemindedOut {
    /// How many.
    pub(super) people: u64,
}

/// What I am writing.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftOut {
    /// Its id.
    #[schema(value_type = String)]
    id: DraftId,
    /// The post that it is an edit of.
    post_id: Option<i64>,
    /// The `rev` of the text that the edit was begun from.
    rev: Option<i64>,
    /// Where it is to stand.
    #[schema(value_type = Option<String>)]
    category_id: Option<CategoryId>,
    /// Its title so far.
    title: String,
    /// Its text so far.
    content: String,
    /// When it was kept last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Line> for PostLineOut {
    fn from(line: Line) -> Self {
        Self {
            id: line.serial,
            uuid: line.id,
            title: line.title,
            category: CategoryRefOut {
                id: line.category_id,
                name: line.category,
            },
            author: AuthorOut {
                id: line.author_id,
                name: line.author,
            },
            created_at: line.created_at,
            edited_at: line.edited_at,
            comments: line.comment_count,
            recommendations: line.recommend_count,
            views: line.view_count,
            is_unread: line.is_unread,
            is_pinned: line.pinned_at.is_some(),
            must_read: line.must_read_at.is_some(),
            is_locked: line.locked_at.is_some(),
        }
    }
}

impl PostsOut {
    /// A list that has one page.
    pub(super) fn whole(lines: Vec<Line>) -> Self {
        Self {
            posts: lines.into_iter().map(Into::into).collect(),
            next: None,
            previous: None,
            total: None,
        }
    }

    /// A numbered page of a list.
    pub(super) fn numbered(lines: Vec<Line>, total: u64) -> Self {
        Self {
            total: Some(total),
            ..Self::whole(lines)
        }
    }
}

impl From<Posts> for PostsOut {
    fn from(page: Posts) -> Self {
        Self {
            total: page.is_numbered.then_some(page.total),
            next: page.next,
            previous: page.previous,
            ..Self::whole(page.lines)
        }
    }
}

impl From<&Opened> for PostLineOut {
    fn from(post: &Opened) -> Self {
        Self {
            id: post.serial,
            uuid: post.id,
            title: post.title.clone(),
            category: CategoryRefOut {
                id: post.category_id,
                name: post.category.clone(),
            },
            author: AuthorOut {
                id: post.author_id,
                name: post.author.clone(),
            },
            created_at: post.created_at,
            edited_at: post.edited_at,
            comments: post.comment_count,
            recommendations: post.recommend_count,
            views: post.view_count,
            is_unread: false,
            is_pinned: post.pinned_at.is_some(),
            must_read: post.must_read_at.is_some(),
            is_locked: post.locked_at.is_some(),
        }
    }
}

fn neighbour((id, title): Neighbour) -> NeighbourOut {
    NeighbourOut { id, title }
}

impl From<Read> for PostOut {
    fn from(read: Read) -> Self {
        Self {
            line: (&read.post).into(),
            html: markdown::render(&read.post.body).to_string(),
            content: read.post.body,
            rev: read.post.rev,
            is_recommended: read.mine.is_recommended,
            is_bookmarked: read.mine.is_bookmarked,
            hidden_reason: read.post.hidden_reason,
            previous: read.older.map(neighbour),
            next: read.newer.map(neighbour),
        }
    }
}

impl From<RevisionRow> for RevisionOut {
    fn from(row: RevisionRow) -> Self {
        Self {
            rev: row.rev,
            title: row.title,
            content: row.body,
            until: row.at,
        }
    }
}

impl From<ReaderRow> for ReaderOut {
    fn from(row: ReaderRow) -> Self {
        Self {
            id: row.id,
            username: row.username,
            name: row.name,
            department: row.department,
            read_at: row.read_at,
        }
    }
}

impl From<Readers> for ReadersOut {
    fn from(readers: Readers) -> Self {
        Self {
            audience: readers.audience,
            read: readers.read,
            people: readers.people.into_iter().map(Into::into).collect(),
            page: readers.page,
            pages: readers.pages,
        }
    }
}

impl From<DraftRow> for DraftOut {
    fn from(row: DraftRow) -> Self {
        Self {
            id: row.id,
            post_id: row.post,
            rev: row.rev,
            category_id: row.category_id,
            title: row.title,
            content: row.body,
            updated_at: row.updated_at,
        }
    }
}
