//! Posts that are there from the beginning, as the demo needs them: written once, in one unit, by people who are there.

mod past;

pub use past::{Past, PastComment, PastPost, PastUnit};

use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::organisation::GroupName;
use hanok_base::{Id, Timestamp};
use hanok_db::{Tx, params};
use serde_json::json;

use crate::category::{self, CategoryId, Kind};
use crate::comment;
use crate::context::Board;
use crate::fault::Fault;
use crate::post::{self, PostId};
use crate::search::index;

/// As the audit trail names it.
const JOB: &str = "demo posts";

/// A category to be made beside the first ones: its name, what it is for, the team that reads and writes there.
#[derive(Clone, Copy, Debug)]
pub struct FilledCategory {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Whose alone it is.
    pub team: Option<&'static str>,
}

/// A post to be written.
#[derive(Clone, Copy, Debug)]
pub struct FilledPost {
    /// The name of its category.
    pub category: &'static str,
    /// Who wrote it, by the name to sign in with.
    pub author: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its text, Markdown.
    pub body: &'static str,
    /// How long ago it was written, in hours.
    pub hours_ago: u32,
    /// Whether it stands above its lists and everybody must read it.
    pub is_announced: bool,
    /// Who said what to it.
    pub comments: &'static [(&'static str, &'static str)],
}

impl Board {
    /// Makes these categories and writes these posts, where there is no post yet. It tells nobody.
    ///
    /// # Errors
    /// Where a person or a category is not there; the store's.
    pub async fn fill(
        &self,
        categories: &'static [FilledCategory],
        posts: &'static [FilledPost],
    ) -> Result<(), Fault> {
        self.first_categories().await?;
        let board = self.clone();
        let now = self.accounts.clock.now();
        let filled = self.accounts.db.write(async move |tx: &mut Tx| {
            const COUNT: &str = "SELECT COUNT(*) FROM board_post";
            let count: i64 = tx.one(COUNT, params![]).await?;
            if count > 0 {
                return Ok(());
            }
            for one in categories {
                board.fill_category(tx, one, now).await?;
            }
            for one in posts {
                board.fill_post(tx, one, now).await?;
            }
            let entry = Entry::new(Action::AdminAction)
                .details(json!({ "act": "demo_posts", "count": posts.len() }));
            let origin = Origin::system(JOB);
            board.accounts.audit.record(tx, &origin, entry).await?;
            Ok::<_, Fault>(())
        });
        filled.await
    }

    async fn fill_category(
        &self,
        tx: &mut Tx,
        one: &FilledCategory,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let id: CategoryId = Id::new(&self.accounts.clock, &self.accounts.random);
        let name =
            GroupName::parse(one.name).map_err(|fault| Fault::field("/name", fault.code()))?;
        category::fill(tx, id, &name, (one.description, Kind::Free), one.team, now).await
    }

    async fn fill_post(&self, tx: &mut Tx, one: &FilledPost, now: Timestamp) -> Result<(), Fault> {
        const CATEGORY: &str = "SELECT id FROM board_category WHERE name = $1";
        const ANNOUNCE: &str =
            "UPDATE board_post SET pinned_at = $2, must_read_at = $2 WHERE serial = $1";
        let Some(category) = tx.optional(CATEGORY, params![one.category]).await? else {
            // The organisation's language named the first categories otherwise.
            return Ok(());
        };
        let author = person(tx, one.author).await?;
        let at = now.minus(Duration::from_hours(u64::from(one.hours_ago)));
        let id: PostId = Id::new(&self.accounts.clock, &self.accounts.random);
        let text = (one.title, one.body);
        let serial = post::fill(tx, (id, category, author), text, at).await?;
        let today = self.accounts.today(at).to_string();
        post::begin_reading(tx, serial, author, &today, at).await?;
        index::post(tx, serial, one.title, one.body).await?;
        if one.is_announced {
            tx.execute(ANNOUNCE, params![serial, at]).await?;
        }
        for ((who, body), minutes) in one.comments.iter().zip(1_u64..) {
            let who = person(tx, who).await?;
            let said = at.plus(Duration::from_mins(minutes * 7));
            let id = Id::new(&self.accounts.clock, &self.accounts.random);
            let serial_of = comment::store::fill(tx, id, serial, (who, body), said).await?;
            index::comment(tx, serial_of, body).await?;
        }
        Ok(())
    }
}

async fn person(tx: &mut Tx, username: &str) -> Result<AccountId, Fault> {
    const SQL: &str = "SELECT id FROM account WHERE username_key = $1";
    let found: Option<AccountId> = tx.optional(SQL, params![username]).await?;
    found.ok_or_else(Fault::not_found)
}
