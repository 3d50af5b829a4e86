//! The command line: what every command takes, which commands there are, and how they end.

mod given;
mod neighbours;
mod serve;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};
use hanok_accounts::command::{Command, Failure};

use given::Given;
use serve::Serve;

/// 한옥: one self-hosted server for an organisation's people and how they prove who they are.
#[derive(Parser)]
#[command(name = "hanok", version, about, after_help = EXAMPLES, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    given: Given,
}

const EXAMPLES: &str = "\
Examples:
  hanok demo                    a demo with people and a shop, on port 8080
  hanok demo walk               one identity request against it, message by message
  hanok serve                   the server itself, on the data in ./data
  hanok account create --username doyun --name 이도윤 --role super_admin
  hanok config show             every setting and where its value comes from

Settings: config.default.toml < hanok.toml < .env < environment < --set.
Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong.";

/// Every command, in the order in which `hanok help` lists them.
fn commands() -> Vec<Command> {
    let mut commands = vec![Command::of::<Serve>()];
    commands.extend(hanok_operator::commands());
    commands.extend(hanok::apps::commands());
    commands
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let commands = commands();
    let listed = commands.iter().map(|command| command.arguments().clone());
    let matches = Cli::command().subcommands(listed).get_matches();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return Failure::failed(format!("no threads to work with: {error}")).tell(),
    };
    match runtime.block_on(obey(matches, &commands)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

async fn obey(mut matches: ArgMatches, commands: &[Command]) -> Result<(), Failure> {
    let Cli { given } = Cli::from_arg_matches(&matches).map_err(Failure::wrong)?;
    let asked = matches.remove_subcommand();
    let found = asked.and_then(|(name, arguments)| {
        let named = |command: &&Command| command.arguments().get_name() == name;
        Some((commands.iter().find(named)?, arguments))
    });
    match found {
        Some((command, arguments)) => command.run(arguments, &given).await,
        None => Err(Failure::wrong("no such command")),
    }
}
