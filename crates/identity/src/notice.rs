//! What a person is told of: a site asks who they are and waits for their answer. It goes once the request has ended,
//! however it did. Of a sign-in to Hanok itself nobody is told here: it is for phones alone, which are shown it at once.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx, Value, params};
use hanok_events::{Event, Handler, HandlerError, Received, Topic};
use hanok_notifications::{Described, NotificationType, Notifications, Subject, Subjects, Telling};

use crate::context::Identity;
use crate::provider::OWN;
use crate::transaction::{TransactionEnded, TransactionId, TransactionRequested};

/// The kind of what is told of.
const KIND: &str = "transaction";

/// The handlers of events.
pub(crate) fn handlers(identity: &Identity) -> Vec<Arc<dyn Handler>> {
    vec![Arc::new(Notices(identity.clone()))]
}

/// Has notifications ask identity what they are about.
pub(crate) fn know(notifications: &Notifications) {
    notifications.know(Arc::new(Transactions));
}

/// Tells people of requests.
struct Notices(Identity);

impl Handler for Notices {
    fn consumer(&self) -> &'static str {
        "identity.notices"
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        let is_ours = [TransactionRequested::TYPE, TransactionEnded::TYPE].contains(&event_type);
        topic == Topic::DomainEvents && is_ours
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(async move {
            if event.event_type == TransactionEnded::TYPE {
                let ended: TransactionEnded = event.parse()?;
                let source = source(ended.transaction_id);
                return Ok(self.0.notifications.withdraw(tx, &source).await?);
            }
            self.0.tell_request(tx, event).await
        })
    }
}

impl Identity {
    /// Tells the person of a request that waits for them.
    async fn tell_request(&self, tx: &mut Tx, event: &Received) -> Result<(), HandlerError> {
        let requested: TransactionRequested = event.parse()?;
        // A decoy has nobody.
        let asked = requested
            .account_id
            .filter(|_| requested.provider_id != OWN);
        let Some(account) = asked else { return Ok(()) };
        if !self.waits(tx, requested.transaction_id).await? {
            return Ok(());
        }
        let telling = Telling {
            to: &[account],
            kind: NotificationType::IdentityRequest,
            subject: Subject {
                kind: KIND,
                id: requested.transaction_id.to_string(),
            },
            source: source(requested.transaction_id),
            anchor: None,
            actor: None,
            at: event.occurred_at,
        };
        Ok(self.notifications.tell(tx, &telling).await?)
    }

    /// Whether a request can still be answered.
    async fn waits(&self, conn: &mut Conn, id: TransactionId) -> Result<bool, DbError> {
        const SQL: &str = "SELECT id FROM auth_transaction \
            WHERE id = $1 AND status = 'PENDING' AND expires_at > $2";
        let now = self.accounts.clock.now();
        let found: Option<TransactionId> = conn.optional(SQL, params![id, now]).await?;
        Ok(found.is_some())
    }
}

/// By what the notification of a request is known.
fn source(id: TransactionId) -> String {
    format!("transaction:{id}")
}

/// Requests of sites by their id: who asks, and where it is answered.
struct Transactions;

impl Subjects for Transactions {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn describe<'a>(
        &'a self,
        conn: &'a mut Conn,
        viewer: AccountId,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<HashMap<String, Described>, DbError>> {
        Box::pin(async move {
            let ids: Vec<TransactionId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            if ids.is_empty() {
                return Ok(HashMap::new());
            }
            let places: Vec<String> = (3..3 + ids.len()).map(|at| format!("${at}")).collect();
            let sql = format!(
                "SELECT t.id, p.name FROM auth_transaction t JOIN service_provider p ON p.id = t.provider_id \
                 WHERE t.account_id = $1 AND t.provider_id <> $2 AND t.id IN ({})",
                places.join(", ")
            );
            let mut values = params![viewer, OWN].to_vec();
            values.extend(ids.iter().map(|id| Value::Uuid(id.uuid())));
            let rows: Vec<(TransactionId, String)> = conn.all(&sql, &values).await?;
            let described = rows.into_iter().map(|(id, title)| {
                let path = format!("/history/{id}");
                (id.to_string(), Described { title, path })
            });
            Ok(described.collect())
        })
    }
}
