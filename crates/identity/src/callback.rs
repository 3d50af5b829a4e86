//! What a provider is told of a transaction's end: encrypted for it alone, posted until it answers 2xx
//! or fetched by it.
//!
//! The unit that ends a transaction writes a delivery and an event; a handler turns the event into a
//! job in the provider's own lane; the job posts. The payload is made anew each time and never stored:
//! only the sealed code lies beside the delivery, and no longer than it may be told.

mod claims;
mod deliver;
mod payload;
mod result;
mod store;
mod subject;
mod sweep;
mod tell;
mod token;

use std::sync::Arc;

use hanok_events::{Handler, JobHandler, Schedule};

pub(crate) use deliver::{KIND, PERSON_ERASED, address};
pub(crate) use store::{DeliveryId, DeliveryState};
pub use tell::Ending;

use crate::context::Identity;

/// What makes callbacks of events.
pub fn handlers(identity: &Identity) -> Vec<Arc<dyn Handler>> {
    vec![Arc::new(tell::Queue(identity.clone()))]
}

/// What posts callbacks.
pub fn jobs(identity: &Identity) -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(deliver::Deliver(identity.clone()))]
}

/// What erases codes that have had their time.
pub fn schedules(identity: &Identity) -> Vec<Schedule> {
    vec![sweep::schedule(identity)]
}
