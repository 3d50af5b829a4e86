//! Commands: what they are called, what they take, and how they end.

mod account;
mod audit;
mod config;
mod demo;
mod events;
mod failure;
mod given;
mod identity;
mod keys;
mod migrate;
mod openapi;
mod provider;
mod say;
mod serve;
mod walk;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use given::Given;

/// 한옥: one self-hosted server for an organisation's people and how they prove who they are.
#[derive(Parser)]
#[command(name = "hanok", version, about, after_help = EXAMPLES, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    command: Command,
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

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Migrate(migrate::Migrate),
    #[command(subcommand)]
    Config(config::Config),
    #[command(subcommand)]
    Keys(keys::Keys),
    #[command(subcommand)]
    Account(account::Account),
    #[command(subcommand)]
    Provider(provider::Provider),
    #[command(subcommand)]
    Identity(identity::Identity),
    #[command(subcommand)]
    Audit(audit::Audit),
    #[command(subcommand)]
    Events(events::Events),
    Openapi(openapi::Openapi),
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let Cli { given, command } = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return Failure::failed(format!("no threads to work with: {error}")).tell(),
    };
    match runtime.block_on(command.run(&given)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

impl Command {
    async fn run(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::Serve(command) => command.run(given).await,
            Self::Demo(command) => command.run(given).await,
            Self::Migrate(command) => command.run(given).await,
            Self::Config(command) => command.run(given),
            Self::Keys(command) => command.run(given).await,
            Self::Account(command) => command.run(given).await,
            Self::Provider(command) => command.run(given).await,
            Self::Identity(command) => command.run(given).await,
            Self::Audit(command) => command.run(given).await,
            Self::Events(command) => command.run(given).await,
            Self::Openapi(command) => command.run(given).await,
        }
    }
}
