//! What a hash costs and how many may wait.

use std::thread;

use hanok_base::config::Problem;

/// What a hash costs, and how many may run and wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashSettings {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes the memory is divided into; they run one after the other.
    pub lanes: u32,
    /// Threads that hash; 0 takes all processors but one.
    pub threads: usize,
    /// How many may wait besides those that run.
    pub queue: usize,
}

impl Default for HashSettings {
    /// 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet); automatic threads, 64 waiting.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
            threads: 0,
            queue: 64,
        }
    }
}

impl HashSettings {
    /// What of these a server cannot bear or Argon2 does not allow, by the keys of `[accounts]`.
    pub fn problems(&self) -> Vec<Problem> {
        let least = self.lanes.saturating_mul(8).max(8);
        let rules = [
            (
                (1..=16).contains(&self.lanes),
                "argon2_parallelism",
                "expected 1 to 16".to_owned(),
            ),
            (
                (1..=16).contains(&self.passes),
                "argon2_iterations",
                "expected 1 to 16".to_owned(),
            ),
            (
                (least..=1024 * 1024).contains(&self.memory_kib),
                "argon2_memory_kib",
                format!("expected {least} (8 for each lane) to 1048576"),
            ),
            (
                self.threads <= 256,
                "hash_threads",
                "expected 0 (automatic) to 256".to_owned(),
            ),
            (
                self.queue <= 100_000,
                "hash_queue",
                "expected 0 to 100000".to_owned(),
            ),
        ];
        let broken = rules.into_iter().filter(|(kept, ..)| !kept);
        broken
            .map(|(_, key, message)| Problem::new(key, message))
            .collect()
    }

    /// The threads to start, at least one.
    pub fn thread_count(&self) -> usize {
        if self.threads > 0 {
            return self.threads;
        }
        thread::available_parallelism().map_or(1, |all| all.get().saturating_sub(1).max(1))
    }
}
