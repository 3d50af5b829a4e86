//! What somebody should look at: sign-ins that fail too fast, people who fail again and again, accounts that are tried
//! from many addresses, faults of ours. Who takes note of it is on the record.
//!
//! Invariants: one alert for each kind, subject and hour, however often it is seen; a bounded number of letters for each
//! kind and hour, however many alerts there are; what is seen again with the same last moment changes nothing. Tables:
//! `alert`, `alert_mail`.

mod api;
mod failure;
mod letters;
mod output;
mod pages;
mod panel;
mod raise;
mod rules;
mod service;
mod store;

use std::sync::Arc;

use hanok_accounts::permission::AlertAcknowledge;
use hanok_events::Schedule;
use hanok_web::{Access, Permission, Routes};

use crate::context::People;

pub(crate) use failure::FailureAlerts;
pub(crate) use pages::menu_entry;
pub(crate) use panel::panel;

/// Who reads alerts and takes note of them.
const READING: Access = Access::Permission(AlertAcknowledge::NAME);

/// The routes of alerts.
pub(crate) fn routes() -> Routes<People> {
    api::routes().merge(pages::routes())
}

/// Every look of the apps, and the end of what is old.
pub(crate) fn schedules(people: &People) -> Vec<Schedule> {
    let looks = people.detections.iter().map(|detection| {
        let (people, look) = (people.clone(), Arc::clone(&detection.look));
        Schedule {
            name: detection.name,
            every: detection.every,
            run: Arc::new(move |now| {
                let (people, look) = (people.clone(), Arc::clone(&look));
                Box::pin(async move {
                    let raised = people.raise_all(look(now).await?).await;
                    raised.map_err(|fault| fault.to_string())
                })
            }),
        }
    });
    looks.chain([raise::forgetting(people)]).collect()
}
