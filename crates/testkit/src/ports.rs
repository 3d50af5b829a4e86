//! Ports for programs that a test starts.
//!
//! A port that was free when asked for (`bind` to 0, close, tell) may be anybody's before the program
//! is up: the kernel hands it to the next listener or to an outgoing connection. These lie below the
//! ephemeral ports of Linux (32768) and macOS (49152), which the kernel never gives away unasked, and
//! are reserved among all processes of the test run by a lock that ends with the process.

use std::fs::{self, File};
use std::net::TcpListener;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

const PORTS: Range<u16> = 10_000..32_000;

/// The next port to try, and the locks of those given out.
static GIVEN: Mutex<Option<Given>> = Mutex::new(None);

struct Given {
    next: u16,
    locks: Vec<File>,
}

/// A port on loopback that nobody else has until this process ends.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    *free_ports(1).first().expect("a port")
}

/// So many ports one after the other, as [`free_port`].
///
/// # Panics
/// When there are none.
pub fn free_ports(count: u16) -> Vec<u16> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.get_or_insert_with(Given::new);
    assert!(count < PORTS.end - PORTS.start, "too many ports");
    for _ in PORTS {
        if PORTS.end - given.next < count {
            given.next = PORTS.start;
        }
        let ports = given.next..given.next + count;
        given.next = ports.end;
        let locks: Option<Vec<File>> = ports.clone().map(reserve).collect();
        if let Some(locks) = locks {
            given.locks.extend(locks);
            return ports.collect();
        }
    }
    panic!("no free port on loopback");
}

impl Given {
    /// Each process begins elsewhere, so that they seldom try the same.
    fn new() -> Self {
        let places = u32::from(PORTS.end - PORTS.start);
        let place = std::process::id().wrapping_mul(997) % places;
        Self {
            next: PORTS.start + u16::try_from(place).expect("less than the ports"),
            locks: Vec::new(),
        }
    }
}

/// The lock of a port that nobody has or listens at.
fn reserve(port: u16) -> Option<File> {
    let place = std::env::temp_dir().join("hanok-test-ports");
    fs::create_dir_all(&place).expect("a folder for the locks");
    // Another user's is taken.
    let lock = File::create(place.join(port.to_string())).ok()?;
    lock.try_lock().ok()?;
    TcpListener::bind(("127.0.0.1", port)).ok()?;
    Some(lock)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::{PORTS, free_port, free_ports};

    #[test]
    fn no_port_is_given_twice() {
        let ports = free_ports(3);
        assert_eq!(ports, [ports[0], ports[0] + 1, ports[0] + 2]);
        let other = free_port();
        assert!(!ports.contains(&other));
        assert!(PORTS.contains(&other) && ports.iter().all(|port| PORTS.contains(port)));
    }

    #[test]
    fn a_port_somebody_listens_at_is_passed_over() {
        let next = free_port() + 1;
        let _listener = TcpListener::bind(("127.0.0.1", next));
        assert_ne!(free_port(), next);
    }
}
