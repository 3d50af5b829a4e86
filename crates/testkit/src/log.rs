//! What the program writes to its log, kept so that a test can look for what must not be there.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static INSTALLED: OnceLock<()> = OnceLock::new();

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        Lines
    }
}

/// Keeps every line of this process from now on, at every level: the tests of one binary share them.
pub(crate) fn capture() {
    INSTALLED.get_or_init(|| {
        let ours = Targets::new()
            .with_target("hanok", LevelFilter::TRACE)
            .with_target("access", LevelFilter::TRACE)
            .with_target("security", LevelFilter::TRACE);
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(Lines);
        let subscriber = tracing_subscriber::registry().with(ours).with(lines);
        // A test binary may have installed one of its own; then that one counts.
        let _ = tracing::subscriber::set_global_default(subscriber);
    });
}

/// Everything that was written so far.
pub(crate) fn text() -> String {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&lines).into_owned()
}
