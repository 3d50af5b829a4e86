//! Where lines go: each class to its file, and to the console beside them.

use std::path::Path;
use std::time::Duration;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;

use super::lines::{Lines, LinesGuard};
use super::{ACCESS, APPLICATION, RollingFile, SECURITY, TelemetryError};
use crate::clock::Clock;
use crate::config::LogConfig;

/// The request lines of so much time are written together. Other lines are few, and written at once.
const GATHER: Duration = Duration::from_millis(100);

/// One file for each class of lines.
pub(super) struct Files {
    application: Lines,
    access: Lines,
    security: Lines,
}

impl Files {
    pub(super) fn open(
        config: &LogConfig,
        directory: &Path,
        clock: &Clock,
    ) -> Result<(Self, Vec<LinesGuard>), TelemetryError> {
        let open = |class, days, pause| {
            let file =
                RollingFile::open(directory, class, config.rotate_bytes, days, clock.clone());
            file.and_then(|file| Lines::before(file, class, pause))
                .map_err(|source| TelemetryError::File {
                    path: directory.to_owned(),
                    source,
                })
        };
        let (access, first) = open(ACCESS, config.access_days, GATHER)?;
        let (security, second) = open(SECURITY, config.security_days, Duration::ZERO)?;
        // Closed last: the others' last words go there.
        let (application, third) = open(APPLICATION, config.application_days, Duration::ZERO)?;
        let files = Self {
            application,
            access,
            security,
        };
        Ok((files, vec![first, second, third]))
    }
}

impl<'w> MakeWriter<'w> for Files {
    type Writer = &'w Lines;

    fn make_writer(&'w self) -> &'w Lines {
        &self.application
    }

    fn make_writer_for(&'w self, metadata: &Metadata<'_>) -> &'w Lines {
        match metadata.target() {
            ACCESS => &self.access,
            SECURITY => &self.security,
            _ => &self.application,
        }
    }
}

/// An output beside the files, without the request lines: they have a file to be read in, and making
/// each a second time costs as much as a status call's look-up.
///
/// This is no filter of tracing's: with one, nothing is known of a line before it is made, and each line
/// and span asks every output anew.
pub(super) struct Besides<L>(pub(super) L);

impl<S: Subscriber, L: Layer<S>> Layer<S> for Besides<L> {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.0.on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        self.0.on_record(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != ACCESS {
            self.0.on_event(event, context);
        }
    }
}
