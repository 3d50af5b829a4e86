//! A handler that writes down what it is given, and fails when told.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use hanok_db::{DbError, Tx, params};
use hanok_events::{Event, Handler, HandlerError, Received, Topic};
use serde::{Deserialize, Serialize};

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

pub struct Recorder {
    consumer: &'static str,
    place: Arc<AtomicI64>,
    busy: Mutex<HashSet<String>>,
    tried: Mutex<Vec<String>>,
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
        Arc::new(Self {
            consumer,
            place,
            busy: Mutex::default(),
            tried: Mutex::default(),
        })
    }

    /// The store is busy whenever this item comes.
    pub fn is_busy_at(&self, item: &str) {
        self.busy.lock().unwrap().insert(item.to_owned());
    }

    pub fn recover(&self) {
        self.busy.lock().unwrap().clear();
    }

    /// Every item it was given, also where that came to nothing.
    pub fn tried(&self) -> Vec<String> {
        self.tried.lock().unwrap().clone()
    }

    async fn record(&self, tx: &mut Tx, event: &Received) -> Result<(), HandlerError> {
        const RECORD: &str =
            "INSERT INTO effect (consumer, event_key, item, place) VALUES ($1, $2, $3, $4)";
        let Noted { key, item } = event.parse()?;
        self.tried.lock().unwrap().push(item.clone());
        let place = self.place.fetch_add(1, Ordering::SeqCst);
        tx.execute(RECORD, params![self.consumer, key, item, place])
            .await?;
        if self.busy.lock().unwrap().contains(&item) {
            return Err(DbError::Busy.into());
        }
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
