//! What people are told of the board: the events of posts, comments, categories and moderation become notifications in
//! the unit that handles them; what concerns everybody whom a category is meant for goes out in portions, by a job.
//!
//! Invariants: nobody is told of what they may not read when it is told, nor of their own act; of one comment a person
//! is told once: that they are named before that they are answered before that their post was commented on; what is
//! hidden, deleted or moved is taken back from those who may not read it any more; who moderated is told to nobody.

mod audience;
mod decided;
mod handler;
mod moderated;
mod reader;
mod subjects;
mod withdraw;
mod work;

use std::sync::Arc;

use hanok_events::{Handler, JobHandler};

use crate::context::Board;

pub(crate) use subjects::know;

/// The handlers of events.
pub(crate) fn handlers(board: &Board) -> Vec<Arc<dyn Handler>> {
    vec![
        Arc::new(handler::Notices(board.clone())),
        Arc::new(decided::Decided(board.clone())),
    ]
}

/// The handlers of jobs.
pub(crate) fn jobs(board: &Board) -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(work::Portions(board.clone()))]
}
