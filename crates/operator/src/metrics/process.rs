//! The process itself: CPU, memory, files, start. Read when somebody asks, and written as the exposition format
//! has it, because a counter of the exporter counts whole numbers only.

use std::fmt::{Display, Write};

use hanok_base::Timestamp;

/// What the system says of this process. Where it says nothing (outside Linux), the line is left out.
pub(super) struct Process {
    started: Timestamp,
}

impl Process {
    pub(super) const fn started_at(started: Timestamp) -> Self {
        Self { started }
    }

    /// Writes every line that there is.
    pub(super) fn write(&self, page: &mut String) {
        let memory = memory();
        let mut gauge = |name, help, value: Option<f64>| line(page, name, "gauge", help, value);
        gauge(
            "process_start_time_seconds",
            "Start of the process, in seconds since 1970 UTC.",
            Some(seconds(self.started)),
        );
        gauge(
            "process_resident_memory_bytes",
            "Memory of the process that is in RAM.",
            memory.map(|(_, resident)| resident),
        );
        gauge(
            "process_virtual_memory_bytes",
            "Address space of the process.",
            memory.map(|(whole, _)| whole),
        );
        gauge(
            "process_open_fds",
            "Files and sockets that the process has open.",
            open_files(),
        );
        gauge(
            "process_max_fds",
            "Files and sockets that the process may have open.",
            files_max(),
        );
        let cpu = "CPU time of the process in user and system mode.";
        line(
            page,
            "process_cpu_seconds_total",
            "counter",
            cpu,
            cpu_seconds(),
        );
    }
}

fn line(page: &mut String, name: &str, kind: &str, help: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        // Writing to a text does not fail.
        let _ = write!(
            page,
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n\n"
        );
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of the next centuries fit"
)]
fn seconds(at: Timestamp) -> f64 {
    at.micros() as f64 / 1_000_000.0
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

    use rustix::param::page_size;
    use rustix::process::{Resource, getrlimit};
    use rustix::time::{ClockId, clock_gettime};

    /// User and system time.
    pub(super) fn cpu_seconds() -> Option<f64> {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        let nanoseconds = u32::try_from(time.tv_nsec).ok()?;
        let seconds = u32::try_from(time.tv_sec).ok()?;
        Some(f64::from(seconds) + f64::from(nanoseconds) / 1e9)
    }

    /// The address space and what of it is in RAM; bytes.
    pub(super) fn memory() -> Option<(f64, f64)> {
        let pages = fs::read_to_string("/proc/self/statm").ok()?;
        let mut pages = pages.split(' ').map(str::parse::<u32>);
        let size = f64::from(u32::try_from(page_size()).ok()?);
        let whole = pages.next()?.ok()?;
        let resident = pages.next()?.ok()?;
        Some((f64::from(whole) * size, f64::from(resident) * size))
    }

    /// The kernel (6.2 or later) tells it as the directory's size; before, the entries are counted.
    #[expect(clippy::cast_precision_loss, reason = "there are never so many files")]
    pub(super) fn open_files() -> Option<f64> {
        let told = fs::metadata("/proc/self/fd").ok()?.len();
        if told > 0 {
            return Some(told as f64);
        }
        // One of them is the directory that is being read.
        let counted = fs::read_dir("/proc/self/fd").ok()?.count();
        Some(counted.saturating_sub(1) as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "a limit is told roughly")]
    pub(super) fn files_max() -> Option<f64> {
        getrlimit(Resource::Nofile).current.map(|most| most as f64)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) const fn cpu_seconds() -> Option<f64> {
        None
    }

    pub(super) const fn memory() -> Option<(f64, f64)> {
        None
    }

    pub(super) const fn open_files() -> Option<f64> {
        None
    }

    pub(super) const fn files_max() -> Option<f64> {
        None
    }
}

use system::{cpu_seconds, files_max, memory, open_files};

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_all_of_it() {
        let mut page = String::new();
        Process::started_at(Timestamp::from_seconds(1_795_239_000)).write(&mut page);
        let told = |name: &str| {
            let line = page
                .lines()
                .find(|line| line.starts_with(&format!("{name} ")));
            let value = line.and_then(|line| line.split(' ').nth(1));
            value.and_then(|value| value.parse::<f64>().ok())
        };
        assert_eq!(told("process_start_time_seconds"), Some(1_795_239_000.0));
        assert!(told("process_cpu_seconds_total").is_some_and(|seconds| seconds >= 0.0));
        assert!(told("process_open_fds") > Some(2.0));
        assert!(told("process_max_fds") > told("process_open_fds"));
        let resident = told("process_resident_memory_bytes");
        assert!(resident > Some(100_000.0));
        assert!(told("process_virtual_memory_bytes") > resident);
    }
}
