//! What a process does besides answering: relay, jobs, schedules and its own duties.

use std::time::Duration;

use hanok_accounts::app::ProcessDuty;
use hanok_events::{Engine, Running};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// The work in the background. Dropping it stops everything in the middle; [`stop`](Self::stop) lets it
/// finish.
#[must_use = "dropping it stops the work"]
pub struct Background {
    running: Running,
    duties: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Background {
    /// Starts everything, in tasks of the current runtime.
    pub fn start(engine: &Engine, duties: Vec<ProcessDuty>) -> Self {
        let (stop, _) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for duty in duties {
            tasks.spawn(repeat(duty, stop.subscribe()));
        }
        Self {
            running: engine.start(),
            duties: tasks,
            stop,
        }
    }

    /// Takes up nothing new and lets what is under way finish within `grace`.
    pub async fn stop(self, grace: Duration) {
        let Self {
            running,
            mut duties,
            stop,
        } = self;
        stop.send_replace(true);
        let finish = async { while duties.join_next().await.is_some() {} };
        let (duties_done, ()) =
            tokio::join!(timeout(grace, finish), running.shutdown_within(grace));
        if duties_done.is_err() {
            tracing::warn!("a duty did not finish in time and is cut off");
        }
    }
}

async fn repeat(duty: ProcessDuty, mut stop: watch::Receiver<bool>) {
    let mut tick = interval(duty.every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            _ = tick.tick() => {}
        }
        // The first of a row of failures is told, and their end.
        match (duty.run)().await {
            Ok(()) if failing => tracing::info!(duty = duty.name, "works again"),
            Err(error) if !failing => {
                tracing::error!(duty = duty.name, error, "a duty failed and is tried again");
            }
            Ok(()) | Err(_) => continue,
        }
        failing = !failing;
    }
}
