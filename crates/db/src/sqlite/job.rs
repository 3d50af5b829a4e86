//! A unit on its way to the writer and back.

use tokio::sync::oneshot;

use crate::conn::Tx;
use crate::error::DbError;
use crate::unit::{self, Unit};

/// What the writer sees of a unit.
pub(crate) trait Work: Send {
    /// Runs the unit and keeps its result; whether it is to be committed.
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// Turns a result that was to be committed into a failure.
    fn fail(&mut self, error: DbError);

    /// Answers the caller, if it is still there.
    fn answer(self: Box<Self>);
}

/// A unit, its result, and where its caller waits.
pub(crate) struct Job<T, E, F> {
    unit: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job<T, E, F> {
    pub(crate) fn new(unit: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (
            Self {
                unit: Some(unit),
                result: None,
                reply,
            },
            answer,
        )
    }
}

impl<T, E, F> Work for Job<T, E, F>
where
    F: for<'c> Unit<'c, Result<T, E>> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let Some(unit) = self.unit.take() else {
            return false;
        };
        let result = unit::caught(|| unit::run_now(unit::call(unit, tx)));
        let result = tx.settle(result);
        let kept = result.is_ok();
        self.result = Some(result);
        kept
    }

    fn fail(&mut self, error: DbError) {
        if !matches!(self.result, Some(Err(_))) {
            self.result = Some(Err(error.into()));
        }
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // The caller may have gone; the work is done all the same.
            let _ = self.reply.send(result);
        }
    }
}
