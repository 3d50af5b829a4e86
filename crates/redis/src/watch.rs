//! Finds out whether Redis is there, and again there.

use std::sync::Arc;
use std::time::Duration;

use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike, KeysInterface};
use fred::types::Expiration;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use crate::counters::Counters;
use crate::link::Link;

/// Time between two looks, while it is there and while it is not.
const WHILE_UP: Duration = Duration::from_secs(1);
const WHILE_DOWN: Duration = Duration::from_millis(100);
/// How long a look may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Starts looking. What is answered comes true with the first look that ended well.
pub(crate) fn start(
    link: &Arc<Link>,
    counters: &Arc<Counters>,
) -> (AbortHandle, oneshot::Receiver<()>) {
    let (first, looked) = oneshot::channel();
    let task = tokio::spawn(watch(
        link.client.clone(),
        Arc::clone(link),
        Arc::clone(counters),
        first,
    ));
    (task.abort_handle(), looked)
}

async fn watch(
    client: Client,
    link: Arc<Link>,
    counters: Arc<Counters>,
    first: oneshot::Sender<()>,
) {
    let mut first = Some(first);
    let mut connecting = client.connect();
    let key = link.key("probe", "write");
    loop {
        // Refused credentials end fred's own attempts: they may be set right at the other end.
        if connecting.is_finished() {
            connecting = client.connect();
        }
        match look(&client, &key).await {
            Ok(()) => {
                if link.set_up(true) {
                    tracing::info!("Redis is there");
                }
                counters.catch_up().await;
                if let Some(first) = first.take() {
                    let _ = first.send(());
                }
            }
            Err(fault) => link.lost(fault),
        }
        sleep(if link.is_up() { WHILE_UP } else { WHILE_DOWN }).await;
    }
}

/// A write, since a Redis that is full, or a replica, reads well and is of no use.
async fn look(client: &Client, key: &str) -> Result<(), String> {
    if !client.is_connected() {
        return Err("not connected".to_owned());
    }
    let life = Some(Expiration::PX(10_000));
    let written = client.set::<(), _, _>(key, 1, life, None, false);
    match timeout(PATIENCE, written).await {
        Ok(written) => written.map_err(|fault: Error| fault.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}
