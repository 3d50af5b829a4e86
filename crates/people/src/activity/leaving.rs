//! What is kept of what a person did: what they take with them, and what goes when their account is erased.

use std::sync::Arc;

use hanok_accounts::AccountId;
use hanok_accounts::activity::UserActivity;
use hanok_accounts::leaving::{ErasePersonal, PersonalData};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx};
use hanok_events::Topic;
use serde_json::{Value, json};

use super::output::ActivityOut;
use super::rules::KEPT;
use super::store;
use crate::context::People;

/// What a person did, as far as it is kept.
pub(crate) fn personal_data(people: &People) -> PersonalData {
    let people = people.clone();
    PersonalData {
        file: "activity.json",
        read: Arc::new(move |account| {
            let people = people.clone();
            Box::pin(async move {
                let found = people.activities_of(account).await;
                found.map_err(|error| error.to_string())
            })
        }),
    }
}

/// Takes it away, also what is on its way or was given up: an address and an agent stand in it.
pub(crate) fn erasure() -> ErasePersonal {
    Arc::new(|tx: &mut Tx, account: AccountId, _now: Timestamp| {
        Box::pin(async move {
            store::erase(tx, account).await?;
            let key = UserActivity::key(account);
            hanok_events::forget(tx, Topic::UserActivities, &key).await?;
            Ok(())
        })
    })
}

impl People {
    async fn activities_of(&self, account: AccountId) -> Result<Value, DbError> {
        let ever = Timestamp::from_micros(0);
        let read = self
            .accounts
            .db
            .report(async move |conn: &mut Conn| store::of_person(conn, account, ever, KEPT).await);
        let rows = read.await?.into_iter();
        let rows: Vec<ActivityOut> = rows.map(ActivityOut::from).collect();
        let is_cut = u32::try_from(rows.len()).is_ok_and(|count| count == KEPT);
        Ok(json!({ "activities": rows, "truncated": is_cut }))
    }
}
