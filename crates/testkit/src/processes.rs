//! The processes that answer for one site, and whose turn it is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::BoxFuture;

/// Brings a process up to what the others have done.
pub(crate) type CatchUp = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Where one process listens.
#[derive(Clone)]
pub(crate) struct Process {
    pub(crate) base_url: String,
    /// What it does by itself again and again, in its due time: done before each call that it gets.
    pub(crate) catch_up: Option<CatchUp>,
}

/// The processes of a site, which take turns. Cloning shares the turn.
#[derive(Clone)]
pub(crate) struct Processes {
    all: Arc<[Process]>,
    turn: Arc<AtomicUsize>,
}

impl fmt::Debug for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls = self.all.iter().map(|process| &process.base_url);
        f.debug_list().entries(urls).finish()
    }
}

impl Processes {
    /// A site of one process, which needs to catch up with nobody.
    pub(crate) fn one(base_url: &str) -> Self {
        Self::of(vec![Process {
            base_url: base_url.to_owned(),
            catch_up: None,
        }])
    }

    pub(crate) fn of(all: Vec<Process>) -> Self {
        Self {
            all: all.into(),
            turn: Arc::default(),
        }
    }

    /// The first one's address.
    pub(crate) fn base_url(&self) -> &str {
        &self.all[0].base_url
    }

    /// The one whose turn it is alone.
    pub(crate) fn next_alone(&self) -> Self {
        Self::of(vec![self.next()])
    }

    /// The address of the one whose turn it is, when it has caught up.
    pub(crate) async fn next_url(&self) -> String {
        let Process { base_url, catch_up } = self.next();
        if let Some(catch_up) = catch_up {
            catch_up().await;
        }
        base_url
    }

    fn next(&self) -> Process {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.all[turn % self.all.len()].clone()
    }
}
