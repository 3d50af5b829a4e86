//! A transaction's end on its way out: the delivery and its event in the unit that ended it, and the
//! handler that makes the event a job.

use futures_util::future::BoxFuture;
use hanok_base::{Id, Secret, Timestamp};
use hanok_db::{DbError, Tx};
use hanok_events::{Event, Handler, HandlerError, NewJob, Received, Topic};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::deliver::{self, Payload};
use super::store::{self, DeliveryId, DeliveryState, NewDelivery, code_place};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{Delivery, Notify, ProviderId, ProviderRow};
use crate::transaction::TransactionId;

/// How a transaction ended.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// The person approved.
    Completed {
        /// The one-time code, kept sealed until it may be erased.
        auth_code: &'a Secret,
    },
    /// It failed; why stands in its row.
    Failed,
    /// Its time passed.
    Expired,
}

/// A provider is to be told.
#[derive(Serialize, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "payloads hold ids only, and their names are public"
)]
struct CallbackDue {
    transaction_id: TransactionId,
    provider_id: ProviderId,
    delivery_id: DeliveryId,
}

impl Event for CallbackDue {
    const TYPE: &'static str = "transaction.callback_due";
    const TOPIC: Topic = Topic::ProviderCallbacks;

    fn key(&self) -> String {
        self.transaction_id.to_string()
    }
}

impl Identity {
    /// Tells `provider` how `transaction` ended, if and only if the unit commits. Call it after the
    /// transaction's row has changed, once for each transaction.
    ///
    /// # Errors
    /// The store's.
    pub async fn tell(
        &self,
        tx: &mut Tx,
        provider: &ProviderRow,
        transaction: TransactionId,
        ending: Ending<'_>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(state) = initial_state(provider.delivery, provider.notify, ending) else {
            return Ok(());
        };
        let id: DeliveryId = Id::new(&self.accounts.clock, &self.accounts.random);
        let code = match ending {
            Ending::Completed { auth_code } => Some(
                self.accounts
                    .keys
                    .seal(code_place(id), auth_code.expose().as_bytes()),
            ),
            Ending::Failed | Ending::Expired => None,
        };
        let code_until = now.plus(self.config.result_window());
        let new = NewDelivery {
            id,
            transaction,
            provider: provider.id,
            state,
            code,
            created_at: now,
            code_until,
        };
        store::insert(tx, &new).await?;
        if state == DeliveryState::Queued {
            let event = CallbackDue {
                transaction_id: transaction,
                provider_id: provider.id,
                delivery_id: id,
            };
            self.accounts.outbox.publish(tx, &event).await?;
        }
        Ok(())
    }
}

impl Identity {
    /// A job that posts a delivery, in its provider's own lane.
    pub(crate) async fn queue_delivery(
        &self,
        tx: &mut Tx,
        provider: ProviderId,
        delivery: DeliveryId,
    ) -> Result<(), DbError> {
        let job = NewJob {
            kind: deliver::KIND,
            lane: provider.to_string(),
            payload: json!(Payload {
                delivery_id: delivery
            }),
            run_at: self.accounts.clock.now(),
        };
        self.accounts.jobs.enqueue(tx, job).await.map(drop)
    }
}

/// What a provider wants of an ending: nothing, to fetch it, or to be posted it.
const fn initial_state(
    delivery: Delivery,
    notify: Notify,
    ending: Ending<'_>,
) -> Option<DeliveryState> {
    match (delivery, ending, notify) {
        (Delivery::Callback, Ending::Completed { .. }, _)
        | (Delivery::Callback, _, Notify::All) => Some(DeliveryState::Queued),
        (Delivery::Poll, Ending::Completed { .. }, _) => Some(DeliveryState::Held),
        (Delivery::Callback, _, Notify::Completed) | (Delivery::Poll, _, _) => None,
    }
}

/// Makes a job of each callback that is due, in its provider's own lane.
pub(super) struct Queue(pub(super) Identity);

impl Handler for Queue {
    fn consumer(&self) -> &'static str {
        "identity.callback"
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        topic == Topic::ProviderCallbacks && event_type == CallbackDue::TYPE
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(async move {
            let due: CallbackDue = event.parse()?;
            self.0
                .queue_delivery(tx, due.provider_id, due.delivery_id)
                .await?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_told_what_it_wants_to_know() {
        let code = Secret::new("code".to_owned());
        let (done, failed, expired) = (
            Ending::Completed { auth_code: &code },
            Ending::Failed,
            Ending::Expired,
        );
        let (queued, held) = (Some(DeliveryState::Queued), Some(DeliveryState::Held));
        for (delivery, notify, expected) in [
            (Delivery::Callback, Notify::All, [queued, queued, queued]),
            (Delivery::Callback, Notify::Completed, [queued, None, None]),
            (Delivery::Poll, Notify::All, [held, None, None]),
            (Delivery::Poll, Notify::Completed, [held, None, None]),
        ] {
            assert_eq!(
                [done, failed, expired].map(|ending| initial_state(delivery, notify, ending)),
                expected
            );
        }
    }

    #[test]
    fn an_ending_does_not_print_its_code() {
        let code = Secret::new("0123456789".to_owned());
        assert_eq!(
            format!("{:?}", Ending::Completed { auth_code: &code }),
            "Completed { auth_code: [secret] }"
        );
    }
}
