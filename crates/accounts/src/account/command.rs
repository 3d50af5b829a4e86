//! `hanok account`.

mod create;
mod people;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use hanok_base::terminal;

use super::{AccountRow, AccountStatus};
use crate::command::{Failure, Host, Opened, Run};
use crate::fault::Fault;
use create::Create;

/// People
#[derive(Parser)]
#[command(
    name = "account",
    after_help = "\
Examples:
  hanok account create --username doyun --name 이도윤 --role super_admin
  pass show doyun | hanok account create --username doyun --name 이도윤 --password-stdin
  hanok account import people.csv
  hanok account list --json
  hanok account unlock haneul
  hanok account role add haneul manager
  hanok account disable haneul"
)]
pub(crate) enum Account {
    Create(Create),
    /// Make an account for every row of a CSV file that is right; say which rows are wrong
    ///
    /// Columns: username, name; optional: password_hash (Django, Werkzeug, bcrypt, Argon2id), email, birthdate,
    /// phone_number, phone_proven (true: taken as proven, on the record), ci, department, roles (separated by spaces).
    Import {
        /// The file, or - for standard input
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a version of the CI (연계정보) of every person that a CSV file names: columns username, ci
    ImportCi {
        /// The file, or - for standard input
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List accounts in the order of their usernames; sealed values are masked
    List {
        /// Begin behind this username
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Lift every lock of an account: its own, the password's and the PIN's
    Unlock {
        /// Whose
        username: String,
    },
    /// Give or take a role
    #[command(subcommand)]
    Role(Role),
    /// Switch an account off; its sessions end at once
    Disable {
        /// Whose
        username: String,
    },
    /// Switch an account on again
    Enable {
        /// Whose
        username: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Role {
    /// Give a role
    Add {
        /// To whom
        username: String,
        /// super_admin, admin, service_admin, manager, auditor or one of your own
        role: String,
    },
    /// Take a role
    Remove {
        /// From whom
        username: String,
        /// The role
        role: String,
    },
}

impl Run for Account {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let opened = host.open().await?;
        match self {
            Self::Create(create) => create.run(&opened).await,
            Self::Import { file, json } => people::import(&opened, &file, json).await,
            Self::ImportCi { file, json } => people::import_ci(&opened, &file, json).await,
            Self::List { after, limit, json } => {
                people::list(&opened, after.as_deref(), limit, json).await
            }
            Self::Unlock { username } => {
                let row = named(&opened, &username).await?;
                let lifted = opened
                    .accounts
                    .unlock(&opened.ctx("account unlock"), row.id)
                    .await?;
                told(
                    lifted,
                    &format!("{username} is unlocked."),
                    &format!("{username} was not locked."),
                );
                Ok(())
            }
            Self::Role(change) => change.run(&opened).await,
            Self::Disable { username } => {
                set_status(&opened, &username, AccountStatus::Disabled).await
            }
            Self::Enable { username } => {
                set_status(&opened, &username, AccountStatus::Active).await
            }
        }
    }
}

impl Role {
    async fn run(self, opened: &Opened) -> Result<(), Failure> {
        let accounts = &opened.accounts;
        match self {
            Self::Add { username, role } => {
                let row = named(opened, &username).await?;
                let news = accounts
                    .grant_role(&opened.ctx("account role add"), row.id, &role)
                    .await?;
                told(
                    news,
                    &format!("{username} holds {role} now."),
                    &format!("{username} holds {role} already."),
                );
            }
            Self::Remove { username, role } => {
                let row = named(opened, &username).await?;
                let news = accounts
                    .withdraw_role(&opened.ctx("account role remove"), row.id, &role)
                    .await?;
                told(
                    news,
                    &format!("{username} holds {role} no longer."),
                    &format!("{username} did not hold {role}."),
                );
            }
        }
        Ok(())
    }
}

async fn set_status(opened: &Opened, username: &str, status: AccountStatus) -> Result<(), Failure> {
    let row = named(opened, username).await?;
    let news = opened
        .accounts
        .set_status(&opened.ctx("account status"), row.id, status)
        .await?;
    told(
        news,
        &format!("{username} is {status} now."),
        &format!("{username} was {status} already."),
    );
    Ok(())
}

async fn named(opened: &Opened, username: &str) -> Result<AccountRow, Failure> {
    match opened.accounts.named(username).await {
        Err(Fault::NotFound) => Err(Failure::failed(format!(
            "there is no account {username}: `hanok account list` shows them"
        ))),
        other => Ok(other?),
    }
}

fn told(news: bool, yes: &str, no: &str) {
    terminal::line(if news { yes } else { no });
}
