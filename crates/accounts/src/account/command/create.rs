//! `hanok account create`.

use std::io::{self, Read};

use clap::Args;
use hanok_base::{Secret, terminal};
use serde_json::json;

use crate::account::NewAccount;
use crate::command::{Failure, Opened};
use crate::email::EmailAddress;
use crate::organisation::GroupName;
use crate::password::{self, Password};
use crate::person_name::PersonName;
use crate::role;
use crate::username::Username;

/// Make an account; the password is asked for, never given as an argument
#[derive(Args)]
pub(crate) struct Create {
    /// The name to sign in with
    #[arg(long)]
    username: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// A role beside user; may be repeated
    #[arg(long)]
    role: Vec<String>,
    /// An e-mail address; it counts once it is verified
    #[arg(long)]
    email: Option<String>,
    /// The department's name; it is made where there is none
    #[arg(long)]
    department: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Create {
    pub(super) async fn run(self, opened: &Opened) -> Result<(), Failure> {
        let username = Username::parse(&self.username)
            .map_err(|fault| Failure::wrong(format!("--username: {fault}")))?;
        let name = PersonName::parse(&self.name)
            .map_err(|fault| Failure::wrong(format!("--name: {fault}")))?;
        let email = self.email.as_deref().map(EmailAddress::parse).transpose();
        let email = email.map_err(|fault| Failure::wrong(format!("--email: {fault}")))?;
        let department = self.department.as_deref().map(GroupName::parse).transpose();
        let department =
            department.map_err(|fault| Failure::wrong(format!("--department: {fault}")))?;
        if let Some(unknown) = self.role.iter().find(|role| role::built_in(role).is_none()) {
            return Err(Failure::wrong(format!(
                "--role: there is no role \"{unknown}\""
            )));
        }
        let password = if self.password_stdin {
            from_stdin()?
        } else {
            from_prompt()?
        };
        if let Err(faults) = password::check(&password, username.normalised()) {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            return Err(Failure::wrong(lines.join("\n")));
        }
        let roles = self.role.iter().map(|role| role.to_lowercase()).collect();
        let new = NewAccount {
            email,
            department,
            roles,
            ..NewAccount::new(username, name, Some(password))
        };
        let row = opened
            .accounts
            .create(&opened.ctx("account create"), new)
            .await?;
        if self.json {
            terminal::json(&json!({ "id": row.id, "username": row.username, "name": row.name }));
        } else {
            terminal::line(format_args!(
                "{} ({}) may sign in now.",
                row.username, row.name
            ));
        }
        Ok(())
    }
}

fn from_stdin() -> Result<Password, Failure> {
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text);
    let text = Secret::new(text);
    read.map_err(|error| Failure::failed(format!("standard input: {error}")))?;
    Ok(Password::new(text.expose().trim_end_matches(['\r', '\n'])))
}

fn from_prompt() -> Result<Password, Failure> {
    let ask = |text| {
        rpassword::prompt_password(text)
            .map(Secret::new)
            .map_err(|error| {
                Failure::failed(format!(
                    "no terminal to ask for the password ({error}): use --password-stdin"
                ))
            })
    };
    let (first, second) = (ask("Password: ")?, ask("Again: ")?);
    if first != second {
        return Err(Failure::wrong("the two passwords are not the same"));
    }
    Ok(Password::new(first.expose()))
}
