//! What a notification about a post shows: what its reader may read now.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_accounts::{AccountId, Accounts};
use hanok_db::{Conn, DbError, Value, params};
use hanok_notifications::{Described, Notifications, Subject, Subjects};

use super::moderated::Decisions;
use super::reader::{SEEN_BY_VIEWER, places};
use crate::post::address;

/// The kind of those about posts.
pub(super) const KIND: &str = "post";

/// A post, as what is told of it names it.
pub(super) fn post(serial: i64) -> Subject {
    Subject {
        kind: KIND,
        id: serial.to_string(),
    }
}

/// The place of a comment in its post.
pub(super) fn anchor(comment: i64) -> String {
    format!("{COMMENT}{comment}")
}

/// What the place of a comment begins with.
const COMMENT: &str = "comment-";

/// Where a comment is read, on the page of its post that shows it.
pub(super) fn in_post(post: i64, comment: i64) -> String {
    format!("{}?comment={comment}#{COMMENT}{comment}", address(post))
}

/// Has notifications ask the board what they are about.
pub(crate) fn know(accounts: &Accounts, notifications: &Notifications) {
    notifications.know(Arc::new(Posts));
    notifications.know(Arc::new(Decisions::new(accounts)));
}

/// Posts by their number.
struct Posts;

impl Subjects for Posts {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// A post shows its comments page by page.
    fn place(&self, path: &str, anchor: &str) -> String {
        match anchor.strip_prefix(COMMENT) {
            Some(comment) => format!("{path}?comment={comment}#{anchor}"),
            None => format!("{path}#{anchor}"),
        }
    }

    fn describe<'a>(
        &'a self,
        conn: &'a mut Conn,
        viewer: AccountId,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<HashMap<String, Described>, DbError>> {
        Box::pin(async move {
            let numbers: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            let found = seen(conn, viewer, &numbers).await?;
            let described = found.into_iter().map(|(serial, title)| {
                let path = address(serial);
                (serial.to_string(), Described { title, path })
            });
            Ok(described.collect())
        })
    }
}

/// The titles of those of these posts that `viewer` may read.
async fn seen(
    conn: &mut Conn,
    viewer: AccountId,
    posts: &[i64],
) -> Result<Vec<(i64, String)>, DbError> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT p.serial, p.title FROM board_post p WHERE p.serial IN ({}) AND {}",
        places(2, posts.len()),
        *SEEN_BY_VIEWER
    );
    let mut values = params![viewer].to_vec();
    values.extend(posts.iter().map(|post| Value::I64(*post)));
    conn.all(&sql, &values).await
}
