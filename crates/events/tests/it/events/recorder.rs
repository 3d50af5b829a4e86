//! A handler that writes down what it is given, and fails when told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use hanok_db::{DbError, Tx, params};
use hanok_events::{Event, EventId, Handler, HandlerError, Received, Topic};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::house::House;

#[derive(Serialize, Deserialize)]
pub struct Noted {
    pub key: String,
    pub item: String,
}

impl Event for Noted {
    const TYPE: &'static str = "note.taken";

    fn key(&self) -> String {
        self.key.clone()
    }
}

/// An item is its key and a number: `a1`.
pub fn noted(item: &str) -> Noted {
    Noted {
        key: item.chars().take(1).collect(),
        item: item.to_owned(),
    }
}

impl House {
    /// Publishes items, each in a unit of its own.
    pub async fn publish(&self, items: &[&str]) -> Result<(), DbError> {
        for item in items {
            let (outbox, event) = (self.outbox.clone(), noted(item));
            let unit = async move |tx: &mut Tx| outbox.publish(tx, &event).await;
            let _: EventId = self.db.write(unit).await?;
        }
        Ok(())
    }
}

/// How a recorder fails.
#[derive(Clone, Copy)]
pub enum Fault {
    Says,
    Panics,
    Waits,
    StoreBusy,
}

pub struct Recorder {
    consumer: &'static str,
    faults: Mutex<HashMap<String, Fault>>,
    tried: Mutex<Vec<String>>,
    place: Arc<AtomicI64>,
    pub done: Notify,
}

impl Recorder {
    pub fn new(consumer: &'static str) -> Arc<Self> {
        Self::counting(consumer, Arc::default())
    }

    /// The same consumer in another process; its effects are numbered together with these.
    pub fn elsewhere(&self) -> Arc<Self> {
        Self::counting(self.consumer, Arc::clone(&self.place))
    }

    fn counting(consumer: &'static str, place: Arc<AtomicI64>) -> Arc<Self> {
        let (faults, tried, done) = (Mutex::default(), Mutex::default(), Notify::new());
        Arc::new(Self {
            consumer,
            faults,
            tried,
            place,
            done,
        })
    }

    pub fn fail(&self, item: &str, fault: Fault) {
        self.faults.lock().unwrap().insert(item.to_owned(), fault);
    }

    pub fn recover(&self) {
        self.faults.lock().unwrap().clear();
    }

    /// Every item it was given since the last look, also where it failed.
    pub fn tried(&self) -> Vec<String> {
        std::mem::take(&mut self.tried.lock().unwrap())
    }

    async fn record(&self, tx: &mut Tx, event: &Received) -> Result<(), HandlerError> {
        const RECORD: &str =
            "INSERT INTO effect (consumer, event_key, item, place) VALUES ($1, $2, $3, $4)";
        let Noted { key, item } = event.parse()?;
        self.tried.lock().unwrap().push(item.clone());
        let place = self.place.fetch_add(1, Ordering::SeqCst);
        tx.execute(RECORD, params![self.consumer, key, item, place])
            .await?;
        let fault = self.faults.lock().unwrap().get(&item).copied();
        match fault {
            Some(Fault::Says) => return Err(HandlerError::Failed("told to fail".to_owned())),
            Some(Fault::Panics) => panic!("told to panic"),
            Some(Fault::Waits) => std::future::pending().await,
            Some(Fault::StoreBusy) => return Err(DbError::Busy.into()),
            None => {}
        }
        self.done.notify_one();
        Ok(())
    }
}

impl Handler for Recorder {
    fn consumer(&self) -> &'static str {
        self.consumer
    }

    fn wants(&self, topic: Topic, event_type: &str) -> bool {
        topic == Topic::DomainEvents && event_type == Noted::TYPE
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        Box::pin(self.record(tx, event))
    }
}
