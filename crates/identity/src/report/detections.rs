//! The two reports that somebody should hear of without asking, as looks for alerts.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::detection::{AlertKind, Detection, Sighting};

use super::{FailingPeople, FailingPerson, ManyAddresses, SeenFromMany};
use crate::context::Identity;

/// How often they are looked for: the spans they look at are an hour and more.
const EVERY: Duration = Duration::from_mins(5);

/// People whose requests fail again and again, and accounts that are tried from many addresses.
pub(crate) fn detections(identity: &Identity) -> Vec<Detection> {
    let (people, accounts) = (identity.clone(), identity.clone());
    vec![
        Detection {
            name: "identity.failing_people",
            every: EVERY,
            look: Arc::new(move |now| {
                let identity = people.clone();
                Box::pin(async move {
                    let found = identity.report(FailingPeople::until(now)).await;
                    let found = found.map_err(|fault| fault.to_string())?;
                    Ok(found.into_iter().map(Sighting::from).collect())
                })
            }),
        },
        Detection {
            name: "identity.many_addresses",
            every: EVERY,
            look: Arc::new(move |now| {
                let identity = accounts.clone();
                Box::pin(async move {
                    let found = identity.report(ManyAddresses::until(now)).await;
                    let found = found.map_err(|fault| fault.to_string())?;
                    Ok(found.into_iter().map(Sighting::from).collect())
                })
            }),
        },
    ]
}

impl From<FailingPerson> for Sighting {
    fn from(person: FailingPerson) -> Self {
        Self {
            kind: AlertKind::FailingPerson,
            subject: person.account_id.to_string(),
            account: Some(person.account_id),
            times: person.failures,
            at: person.last_at,
        }
    }
}

impl From<SeenFromMany> for Sighting {
    fn from(seen: SeenFromMany) -> Self {
        Self {
            kind: AlertKind::ManyAddresses,
            subject: seen.account_id.to_string(),
            account: Some(seen.account_id),
            times: seen.attempts,
            at: seen.last_at,
        }
    }
}
