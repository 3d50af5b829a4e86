//! The statements of the search. Who may read what stands in each of them, before its LIMIT.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::text_search::{Hits, TextIndex, TextSelect};
use hanok_db::{Conn, DbError, Record, Value, params, record};

use super::index;
use crate::category::CategoryId;
use crate::category::right::{READABLE, Viewer};
use crate::comment::CommentId;
use crate::post::PostId;

/// How many rows a statement may read: a page of the site and one more, and the largest page that may be asked for and
/// one more. They stand in the statements themselves: of a number that is a parameter PostgreSQL expects a tenth of the
/// table, and plans anew each time because of it, which costs more than most searches.
const SIZES: [&str; 2] = ["21", "51"];

/// How many rows are read at once where so many are wanted.
pub(super) const fn at_once(wanted: usize) -> usize {
    if wanted <= 21 { 21 } else { 51 }
}

record! {
    /// A post that was found.
    #[derive(Clone, Debug)]
    pub(super) struct PostRow from "p" {
        pub(super) serial: i64,
        pub(super) id: PostId,
        pub(super) category_id: CategoryId,
        pub(super) category: String = "k.name",
        pub(super) author_id: AccountId,
        /// Nobody's where the account is erased.
        pub(super) author: Option<String> = "CASE WHEN l.erased_at IS NULL THEN a.name END",
        pub(super) title: String,
        pub(super) body: String,
        pub(super) created_at: Timestamp,
        pub(super) comment_count: i64,
    }
}

record! {
    /// A comment that was found.
    #[derive(Clone, Debug)]
    pub(super) struct CommentRow from "m" {
        pub(super) serial: i64,
        pub(super) id: CommentId,
        pub(super) post: i64,
        pub(super) post_title: String = "p.title",
        pub(super) author_id: AccountId,
        /// Nobody's where the account is erased.
        pub(super) author: Option<String> = "CASE WHEN l.erased_at IS NULL THEN a.name END",
        pub(super) body: String,
        pub(super) created_at: Timestamp,
    }
}

/// What was found, by its number.
pub(super) trait Found: Record + Clone {
    /// Where its terms are.
    const INDEX: &'static TextIndex;
    /// How it is read: [`SIZES`].
    const SELECT: [&'static TextSelect; 2];

    /// The posts of people among it, where there are any: a statement in which `{authors}` stands for the places of
    /// their ids, and `{most}` for how many are read.
    const OF_AUTHORS: Option<&'static str> = None;

    fn serial(&self) -> i64;

    fn author(&self) -> AccountId;

    fn heading(&self) -> Option<&str> {
        None
    }

    /// How many bytes of text it has.
    fn length(&self) -> usize;

    /// All of its text that is looked through, without marks.
    fn text(&self) -> String;
}

/// What everybody may see of the posts that the viewer may read.
const SHOWN: &str = concatcp!(
    "p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.category_id IN (",
    READABLE,
    ")"
);

const POSTS_SQL: &str = concatcp!(
    "SELECT ",
    PostRow::COLUMNS,
    " FROM /*hits*/ CROSS JOIN board_post p CROSS JOIN board_category k CROSS JOIN account a \
     LEFT JOIN account_closing l ON l.account_id = a.id \
     WHERE p.serial = hit.rowid AND k.id = p.category_id AND a.id = p.author_id AND ",
    SHOWN,
    " ORDER BY hit.rowid DESC LIMIT "
);

const COMMENTS_SQL: &str = concatcp!(
    "SELECT ",
    CommentRow::COLUMNS,
    " FROM /*hits*/ CROSS JOIN board_comment m CROSS JOIN board_post p CROSS JOIN account a \
     LEFT JOIN account_closing l ON l.account_id = a.id \
     WHERE m.serial = hit.rowid AND m.deleted_at IS NULL AND m.hidden_at IS NULL \
     AND p.serial = m.post AND a.id = m.author_id AND ",
    SHOWN,
    " ORDER BY hit.rowid DESC LIMIT "
);

static POSTS: [TextSelect; 2] = [
    TextSelect::new(&index::POSTS, concatcp!(POSTS_SQL, SIZES[0])),
    TextSelect::new(&index::POSTS, concatcp!(POSTS_SQL, SIZES[1])),
];
static COMMENTS: [TextSelect; 2] = [
    TextSelect::new(&index::COMMENTS, concatcp!(COMMENTS_SQL, SIZES[0])),
    TextSelect::new(&index::COMMENTS, concatcp!(COMMENTS_SQL, SIZES[1])),
];

const OF_AUTHORS: &str = concatcp!(
    "SELECT ",
    PostRow::COLUMNS,
    " FROM board_post p JOIN board_category k ON k.id = p.category_id JOIN account a ON a.id = p.author_id \
     LEFT JOIN account_closing l ON l.account_id = a.id \
     WHERE p.author_id IN ({authors}) AND p.serial < $3 AND ",
    SHOWN,
    " ORDER BY p.serial DESC LIMIT {most}"
);

/// Whose name holds what was typed, twenty at most; of an index alone.
const AUTHORS: &str = "SELECT a.id FROM account a WHERE LOWER(a.name) LIKE $1 ESCAPE '!' \
    AND NOT EXISTS (SELECT 1 FROM account_closing l WHERE l.account_id = a.id AND l.erased_at IS NOT NULL) \
    ORDER BY a.name, a.id LIMIT 20";

impl Found for PostRow {
    const INDEX: &'static TextIndex = &index::POSTS;
    const SELECT: [&'static TextSelect; 2] = [&POSTS[0], &POSTS[1]];
    const OF_AUTHORS: Option<&'static str> = Some(OF_AUTHORS);

    fn serial(&self) -> i64 {
        self.serial
    }

    fn author(&self) -> AccountId {
        self.author_id
    }

    fn heading(&self) -> Option<&str> {
        Some(&self.title)
    }

    fn length(&self) -> usize {
        self.title.len() + self.body.len()
    }

    fn text(&self) -> String {
        [&self.title, "\n", &crate::markdown::plain(&self.body)].concat()
    }
}

impl Found for CommentRow {
    const INDEX: &'static TextIndex = &index::COMMENTS;
    const SELECT: [&'static TextSelect; 2] = [&COMMENTS[0], &COMMENTS[1]];

    fn serial(&self) -> i64 {
        self.serial
    }

    fn author(&self) -> AccountId {
        self.author_id
    }

    fn length(&self) -> usize {
        self.body.len()
    }

    fn text(&self) -> String {
        self.body.clone()
    }
}

/// What is found before a serial and the viewer may read, the newest first: [`at_once`] of `wanted` at most.
pub(super) async fn found<R: Found>(
    conn: &mut Conn,
    viewer: Viewer,
    hits: &Hits,
    before: i64,
    wanted: usize,
) -> Result<Vec<R>, DbError> {
    let [few, many] = R::SELECT;
    let select = if at_once(wanted) == at_once(0) {
        few
    } else {
        many
    };
    let values = params![viewer.account, viewer.is_moderator];
    select.all(conn, hits, before, values).await
}

/// The people whose name holds what was typed.
pub(super) async fn authors(conn: &mut Conn, typed: &str) -> Result<Vec<AccountId>, DbError> {
    let part = format!("%{}%", escaped(&typed.to_lowercase()));
    conn.all(AUTHORS, params![part]).await
}

/// What these people wrote before a serial and the viewer may read, the newest first: [`at_once`] of `wanted` at most.
pub(super) async fn of_authors<R: Found>(
    conn: &mut Conn,
    viewer: Viewer,
    authors: &[AccountId],
    before: i64,
    wanted: usize,
) -> Result<Vec<R>, DbError> {
    let Some(text) = R::OF_AUTHORS else {
        return Ok(Vec::new());
    };
    let sql = with_authors(text, authors.len(), wanted);
    let mut values = params![viewer.account, viewer.is_moderator, before].to_vec();
    values.extend(authors.iter().map(|id| Value::Uuid(id.uuid())));
    conn.all(&sql, &values).await
}

fn with_authors(text: &str, authors: usize, wanted: usize) -> String {
    let places: Vec<String> = (4..4 + authors).map(|at| format!("${at}")).collect();
    let text = text.replace("{authors}", &places.join(", "));
    text.replace("{most}", &at_once(wanted).to_string())
}

/// A part of a name as LIKE takes it, with `!` before what LIKE would read otherwise.
fn escaped(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for character in part.chars() {
        if matches!(character, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod plans;
