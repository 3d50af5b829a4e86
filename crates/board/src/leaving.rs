//! What the board keeps of a person: what they take with them, and what goes when their account is erased. What they
//! wrote stays, under the pseudonym.

use std::sync::Arc;

use hanok_accounts::AccountId;
use hanok_accounts::leaving::{ErasePersonal, PersonalData};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Record, Tx, params};
use serde_json::{Map, Value, json};

use crate::context::Board;

/// The most rows of each kind that are taken along.
const MOST: usize = 20_000;

/// What goes with a person. Their recommendations stay counted: nobody is told whose they are.
const ROWS: [&str; 7] = [
    "DELETE FROM board_draft WHERE author_id = $1",
    "DELETE FROM board_reading WHERE account_id = $1",
    "DELETE FROM board_bookmark WHERE account_id = $1",
    "DELETE FROM board_mention WHERE account_id = $1",
    "DELETE FROM board_report WHERE reporter_id = $1",
    "DELETE FROM board_restriction WHERE account_id = $1",
    "DELETE FROM board_feed_key WHERE account_id = $1",
];

/// What a person wrote, and what they marked.
pub(crate) fn personal_data(board: &Board) -> PersonalData {
    let board = board.clone();
    PersonalData {
        file: "board.json",
        read: Arc::new(move |account| {
            let board = board.clone();
            Box::pin(async move {
                let found = board.all_of(account).await;
                found.map_err(|error| error.to_string())
            })
        }),
    }
}

/// Takes away what is a person's alone.
pub(crate) fn erasure(_board: &Board) -> ErasePersonal {
    Arc::new(|tx: &mut Tx, account: AccountId, _now: Timestamp| {
        Box::pin(async move {
            for sql in ROWS {
                tx.execute(sql, params![account]).await?;
            }
            Ok(())
        })
    })
}

type PostOf = (i64, String, String, Timestamp, Option<Timestamp>);
type CommentOf = (i64, i64, String, Timestamp, Option<Timestamp>);
type RevisionOf = (i64, i64, String, String, Timestamp);
type DraftOf = (Option<i64>, String, String, Timestamp);
type ReadingOf = (i64, Timestamp, Timestamp, i64);
type ReportOf = (i64, Option<i64>, String, Timestamp, Option<String>);
type FileOf = (Option<i64>, String, String, i64, Timestamp);
type RemovedFileOf = (i64, Option<Timestamp>);
type RestrictionOf = (Timestamp, Option<Timestamp>, String);

const POSTS: &str = "SELECT serial, title, body, created_at, deleted_at FROM board_post \
    WHERE author_id = $1 ORDER BY serial DESC LIMIT $2";
const COMMENTS: &str = "SELECT serial, post, body, created_at, deleted_at FROM board_comment \
    WHERE author_id = $1 ORDER BY serial DESC LIMIT $2";
const REVISIONS: &str = "SELECT r.post, r.rev, r.title, r.body, r.at FROM board_post p \
    JOIN board_post_revision r ON r.post = p.serial AND r.editor_id = $1 \
    WHERE p.author_id = $1 ORDER BY r.post DESC, r.rev DESC LIMIT $2";
const DRAFTS: &str =
    "SELECT post, title, body, updated_at FROM board_draft WHERE author_id = $1 LIMIT $2";
const READINGS: &str = "SELECT post, first_read_at, last_read_at, comments_seen FROM board_reading \
    WHERE account_id = $1 ORDER BY post DESC LIMIT $2";
const RECOMMENDATIONS: &str =
    "SELECT post, at FROM board_recommendation WHERE account_id = $1 ORDER BY post DESC LIMIT $2";
const BOOKMARKS: &str =
    "SELECT post, at FROM board_bookmark WHERE account_id = $1 ORDER BY at DESC LIMIT $2";
const MENTIONS: &str =
    "SELECT post, comment FROM board_mention WHERE account_id = $1 ORDER BY post DESC LIMIT $2";
const REPORTS: &str = "SELECT post, comment, reason, created_at, outcome FROM board_report \
    WHERE reporter_id = $1 ORDER BY created_at DESC LIMIT $2";
const FILES: &str = "SELECT post, name, media_type, size, created_at FROM board_attachment \
    WHERE owner_id = $1 ORDER BY created_at DESC LIMIT $2";
/// Of a file that they removed there is no name any more.
const REMOVED_FILES: &str = "SELECT b.size, b.orphaned_at FROM board_blob b \
    WHERE b.last_owner_id = $1 AND NOT EXISTS (SELECT 1 FROM board_attachment a WHERE a.sha256 = b.sha256) LIMIT $2";
const RESTRICTION: &str =
    "SELECT since, until, reason FROM board_restriction WHERE account_id = $1 LIMIT $2";
const FEED_KEY: &str = "SELECT created_at FROM board_feed_key WHERE account_id = $1 LIMIT $2";

/// Some of what is taken along, and whether there is more of it.
struct Taken<'c> {
    conn: &'c mut Conn,
    account: AccountId,
    is_cut: bool,
    all: Map<String, Value>,
}

impl Taken<'_> {
    async fn take<R: Record>(
        &mut self,
        name: &str,
        sql: &'static str,
        told: impl Fn(R) -> Value,
    ) -> Result<(), DbError> {
        let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
        let rows: Vec<R> = self.conn.all(sql, params![self.account, most]).await?;
        self.is_cut |= rows.len() > MOST;
        let rows = rows.into_iter().take(MOST).map(told);
        self.all.insert(name.to_owned(), rows.collect());
        Ok(())
    }

    /// What they wrote.
    async fn words(&mut self) -> Result<(), DbError> {
        self.take("posts", POSTS, |(id, title, content, at, deleted): PostOf| {
            json!({ "id": id, "title": title, "content": content, "created_at": at, "deleted_at": deleted })
        })
        .await?;
        self.take("comments", COMMENTS, |(id, post, content, at, deleted): CommentOf| {
            json!({ "id": id, "post_id": post, "content": content, "created_at": at, "deleted_at": deleted })
        })
        .await?;
        self.take("revisions", REVISIONS, |(post, rev, title, content, until): RevisionOf| {
            json!({ "post_id": post, "rev": rev, "title": title, "content": content, "until": until })
        })
        .await?;
        self.take("drafts", DRAFTS, |(post, title, content, at): DraftOf| {
            json!({ "post_id": post, "title": title, "content": content, "updated_at": at })
        })
        .await?;
        self.take("attachments", FILES, |(post, name, kind, size, at): FileOf| {
            json!({ "post_id": post, "name": name, "media_type": kind, "size": size, "created_at": at })
        })
        .await?;
        self.take(
            "removed_files",
            REMOVED_FILES,
            |(size, since): RemovedFileOf| json!({ "size": size, "unused_since": since }),
        )
        .await
    }

    /// What they read and marked.
    async fn marks(&mut self) -> Result<(), DbError> {
        let marked = |(post, at): (i64, Timestamp)| json!({ "post_id": post, "at": at });
        self.take("readings", READINGS, |(post, first, last, comments): ReadingOf| {
            json!({ "post_id": post, "first_read_at": first, "last_read_at": last, "comments_seen": comments })
        })
        .await?;
        self.take("recommendations", RECOMMENDATIONS, marked)
            .await?;
        self.take("bookmarks", BOOKMARKS, marked).await
    }

    /// What there is of them by others, and towards those who run the board.
    async fn dealings(&mut self) -> Result<(), DbError> {
        self.take(
            "mentions",
            MENTIONS,
            |(post, comment): (i64, Option<i64>)| json!({ "post_id": post, "comment_id": comment }),
        )
        .await?;
        self.take("reports", REPORTS, |(post, comment, reason, at, outcome): ReportOf| {
            json!({ "post_id": post, "comment_id": comment, "reason": reason, "created_at": at, "outcome": outcome })
        })
        .await?;
        self.take("restrictions", RESTRICTION, |(since, until, reason): RestrictionOf| {
            json!({ "since": since, "until": until, "reason": reason })
        })
        .await?;
        self.take(
            "feed_keys",
            FEED_KEY,
            |at: Timestamp| json!({ "created_at": at }),
        )
        .await
    }
}

impl Board {
    async fn all_of(&self, account: AccountId) -> Result<Value, DbError> {
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let mut taken = Taken {
                conn,
                account,
                is_cut: false,
                all: Map::new(),
            };
            taken.words().await?;
            taken.marks().await?;
            taken.dealings().await?;
            let truncated = Value::Bool(taken.is_cut);
            taken.all.insert("truncated".to_owned(), truncated);
            Ok::<_, DbError>(Value::Object(taken.all))
        });
        read.await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who did it to somebody else, which is told in the record of those whom it concerns.
    const BY: [&str; 6] = [
        "hidden_by",
        "deleted_by",
        "closed_by",
        "restricted_by",
        "category_id",
        "group_id",
    ];

    #[test]
    fn of_every_table_that_names_a_person_they_take_their_rows_along() {
        let tables = [
            include_str!("../migrations/V1__category.sql"),
            include_str!("../migrations/V1__post.sqlite.sql"),
            include_str!("../migrations/V1__board.sql"),
        ];
        let taken = [
            POSTS,
            COMMENTS,
            REVISIONS,
            DRAFTS,
            READINGS,
            RECOMMENDATIONS,
            BOOKMARKS,
            MENTIONS,
            REPORTS,
            FILES,
            REMOVED_FILES,
            RESTRICTION,
            FEED_KEY,
        ];
        let mut named = 0;
        for table in tables
            .iter()
            .flat_map(|sql| sql.split("CREATE TABLE ").skip(1))
        {
            let (name, rest) = table.split_once(' ').unwrap_or_default();
            let columns = rest.split_once(");").unwrap_or_default().0;
            let is_person = |line: &str| {
                let column = line.trim().split(' ').next().unwrap_or_default();
                [
                    "account_id",
                    "author_id",
                    "editor_id",
                    "reporter_id",
                    "owner_id",
                    "last_owner_id",
                ]
                .contains(&column)
                    || (line.contains("REFERENCES account") && !BY.contains(&column))
            };
            if columns.lines().any(is_person) {
                named += 1;
                let from = format!(" {name} ");
                assert!(taken.iter().any(|sql| sql.contains(&from)), "{name}");
            }
        }
        assert_eq!(named, taken.len(), "each of them once");
    }
}
