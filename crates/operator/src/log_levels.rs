//! Log levels that change while the program runs: `hanok log` writes them down, every process takes them up
//! within seconds.
//!
//! Invariants: what an operator set counts before the configuration, target by target; production takes no debug
//! level, however it got into the table; the security log is never thinned out.

mod change;
mod command;
mod follow;
mod store;
mod targets;

pub(crate) use command::Log;
pub use follow::following_levels;

use std::collections::BTreeMap;

use hanok_base::config::{Environment, Level, LogConfig};

use store::Override;

/// The target that stands for all that have no level of their own.
const EVERYTHING: &str = "*";

/// The levels in force: of everything, and of single targets.
#[derive(Clone, Debug, PartialEq, Eq)]
struct InForce {
    level: Level,
    levels: BTreeMap<String, Level>,
}

impl InForce {
    /// What the configuration and an operator's changes come to. Says besides which changes this
    /// environment does not take.
    fn of<'a>(
        log: &LogConfig,
        environment: Environment,
        set: &'a [Override],
    ) -> (Self, Vec<&'a str>) {
        let mut it = Self {
            level: log.level,
            levels: log.levels.clone(),
        };
        let mut refused = Vec::new();
        for Override { target, level, .. } in set {
            if level.is_debug() && environment == Environment::Production {
                refused.push(target.as_str());
            } else if target == EVERYTHING {
                it.level = *level;
            } else {
                it.levels.insert(target.clone(), *level);
            }
        }
        (it, refused)
    }
}

#[cfg(test)]
mod tests {
    use hanok_base::Timestamp;
    use hanok_base::config::LogFormat;

    use super::*;

    fn log() -> LogConfig {
        LogConfig {
            level: Level::Info,
            levels: BTreeMap::from([("refinery_core".to_owned(), Level::Warn)]),
            format: LogFormat::Auto,
            directory: None,
            rotate_bytes: 10_000_000,
            application_days: 30,
            access_days: 90,
            security_days: 365,
        }
    }

    fn set(target: &str, level: Level) -> Override {
        Override {
            target: target.to_owned(),
            level,
            set_at: Timestamp::from_seconds(0),
            until_at: None,
        }
    }

    #[test]
    fn what_an_operator_set_counts_before_the_configuration() {
        let changes = [set("*", Level::Warn), set("refinery_core", Level::Debug)];
        let (force, refused) = InForce::of(&log(), Environment::Development, &changes);
        assert_eq!(force.level, Level::Warn);
        assert_eq!(force.levels["refinery_core"], Level::Debug);
        assert!(refused.is_empty());
    }

    #[test]
    fn production_takes_no_debug_level_from_the_table() {
        let changes = [set("*", Level::Trace), set("hanok_db", Level::Error)];
        let (force, refused) = InForce::of(&log(), Environment::Production, &changes);
        assert_eq!(force.level, Level::Info);
        assert_eq!(force.levels["hanok_db"], Level::Error);
        assert_eq!(refused, ["*"]);
    }
}
