//! `hanok demo`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hanok::demo::{DemoFile, PEOPLE, Person, fill, open_shop};
use hanok::{Config, Overrides, Program, place};

use super::failure::Failure;
use super::given::{Given, whole_log};
use super::serve::{listen, run};
use super::{say, walk};

/// Where the demo keeps its data.
const DATA_DIR: &str = "data/demo";

/// Serve a demo: made-up people, a shop that asks, nothing that leaves this machine
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  hanok demo                     on http://localhost:8080, its data in data/demo
  hanok demo --port 9000         somewhere else; PORT=9000 does the same
  hanok demo walk                in another terminal: one identity request, message by message
Ctrl-C stops it; the next start has all its data. Delete the directory to begin anew."
)]
pub(super) struct Demo {
    /// The port to listen on [default: 8080, or PORT]
    #[arg(long)]
    port: Option<u16>,
    #[command(subcommand)]
    then: Option<Then>,
}

#[derive(Subcommand)]
enum Then {
    Walk(walk::Walk),
}

impl Demo {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let data_dir = given
            .data_dir()
            .map_or_else(|| PathBuf::from(DATA_DIR), ToOwned::to_owned);
        match self.then {
            Some(Then::Walk(walk)) => walk.run(&data_dir).await,
            None => serve(given, self.port, data_dir).await,
        }
    }
}

async fn serve(given: &Given, port: Option<u16>, data_dir: PathBuf) -> Result<(), Failure> {
    let config = settings(given, port, &data_dir)?;
    let server = listen(&config.server.host, config.server.port).await?;
    place::mark_demo(&data_dir).map_err(Failure::failed)?;
    let log = whole_log(&config)?;
    let program = Program::build(config, Overrides::default()).await?;
    fill(&program).await?;
    let shop = match program.identity() {
        Some(identity) => Some(
            open_shop(&program, identity)
                .await
                .map_err(Failure::failed)?,
        ),
        None => None,
    };
    tell(&program, shop.as_ref());
    run(&program, server, log).await
}

/// The configuration as it was given, but for what makes it a demo: loopback, SQLite, its own directory,
/// no device and no CI of an agency.
fn settings(
    given: &Given,
    port: Option<u16>,
    data_dir: &std::path::Path,
) -> Result<Config, Failure> {
    let port = match port {
        Some(port) => port,
        None => given.load([])?.value.server.port,
    };
    let origin = format!("http://localhost:{port}");
    let flags = [
        "demo=true".to_owned(),
        "server.host=127.0.0.1".to_owned(),
        format!("server.port={port}"),
        format!("server.data_dir={}", data_dir.display()),
        "store.engine=sqlite".to_owned(),
        format!("web.public_url={origin}"),
        "accounts.sms=simulated".to_owned(),
        "identity.confirm_without_device=true".to_owned(),
        "identity.synthetic_ci=true".to_owned(),
        format!("identity.callback_allow_hosts={origin}"),
    ];
    Ok(given.load(flags)?.value)
}

fn tell(program: &Program, shop: Option<&DemoFile>) {
    let url = program.config().web.origin();
    say::line("한옥 데모 · Hanok demo: made-up people, on this machine only.\n");
    let row = |person: &Person| {
        let (phone, pin) = person.phone.unwrap_or_default();
        [
            person.name,
            person.username,
            person.password,
            person.role(),
            phone,
            pin,
        ]
        .map(str::to_owned)
    };
    let rows: Vec<_> = PEOPLE.iter().map(row).collect();
    say::table(
        ["name", "username", "password", "role", "phone", "PIN"],
        &rows,
    );
    say::line("");
    let mut places = vec![
        ("start page", format!("{url}/")),
        ("text messages", format!("{url}/dev/sms")),
    ];
    if let Some(shop) = shop {
        let file = DemoFile::path(&program.config().server.data_dir);
        places.push(("what \"A 쇼핑몰\" received", format!("{url}/dev/callbacks")));
        places.push((
            "its credentials",
            format!("{} (client id {})", file.display(), shop.client_id),
        ));
    }
    places.push(("the interface", format!("{url}/api/openapi.json")));
    let widest = places
        .iter()
        .map(|(name, _)| say::width(name))
        .max()
        .unwrap_or_default();
    for (name, place) in places {
        say::line(format_args!(
            "{name}{}  {place}",
            " ".repeat(widest - say::width(name))
        ));
    }
    say::line(
        "\nIn another terminal: make demo (hanok demo walk) plays one identity request. Ctrl-C stops the demo.\n",
    );
}
