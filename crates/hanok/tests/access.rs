//! Who may call what: every route of the program, called as every role, against `access.toml`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::time::Duration;

use hanok::{Config, DEFAULTS, Overrides, Program};
use hanok_base::config::Loader;
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::Db;
use hanok_testkit::Site;
use hanok_testkit::access::assert_access;
use hanok_web::server::Server;
use tokio::sync::oneshot;

const TABLE: &str = include_str!("access.toml");

/// The demo, so that `/dev/*` is there too; nothing is limited and a hash costs next to nothing.
const FLAGS: [&str; 14] = [
    "demo=true",
    "accounts.argon2_memory_kib=8",
    "accounts.argon2_iterations=1",
    "limits.address_per_minute=0",
    "limits.account_per_minute=0",
    "limits.provider_per_minute=0",
    "limits.api_key_per_minute=0",
    "limits.sign_in_per_minute=0",
    "limits.sign_in_failures_per_address_per_minute=0",
    "limits.phone_sign_in_per_address_per_minute=0",
    "limits.register_per_address_per_minute=0",
    "limits.client_failures_per_address_per_minute=0",
    "limits.user_list_per_minute=0",
    "log.directory=",
];

/// The program over `db`, its clock standing still.
async fn program(db: Db, data_dir: &str, base_url: &str) -> Program {
    let mut flags = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("server.data_dir={data_dir}"));
    flags.push(format!("web.public_url={base_url}"));
    let config = Config::load(Loader::new(DEFAULTS).flags(flags));
    let (random, now) = (Random::seeded(1), Timestamp::from_seconds(1_795_239_000));
    let overrides = Overrides {
        clock: Some(Clock::manual(now)),
        keys: Some(KeyRing::generate(&random, now)),
        random: Some(random),
        db: Some(db),
        ..Overrides::default()
    };
    let config = config.unwrap_or_else(|faults| panic!("{faults}")).value;
    Program::build(config, overrides).await.unwrap()
}

hanok_db::both_engines! {
    async fn every_route_answers_every_role_as_the_table_says(db: Db) {
        let server = Server::bind("127.0.0.1", 0).await.unwrap();
        let base_url = format!("http://{}", server.address());
        let directory = tempfile::tempdir().unwrap();
        let program = program(db, directory.path().to_str().unwrap(), &base_url).await;
        let (stop, stopped) = oneshot::channel::<()>();
        let (stack, web) = (program.router(), program.config().web.clone());
        let serving = tokio::spawn(async move {
            let until = async { drop(stopped.await) };
            server.run(stack, &web, Duration::from_secs(30), until).await
        });
        let site = Site::new(&base_url, program.accounts().clone());
        assert_access(&site, program.route_entries(), TABLE).await;
        drop(stop);
        serving.await.unwrap();
    }
}
