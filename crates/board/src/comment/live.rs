//! Who looks at a post sits in its room and hears that its comments have changed, once the unit has committed: numbers
//! alone. What is new they ask for themselves, with their own rights.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_accounts::permission::{BoardModeration, BoardUse};
use hanok_db::{Conn, DbError, Tx};
use hanok_web::live::{Rooms, Seat};
use hanok_web::{Error, Permission};
use serde::Serialize;

use super::store;
use crate::category::right::Viewer;
use crate::context::Board;

/// The rooms of posts: `post_{serial}`.
const PREFIX: &str = "post_";

/// What is sent.
const EVENT: &str = "comment";

/// `comment`: a comment of the post was written, edited or deleted, or is hidden or shown again.
#[derive(Clone, Copy, Debug, Serialize)]
struct Changed {
    post_id: i64,
    comment_id: i64,
    /// How many comments the post has now.
    count: i64,
}

impl Board {
    /// Tells the room of a post, `post_{serial}`.
    pub(crate) fn show_comment(&self, tx: &mut Tx, post: i64, comment: i64, count: i64) {
        let live = self.accounts.live.clone();
        let changed = Changed {
            post_id: post,
            comment_id: comment,
            count,
        };
        tx.after_commit(move || live.emit(&format!("{PREFIX}{post}"), EVENT, &changed));
    }

    /// Has the socket ask who may sit in the room of a post.
    pub(crate) fn open_rooms(&self) {
        let rooms = Arc::new(PostRooms(self.clone()));
        self.accounts.live.rooms(PREFIX, rooms);
    }

    /// Has everybody in the rooms of posts be judged anew, once the unit has committed: a post or a category may be read
    /// by others now.
    pub(crate) fn judge_rooms(&self, tx: &mut Tx) {
        let live = self.accounts.live.clone();
        tx.after_commit(move || live.recheck_rooms(PREFIX));
    }

    /// The same for those in the room of one post.
    pub(crate) fn judge_room(&self, tx: &mut Tx, post: i64) {
        let live = self.accounts.live.clone();
        tx.after_commit(move || live.recheck_rooms(&format!("{PREFIX}{post}")));
    }
}

/// Whoever may read a post may sit in its room.
struct PostRooms(Board);

impl Rooms for PostRooms {
    fn of<'a>(
        &'a self,
        seat: &'a Seat,
        asked: &'a [String],
    ) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(async move {
            if asked.is_empty() || !seat.permissions.contains(BoardUse::NAME) {
                return Ok(Vec::new());
            }
            let viewer = Viewer {
                account: seat.account,
                is_moderator: seat.permissions.contains(BoardModeration::NAME),
            };
            let asked = asked.to_vec();
            let read = self
                .0
                .accounts
                .db
                .read(async move |conn| readable(conn, viewer, asked).await);
            Ok(read.await?)
        })
    }
}

/// Those of the rooms whose post `viewer` may read: one statement.
async fn readable(
    conn: &mut Conn,
    viewer: Viewer,
    asked: Vec<String>,
) -> Result<Vec<String>, DbError> {
    let number = |room: &String| -> Option<i64> { room.strip_prefix(PREFIX)?.parse().ok() };
    let numbers: Vec<i64> = asked.iter().filter_map(number).collect();
    let there = store::seen_of(conn, viewer, &numbers).await?;
    let is_there = |room: &String| number(room).is_some_and(|post| there.contains(&post));
    Ok(asked.into_iter().filter(is_there).collect())
}
