//! A feed as a program reads it.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_base::encoding::hex_encode;
use hanok_base::secret::sha256;
use hanok_db::{Conn, DbError, params, record};
use hanok_web::error::Error;
use hanok_web::{Path, Query};
use serde::Deserialize;

use super::key;
use super::write::{Feed, written};
use crate::category::right::{READABLE, Viewer};
use crate::category::{self, CategoryId};
use crate::context::Board;
use crate::fault::Fault;
use crate::post::PostId;

/// How many posts a feed has.
const MOST: u32 = 30;

record! {
    /// A post, as a feed tells of it.
    #[derive(Clone, Debug)]
    pub(super) struct PostRow from "p" {
        pub(super) serial: i64,
        pub(super) id: PostId,
        pub(super) title: String,
        /// The first of its text.
        pub(super) body: String = "SUBSTR(p.body, 1, 4000)",
        pub(super) author: Option<String> = "CASE WHEN l.erased_at IS NULL THEN a.name END",
        pub(super) category: String = "k.name",
        pub(super) created_at: Timestamp,
    }
}

const FROM: &str = " FROM board_post p JOIN board_category k ON k.id = p.category_id \
    JOIN account a ON a.id = p.author_id LEFT JOIN account_closing l ON l.account_id = a.id \
    WHERE p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.category_id IN (";

/// The newest that `$1` may read (`$2`: they moderate), `$3` of them.
pub(super) const OF_ALL: &str = concatcp!(
    "SELECT ",
    PostRow::COLUMNS,
    FROM,
    READABLE,
    ") ORDER BY p.serial DESC LIMIT $3"
);

/// The same of the category `$4`.
pub(super) const OF_CATEGORY: &str = concatcp!(
    "SELECT ",
    PostRow::COLUMNS,
    FROM,
    READABLE,
    ") AND p.category_id = $4 ORDER BY p.serial DESC LIMIT $3"
);

/// What the address of a feed says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FeedIn {
    key: String,
}

/// `GET /feed`: of all that the key's person may read.
pub(super) async fn of_all(
    State(board): State<Board>,
    headers: HeaderMap,
    Query(input): Query<FeedIn>,
) -> Result<Response, Error> {
    let feed = board.feed(input.key, None).await?;
    answer(&feed, &headers)
}

/// `GET /feed/{category}`.
pub(super) async fn of_category(
    State(board): State<Board>,
    headers: HeaderMap,
    Path(category): Path<CategoryId>,
    Query(input): Query<FeedIn>,
) -> Result<Response, Error> {
    let feed = board.feed(input.key, Some(category)).await?;
    answer(&feed, &headers)
}

impl Board {
    /// The newest posts behind a key: of a category, or of all.
    async fn feed(&self, key: String, of: Option<CategoryId>) -> Result<Feed, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let viewer = key::viewer(conn, &key).await?;
            let title = match of {
                Some(of) => Some(name_of(conn, viewer, of).await?),
                None => None,
            };
            Ok::<_, Fault>((title, posts(conn, viewer, of).await?))
        });
        let (category, posts) = read.await?;
        let organisation = self.accounts.organisation.get();
        Ok(Feed {
            origin: self.accounts.origin.clone(),
            organisation: organisation.name.clone(),
            locale: organisation.locale,
            of,
            category,
            posts,
        })
    }
}

/// What a category is called that the viewer may read.
async fn name_of(conn: &mut Conn, viewer: Viewer, of: CategoryId) -> Result<String, Fault> {
    let readable = category::readable(conn, viewer).await?;
    let found = readable.into_iter().find(|category| category.id == of);
    Ok(found.ok_or_else(Fault::not_found)?.name)
}

async fn posts(
    conn: &mut Conn,
    viewer: Viewer,
    of: Option<CategoryId>,
) -> Result<Vec<PostRow>, DbError> {
    let Viewer {
        account,
        is_moderator,
    } = viewer;
    match of {
        Some(of) => {
            conn.all(OF_CATEGORY, params![account, is_moderator, MOST, of])
                .await
        }
        None => conn.all(OF_ALL, params![account, is_moderator, MOST]).await,
    }
}

/// The feed, or 304 where the program has it already.
fn answer(feed: &Feed, headers: &HeaderMap) -> Result<Response, Error> {
    const RSS: HeaderValue = HeaderValue::from_static("application/rss+xml; charset=utf-8");
    const OWN: HeaderValue = HeaderValue::from_static("private, no-cache");
    let text = written(feed).map_err(Error::internal)?;
    let tag = format!("\"{}\"", hex_encode(&sha256(text.as_bytes())));
    let known = headers.get(IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let is_known = known.is_some_and(|known| {
        let mut tags = known
            .split(',')
            .map(|it| it.trim().trim_start_matches("W/"));
        tags.any(|known| known == tag)
    });
    let tag = HeaderValue::try_from(tag).map_err(Error::internal)?;
    let heads = [(ETAG, tag), (CACHE_CONTROL, OWN)];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, heads).into_response());
    }
    Ok((heads, [(CONTENT_TYPE, RSS)], text).into_response())
}
