//! SQLite: one thread that writes, read connections in place, threads for reports.

mod backup;
mod error;
mod job;
mod migrate;
mod open;
mod readers;
mod reports;
mod schema;
mod session;
mod writer;

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use crate::config::StoreConfig;
use crate::conn::Conn;
use crate::error::DbError;
use crate::meter::Meter;
use crate::unit::Unit;

pub(crate) use backup::{files_in_place, restore};
pub(crate) use error::plain;
use job::Job;
use open::Files;
use readers::Readers;
use reports::Reports;
pub(crate) use schema::schema;
pub(crate) use session::{Session, value};
use writer::{Message, Writer};

/// An open SQLite store.
pub(crate) struct Sqlite {
    files: Files,
    readers: Arc<Readers>,
    reports: Reports,
    writer: SyncSender<Message>,
    meter: Arc<Meter>,
}

impl Sqlite {
    pub(crate) async fn open(config: &StoreConfig, meter: Arc<Meter>) -> Result<Self, DbError> {
        let files = Files::new(config);
        let (writer, queue) = sync_channel(config.queue_length.max(1));
        let thread = Writer::new(
            files.clone(),
            queue,
            config.sqlite_max_batch,
            Arc::clone(&meter),
        );
        in_background(move || thread.start()).await?;
        let readers = Arc::new(Readers::new(
            files.clone(),
            config.sqlite_readers,
            Arc::clone(&meter),
        ));
        let reports = Reports::start(config, &readers, Arc::clone(&meter))?;
        Ok(Self {
            files,
            readers,
            reports,
            writer,
            meter,
        })
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    pub(crate) async fn report<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'c> AsyncFnOnce(&'c mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.reports.run(f).await
    }

    pub(crate) async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'c> Unit<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (job, answer) = Job::new(unit);
        self.send(Message::Work(Box::new(job)))?;
        answer.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    fn send(&self, message: Message) -> Result<(), DbError> {
        self.writer
            .try_send(message)
            .map_err(|refused| match refused {
                TrySendError::Full(_) => {
                    self.meter.busy();
                    DbError::Busy
                }
                TrySendError::Disconnected(_) => stopped(),
            })
    }

    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        let writer = self.writer.clone();
        // Sending waits for room in the queue, so it is not done on the runtime's threads.
        let sent =
            in_background(move || writer.send(Message::Close(done)).map_err(|_| stopped())).await;
        if sent.is_ok() {
            // An error means that the writer ended without answering: it is closed all the same.
            let _ = closed.await;
        }
        self.readers.close();
    }

    /// Runs `f` on the writer's own connection, between batches.
    #[cfg(feature = "testing")]
    pub(crate) async fn on_writer(
        &self,
        f: impl FnOnce(&rusqlite::Connection) -> Result<(), rusqlite::Error> + Send + 'static,
    ) -> Result<(), DbError> {
        let (done, answer) = oneshot::channel();
        self.send(Message::Control(Box::new(move |raw| {
            // The caller may have gone.
            let _ = done.send(f(raw).map_err(|cause| plain(&cause)));
        })))?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    pub(crate) const fn files(&self) -> &Files {
        &self.files
    }
}

fn stopped() -> DbError {
    DbError::Unavailable("the store is closed".to_owned())
}

/// Runs what blocks on tokio's threads for that.
async fn in_background<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    let ended = tokio::task::spawn_blocking(f).await;
    ended.unwrap_or_else(|failed| Err(DbError::Unavailable(failed.to_string())))
}
