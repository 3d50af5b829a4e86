//! What concerns many people: a job that tells them, or takes back, a portion in each unit, so that no unit is long.

use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_events::{Backoff, Job, JobHandler, NewJob, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::category::CategoryId;
use crate::context::Board;
use crate::event::About;

/// The kind of job.
const KIND: &str = "board.notices";

/// How many people one unit tells, or asks about.
pub(super) const PORTION: usize = 200;

/// After a failure.
const BACKOFF: Backoff = Backoff {
    first: Duration::from_secs(1),
    max: Duration::from_mins(5),
};

/// What is to be done, as the job carries it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "work")]
pub(super) enum Work {
    /// Those whom a post is meant for are told that they must read it.
    Announce(Announcement),
    /// Nobody must read a post any more: what was told of that goes.
    Release {
        /// Its number.
        post_id: i64,
    },
    /// Who may not read a post any more is not to be told of it.
    JudgePost {
        /// Its number.
        post_id: i64,
    },
    /// The same for the posts of a category.
    JudgeCategory {
        /// The category.
        category_id: CategoryId,
    },
}

/// A post that must be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Announcement {
    /// Its number.
    pub(super) post_id: i64,
    /// What tells this time from others.
    pub(super) source: String,
    /// When it was asked for.
    pub(super) at: Timestamp,
    /// By whom.
    pub(super) actor_id: Option<AccountId>,
    /// Whether it is for those alone who have not read it.
    pub(super) is_reminder: bool,
}

impl Work {
    /// Tells everybody whom a post is meant for; a reminder, those who have not read it.
    pub(super) fn announce(
        about: &About,
        at: Timestamp,
        source: String,
        is_reminder: bool,
    ) -> Self {
        Self::Announce(Announcement {
            post_id: about.post_id,
            source,
            at,
            actor_id: about.actor_id,
            is_reminder,
        })
    }

    /// What is done one after the other.
    fn lane(&self) -> String {
        match self {
            Self::Announce(Announcement { post_id, .. })
            | Self::Release { post_id }
            | Self::JudgePost { post_id } => format!("board.post:{post_id}"),
            Self::JudgeCategory { category_id } => format!("board.category:{category_id}"),
        }
    }
}

impl Board {
    /// Has work done once the unit has committed.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn enqueue(&self, tx: &mut Tx, work: Work) -> Result<(), DbError> {
        let job = NewJob {
            kind: KIND,
            lane: work.lane(),
            payload: json!(work),
            run_at: self.accounts.clock.now(),
        };
        self.accounts.jobs.enqueue(tx, job).await.map(drop)
    }

    async fn work(&self, work: Work) -> Result<(), DbError> {
        match work {
            Work::Announce(announcement) => self.tell_audience(announcement).await,
            Work::Release { post_id } => self.release_readers(post_id).await,
            Work::JudgePost { post_id } => self.judge_told(post_id).await,
            Work::JudgeCategory { category_id } => self.judge_told_of(category_id).await,
        }
    }
}

/// Does it, one at a time for each post. Begun anew it passes over those who were told.
pub(super) struct Portions(pub(super) Board);

impl JobHandler for Portions {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn lane_limit(&self) -> u32 {
        1
    }

    fn time_limit(&self) -> Duration {
        Duration::from_mins(10)
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(work) = job.parse::<Work>() else {
                return Outcome::Dead {
                    reason: "the payload is not one of this kind".to_owned(),
                };
            };
            match self.0.work(work).await {
                Ok(()) => Outcome::Done,
                Err(error) => {
                    let accounts = &self.0.accounts;
                    let wait = BACKOFF.delay(job.attempts, &accounts.random);
                    Outcome::Retry {
                        at: accounts.clock.now().plus(wait),
                        reason: error.to_string(),
                    }
                }
            }
        })
    }
}
