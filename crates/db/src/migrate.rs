//! Migrations: a set for each app, forward only, each set with its own history table.

use std::error::Error;

use refinery_core::error::Kind;
use refinery_core::{Migration as Step, Runner};

use crate::config::Engine;
use crate::error::DbError;
use crate::{postgres, sqlite};

/// The migrations of one app, in the order of their versions.
#[derive(Debug, Clone, Copy)]
pub struct MigrationSet {
    /// The app's name; its history lies in the table `<name>_migrations`. Lower-case letters and `_`.
    pub name: &'static str,
    /// Its migrations. One that is released is never edited or removed.
    pub migrations: &'static [Migration],
}

/// One migration. It runs in a transaction of its own.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3 …
    pub version: u32,
    /// What it does, as an identifier.
    pub name: &'static str,
    /// Its statements.
    pub sql: Sql,
}

/// The text of a migration.
#[derive(Debug, Clone, Copy)]
pub enum Sql {
    /// One text that both engines take.
    Both(&'static str),
    /// What cannot be common: triggers, functions, full text.
    PerEngine {
        /// For SQLite.
        sqlite: &'static str,
        /// For PostgreSQL.
        postgres: &'static str,
    },
}

impl Sql {
    const fn text(&self, engine: Engine) -> &'static str {
        match (self, engine) {
            (Self::Both(text), _)
            | (Self::PerEngine { sqlite: text, .. }, Engine::Sqlite)
            | (Self::PerEngine { postgres: text, .. }, Engine::Postgres) => text,
        }
    }
}

/// A migration that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// The set's name.
    pub set: &'static str,
    /// The migration's version.
    pub version: u32,
    /// The migration's name.
    pub name: String,
}

/// A set, ready for refinery.
pub(crate) struct Prepared {
    pub(crate) set: &'static str,
    pub(crate) history: String,
    steps: Vec<Step>,
}

impl Prepared {
    pub(crate) fn new(set: &MigrationSet, engine: Engine) -> Result<Self, DbError> {
        let fault = |why: String| DbError::Other(format!("migrations of `{}`: {why}", set.name));
        if set.name.is_empty()
            || !set
                .name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            return Err(fault(
                "the name of a set is lower-case letters and `_`".to_owned(),
            ));
        }
        let mut steps = Vec::with_capacity(set.migrations.len());
        for migration in set.migrations {
            let (name, text) = (
                format!("V{}__{}", migration.version, migration.name),
                migration.sql.text(engine),
            );
            if text.to_ascii_uppercase().contains("DEFERRABLE") {
                return Err(fault(format!(
                    "{name}: constraints are checked at once, not DEFERRABLE"
                )));
            }
            steps.push(
                Step::unapplied(&name, text).map_err(|cause| fault(format!("{name}: {cause}")))?,
            );
        }
        Ok(Self {
            set: set.name,
            history: format!("{}_migrations", set.name),
            steps,
        })
    }

    pub(crate) fn runner(&self) -> Runner {
        let mut runner = Runner::new(&self.steps);
        runner.set_migration_table_name(&self.history);
        runner
    }

    pub(crate) fn all(sets: &[MigrationSet], engine: Engine) -> Result<Vec<Self>, DbError> {
        sets.iter().map(|set| Self::new(set, engine)).collect()
    }

    /// What refinery applied, for the caller and the log.
    pub(crate) fn applied(&self, steps: &[Step]) -> Vec<AppliedMigration> {
        let set = self.set;
        steps
            .iter()
            .for_each(|step| tracing::info!(set, migration = %step, "migration applied"));
        self.described(steps)
    }

    pub(crate) fn described(&self, steps: &[Step]) -> Vec<AppliedMigration> {
        let applied = steps.iter().map(|step| AppliedMigration {
            set: self.set,
            version: u32::try_from(step.version()).unwrap_or_default(),
            name: step.name().to_owned(),
        });
        applied.collect()
    }

    /// What is not in the history yet; an error where the history and the set disagree.
    pub(crate) fn pending(&self, history: &[Step]) -> Result<Vec<&Step>, DbError> {
        for applied in history {
            match self
                .steps
                .iter()
                .find(|step| step.version() == applied.version())
            {
                Some(step) if step == applied => {}
                Some(_) => return Err(self.edited(applied)),
                None => return Err(self.missing(applied)),
            }
        }
        let is_applied = |step: &Step| {
            history
                .iter()
                .any(|applied| applied.version() == step.version())
        };
        Ok(self.steps.iter().filter(|step| !is_applied(step)).collect())
    }

    /// As `set/V1__name`.
    pub(crate) fn names(&self, steps: &[&Step]) -> Vec<String> {
        steps
            .iter()
            .map(|step| format!("{}/{step}", self.set))
            .collect()
    }

    /// Refinery's error in words that say what to do. Where the step is known, it is named.
    pub(crate) fn fault(&self, step: Option<&Step>, cause: &refinery_core::Error) -> DbError {
        match cause.kind() {
            Kind::DivergentVersion(applied, _) => self.edited(applied),
            Kind::MissingVersion(late) if self.steps.contains(late) => DbError::Other(format!(
                "migration {late} of `{}` comes before one that is applied; give it a higher version",
                self.set
            )),
            Kind::MissingVersion(applied) => self.missing(applied),
            Kind::Connection(what, source) => {
                let what = step.map_or_else(
                    || what.clone(),
                    |step| format!("error applying migration {step}"),
                );
                self.failed(&what, source.as_ref())
            }
            kind => DbError::Other(format!("migrations of `{}`: {kind}", self.set)),
        }
    }

    fn failed(&self, what: &str, source: &(dyn Error + Send + Sync + 'static)) -> DbError {
        let ours = source.downcast_ref().map(sqlite::plain);
        let reason = match ours.or_else(|| source.downcast_ref().map(postgres::plain)) {
            Some(error) if error.is_temporary() => return error,
            Some(error) => error.to_string(),
            None => source.to_string(),
        };
        DbError::Other(format!("migrations of `{}`: {what}: {reason}", self.set))
    }

    fn edited(&self, applied: &Step) -> DbError {
        DbError::Other(format!(
            "migration {applied} of `{}` was edited after it was applied; write a new one",
            self.set
        ))
    }

    fn missing(&self, applied: &Step) -> DbError {
        DbError::Other(format!(
            "migration {applied} of `{}` is applied but this release does not have it: the database is of a \
             newer release; run that one, or restore a backup from before it",
            self.set
        ))
    }
}
