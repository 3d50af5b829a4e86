//! What a unit is, and the rule that it waits for nothing but its connection.
//!
//! While a unit or read is polled, its thread is marked. A call of the store on a marked thread is
//! nested and refused. The connection marks the poll in which it is itself what is waited for; a poll
//! that ends without that mark and is not ready waited for something else.

use std::any::Any;
use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use crate::conn::Tx;
use crate::error::DbError;

/// A unit as a function whose future can be sent between threads. Every `async move |tx| …` closure
/// that captures sendable values is one; there is nothing to implement.
pub trait Unit<'c, T>: FnOnce(&'c mut Tx) -> Self::Fut {
    /// The unit under way.
    type Fut: Future<Output = T> + Send;
}

impl<'c, T, F, Fut> Unit<'c, T> for F
where
    F: FnOnce(&'c mut Tx) -> Fut,
    Fut: Future<Output = T> + Send,
{
    type Fut = Fut;
}

/// Calls a unit in the one way that lets the compiler know that its future can be sent.
pub(crate) fn call<'c, T, F: Unit<'c, T>>(unit: F, tx: &'c mut Tx) -> F::Fut {
    unit(tx)
}

#[derive(Clone, Copy)]
struct Marks {
    inside: bool,
    waits_for_connection: bool,
    nested: bool,
}

impl Marks {
    const NONE: Self = Self {
        inside: false,
        waits_for_connection: false,
        nested: false,
    };
}

thread_local! {
    static MARKS: Cell<Marks> = const { Cell::new(Marks::NONE) };
}

struct Restore(Marks);

impl Drop for Restore {
    fn drop(&mut self) {
        MARKS.set(self.0);
    }
}

/// Refuses a call of the store from within a unit or read.
pub(crate) fn refuse_nested() -> Result<(), DbError> {
    let marks = MARKS.get();
    if !marks.inside {
        return Ok(());
    }
    MARKS.set(Marks {
        nested: true,
        ..marks
    });
    Err(DbError::Waited)
}

/// Awaits the connection itself: allowed inside a unit.
pub(crate) async fn on_connection<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let polled = future.as_mut().poll(cx);
        if polled.is_pending() {
            MARKS.set(Marks {
                waits_for_connection: true,
                ..MARKS.get()
            });
        }
        polled
    })
    .await
}

/// Polls once under the rule: pending only where the connection is waited for.
fn step<T, E, F>(future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<Result<T, E>>
where
    F: Future<Output = Result<T, E>>,
    E: From<DbError>,
{
    let _restore = Restore(MARKS.replace(Marks {
        inside: true,
        ..Marks::NONE
    }));
    let polled = future.poll(cx);
    let marks = MARKS.get();
    if marks.nested || (polled.is_pending() && !marks.waits_for_connection) {
        return Poll::Ready(Err(DbError::Waited.into()));
    }
    polled
}

/// Runs a future that must be ready at its first poll.
pub(crate) fn run_now<T, E, F>(future: F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
    E: From<DbError>,
{
    match step(pin!(future), &mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(DbError::Waited.into()),
    }
}

/// Runs a future under the rule.
pub(crate) async fn run<T, E, F>(future: F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
    E: From<DbError>,
{
    let mut future = pin!(future);
    poll_fn(|cx| step(future.as_mut(), cx)).await
}

/// Runs a future under the rule; a panic becomes an answer.
pub(crate) async fn run_caught<T, E, F>(future: F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
    E: From<DbError>,
{
    let mut future = pin!(future);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| step(future.as_mut(), cx)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(panicked(panic.as_ref()).into())))
    })
    .await
}

/// Runs `f`; a panic becomes an answer.
pub(crate) fn caught<T, E: From<DbError>>(f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
}

fn panicked(panic: &(dyn Any + Send)) -> DbError {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    DbError::Panicked(text.unwrap_or("no message").to_owned())
}

/// What a unit asked to be done once it is committed.
pub(crate) type Hook = Box<dyn FnOnce() + Send>;

/// Runs the hooks of committed units. One that panics spoils neither the others nor the answer.
pub(crate) fn run_hooks(hooks: Vec<Hook>) {
    for hook in hooks {
        if catch_unwind(AssertUnwindSafe(hook)).is_err() {
            tracing::error!("an after_commit hook panicked");
        }
    }
}
