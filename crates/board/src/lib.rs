//! The board: posts and comments of a company, in categories that say who reads and who writes.
//!
//! Invariants: whoever may not read a category finds nothing of it anywhere: its right stands in the base query of
//! every list, search and count (`category::right`), and what may not be read is not there (404); every write is one
//! unit with its audit row and its event; what people write is Markdown, made into HTML as it is read, by one function
//! (`markdown::render`); an edit says which text it was made of, so that nobody's words are lost.
//!
//! Tables: `board_category`, `board_category_right`, `board_post`, `board_post_revision`, `board_draft`,
//! `board_reading`, `board_recommendation`, `board_bookmark`, `board_comment`, `board_mention`, `board_blob`,
//! `board_attachment`, `board_report`, `board_restriction`, `board_feed_key`, `board_post_search`,
//! `board_comment_search`.
//! Events out: `post.…`, `comment.…`, `moderation.…`, each under the key `post:{id}` (`event`). Events in: its own,
//! of which people are told (`notice`).

mod answer;
mod attachment;
mod audit;
mod category;
mod comment;
mod config;
mod context;
mod event;
mod fault;
mod feed;
mod filling;
mod leaving;
mod markdown;
mod moderation;
mod notice;
mod page;
mod post;
mod routes;
mod search;
mod words;

pub use config::BoardConfig;
pub use context::{Board, BoardParts};
pub use fault::Fault;
pub use filling::{FilledCategory, FilledPost, Past, PastComment, PastPost, PastUnit};
pub use routes::BoardApp;

use hanok_base::i18n::Locale;
use hanok_db::{Migration, MigrationSet, Sql};

/// The texts of this crate's pages, as functions.
pub mod text {
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

/// What this crate tells callers, for the program's catalogue.
pub const MESSAGES: [(Locale, &str); 2] = [
    (Locale::Ko, include_str!("../i18n/ko.toml")),
    (Locale::En, include_str!("../i18n/en.toml")),
];

/// The tables of this crate; they come after those of accounts and notifications.
pub const fn migrations() -> MigrationSet {
    MigrationSet {
        name: "board",
        migrations: &[
            Migration {
                version: 1,
                name: "board",
                sql: Sql::PerEngine {
                    sqlite: concat!(
                        include_str!("../migrations/V1__category.sql"),
                        include_str!("../migrations/V1__post.sqlite.sql"),
                        include_str!("../migrations/V1__board.sql")
                    ),
                    postgres: concat!(
                        include_str!("../migrations/V1__category.sql"),
                        include_str!("../migrations/V1__post.postgres.sql"),
                        include_str!("../migrations/V1__board.sql")
                    ),
                },
            },
            Migration {
                version: 2,
                name: "search",
                sql: Sql::PerEngine {
                    sqlite: include_str!("../migrations/V2__search.sqlite.sql"),
                    postgres: include_str!("../migrations/V2__search.postgres.sql"),
                },
            },
        ],
    }
}
