//! Commands: what an app adds to the command line, what a command may ask of the program, and how it fails.
//!
//! A command is clap's derive and [`Run`]; [`App::commands`] lists an app's. A command is there before
//! there is a program, and where its app is switched off as well: then it says so ([`Opened::app`]).

mod failure;
mod host;
mod neighbour;

use clap::{ArgMatches, Parser};
use futures_util::future::BoxFuture;

#[cfg(doc)]
use crate::App;

pub use failure::{Failure, field_in_words};
pub use host::{Host, KeptFolder, Opened, Serving, Settings};
pub use neighbour::{Neighbour, Tried};

/// What a command is under way with.
pub type Running<'a> = BoxFuture<'a, Result<(), Failure>>;

/// What the arguments of a command, read by clap's derive, do.
pub trait Run: Parser + Send {
    /// Does it.
    ///
    /// # Errors
    /// What went wrong, in the words that the person at the terminal reads.
    fn run(self, host: &dyn Host) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A command of the program.
pub struct Command {
    arguments: clap::Command,
    start: for<'a> fn(ArgMatches, &'a dyn Host) -> Running<'a>,
}

impl Command {
    /// The command of these arguments.
    pub fn of<C: Run>() -> Self {
        Self {
            arguments: C::command(),
            start: start::<C>,
        }
    }

    /// What it is called, and what it takes.
    pub const fn arguments(&self) -> &clap::Command {
        &self.arguments
    }

    /// Does what these arguments say.
    pub fn run<'a>(&self, matches: ArgMatches, host: &'a dyn Host) -> Running<'a> {
        (self.start)(matches, host)
    }
}

fn start<C: Run>(matches: ArgMatches, host: &dyn Host) -> Running<'_> {
    Box::pin(async move {
        let asked = C::from_arg_matches(&matches).map_err(Failure::wrong)?;
        asked.run(host).await
    })
}
