//! `hanok account`.

mod create;
mod people;

use std::path::PathBuf;

use clap::Subcommand;
use hanok::Program;
use hanok_accounts::Fault;
use hanok_accounts::account::{AccountRow, AccountStatus};

use super::failure::Failure;
use super::given::{Given, ctx};
use super::say;
use create::Create;

/// People
#[derive(Subcommand)]
#[command(after_help = "\
Examples:
  hanok account create --username doyun --name 이도윤 --role super_admin
  pass show doyun | hanok account create --username doyun --name 이도윤 --password-stdin
  hanok account import people.csv
  hanok account list --json
  hanok account unlock haneul
  hanok account role add haneul manager
  hanok account disable haneul")]
pub(super) enum Account {
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
pub(super) enum Role {
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

impl Account {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let program = given.open().await?;
        match self {
            Self::Create(create) => create.run(&program).await,
            Self::Import { file, json } => people::import(&program, &file, json).await,
            Self::ImportCi { file, json } => people::import_ci(&program, &file, json).await,
            Self::List { after, limit, json } => {
                people::list(&program, after.as_deref(), limit, json).await
            }
            Self::Unlock { username } => {
                let row = named(&program, &username).await?;
                let lifted = program
                    .accounts()
                    .unlock(&ctx(&program, "account unlock"), row.id)
                    .await?;
                told(
                    lifted,
                    &format!("{username} is unlocked."),
                    &format!("{username} was not locked."),
                );
                Ok(())
            }
            Self::Role(change) => change.run(&program).await,
            Self::Disable { username } => {
                set_status(&program, &username, AccountStatus::Disabled).await
            }
            Self::Enable { username } => {
                set_status(&program, &username, AccountStatus::Active).await
            }
        }
    }
}

impl Role {
    async fn run(self, program: &Program) -> Result<(), Failure> {
        let accounts = program.accounts();
        match self {
            Self::Add { username, role } => {
                let row = named(program, &username).await?;
                let news = accounts
                    .grant_role(&ctx(program, "account role add"), row.id, &role)
                    .await?;
                told(
                    news,
                    &format!("{username} holds {role} now."),
                    &format!("{username} holds {role} already."),
                );
            }
            Self::Remove { username, role } => {
                let row = named(program, &username).await?;
                let news = accounts
                    .withdraw_role(&ctx(program, "account role remove"), row.id, &role)
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

async fn set_status(
    program: &Program,
    username: &str,
    status: AccountStatus,
) -> Result<(), Failure> {
    let row = named(program, username).await?;
    let news = program
        .accounts()
        .set_status(&ctx(program, "account status"), row.id, status)
        .await?;
    told(
        news,
        &format!("{username} is {status} now."),
        &format!("{username} was {status} already."),
    );
    Ok(())
}

async fn named(program: &Program, username: &str) -> Result<AccountRow, Failure> {
    match program.accounts().named(username).await {
        Err(Fault::NotFound) => Err(Failure::failed(format!(
            "there is no account {username}: `hanok account list` shows them"
        ))),
        other => Ok(other?),
    }
}

fn told(news: bool, yes: &str, no: &str) {
    say::line(if news { yes } else { no });
}
