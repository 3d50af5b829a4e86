//! The job that makes the rows of an import. What breaks off goes on where it was.

use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_events::{Job, JobHandler, Outcome};
use serde::{Deserialize, Serialize};

use super::rules::ImportId;
use crate::context::People;

pub(super) const KIND: &str = "people.import";
/// Attempts after which it is given up; what was made stays made.
const ATTEMPTS: u32 = 10;
/// The wait before another attempt.
const WAIT: Duration = Duration::from_secs(5);

/// What the job names.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) import_id: ImportId,
}

/// Makes the rows of imports, one import at a time.
pub(crate) struct ImportJob(pub(crate) People);

impl JobHandler for ImportJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(Payload { import_id }) = job.parse() else {
                let reason = "not the payload of an import".to_owned();
                return Outcome::Dead { reason };
            };
            match self.0.run_import(import_id).await {
                Ok(()) => Outcome::Done,
                Err(fault) if job.attempts >= ATTEMPTS => {
                    if let Err(error) = self.0.give_up_import(import_id).await {
                        tracing::error!(%error, "an import that is given up could not be ended");
                    }
                    Outcome::Dead {
                        reason: fault.to_string(),
                    }
                }
                Err(fault) => Outcome::Retry {
                    at: self.0.accounts.clock.now().plus(WAIT),
                    reason: fault.to_string(),
                },
            }
        })
    }

    fn lane_limit(&self) -> u32 {
        1
    }

    fn time_limit(&self) -> Duration {
        Duration::from_mins(10)
    }
}
