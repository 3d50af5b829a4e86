//! Threads for reads that may walk many rows.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::config::StoreConfig;
use crate::conn::Conn;
use crate::error::DbError;
use crate::meter::Meter;
use crate::unit;

use super::readers::Readers;

type Report = Box<dyn FnOnce(Result<&mut Conn, DbError>) + Send>;

/// The queue of the report threads.
pub(crate) struct Reports {
    queue: SyncSender<Report>,
    meter: Arc<Meter>,
}

impl Reports {
    pub(crate) fn start(
        config: &StoreConfig,
        readers: &Arc<Readers>,
        meter: Arc<Meter>,
    ) -> Result<Self, DbError> {
        let (queue, reports) = sync_channel(config.sqlite_report_queue.max(1));
        let reports = Arc::new(Mutex::new(reports));
        for _ in 0..config.sqlite_report_threads.max(1) {
            let (reports, readers) = (Arc::clone(&reports), Arc::clone(readers));
            let started = thread::Builder::new()
                .name("hanok-report".to_owned())
                .spawn(move || walk(&reports, &readers));
            started
                .map_err(|cause| DbError::Unavailable(format!("no thread for reports: {cause}")))?;
        }
        Ok(Self { queue, meter })
    }

    pub(crate) async fn run<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'c> AsyncFnOnce(&'c mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let runtime = Handle::current();
        let report: Report = Box::new(move |conn| {
            if reply.is_closed() {
                return;
            }
            let result = unit::caught(|| runtime.block_on(f(conn?)));
            // The caller may have gone meanwhile.
            let _ = reply.send(result);
        });
        self.queue
            .try_send(report)
            .map_err(|refused| match refused {
                TrySendError::Full(_) => {
                    self.meter.busy();
                    DbError::Busy
                }
                TrySendError::Disconnected(_) => super::stopped(),
            })?;
        answer
            .await
            .unwrap_or_else(|_| Err(super::stopped().into()))
    }
}

/// Takes reports until the store is dropped.
fn walk(reports: &Mutex<Receiver<Report>>, readers: &Readers) {
    while let Some(report) = next(reports) {
        match readers.take() {
            Ok(mut conn) => {
                report(Ok(&mut conn));
                readers.put_back(conn);
            }
            Err(error) => report(Err(error)),
        }
    }
}

fn next(reports: &Mutex<Receiver<Report>>) -> Option<Report> {
    reports
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}
