//! What is looked up where somebody asks for metrics.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::{App, ProcessDuty};
use hanok_events::Engine;
use hanok_web::live::Live;
use hanok_web::metrics::measure_sockets;

/// The looks of the floors and of every app that is switched on.
pub(super) fn looks(engine: &Engine, live: &Live, apps: &[Arc<dyn App>]) -> Vec<ProcessDuty> {
    let floors = [of_events(engine.clone()), of_sockets(live.clone())];
    let apps = apps.iter().flat_map(|app| app.looks());
    floors.into_iter().chain(apps).collect()
}

fn of_events(engine: Engine) -> ProcessDuty {
    ProcessDuty {
        name: "events",
        every: Duration::ZERO,
        run: Arc::new(move || {
            let engine = engine.clone();
            Box::pin(async move {
                let measured = engine.measure().await;
                measured.map_err(|error| error.to_string())
            })
        }),
    }
}

fn of_sockets(live: Live) -> ProcessDuty {
    ProcessDuty {
        name: "sockets",
        every: Duration::ZERO,
        run: Arc::new(move || {
            measure_sockets(&live);
            Box::pin(ready(Ok(())))
        }),
    }
}
