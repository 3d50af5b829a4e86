//! A made-up past at scale: posts, what was said to them and who has read them, many rows in one unit, found by the
//! search like any other. Whoever measures fills a store with it (`hanok demo fill`).

use std::collections::BTreeMap;

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::text_search::Terms;
use hanok_db::{DbError, InsertMany, Param, Tx, Value, params};
use uuid::Uuid;

use super::FilledCategory;
use crate::category::CategoryId;
use crate::context::Board;
use crate::fault::Fault;
use crate::search::index;

/// A post of the past.
#[derive(Clone, Debug)]
pub struct PastPost {
    /// Its id.
    pub id: Uuid,
    /// The place of its category among those that are there; counted round.
    pub category: usize,
    /// Who wrote it.
    pub author: AccountId,
    /// Its title.
    pub title: String,
    /// Its text, Markdown.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
    /// Who else has read it, each person once.
    pub readers: Vec<AccountId>,
    /// How many of these recommend it, the first ones.
    pub recommending: usize,
    /// What was said to it, the oldest first.
    pub comments: Vec<PastComment>,
}

/// A comment of the past.
#[derive(Clone, Debug)]
pub struct PastComment {
    /// Its id.
    pub id: Uuid,
    /// Who wrote it.
    pub author: AccountId,
    /// Its text.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
    /// The place of the comment that it answers, which answers none itself.
    pub answers: Option<usize>,
}

/// The board whose past is written.
#[derive(Clone)]
pub struct Past {
    board: Board,
    categories: Vec<CategoryId>,
}

/// Posts that are ready to be written in one unit.
pub struct PastUnit {
    posts: Vec<(PastPost, Terms)>,
    /// Of each post, of each comment.
    comments: Vec<Vec<Terms>>,
}

impl PastUnit {
    /// Makes the terms that the search finds them by: most of the work, and none of the store's.
    pub fn new(posts: Vec<PastPost>) -> Self {
        let of_comment = |one: &PastComment| index::terms_of_comment(&one.body);
        let terms = |post: &PastPost| post.comments.iter().map(of_comment).collect();
        Self {
            comments: posts.iter().map(terms).collect(),
            posts: posts.into_iter().map(with_terms).collect(),
        }
    }
}

fn with_terms(post: PastPost) -> (PastPost, Terms) {
    let terms = index::terms_of_post(&post.title, &post.body);
    (post, terms)
}

impl Board {
    /// A board whose past is to be written: its first categories and these.
    ///
    /// # Errors
    /// `Conflict` where there are posts; the store's.
    pub async fn past(&self, categories: &'static [FilledCategory]) -> Result<Past, Fault> {
        const POSTS: &str = "SELECT COUNT(*) FROM board_post";
        const IDS: &str = "SELECT id FROM board_category ORDER BY position, id";
        self.first_categories().await?;
        let (board, now) = (self.clone(), self.accounts.clock.now());
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            if tx.one::<i64>(POSTS, params![]).await? > 0 {
                return Err(Fault::Conflict("filled"));
            }
            for one in categories {
                board.fill_category(tx, one, now).await?;
            }
            Ok(tx.all(IDS, params![]).await?)
        });
        Ok(Past {
            categories: made.await?,
            board: self.clone(),
        })
    }
}

impl Past {
    /// Writes posts with all that belongs to them.
    ///
    /// # Errors
    /// The store's.
    pub async fn write(&self, unit: PastUnit) -> Result<(), Fault> {
        let past = self.clone();
        let written = self
            .board
            .accounts
            .db
            .write(async move |tx: &mut Tx| past.insert(tx, unit).await);
        Ok(written.await?)
    }

    async fn insert(&self, tx: &mut Tx, unit: PastUnit) -> Result<(), DbError> {
        let posts: Vec<&PastPost> = unit.posts.iter().map(|(post, _)| post).collect();
        let serials = self.insert_posts(tx, &posts).await?;
        let placed: Vec<(i64, &PastPost)> = serials.iter().copied().zip(posts).collect();
        self.insert_readings(tx, &placed).await?;
        let terms = unit.posts.iter().map(|(_, terms)| terms.clone());
        let entries: Vec<(i64, Terms)> = serials.iter().copied().zip(terms).collect();
        index::POSTS.add(tx, &entries).await?;
        insert_comments(tx, &placed, &unit.comments).await
    }

    fn category(&self, post: &PastPost) -> Option<CategoryId> {
        let place = post.category.checked_rem(self.categories.len())?;
        self.categories.get(place).copied()
    }

    /// Answers their numbers, in their order.
    async fn insert_posts(&self, tx: &mut Tx, posts: &[&PastPost]) -> Result<Vec<i64>, DbError> {
        static POSTS: InsertMany<10> = InsertMany::new(
            "INSERT INTO board_post (id, category_id, author_id, title, body, created_at, comment_count, \
             recommend_count, view_count, last_comment_at)",
        );
        const COUNT: &str = "UPDATE board_category SET post_count = post_count + $2 WHERE id = $1";
        const SERIALS: &str = "SELECT serial FROM board_post ORDER BY serial DESC LIMIT $1";
        let categories: Vec<Option<CategoryId>> =
            posts.iter().map(|post| self.category(post)).collect();
        let rows = posts.iter().zip(&categories);
        let rows: Vec<_> = rows
            .map(|(post, category)| post.row(category.as_ref()))
            .collect();
        POSTS.execute(tx, &rows).await?;
        let mut counts: BTreeMap<Uuid, i64> = BTreeMap::new();
        for category in categories.iter().flatten() {
            *counts.entry(category.uuid()).or_default() += 1;
        }
        for (category, count) in counts {
            tx.execute(COUNT, params![category, count]).await?;
        }
        numbers(tx, SERIALS, posts.len()).await
    }

    async fn insert_readings(
        &self,
        tx: &mut Tx,
        posts: &[(i64, &PastPost)],
    ) -> Result<(), DbError> {
        static READINGS: InsertMany<6> = InsertMany::new(
            "INSERT INTO board_reading (post, account_id, first_read_at, last_read_at, last_day, comments_seen)",
        );
        static RECOMMENDATIONS: InsertMany<3> =
            InsertMany::new("INSERT INTO board_recommendation (post, account_id, at)");
        let (mut readings, mut recommendations) = (Vec::new(), Vec::new());
        let accounts = &self.board.accounts;
        let days: Vec<String> = posts
            .iter()
            .map(|(_, post)| accounts.today(post.at).to_string())
            .collect();
        for ((serial, post), day) in posts.iter().zip(&days) {
            let (at, seen) = (post.at.value(), Value::I64(0));
            for account in std::iter::once(&post.author).chain(&post.readers) {
                let who = account.value();
                readings.push([serial.value(), who, at, at, day.value(), seen]);
            }
            let recommending = post.readers.iter().take(post.recommending);
            recommendations.extend(recommending.map(|who| [serial.value(), who.value(), at]));
        }
        READINGS.execute(tx, &readings).await?;
        RECOMMENDATIONS.execute(tx, &recommendations).await
    }
}

impl PastPost {
    fn row<'a>(&'a self, category: Option<&'a CategoryId>) -> [Value<'a>; 10] {
        let last = self.comments.last().map_or(0, |last| last.at.micros());
        [
            self.id.value(),
            category.map_or(Value::Null, Param::value),
            self.author.value(),
            self.title.value(),
            self.body.value(),
            self.at.value(),
            count(self.comments.len()),
            count(self.recommending.min(self.readers.len())),
            count(self.readers.len() + 1),
            Value::I64(last),
        ]
    }
}

/// What answers nothing first: an answer names the number of what it answers.
async fn insert_comments(
    tx: &mut Tx,
    posts: &[(i64, &PastPost)],
    terms: &[Vec<Terms>],
) -> Result<(), DbError> {
    let mut entries = Vec::new();
    // By post and place.
    let mut known: BTreeMap<(i64, usize), i64> = BTreeMap::new();
    for answering in [false, true] {
        let mut rows = Vec::new();
        for ((serial, post), terms) in posts.iter().zip(terms) {
            let numbered = post.comments.iter().zip(terms).enumerate();
            let some = numbered.filter(|(_, (one, _))| one.answers.is_some() == answering);
            rows.extend(some.map(|(place, (one, terms))| (*serial, place, one, terms)));
        }
        let parents: Vec<Option<i64>> = rows
            .iter()
            .map(|(post, _, one, _)| known.get(&(*post, one.answers?)).copied())
            .collect();
        let numbers = insert_some(tx, &rows, &parents).await?;
        for (number, (post, place, _, terms)) in numbers.into_iter().zip(rows) {
            known.insert((post, place), number);
            entries.push((number, terms.clone()));
        }
    }
    index::COMMENTS.add(tx, &entries).await
}

async fn insert_some(
    tx: &mut Tx,
    rows: &[(i64, usize, &PastComment, &Terms)],
    parents: &[Option<i64>],
) -> Result<Vec<i64>, DbError> {
    static COMMENTS: InsertMany<6> = InsertMany::new(
        "INSERT INTO board_comment (id, post, parent, author_id, body, created_at)",
    );
    const SERIALS: &str = "SELECT serial FROM board_comment ORDER BY serial DESC LIMIT $1";
    let mut values: Vec<[Value<'_>; 6]> = Vec::with_capacity(rows.len());
    for ((post, _, one, _), parent) in rows.iter().zip(parents) {
        values.push([
            one.id.value(),
            post.value(),
            parent.value(),
            one.author.value(),
            one.body.value(),
            one.at.value(),
        ]);
    }
    COMMENTS.execute(tx, &values).await?;
    numbers(tx, SERIALS, rows.len()).await
}

/// The numbers of so many rows that this unit has inserted last, in their order: nobody else writes in a fill.
async fn numbers(tx: &mut Tx, sql: &'static str, rows: usize) -> Result<Vec<i64>, DbError> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let mut numbers: Vec<i64> = tx.all(sql, params![rows]).await?;
    numbers.reverse();
    Ok(numbers)
}

fn count(of: usize) -> Value<'static> {
    Value::I64(i64::try_from(of).unwrap_or_default())
}
