//! The rows of the lists. Each finds the numbers of its posts by one index, and only then what they show.
//!
//! `$1` viewer, `$2` whether they moderate, `$3` since when the unread are marked; then what the list needs.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::paging::{DEFAULT_LIMIT, NumberedPage};
use hanok_db::{Conn, DbError, Param, Value, params, record};

use super::{Sort, Wanted};
use crate::category::right::{READABLE, Viewer};
use crate::category::{CategoryId, Kind};
use crate::post::PostId;

/// The most pinned posts above a list.
const MOST_PINNED: i64 = 10;
/// The most of a list without pages.
const MOST: i64 = 50;
/// Up to here the rows before a page stand in its statement as a number: there are few such statements, and most people
/// look at these pages.
const MOST_IN_WORDS: i64 = 180;

record! {
    /// A post with what a list shows of it.
    #[derive(Clone, Debug)]
    pub(in crate::post) struct Line from "p" {
        pub(in crate::post) serial: i64,
        pub(in crate::post) id: PostId,
        pub(in crate::post) category_id: CategoryId,
        pub(in crate::post) category: String = "k.name",
        pub(in crate::post) category_kind: Kind = "k.kind",
        pub(in crate::post) author_id: AccountId,
        pub(in crate::post) author: Option<String> = "CASE WHEN l.erased_at IS NULL THEN a.name END",
        pub(in crate::post) title: String,
        pub(in crate::post) created_at: Timestamp,
        pub(in crate::post) edited_at: Option<Timestamp>,
        pub(in crate::post) comment_count: i64,
        pub(in crate::post) recommend_count: i64,
        pub(in crate::post) view_count: i64,
        pub(in crate::post) last_comment_at: Timestamp,
        pub(in crate::post) pinned_at: Option<Timestamp>,
        pub(in crate::post) must_read_at: Option<Timestamp>,
        pub(in crate::post) locked_at: Option<Timestamp>,
        pub(in crate::post) deleted_at: Option<Timestamp>,
        pub(in crate::post) is_unread: bool = "(s.post IS NULL AND p.created_at > $3)",
        /// Comments since the viewer was here last; NULL where they never were.
        pub(in crate::post) new_comments: Option<i64> = "p.comment_count - s.comments_seen",
    }
}

const OF_IDS: &str = ") i JOIN board_post p ON p.serial = i.serial \
    JOIN board_category k ON k.id = p.category_id JOIN account a ON a.id = p.author_id \
    LEFT JOIN account_closing l ON l.account_id = a.id \
    LEFT JOIN board_reading s ON s.post = p.serial AND s.account_id = $1";
const ROWS: &str = concatcp!("SELECT ", Line::COLUMNS, " FROM (");

/// What lists show at all.
const LIVING: &str = "o.deleted_at IS NULL AND o.hidden_at IS NULL";
const IDS: &str = concatcp!(
    "SELECT o.serial FROM board_post o WHERE ",
    LIVING,
    " AND o.category_id IN (",
    READABLE,
    ")"
);

/// Below or above a place, of what the list is sorted by.
struct Order {
    down: &'static str,
    up: &'static str,
}

const fn order(sort: Sort) -> Order {
    match sort {
        Sort::New => Order {
            down: " AND o.serial < $4 ORDER BY o.serial DESC",
            up: " AND o.serial > $4 ORDER BY o.serial",
        },
        Sort::Commented => Order {
            down: " AND (o.last_comment_at, o.serial) < ($4, $5) ORDER BY o.last_comment_at DESC, o.serial DESC",
            up: " AND (o.last_comment_at, o.serial) > ($4, $5) ORDER BY o.last_comment_at, o.serial",
        },
        Sort::Recommended => Order {
            down: " AND (o.recommend_count, o.serial) < ($4, $5) ORDER BY o.recommend_count DESC, o.serial DESC",
            up: " AND (o.recommend_count, o.serial) > ($4, $5) ORDER BY o.recommend_count, o.serial",
        },
    }
}

/// Where a list begins that begins nowhere else.
const TOP: (i64, i64) = (i64::MAX, i64::MAX);

/// The statement of a page, and its parameters.
pub(super) fn statement(
    viewer: &Viewer,
    wanted: &Wanted,
    (place, back): ((i64, i64), bool),
    (rows, skip): (i64, i64),
    since: Timestamp,
) -> (String, Vec<Value<'static>>) {
    let order = order(wanted.sort);
    let mut values = vec![
        Value::Uuid(viewer.account.uuid()),
        Value::Bool(viewer.is_moderator),
        Value::I64(since.micros()),
        Value::I64(place.0),
    ];
    if wanted.sort != Sort::New {
        values.push(Value::I64(place.1));
    }
    let mut only = String::new();
    if let Some(category) = wanted.category {
        values.push(Value::Uuid(category.uuid()));
        only = format!(" AND o.category_id = ${}", values.len());
    }
    let part = if back { order.up } else { order.down };
    // Of a number that is a parameter PostgreSQL expects a tenth of the table, and plans anew each time because of it.
    let is_in_words = skip == 0 || (skip <= MOST_IN_WORDS && rows == i64::from(DEFAULT_LIMIT));
    let limit = if is_in_words {
        format!(" LIMIT {rows} OFFSET {skip}")
    } else {
        values.push(Value::I64(skip));
        format!(" LIMIT {rows} OFFSET ${}", values.len())
    };
    let sql = [ROWS, IDS, &only, part, &limit, OF_IDS].concat();
    (sql, values)
}

/// A join keeps no order, and these are few.
fn sorted(mut lines: Vec<Line>, sort: Sort, back: bool) -> Vec<Line> {
    lines.sort_by_key(|line| match sort {
        Sort::New => (line.serial, line.serial),
        Sort::Commented => (line.last_comment_at.micros(), line.serial),
        Sort::Recommended => (line.recommend_count, line.serial),
    });
    if !back {
        lines.reverse();
    }
    lines
}

/// A numbered page.
pub(super) async fn page(
    conn: &mut Conn,
    viewer: Viewer,
    wanted: Wanted,
    page: NumberedPage,
    since: Timestamp,
) -> Result<Vec<Line>, DbError> {
    let rows = (i64::from(page.limit()), i64::from(page.offset()));
    let (sql, values) = statement(&viewer, &wanted, (TOP, false), rows, since);
    Ok(sorted(conn.all(&sql, &values).await?, wanted.sort, false))
}

/// So many rows from a place, in the order in which they are read: backwards, the nearest first.
pub(super) async fn from(
    conn: &mut Conn,
    viewer: Viewer,
    wanted: Wanted,
    (place, back, rows): (Option<(i64, i64)>, bool, u32),
    since: Timestamp,
) -> Result<Vec<Line>, DbError> {
    let place = place.unwrap_or(TOP);
    let rows = (i64::from(rows), 0);
    let (sql, values) = statement(&viewer, &wanted, (place, back), rows, since);
    Ok(sorted(conn.all(&sql, &values).await?, wanted.sort, back))
}

pub(super) const PINNED: &str = concatcp!(
    ROWS,
    IDS,
    " AND o.pinned_at IS NOT NULL AND ($4 OR o.category_id = $5) \
      ORDER BY o.pinned_at DESC, o.serial DESC LIMIT ",
    MOST_PINNED,
    OF_IDS,
    " ORDER BY p.pinned_at DESC, p.serial DESC"
);

/// What stands above the first page.
pub(super) async fn pinned(
    conn: &mut Conn,
    viewer: Viewer,
    wanted: Wanted,
    since: Timestamp,
) -> Result<Vec<Line>, DbError> {
    let category = wanted.category.as_ref().map_or(Value::Null, Param::value);
    let values = [
        viewer.account.value(),
        Value::Bool(viewer.is_moderator),
        Value::I64(since.micros()),
        Value::Bool(wanted.category.is_none()),
        category,
    ];
    conn.all(PINNED, &values).await
}

/// Of the categories that are theirs to read, whatever they moderate: `$2` is never true here.
pub(super) const MUST_READ: &str = concatcp!(
    ROWS,
    IDS,
    " AND o.must_read_at IS NOT NULL AND o.author_id <> $1 AND NOT EXISTS (\
        SELECT 1 FROM board_reading r WHERE r.post = o.serial AND r.account_id = $1) \
      ORDER BY o.must_read_at, o.serial LIMIT ",
    MOST,
    OF_IDS,
    " ORDER BY p.must_read_at, p.serial"
);

/// What the viewer must read and has not yet.
pub(super) async fn must_read(
    conn: &mut Conn,
    viewer: Viewer,
    since: Timestamp,
) -> Result<Vec<Line>, DbError> {
    conn.all(MUST_READ, params![viewer.account, false, since])
        .await
}

const BOOKMARKED: &str = concatcp!(
    "FROM board_bookmark b JOIN board_post o ON o.serial = b.post WHERE b.account_id = $1 AND ",
    LIVING,
    " AND o.category_id IN (",
    READABLE,
    ")"
);

/// How many posts the viewer has bookmarked and may read.
pub(super) async fn count_bookmarks(conn: &mut Conn, viewer: Viewer) -> Result<u64, DbError> {
    const SQL: &str = concatcp!("SELECT COUNT(*) ", BOOKMARKED);
    let values = params![viewer.account, viewer.is_moderator];
    let count: i64 = conn.one(SQL, values).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// A page of them, the newest bookmark first.
pub(super) async fn bookmarks(
    conn: &mut Conn,
    viewer: Viewer,
    page: NumberedPage,
    since: Timestamp,
) -> Result<Vec<Line>, DbError> {
    const SQL: &str = concatcp!(
        ROWS,
        "SELECT o.serial, b.at ",
        BOOKMARKED,
        " ORDER BY b.at DESC, b.post DESC LIMIT $4 OFFSET $5",
        OF_IDS,
        " ORDER BY i.at DESC, p.serial DESC"
    );
    let (limit, offset) = (page.limit(), page.offset());
    let values = params![viewer.account, viewer.is_moderator, since, limit, offset];
    conn.all(SQL, values).await
}

/// What was deleted after a moment: the viewer's own, to moderators everybody's.
pub(super) async fn deleted(
    conn: &mut Conn,
    viewer: Viewer,
    after: Timestamp,
) -> Result<Vec<Line>, DbError> {
    const SQL: &str = concatcp!(
        ROWS,
        "SELECT o.serial FROM board_post o WHERE o.deleted_at > $3 AND o.category_id IN (",
        READABLE,
        ") AND ($2 OR (o.author_id = $1 AND o.deleted_by = $1)) \
         ORDER BY o.deleted_at DESC LIMIT $4",
        OF_IDS,
        " ORDER BY p.deleted_at DESC, p.serial DESC"
    );
    let values = params![viewer.account, viewer.is_moderator, after, MOST];
    conn.all(SQL, values).await
}
