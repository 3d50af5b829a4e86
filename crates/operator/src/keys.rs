//! `hanok keys`.

use std::time::Duration;

use clap::{Parser, ValueEnum};
use hanok_accounts::RING_RELOAD;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::command::{Failure, Host, Opened, Run};
use hanok_base::keyring::{KeyInfo, KeyKind};
use hanok_base::terminal;
use hanok_db::{Conn, DbError, Tx, params};
use serde_json::json;

/// The key ring
#[derive(Parser)]
#[command(
    name = "keys",
    after_help = "\
Examples:
  hanok keys list
  hanok keys rotate                  a new sealing key; old values are sealed anew in the background
  hanok keys rotate --kind token     a new key signs; tokens of the old one live on
  hanok keys reindex                 a new key for blind indexes, filled and switched
A running server reads a changed ring within 10 seconds."
)]
pub(crate) enum Keys {
    /// List the keys: kind, version, age; never a key
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a new version of one kind of key, which is used from now on
    Rotate {
        /// Which kind
        #[arg(long, value_enum, default_value_t = Kind::Sealing)]
        kind: Kind,
    },
    /// Change the key of the blind indexes: fill the new indexes, switch, drop the old ones
    Reindex,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    /// Seals values at rest
    Sealing,
    /// Authenticates the audit trail
    Audit,
    /// Signs access tokens
    Token,
}

impl Run for Keys {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let opened = host.open().await?;
        match self {
            Self::List { json } => {
                list(&opened, json);
                Ok(())
            }
            Self::Rotate { kind } => rotate(&opened, kind).await,
            Self::Reindex => reindex(&opened).await,
        }
    }
}

fn list(opened: &Opened, json: bool) {
    let keys = opened.accounts.keys.list();
    if json {
        terminal::json(&json!({ "file": opened.accounts.keys.path(), "keys": keys }));
        return;
    }
    let now = opened.accounts.clock.now();
    let row = |key: &KeyInfo| {
        let days = now.since(key.created_at).as_secs() / 86_400;
        let state = if key.active { "in use" } else { "" };
        [
            word(key.kind).to_owned(),
            key.version.to_string(),
            key.created_at.to_rfc3339(),
            format!("{days} days"),
            state.to_owned(),
        ]
    };
    terminal::table(
        ["kind", "version", "made", "age", ""],
        &keys.iter().map(row).collect::<Vec<_>>(),
    );
}

const fn word(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Sealing => "sealing",
        KeyKind::Index => "index",
        KeyKind::Di => "di",
        KeyKind::Audit => "audit",
        KeyKind::Token => "token",
    }
}

/// A ring that was given as text cannot be changed from here.
fn changeable(opened: &Opened) -> Result<(), Failure> {
    if opened.accounts.keys.path().is_some() {
        return Ok(());
    }
    Err(Failure::failed(
        "the key ring comes from keys.ring or SECRET_KEY and cannot be changed from here: change the secret where it is kept, \
         or keep the ring in a file (keys.directory)",
    ))
}

async fn rotate(opened: &Opened, kind: Kind) -> Result<(), Failure> {
    changeable(opened)?;
    let kind = match kind {
        Kind::Sealing => KeyKind::Sealing,
        Kind::Audit => KeyKind::Audit,
        Kind::Token => KeyKind::Token,
    };
    let ctx = opened.ctx("keys rotate");
    let version = opened
        .accounts
        .keys
        .rotate(kind, &opened.accounts.random, ctx.now)
        .map_err(Failure::failed)?;
    let audit = opened.accounts.audit.clone();
    let entry =
        Entry::new(Action::KeyRotation).details(json!({ "kind": kind, "version": version }));
    let unit = async move |tx: &mut Tx| audit.record(tx, &Origin::from(&ctx), entry).await;
    opened.accounts.db.write::<_, DbError, _>(unit).await?;
    terminal::line(format_args!(
        "Version {version} of the {} key is in use.",
        word(kind)
    ));
    if kind == KeyKind::Sealing {
        terminal::line(
            "A running server seals the older values anew, within minutes. Keep the old versions: backups need them.",
        );
    }
    Ok(())
}

async fn reindex(opened: &Opened) -> Result<(), Failure> {
    changeable(opened)?;
    let accounts = &opened.accounts;
    let version = match accounts.reindex_under_way() {
        Some(version) => version,
        None => opened
            .accounts
            .keys
            .rotate(
                KeyKind::Index,
                &opened.accounts.random,
                opened.accounts.clock.now(),
            )
            .map_err(Failure::failed)?,
    };
    if somebody_serves(opened).await? {
        terminal::note("A server is running: waiting until it writes the new indexes as well.");
        tokio::time::sleep(RING_RELOAD * 2 + Duration::from_secs(1)).await;
    }
    let filled = accounts.fill_indexes(version).await?;
    accounts
        .finish_reindex(Origin::from(&opened.ctx("keys reindex")))
        .await
        .map_err(Failure::failed)?;
    terminal::line(format_args!(
        "Version {version} of the index key is in use ({filled} accounts indexed anew)."
    ));
    Ok(())
}

/// Whether another process holds a lease.
async fn somebody_serves(opened: &Opened) -> Result<bool, DbError> {
    let now = opened.accounts.clock.now();
    let held = async move |conn: &mut Conn| {
        conn.one::<i64>(
            "SELECT COUNT(*) FROM lease WHERE held_until > $1",
            params![now],
        )
        .await
    };
    Ok(opened.accounts.db.read::<_, DbError, _>(held).await? > 0)
}
