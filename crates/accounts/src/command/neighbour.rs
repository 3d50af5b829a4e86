//! The services beside the store.

/// A service beside the store, which the configuration switches on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// Carries events.
    Kafka,
    /// Shares counters, sessions and live events between processes.
    Redis,
}

impl Neighbour {
    /// `kafka` or `redis`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kafka => "kafka",
            Self::Redis => "redis",
        }
    }
}

/// What came of trying a neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It is switched off, by the setting that is named here.
    Unused(String),
    /// It does what it is asked; how fast, and where.
    Works(String),
    /// It does not.
    Fails {
        /// What was seen; no secret.
        found: String,
        /// What to do.
        remedy: String,
    },
}
