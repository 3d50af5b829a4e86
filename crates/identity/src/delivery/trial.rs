//! A test of a provider's callback address: a JWE like any other, about no transaction.

use std::time::Duration;

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::counters::Limit;
use hanok_db::Tx;
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::rules::readable;
use crate::callback;
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{By, ProviderId};

/// How often a callback address may be tried.
const TRIALS_A_MINUTE: u32 = 6;

/// What came of a test.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// What is called.
    pub(super) url: String,
    pub(super) provider_name: String,
    /// What the provider answered, or why it did not.
    pub(super) answer: Result<Answered, String>,
    pub(super) took: Duration,
}

/// What a provider answered.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    /// The beginning of the body, as text: a stranger's words.
    pub(super) text: String,
}

impl Trial {
    /// Whether the provider took it.
    pub(super) const fn is_taken(&self) -> bool {
        matches!(
            self.answer,
            Ok(Answered {
                status: 200..=299,
                ..
            })
        )
    }
}

/// What is posted where.
struct Letter {
    url: String,
    provider_name: String,
    jwe: String,
}

impl Identity {
    /// Posts a test to the provider's callback address, and waits for the answer. That it was tried is on the
    /// record before it is sent.
    ///
    /// # Errors
    /// Not found; a conflict where the provider cannot be told; too often.
    pub(super) async fn try_callback(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: ProviderId,
    ) -> Result<Trial, Fault> {
        let (identity, context, by) = (self.clone(), ctx.clone(), By::Person(caller.clone()));
        self.count_trial(ctx, id).await?;
        let letter = self
            .accounts
            .db
            .write(async move |tx| identity.letter(tx, &context, &by, id).await)
            .await?;
        let sent = self.accounts.clock.now();
        let answer = self
            .http
            .post(&letter.url, "application/jose", letter.jwe)
            .await;
        let answer = answer.map(|answer| Answered {
            status: answer.status,
            text: readable(&answer.body_head),
        });
        Ok(Trial {
            url: letter.url,
            provider_name: letter.provider_name,
            answer: answer.map_err(|error| error.to_string()),
            took: self.accounts.clock.now().since(sent),
        })
    }

    async fn count_trial(&self, ctx: &Ctx, id: ProviderId) -> Result<(), Fault> {
        let limit = Limit::per_minute(TRIALS_A_MINUTE);
        let key = format!("callback-trial|{id}");
        let decision = self.accounts.counters.hit(&key, limit, ctx.now).await;
        let too_often = hanok_accounts::Fault::TooOften(decision.reset);
        decision.allowed.then_some(()).ok_or(too_often.into())
    }

    async fn letter(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By,
        id: ProviderId,
    ) -> Result<Letter, Fault> {
        let row = self.provider_to_change(tx, by, id).await?;
        let url = callback::address(&row)
            .map_err(|_| Fault::Conflict("conflict.provider_cannot_be_told"))?
            .to_owned();
        let entry = Entry::new(Action::AdminAction)
            .provider(id.uuid())
            .target("service_provider", id.uuid())
            .details(json!({ "act": "callback_tried" }));
        let origin = Origin::from(ctx);
        self.accounts.audit.record(tx, &origin, entry).await?;
        let jwe = self.trial_payload(tx, &row, ctx.now).await?;
        Ok(Letter {
            url,
            provider_name: row.name,
            jwe,
        })
    }
}
