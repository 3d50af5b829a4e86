//! `hanok demo fill`: a store with a past of a year and more, to be shown and measured.
//!
//! People and providers are made by the use cases, each on the record at the time it is made. Their past is
//! made up and written many rows at once, as the use cases would have left it: sealed values are sealed,
//! every row of the trail has its seal and its link, so `hanok audit verify` finds it whole. What is made up
//! says so: those rows name `job:demo fill` as their request, and the trail tells of the fill itself.

mod acts;
mod batch;
mod board;
mod dice;
mod history;
mod hours;
mod people;
mod place;
mod progress;
mod requests;
mod shops;
mod texts;
mod words;
mod world;

use std::time::Duration;

use clap::Args;
use hanok_accounts::audit::{Action, AuditConfig, Entry, Origin, Sealer};
use hanok_accounts::command::{Failure, Host, Opened};
use hanok_base::{Random, Timestamp, terminal};
use hanok_board::BoardApp;
use hanok_db::{Db, DbError, Tx, params};
use hanok_identity::{Identity, IdentityApp};
use serde_json::json;

use dice::Dice;
use history::{History, Written};
use hours::{Amount, hours};
use progress::{Progress, with_commas};
use world::{Ids, World};

/// Fill a demo with made-up people and a past of a year and more
#[derive(Args)]
#[command(after_help = "\
Examples:
  hanok demo fill                                    10,000 people, 1,000,000 requests, 10,000,000 audit rows
  hanok demo fill --accounts 100 --transactions 5000 --audit 20000
  hanok demo fill --posts 100000 --comments 1000000  and a board that is found by the search, 1 GB
  hanok --data-dir data/big demo fill                in another directory than data/demo
  hanok --data-dir data/big --set store.engine=postgres --set store.postgres_database=big \\
      demo fill --into-any-store                     into an empty PostgreSQL database
A store is filled once; one that was interrupted is thrown away. 10,000,000 audit rows take 8 GB in
SQLite and 12 GB in PostgreSQL.")]
pub(crate) struct Fill {
    /// People, each with a proven number; one public password for all of them
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    accounts: u32,
    /// Requests of providers, in every state
    #[arg(long, default_value_t = 1_000_000)]
    transactions: u64,
    /// Rows of the audit trail, those that the requests leave included
    #[arg(long, default_value_t = 10_000_000)]
    audit: u64,
    /// Providers
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=999))]
    providers: u32,
    /// Posts on the board, where there are none yet
    #[arg(long, default_value_t = 0)]
    posts: u64,
    /// Comments to them; each tenth post has half of those of ten
    #[arg(long, default_value_t = 0)]
    comments: u64,
    /// Days that the past is long
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    days: u32,
    /// Another number draws another past
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also fill a directory that is no demo's, or PostgreSQL; only where nobody is yet
    #[arg(long)]
    into_any_store: bool,
}

impl Fill {
    /// Fills it.
    ///
    /// # Errors
    /// Where the store is none to be filled, or fails.
    pub(crate) async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let least = self.transactions.saturating_mul(acts::MOST_OF_A_REQUEST);
        if self.audit < least {
            return Err(Failure::wrong(format!(
                "--audit must be {least} or more: each request leaves up to {} rows on the trail",
                acts::MOST_OF_A_REQUEST
            )));
        }
        let (opened, trail) = place::open(host, self.into_any_store).await?;
        let identity = &opened.app::<IdentityApp>("identity")?.0;
        let started = std::time::Instant::now();
        let written = self.fill(&opened, identity, &trail).await?;
        opened.accounts.db.close().await;
        terminal::line(format_args!(
            "{} people, {} requests and {} audit rows in {} s.",
            with_commas(u64::from(self.accounts)),
            with_commas(written.requests),
            with_commas(written.audit),
            started.elapsed().as_secs()
        ));
        if self.posts > 0 {
            terminal::line(format_args!(
                "{} posts and {} comments on the board.",
                with_commas(self.posts),
                with_commas(self.comments)
            ));
        }
        terminal::line(format_args!(
            "They are called person000001 and so on; everybody's password is {}",
            people::PASSWORD
        ));
        Ok(())
    }

    async fn fill(
        &self,
        opened: &Opened,
        identity: &Identity,
        trail: &AuditConfig,
    ) -> Result<Written, Failure> {
        let accounts = &opened.accounts;
        let now = accounts.clock.now();
        let since = now.minus(Duration::from_secs(u64::from(self.days + 1) * 86_400));
        self.tell(opened, "begun").await?;
        let mut dice = Dice::new(self.seed);
        let mut world = self.world(identity, &mut dice, now, since).await?;
        let zone = accounts.organisation.get().zone.clone();
        let amount = Amount {
            days: self.days,
            requests: self.transactions,
            audit: self.audit.saturating_sub(history::ROWS_LATELY),
        };
        let sealer = Sealer::new(
            accounts.keys.clone(),
            trail,
            Some(opened.checkpoint_file.clone()),
        );
        // Under the newest key from here on.
        let sealed = sealer.run(&accounts.db, accounts.clock.now()).await;
        sealed.map_err(Failure::failed)?;
        let mut progress = Progress::new("audit rows", self.audit);
        let history = History::new(accounts, &mut world, &mut dice, sealer.clone());
        let hours = hours(now, &zone, amount);
        let written = history.write(&hours, self.audit, &mut progress).await;
        progress.end();
        let written = written?;
        people::tell_last_logins(accounts, &world.people).await?;
        self.fill_board(opened, &world).await?;
        self.tell(opened, "done").await?;
        let sealed = sealer.run(&accounts.db, accounts.clock.now()).await;
        sealed.map_err(Failure::failed)?;
        gather_statistics(&accounts.db).await;
        Ok(written)
    }

    async fn fill_board(&self, opened: &Opened, world: &World) -> Result<(), Failure> {
        if self.posts == 0 {
            return Ok(());
        }
        let size = board::Size {
            posts: self.posts,
            comments: self.comments,
            days: self.days,
        };
        let of_board = &opened.app::<BoardApp>("board")?.0;
        board::write(of_board, world, self.seed, size).await
    }

    async fn world(
        &self,
        identity: &Identity,
        dice: &mut Dice,
        now: Timestamp,
        since: Timestamp,
    ) -> Result<World, Failure> {
        let ids = Ids::new(Random::system());
        terminal::note(format_args!(
            "{} people and {} providers …",
            with_commas(u64::from(self.accounts)),
            self.providers
        ));
        let shops = shops::make(identity, size(self.providers), since).await;
        let shops = shops.map_err(Failure::failed)?;
        let count = size(self.accounts);
        let people = people::make(&identity.accounts, &ids, dice, count, since).await?;
        Ok(World {
            people,
            shops,
            ids,
            now,
        })
    }

    /// The fill is an act like any other.
    async fn tell(&self, opened: &Opened, state: &'static str) -> Result<(), DbError> {
        let entry = Entry::new(Action::AdminAction).details(json!({
            "act": "demo_fill", "state": state, "accounts": self.accounts, "transactions": self.transactions,
            "audit": self.audit, "providers": self.providers, "days": self.days, "seed": self.seed,
            "posts": self.posts, "comments": self.comments,
        }));
        let (audit, ctx) = (opened.accounts.audit.clone(), opened.ctx("demo fill"));
        let unit = async move |tx: &mut Tx| audit.record(tx, &Origin::from(&ctx), entry).await;
        opened.accounts.db.write::<_, DbError, _>(unit).await?;
        Ok(())
    }
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What the engine's planner knows of a store that has grown over a year.
async fn gather_statistics(db: &Db) {
    const TABLES: [&str; 6] = [
        "ANALYZE auth_transaction",
        "ANALYZE audit_log",
        "ANALYZE audit_chain",
        "ANALYZE audit_origin",
        "ANALYZE callback_delivery",
        "ANALYZE account",
    ];
    for sql in TABLES {
        let unit = async move |tx: &mut Tx| tx.execute(sql, params![]).await;
        if let Err(error) = db.write::<_, DbError, _>(unit).await {
            terminal::note(format_args!("{sql}: {error}"));
        }
    }
}
