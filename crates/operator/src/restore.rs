//! `hanok restore`.

mod after;
mod keys;
mod source;
mod target;

use std::path::PathBuf;

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::terminal;

use keys::Keys;
use source::Source;
use target::Target;

/// Put a backup back, where nothing is yet
#[derive(Parser)]
#[command(
    name = "restore",
    after_help = "\
Examples:
  hanok restore /backup/2026-11-21 --keys /safe/2026-11-21
  hanok restore /backup/2026-11-21 --check            is it whole, and do the keys fit?
  hanok --data-dir new restore /backup/2026-11-21     the keys lie in place, or in the backup
The data directory or the PostgreSQL database must be empty, and no server may run on it. An older release's
tables are brought up to date, and the audit trail is verified: exit code 1 where it is broken. Sessions that
were ended since the backup would come back: all are ended, and everybody signs in anew."
)]
pub(crate) struct Restore {
    /// The directory of the backup
    from: PathBuf,
    /// Where the key ring was saved, if it is neither in the backup nor in place
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Only check the backup: its files, its keys and whether this release can read it
    #[arg(long)]
    check: bool,
    /// Leave the sessions, codes and links of the backup as they were: also those that were ended since
    #[arg(long, conflicts_with = "check")]
    keep_sessions: bool,
}

impl Run for Restore {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let settings = host.settings(Vec::new())?;
        let source = Source::read(&self.from)?;
        source.readable_by(&settings)?;
        let keys = Keys::find(&settings, self.keys.as_deref(), &self.from)?;
        let belongs = source.manifest.belongs_to(&keys.ring);
        belongs.map_err(Failure::failed)?;
        if self.check {
            source.sums_agree().await?;
            terminal::line(format_args!(
                "The backup of {} is whole and its keys are here.",
                source.manifest.made_at.to_rfc3339()
            ));
            return Ok(());
        }
        let target = Target::hold(&settings).await?;
        source.sums_agree().await?;
        target.fill(&source, &keys).await?;
        let followed = after::follow_up(host, &settings, &source, self.keep_sessions).await;
        drop(target);
        followed
    }
}
