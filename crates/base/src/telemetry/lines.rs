//! Lines on their way to a file: gathered in memory and written together by a thread of their own.
//!
//! A line costs its caller a lock and a copy. A writer that is woken for each line costs a busy server
//! more than making the line does, so the thread sleeps until there is a first one, gives others time to
//! follow, and writes all of them at once.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Bytes that wait for a slow disk; lines beyond are lost, and counted.
const MOST: usize = 4 << 20;

/// So many bytes are written without waiting for more.
const ENOUGH: usize = 128 << 10;

/// One file's queue. Cloning shares it.
#[derive(Clone)]
pub(super) struct Lines(Arc<Shared>);

/// Writes what is still queued when it is dropped, and ends the thread.
pub(super) struct LinesGuard {
    lines: Lines,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    lost: u64,
    closing: bool,
}

impl Lines {
    /// A queue before `out`; its thread writes at most once in `pause` until there is [`ENOUGH`].
    pub(super) fn before(
        out: impl Write + Send + 'static,
        name: &'static str,
        pause: Duration,
    ) -> io::Result<(Self, LinesGuard)> {
        let lines = Self(Arc::default());
        let ours = lines.clone();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || Writing::new(out, name).run(&ours, pause))?;
        let guard = LinesGuard {
            lines: lines.clone(),
            thread: Some(thread),
        };
        Ok((lines, guard))
    }

    fn push(&self, line: &[u8]) {
        let mut queue = self.queue();
        let before = queue.bytes.len();
        let after = before + line.len();
        if after > MOST {
            queue.lost += 1;
            return;
        }
        queue.bytes.extend_from_slice(line);
        drop(queue);
        if before == 0 || (before < ENOUGH && after >= ENOUGH) {
            self.0.changed.notify_one();
        }
    }

    /// Waits for lines and takes them, with the number of those that were lost and whether these are the
    /// last. What is given is the room for the next.
    fn take(&self, room: Vec<u8>, pause: Duration) -> (Vec<u8>, u64, bool) {
        let changed = &self.0.changed;
        let asleep = |queue: &mut Queue| queue.bytes.is_empty() && !queue.closing;
        let gathering = |queue: &mut Queue| queue.bytes.len() < ENOUGH && !queue.closing;
        let queue = changed.wait_while(self.queue(), asleep);
        let mut queue = queue.unwrap_or_else(PoisonError::into_inner);
        if !pause.is_zero() {
            let waited = changed.wait_timeout_while(queue, pause, gathering);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let bytes = mem::replace(&mut queue.bytes, room);
        (bytes, mem::take(&mut queue.lost), queue.closing)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for LinesGuard {
    fn drop(&mut self) {
        self.lines.queue().closing = true;
        self.lines.0.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // An error means that it panicked: there is nothing left to write then.
            let _ = thread.join();
        }
    }
}

/// The thread's side.
struct Writing<W> {
    out: W,
    name: &'static str,
    failing: bool,
}

impl<W: Write> Writing<W> {
    const fn new(out: W, name: &'static str) -> Self {
        Self {
            out,
            name,
            failing: false,
        }
    }

    fn run(mut self, lines: &Lines, pause: Duration) {
        let mut room = Vec::new();
        loop {
            let (mut bytes, lost, last) = lines.take(room, pause);
            self.write(&bytes);
            if lost > 0 {
                tracing::warn!(log = self.name, lost, "log lines came faster than the disk");
            }
            if last {
                return;
            }
            bytes.clear();
            bytes.shrink_to(ENOUGH);
            room = bytes;
        }
    }

    /// Says once that the file cannot be written, on the console above all, and once that it can again.
    fn write(&mut self, bytes: &[u8]) {
        let written = self.out.write_all(bytes).and_then(|()| self.out.flush());
        match (written, self.failing) {
            (Err(error), false) => {
                self.failing = true;
                tracing::error!(log = self.name, %error, "the log cannot be written");
            }
            (Ok(()), true) => {
                self.failing = false;
                tracing::warn!(log = self.name, "the log can be written again");
            }
            (Err(_), true) | (Ok(()), false) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    /// Sends what each call of `write` was given.
    struct Calls(Sender<Vec<u8>>);

    impl Write for Calls {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_waits_is_written_when_the_log_is_closed() {
        let (sender, calls) = channel();
        let (lines, guard) = Lines::before(Calls(sender), "test", LONG).unwrap();
        for line in ["one\n", "two\n"] {
            (&lines).write_all(line.as_bytes()).unwrap();
        }
        drop(guard);
        let written: Vec<Vec<u8>> = calls.iter().filter(|call| !call.is_empty()).collect();
        assert_eq!(written, [b"one\ntwo\n".to_vec()]);
    }

    #[test]
    fn without_a_pause_a_line_is_written_at_once() {
        let (sender, calls) = channel();
        let (lines, _guard) = Lines::before(Calls(sender), "test", Duration::ZERO).unwrap();
        (&lines).write_all(b"one\n").unwrap();
        assert_eq!(calls.recv().unwrap(), b"one\n");
    }

    #[test]
    fn enough_is_written_without_waiting_for_more() {
        let (sender, calls) = channel();
        let (lines, _guard) = Lines::before(Calls(sender), "test", LONG).unwrap();
        (&lines).write_all(&vec![b'x'; ENOUGH]).unwrap();
        assert_eq!(calls.recv().unwrap().len(), ENOUGH);
    }

    #[test]
    fn what_a_stuck_disk_cannot_take_is_lost_and_counted() {
        let lines = Lines(Arc::default());
        lines.push(&vec![b'x'; MOST]);
        lines.push(b"one\n");
        let (bytes, lost, last) = lines.take(Vec::new(), LONG);
        assert_eq!((bytes.len(), lost, last), (MOST, 1, false));
    }
}
