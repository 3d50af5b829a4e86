//! Faults of ours, told by the stack, become alerts: one for each route and error an hour.

use futures_util::future::BoxFuture;
use hanok_accounts::detection::{AlertKind, Sighting};
use hanok_web::{Failure, Failures};

use super::rules::fault_subject;
use crate::context::People;

/// Makes alerts of answers with 500.
#[derive(Clone)]
pub(crate) struct FailureAlerts(pub(crate) People);

impl Failures for FailureAlerts {
    fn failed(&self, failure: Failure) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let seen = Sighting {
                kind: AlertKind::ServerError,
                subject: fault_subject(failure.method.as_str(), &failure.route, &failure.error),
                account: None,
                times: 1,
                at: failure.at,
            };
            if let Err(error) = self.0.raise(seen).await {
                tracing::error!(%error, "a fault could not be made an alert");
            }
        })
    }
}
