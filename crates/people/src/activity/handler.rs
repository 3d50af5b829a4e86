//! Writing down what the topic tells.

use futures_util::future::BoxFuture;
use hanok_accounts::activity::UserActivity;
use hanok_accounts::leaving::is_erased;
use hanok_db::Tx;
use hanok_events::{Handler, HandlerError, Received, Topic};

use super::store::{self, ActivityId};
use crate::context::People;

/// Keeps what people did, and counts it.
pub(super) struct Activities(pub(super) People);

impl Handler for Activities {
    fn consumer(&self) -> &'static str {
        "people.activity"
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        topic == Topic::UserActivities && event_type == UserActivity::TYPE
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(async move {
            let activity: UserActivity = event.parse()?;
            let account = UserActivity::account(&event.key).ok_or_else(no_account)?;
            let id = ActivityId::from_uuid(event.event_id.uuid());
            if !store::insert(tx, id, account, &activity).await? {
                return Ok(());
            }
            // The row holds the account's key: an erasure that was first has ended, one that comes waits and finds it.
            if is_erased(tx, account).await? {
                store::erase(tx, account).await?;
            }
            let day = self.0.accounts.today(activity.timestamp);
            store::count(tx, &day.to_string(), activity.activity_type).await?;
            Ok(())
        })
    }
}

fn no_account() -> HandlerError {
    HandlerError::Failed("the key is no account".to_owned())
}
