//! Running one of PostgreSQL's own programs against the store's database.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::error::DbError;

/// What this process may have in its environment and would count besides the store's settings.
const FOREIGN: [&str; 12] = [
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGDATABASE",
    "PGOPTIONS",
    "PGSSLMODE",
    "PGTARGETSESSIONATTRS",
];

/// A program and how it reaches the database: by its environment, which only this account can read, and
/// never by its arguments, which everybody on the machine can.
pub(super) struct Program {
    name: &'static str,
    command: Command,
}

impl Program {
    pub(super) fn new(name: &'static str, connection: &Config) -> Self {
        let mut command = Command::new(name);
        FOREIGN.iter().for_each(|name| {
            command.env_remove(name);
        });
        command
            .envs(address(connection))
            .env("LC_ALL", "C")
            .arg("--no-password")
            .stdin(Stdio::null());
        Self { name, command }
    }

    pub(super) fn arguments<const N: usize>(&mut self, arguments: [&str; N]) -> &mut Self {
        self.command.args(arguments);
        self
    }

    pub(super) fn path(&mut self, path: &Path) -> &mut Self {
        self.command.arg(path);
        self
    }

    /// Names the database, as `pg_restore` wants it to be told.
    pub(super) fn database(&mut self, connection: &Config) -> &mut Self {
        let name = connection.get_dbname().unwrap_or_default();
        let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
        self.command.arg(format!("--dbname=dbname='{quoted}'"));
        self
    }

    /// Runs it to its end.
    pub(super) fn run(&mut self) -> Result<(), DbError> {
        match self.command.output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(self.failed(&output)),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Err(DbError::Other(format!(
                "{} is not installed: install PostgreSQL's client programs of the server's version or a newer one",
                self.name
            ))),
            Err(cause) => Err(DbError::Other(format!("{}: {cause}", self.name))),
        }
    }

    /// Its first complaint. The lines that follow one may quote rows.
    fn failed(&self, output: &Output) -> DbError {
        let told = String::from_utf8_lossy(&output.stderr);
        let own = format!("{}: ", self.name);
        let complaint = told
            .lines()
            .find(|line| line.starts_with(&own))
            .map_or_else(|| format!("{own}{}", output.status), ToOwned::to_owned);
        DbError::Other(complaint)
    }
}

/// The settings of a connection as libpq's environment names them.
fn address(connection: &Config) -> Vec<(&'static str, String)> {
    let hosts = connection.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(directory) => directory.display().to_string(),
    });
    let listed = |all: Vec<String>| (!all.is_empty()).then(|| all.join(","));
    let texts = |all: &mut dyn Iterator<Item = String>| listed(all.collect());
    let password = connection.get_password();
    let settings = [
        ("PGHOST", listed(hosts.collect())),
        (
            "PGHOSTADDR",
            texts(&mut connection.get_hostaddrs().iter().map(ToString::to_string)),
        ),
        (
            "PGPORT",
            texts(&mut connection.get_ports().iter().map(ToString::to_string)),
        ),
        ("PGUSER", connection.get_user().map(ToOwned::to_owned)),
        (
            "PGPASSWORD",
            password.map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        ),
        ("PGDATABASE", connection.get_dbname().map(ToOwned::to_owned)),
        ("PGOPTIONS", connection.get_options().map(ToOwned::to_owned)),
        ("PGSSLMODE", Some(ssl_mode(connection).to_owned())),
        (
            "PGCONNECT_TIMEOUT",
            connection
                .get_connect_timeout()
                .map(|wait| wait.as_secs().max(2).to_string()),
        ),
        ("PGAPPNAME", Some("hanok".to_owned())),
    ];
    let set = settings.into_iter();
    set.filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn ssl_mode(connection: &Config) -> &'static str {
    match connection.get_ssl_mode() {
        SslMode::Disable => "disable",
        SslMode::Require => "require",
        _ => "prefer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_in_the_environment_and_never_in_the_arguments() {
        let connection: Config = "postgres://me:pass'word@one:5,two:6/it's?sslmode=disable"
            .parse()
            .unwrap();
        let mut program = Program::new("pg_restore", &connection);
        program.database(&connection).path(Path::new("/a file"));
        let arguments: Vec<_> = program.command.get_args().collect();
        assert_eq!(
            arguments,
            ["--no-password", "--dbname=dbname='it\\'s'", "/a file"]
        );
        let set: Vec<(&str, String)> = address(&connection);
        let named = |wanted: &str| {
            let found = set.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(named("PGPASSWORD"), Some("pass'word"));
        assert_eq!(named("PGHOST"), Some("one,two"));
        assert_eq!(named("PGPORT"), Some("5,6"));
        assert_eq!(named("PGDATABASE"), Some("it's"));
        assert_eq!(named("PGSSLMODE"), Some("disable"));
    }

    #[test]
    fn a_program_that_is_not_there_says_what_to_install() {
        let connection: Config = "postgres://me@one/it".parse().unwrap();
        let failed = Program::new("pg_nothing", &connection).run().unwrap_err();
        assert!(failed.to_string().contains("client programs"), "{failed}");
    }
}
