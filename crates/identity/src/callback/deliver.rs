//! One delivery: the JWE is made in a unit, posted outside of it, and what came of it is written in another.
//!
//! At least once: where the answer is lost, or this process between the two units, the same transaction
//! is told again with the same `jti`.

use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_accounts::audit::Origin;
use hanok_base::{Id, Timestamp};
use hanok_db::{DbError, Tx};
use hanok_events::{Backoff, Job, JobHandler, JobId, Outcome};
use serde::{Deserialize, Serialize};

use super::payload::Telling;
use super::store::{self, DeliveryId, DeliveryState, Tried};
use crate::context::Identity;
use crate::fault::Fault;
use crate::metrics::{self, Told};
use crate::provider::{self, Delivery, ProviderRow};
use crate::transaction;

/// The kind of job that posts callbacks.
pub(crate) const KIND: &str = "identity.deliver_callback";

/// First after 1–3 s, then doubling with jitter up to an hour.
const BACKOFF: Backoff = Backoff {
    first: Duration::from_secs(2),
    max: Duration::from_hours(1),
};

/// Why a delivery ended that would tell who an erased account was; providers and programs read it.
pub(crate) const PERSON_ERASED: &str = "person_erased";

/// How long the two units beside the post may take.
const UNITS: Duration = Duration::from_secs(30);

/// The longest error that is kept, in characters.
const ERROR_CHARACTERS: usize = 300;

/// What the job carries.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) delivery_id: DeliveryId,
}

/// Posts callbacks, a few at a time to each provider.
pub(super) struct Deliver(pub(super) Identity);

impl JobHandler for Deliver {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn lane_limit(&self) -> u32 {
        self.0.config.callback_per_destination
    }

    fn time_limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.0.config.callback_timeout_seconds)) + UNITS
    }

    fn buried<'a>(
        &'a self,
        tx: &'a mut Tx,
        job: &'a Job,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), DbError>> {
        Box::pin(async move {
            match job.parse() {
                Ok(Payload { delivery_id }) => {
                    let reason = shortened(reason.to_owned());
                    store::bury(tx, delivery_id, job.id, &reason).await
                }
                Err(_) => Ok(()),
            }
        })
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match job.parse() {
                Ok(Payload { delivery_id }) => self.0.deliver(job, delivery_id).await,
                Err(_) => Outcome::Dead {
                    reason: "the payload is not one of this kind".to_owned(),
                },
            }
        })
    }
}

/// What an attempt begins with.
enum Ready {
    /// To be posted.
    Post { url: String, jwe: String },
    /// The provider cannot be told now; this counts as a failure like any other.
    NotNow(&'static str),
    /// It was told before.
    Over,
    /// The person is erased: it is never told, and that is written down.
    Withheld,
}

/// What follows a failed attempt.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Again(Timestamp),
    GivenUp,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
enum End {
    Told,
    Failed,
    /// The job becomes a dead letter.
    GivenUp(JobId),
}

impl Identity {
    async fn deliver(&self, job: &Job, id: DeliveryId) -> Outcome {
        let at = self.accounts.clock.now();
        let identity = self.clone();
        let ready = self
            .accounts
            .db
            .write(async move |tx| identity.ready(tx, id, at).await)
            .await;
        let answer = match ready {
            Ok(Ready::Post { url, jwe }) => self.post(&url, jwe).await,
            Ok(Ready::NotNow(reason)) => Err(reason.to_owned()),
            Ok(Ready::Over) => return Outcome::Done,
            Ok(Ready::Withheld) => {
                metrics::told(Told::Dead, Duration::ZERO);
                return Outcome::Done;
            }
            Err(fault) => Err(fault.to_string()),
        };
        let now = self.accounts.clock.now();
        let milliseconds = i64::try_from(now.since(at).as_millis()).unwrap_or(i64::MAX);
        let failure = match &answer {
            Ok(200..=299) => None,
            Ok(status) => Some(format!("answered {status}")),
            Err(reason) => Some(reason.clone()),
        };
        let tried = Tried {
            at,
            milliseconds,
            status: answer.as_ref().ok().copied(),
            error: answer.err().map(shortened),
        };
        let outcome = match failure {
            None => self.has_told(id, tried, job, now).await,
            Some(reason) => self.has_failed(id, tried, job, now, reason).await,
        };
        metrics::told(Told::of(&outcome), now.since(at));
        outcome
    }

    /// Makes the JWE, where the provider can be told at all.
    async fn ready(&self, tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<Ready, Fault> {
        let delivery = store::find(tx, id)
            .await?
            .ok_or_else(|| Fault::internal("no such delivery"))?;
        if delivery.state == DeliveryState::Delivered {
            return Ok(Ready::Over);
        }
        let transaction = transaction::store::find(tx, delivery.transaction_id).await?;
        let transaction =
            transaction.ok_or_else(|| Fault::internal("a delivery has no transaction"))?;
        let provider = provider::store::find(tx, transaction.provider_id).await?;
        let provider = provider.ok_or_else(|| Fault::internal("a transaction has no provider"))?;
        let url = match address(&provider) {
            Ok(url) => url.to_owned(),
            Err(reason) => return Ok(Ready::NotNow(reason)),
        };
        let (code, origin) = (self.code_of(&delivery, now)?, Origin::system(KIND));
        let telling = Telling {
            provider: &provider,
            transaction: &transaction,
            status: transaction.status,
            code,
            origin: &origin,
        };
        match self.payload(tx, &telling, now).await {
            Ok(jwe) => Ok(Ready::Post { url, jwe }),
            Err(Fault::PersonErased) => {
                store::end(tx, id, PERSON_ERASED).await?;
                Ok(Ready::Withheld)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The status that the provider answered, or why it did not. Its body is not looked at.
    async fn post(&self, url: &str, jwe: String) -> Result<u16, String> {
        let answer = self.http.post(url, "application/jose", jwe).await;
        answer
            .map(|answer| answer.status)
            .map_err(|error| error.to_string())
    }

    async fn has_told(&self, id: DeliveryId, tried: Tried, job: &Job, now: Timestamp) -> Outcome {
        match self.note(id, tried, End::Told, now).await {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Retry {
                at: now.plus(BACKOFF.delay(job.attempts, &self.accounts.random)),
                reason: error.to_string(),
            },
        }
    }

    async fn has_failed(
        &self,
        id: DeliveryId,
        tried: Tried,
        job: &Job,
        now: Timestamp,
        reason: String,
    ) -> Outcome {
        let delay = BACKOFF.delay(job.attempts, &self.accounts.random);
        let next = next(job.created_at, self.config.callback_max_age(), delay, now);
        let end = match next {
            Next::Again(_) => End::Failed,
            Next::GivenUp => End::GivenUp(job.id),
        };
        if let Err(error) = self.note(id, tried, end, now).await {
            tracing::warn!(delivery = %id, %error, "a callback attempt was not written down");
        }
        match next {
            Next::Again(at) => Outcome::Retry { at, reason },
            Next::GivenUp => Outcome::Dead { reason },
        }
    }

    /// Writes an attempt and its end down.
    async fn note(
        &self,
        id: DeliveryId,
        tried: Tried,
        end: End,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let attempt = Id::new(&self.accounts.clock, &self.accounts.random);
        self.accounts
            .db
            .write(async move |tx| {
                match end {
                    End::Told => store::delivered(tx, id, &tried, now).await?,
                    End::Failed => store::failed(tx, id, &tried).await?,
                    End::GivenUp(job) => store::dead(tx, id, &tried, job).await?,
                }
                store::insert_attempt(tx, attempt, id, &tried).await
            })
            .await
    }
}

/// Where a provider is told, or why it cannot be.
pub(crate) fn address(provider: &ProviderRow) -> Result<&str, &'static str> {
    match (
        provider.active,
        provider.delivery,
        provider.callback_url.as_deref(),
    ) {
        (false, ..) => Err("the provider is not active"),
        (true, Delivery::Callback, Some(url)) => Ok(url),
        (true, ..) => Err("the provider has no callback address"),
    }
}

/// Tries go on for `most` from `since`, when the job was made or replayed; the last one is at the very end.
fn next(since: Timestamp, most: Duration, delay: Duration, now: Timestamp) -> Next {
    let end = since.plus(most);
    if now < end {
        Next::Again(now.plus(delay).min(end))
    } else {
        Next::GivenUp
    }
}

fn shortened(error: String) -> String {
    if error.chars().count() <= ERROR_CHARACTERS {
        error
    } else {
        error.chars().take(ERROR_CHARACTERS).collect()
    }
}

#[cfg(test)]
mod tests;
