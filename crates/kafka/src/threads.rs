//! Work that blocks, in threads that neither the runtime nor the end of the program waits for.

use std::thread;

use tokio::sync::oneshot;

/// Runs `work` in a thread of its own.
pub(crate) async fn in_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let (done, answer) = oneshot::channel();
    let began = thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _ = done.send(work());
    });
    began.map_err(|error| format!("no thread for {name}: {error}"))?;
    let gone = |_| format!("the thread of {name} ended without an answer");
    answer.await.map_err(gone)
}

/// Drops a client whose end may wait for brokers.
pub(crate) fn drop_aside<T: Send + 'static>(client: T) {
    let _ = thread::Builder::new()
        .name("kafka-close".to_owned())
        .spawn(move || drop(client));
}
