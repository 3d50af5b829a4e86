//! Slow statements are logged by name and duration, never with values.

use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use hanok_db::{both_engines, params};
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;

use crate::schema::{COUNT, SETS};

/// With one subscriber alive, a call site that another test reaches first is written off for all threads, because that
/// test listens to nothing; with this one beside it, each thread is asked.
static BESIDE: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

both_engines! {
    sets(SETS);

    async fn a_slow_statement_is_logged_by_name_and_without_values(db: Db) {
        let db = db.reopen(|config| config.slow_statement_ms = 0).await?;
        LazyLock::force(&BESIDE);
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let logging = tracing::subscriber::set_default(subscriber);
        let found = db.read(async |c| c.optional::<i64>(COUNT, params!["a secret"]).await).await?;
        drop(logging);
        assert_eq!(found, None);
        let text = log.text();
        assert!(text.contains("slow statement") && text.contains(COUNT), "{text}");
        assert!(!text.contains("a secret"), "{text}");
        db.close().await;
    }
}
