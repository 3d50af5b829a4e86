//! The comments below a post, with the form of a new one.

use askama::Template;
use hanok_base::Timestamp;
use hanok_db::Conn;
use hanok_web::Flash;
use hanok_web::page::{TextArea, filters};
use serde::Deserialize;
use uuid::Uuid;

use super::read::{self, Comments, Seen};
use super::rules::{A_PAGE, LONGEST, Place, Start};
use super::store::{self, CommentId};
use super::text::html;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;
use crate::moderation::ReasonField;
use crate::page::Part;
use crate::post::Opened;
use crate::text;

/// Which of a post's comments its page shows, as the address says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommentsAsked {
    /// The cursor of a page of comments.
    pub(crate) comments: Option<String>,
    /// The number of a comment, with whose thread they begin.
    pub(crate) comment: Option<String>,
}

/// What became of a comment's text.
pub(super) enum Told {
    /// It is there to be read.
    Shown(String),
    /// It is hidden, for this reason; its author and moderators read it all the same.
    Hidden(String, Option<String>),
    /// It is deleted, and stands there for its answers.
    Deleted,
}

/// A comment, as a page shows it.
pub(super) struct Line {
    pub(super) serial: i64,
    pub(super) thread: i64,
    pub(super) is_reply: bool,
    /// Nobody where the account is erased.
    pub(super) author: Option<String>,
    pub(super) told: Told,
    pub(super) created_at: Timestamp,
    pub(super) is_edited: bool,
    pub(super) rev: i64,
    /// The text to be edited, for its author.
    pub(super) own: Option<String>,
    /// What was typed as an edit and was not kept.
    pub(super) edit: Option<String>,
    /// What was typed as an answer and was not kept.
    pub(super) reply: Option<String>,
    /// The id under which an answer is written.
    pub(super) request: CommentId,
    pub(super) report: ReasonField,
    pub(super) hide: ReasonField,
}

#[derive(Template)]
#[template(path = "comment/part.html")]
struct PartBody {
    count: i64,
    lines: Vec<Line>,
    is_moderator: bool,
    is_open: bool,
    post: i64,
    /// The number of the newest comment of the post: what comes behind it is new, on whichever page it stands.
    newest: i64,
    previous: Option<String>,
    next: Option<String>,
    /// The id under which a new comment is written, so that the form sent twice writes it once.
    request: CommentId,
    form: TextArea,
}

/// What a post's page shows below it: the comments and the form of a new one; three statements, or four where there may
/// be more than a page of them.
///
/// # Errors
/// The store's.
pub(crate) async fn part(
    board: &Board,
    viewer: Viewer,
    post: &Opened,
    asked: &CommentsAsked,
    flash: &Flash,
) -> Result<Option<Part>, Fault> {
    let (asked, serial) = (asked.clone(), post.serial);
    let may_be_more = may_be_more(post.comment_count, &asked);
    let read = board.accounts.db.read(async move |conn| {
        // Before the page: what is written in between is asked for once more, and never skipped.
        let newest = if may_be_more {
            Some(store::newest(conn, serial).await?)
        } else {
            None
        };
        let start = start(conn, serial, &asked).await?;
        let page = read::page(conn, viewer, serial, start, A_PAGE).await?;
        if !page.comments.is_empty() || start == Start::After(Place::FIRST) {
            return Ok((page, newest));
        }
        let first = Start::After(Place::FIRST);
        let page = read::page(conn, viewer, serial, first, A_PAGE).await?;
        Ok::<_, Fault>((page, newest))
    });
    let page = read.await?;
    let (origin, request) = (&board.accounts.origin, board.new_comment_id());
    let body = PartBody::of(post, viewer, page, (origin, request), flash);
    Ok(Some(Box::new(body)))
}

/// Whether a page may not show all the comments that there are: each one that is counted may stand below one that is
/// deleted and shown for its sake.
fn may_be_more(count: i64, asked: &CommentsAsked) -> bool {
    asked.comments.is_some() || asked.comment.is_some() || count * 2 > i64::from(A_PAGE)
}

/// A cursor that is none of ours is read as none: the post is shown all the same.
async fn start(conn: &mut Conn, post: i64, asked: &CommentsAsked) -> Result<Start, Fault> {
    let first = Start::After(Place::FIRST);
    let comment = asked.comment.as_deref().and_then(|it| it.parse().ok());
    if let Some(comment) = comment {
        let thread = store::thread_of(conn, post, comment).await?;
        return Ok(thread.map_or(first, |thread| {
            Start::After(Place {
                thread,
                serial: thread - 1,
            })
        }));
    }
    let cursor = asked.comments.as_deref().unwrap_or_default();
    Ok(cursor.parse().unwrap_or(first))
}

impl PartBody {
    fn of(
        post: &Opened,
        viewer: Viewer,
        (page, newest): (Comments, Option<i64>),
        (origin, request): (&str, CommentId),
        flash: &Flash,
    ) -> Self {
        let Comments {
            comments,
            previous,
            next,
        } = page;
        let newest = newest.or_else(|| comments.iter().map(|seen| seen.row.serial).max());
        let is_of_new = flash.value("parent").is_empty() && flash.value("edited").is_empty();
        let form = TextArea::new("content", text::comments::content())
            .longest(u32::try_from(LONGEST).unwrap_or(u32::MAX))
            .rows(3)
            .required();
        let address = |start: Start| format!("/post/{}?comments={start}#comments", post.serial);
        Self {
            count: post.comment_count,
            lines: lines((origin, request), comments, flash),
            is_moderator: viewer.is_moderator,
            is_open: post.locked_at.is_none(),
            post: post.serial,
            request,
            newest: newest.unwrap_or_default(),
            previous: previous.map(address),
            next: next.map(address),
            form: if is_of_new { form.filled(flash) } else { form },
        }
    }
}

/// Comments, as a page shows them.
pub(super) fn lines(
    (origin, request): (&str, CommentId),
    seen: Vec<Seen>,
    flash: &Flash,
) -> Vec<Line> {
    let of = |seen: Seen| Line::of((origin, request), seen, flash);
    seen.into_iter().map(of).collect()
}

/// Each form of a page has an id of its own.
fn of_line(request: CommentId, serial: i64) -> CommentId {
    let serial = u128::try_from(serial).unwrap_or_default();
    CommentId::from_uuid(Uuid::from_u128(request.uuid().as_u128() ^ serial))
}

impl Line {
    fn of((origin, request): (&str, CommentId), seen: Seen, flash: &Flash) -> Self {
        let Seen {
            row,
            named,
            is_own,
            is_readable,
        } = seen;
        let number = row.serial.to_string();
        let typed = |name: &str| {
            let is_this = flash.value(name) == number;
            is_this.then(|| flash.value("content").to_owned())
        };
        let (edit, reply) = (typed("edited"), typed("parent"));
        let reason = |act: &str| ReasonField::new(flash, &format!("/comment/{number}/{act}"));
        let place = row.place();
        let shown = is_readable.then(|| html(&row.body, &named, origin));
        let told = match (row.deleted_at, row.hidden_at, shown) {
            (Some(_), ..) | (None, None, None) => Told::Deleted,
            (None, Some(_), shown) => Told::Hidden(row.hidden_reason.unwrap_or_default(), shown),
            (None, None, Some(shown)) => Told::Shown(shown),
        };
        let is_plain = matches!(told, Told::Shown(_));
        Self {
            serial: row.serial,
            thread: place.thread,
            is_reply: row.parent.is_some(),
            author: row.author,
            created_at: row.created_at,
            is_edited: row.edited_at.is_some() && is_readable,
            rev: row.rev,
            own: (is_own && is_plain).then_some(row.body),
            told,
            edit,
            reply,
            request: of_line(request, row.serial),
            report: reason("report"),
            hide: reason("hide"),
        }
    }

    /// What its author is called, for those who hear a page.
    pub(super) fn called(&self) -> &str {
        self.author.as_deref().unwrap_or("–")
    }

    /// Whether it can be answered, reported and hidden.
    pub(super) fn is_shown(&self) -> bool {
        matches!(self.told, Told::Shown(_))
    }

    pub(super) fn is_deleted(&self) -> bool {
        matches!(self.told, Told::Deleted)
    }
}
