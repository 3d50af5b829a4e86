//! What can be wrong with a configuration, and where it was said.

use std::fmt;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The compiled-in default file.
    Default,
    /// A TOML file.
    File(PathBuf),
    /// A variable in a `.env` file.
    Dotenv {
        /// The file.
        path: PathBuf,
        /// The variable.
        name: String,
    },
    /// A variable of the environment.
    Environment(String),
    /// A file that holds a secret, named by another setting.
    SecretFile {
        /// The file.
        path: PathBuf,
        /// Where it was named.
        named_by: Box<Source>,
    },
    /// A flag of the command line.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Dotenv { path, name } => write!(f, "{name} in {}", path.display()),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::SecretFile { path, named_by } => {
                write!(f, "{} (named by {named_by})", path.display())
            }
            Self::Flag => f.write_str("flag"),
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it was said.
    pub source: Source,
    /// The key, as `server.port`; empty where a whole file cannot be read.
    pub key: String,
    /// What is expected, and what was found unless that is secret.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(source: &Source, key: &str, message: impl Into<String>) -> Self {
        Self {
            source: source.clone(),
            key: key.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.source)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Everything that is wrong, one per line when printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// What a section finds wrong with its own values. The loader adds where the value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, relative to the section that reports it.
    pub key: String,
    /// What is expected.
    pub message: String,
}

impl Problem {
    /// A problem with one key of this section.
    pub fn new(key: &str, message: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            message: message.into(),
        }
    }

    /// The problems of a section, as the type that holds it reports them.
    pub fn within(section: &str, problems: Vec<Self>) -> Vec<Self> {
        problems
            .into_iter()
            .map(|problem| Self {
                key: format!("{section}.{}", problem.key),
                message: problem.message,
            })
            .collect()
    }
}

/// Rules that a type alone cannot say: one value against another, formats, sizes of secrets.
pub trait Validate {
    /// Every problem with these values; none by default.
    fn validate(&self) -> Vec<Problem> {
        Vec::new()
    }
}
