//! A job handler that does as its jobs say, and can be held up lane by lane.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::Clock;
use hanok_db::{DbError, Tx};
use hanok_events::{Engine, Job, JobHandler, JobId, NewJob, Outcome};
use serde_json::json;
use tokio::sync::{Notify, Semaphore, mpsc};

use crate::house::House;

pub struct Worker {
    clock: Clock,
    held: Mutex<HashMap<String, Arc<Semaphore>>>,
    started: Mutex<Vec<(JobId, String)>>,
    under_way: Mutex<HashMap<String, (u32, u32)>>,
    starts: mpsc::UnboundedSender<String>,
    pub time_limit: Duration,
    pub ended: Notify,
}

impl Worker {
    /// The worker, and the lane of each job as it starts.
    pub fn new(house: &House) -> (Arc<Self>, mpsc::UnboundedReceiver<String>) {
        Self::with_time_limit(house, Duration::from_mins(1))
    }

    pub fn with_time_limit(
        house: &House,
        time_limit: Duration,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<String>) {
        let (starts, started) = mpsc::unbounded_channel();
        let worker = Self {
            clock: house.clock.clone(),
            held: Mutex::default(),
            started: Mutex::default(),
            under_way: Mutex::default(),
            starts,
            time_limit,
            ended: Notify::new(),
        };
        (Arc::new(worker), started)
    }

    /// From now on the jobs of a lane wait until they are let through.
    pub fn hold(&self, lane: &str) {
        self.held
            .lock()
            .unwrap()
            .insert(lane.to_owned(), Arc::new(Semaphore::new(0)));
    }

    pub fn let_through(&self, lane: &str, count: usize) {
        self.held.lock().unwrap()[lane].add_permits(count);
    }

    /// What was started, in order.
    pub fn started(&self) -> Vec<(JobId, String)> {
        self.started.lock().unwrap().clone()
    }

    /// The most jobs of a lane that were under way at once.
    pub fn most(&self, lane: &str) -> u32 {
        self.under_way
            .lock()
            .unwrap()
            .get(lane)
            .map_or(0, |(_, most)| *most)
    }

    fn enter(&self, job: &Job) {
        self.started
            .lock()
            .unwrap()
            .push((job.id, job.lane.clone()));
        let mut under_way = self.under_way.lock().unwrap();
        let (now, most) = under_way.entry(job.lane.clone()).or_default();
        *now += 1;
        *most = (*most).max(*now);
        drop(under_way);
        let _ = self.starts.send(job.lane.clone());
    }

    async fn do_it(&self, job: &Job) -> Outcome {
        self.enter(job);
        let gate = self.held.lock().unwrap().get(&job.lane).cloned();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        if let Some((now, _)) = self.under_way.lock().unwrap().get_mut(&job.lane) {
            *now -= 1;
        }
        self.ended.notify_one();
        match job.parse::<String>().unwrap().as_str() {
            "panic" => panic!("told to panic"),
            "stuck" => std::future::pending().await,
            "dead" => Outcome::Dead {
                reason: "told to give up".to_owned(),
            },
            "later" if job.attempts < 3 => {
                let at = self.clock.now().plus(Duration::from_secs(100));
                Outcome::Retry {
                    at,
                    reason: "not yet".to_owned(),
                }
            }
            _ => Outcome::Done,
        }
    }
}

impl JobHandler for Worker {
    fn kind(&self) -> &'static str {
        "work"
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(self.do_it(job))
    }

    fn time_limit(&self) -> Duration {
        self.time_limit
    }
}

impl House {
    pub fn engine_with(&self, worker: &Arc<Worker>) -> Engine {
        self.engine(
            Vec::new(),
            vec![worker.clone() as Arc<dyn JobHandler>],
            Vec::new(),
        )
    }

    /// Enqueues a job that is due at once.
    pub async fn enqueue(&self, lane: &str, what: &str) -> Result<JobId, DbError> {
        self.enqueue_in(lane, what, 0).await
    }

    pub async fn enqueue_in(&self, lane: &str, what: &str, seconds: u64) -> Result<JobId, DbError> {
        let run_at = self.clock.now().plus(Duration::from_secs(seconds));
        let job = NewJob {
            kind: "work",
            lane: lane.to_owned(),
            payload: json!(what),
            run_at,
        };
        let jobs = self.jobs.clone();
        self.db
            .write(async move |tx: &mut Tx| jobs.enqueue(tx, job).await)
            .await
    }
}
