//! What is written is found: posts and comments are put into the index in the unit that writes them.
//!
//! Whether somebody finds them is not decided here but where they are read: a post that is hidden or deleted is left
//! out there with its comments, so those stay in the index as long as their rows do.

use hanok_db::text_search::{Terms, TextIndex};
use hanok_db::{DbError, Tx, params, text_index};

use crate::markdown::plain;

/// Posts by their serial: title and body.
pub(crate) static POSTS: TextIndex = text_index!("board_post_search");
/// Comments by their serial.
pub(crate) static COMMENTS: TextIndex = text_index!("board_comment_search");

/// Puts a post's title and text into the index, in place of what stood there of it.
///
/// # Errors
/// The store's.
pub(crate) async fn post(tx: &mut Tx, serial: i64, title: &str, body: &str) -> Result<(), DbError> {
    POSTS.put(tx, serial, &terms_of_post(title, body)).await
}

/// What a post is found by.
pub(crate) fn terms_of_post(title: &str, body: &str) -> Terms {
    Terms::new().heading(title).text(&plain(body))
}

/// What a comment is found by.
pub(crate) fn terms_of_comment(body: &str) -> Terms {
    Terms::new().text(body)
}

/// Puts a comment's text, which is shown as it was typed, into the index, in place of what stood there of it.
///
/// # Errors
/// The store's.
pub(crate) async fn comment(tx: &mut Tx, serial: i64, body: &str) -> Result<(), DbError> {
    COMMENTS.put(tx, serial, &terms_of_comment(body)).await
}

/// Takes a post out of the index: it was deleted or hidden.
///
/// # Errors
/// The store's.
pub(crate) async fn remove_post(tx: &mut Tx, serial: i64) -> Result<(), DbError> {
    POSTS.remove(tx, serial).await
}

/// Puts a post that is there again back.
///
/// # Errors
/// The store's.
pub(crate) async fn restore_post(tx: &mut Tx, serial: i64) -> Result<(), DbError> {
    const TEXT: &str = "SELECT title, body FROM board_post WHERE serial = $1";
    let (title, body): (String, String) = tx.one(TEXT, params![serial]).await?;
    post(tx, serial, &title, &body).await
}

/// Takes the last `most` comments of a post out of the index, before their rows are removed for good.
///
/// # Errors
/// The store's.
pub(crate) async fn forget_comments(tx: &mut Tx, post: i64, most: i64) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM board_comment_search WHERE rowid IN (\
        SELECT serial FROM board_comment WHERE post = $1 ORDER BY serial DESC LIMIT $2)";
    tx.execute(SQL, params![post, most]).await.map(|_| ())
}

/// Takes a comment out of the index.
///
/// # Errors
/// The store's.
pub(crate) async fn remove_comment(tx: &mut Tx, serial: i64) -> Result<(), DbError> {
    COMMENTS.remove(tx, serial).await
}
