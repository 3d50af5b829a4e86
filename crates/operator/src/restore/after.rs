//! What a restored store needs before it serves: this release's tables, blind indexes under the ring's
//! key, nobody signed in, and the proof that the audit trail is whole.

use hanok_accounts::audit::{Action, Entry, Origin, verify};
use hanok_accounts::command::{Failure, Host, Opened, Settings};
use hanok_base::terminal;
use hanok_db::{Db, DbError, Tx};
use serde_json::json;

use super::source::Source;
use crate::backup::manifest::active_index;

/// Does all of it, and says what there is now.
pub(super) async fn follow_up(
    host: &dyn Host,
    settings: &Settings,
    source: &Source,
    keep_sessions: bool,
) -> Result<(), Failure> {
    let manifest = &source.manifest;
    terminal::line(format_args!(
        "The backup of {} is restored.",
        manifest.made_at.to_rfc3339()
    ));
    let db = Db::open(&settings.store).await?;
    let applied = db.migrate(&settings.migrations).await?.len();
    db.close().await;
    if applied > 0 {
        terminal::line(format_args!(
            "It was of an earlier release: {applied} migrations applied."
        ));
    }
    let opened = host.open().await?;
    let accounts = &opened.accounts;
    // First of all: whatever fails behind it, nothing can serve what was ended since.
    if !keep_sessions {
        end_sessions(&opened).await?;
    }
    terminal::note("Verifying the audit trail.");
    let report = verify(
        &accounts.db,
        &accounts.keys,
        source
            .checkpoints()
            .map(|_| opened.checkpoint_file.as_path()),
    )
    .await
    .map_err(Failure::failed)?;
    terminal::line(&report);
    record(&opened, source).await?;
    index_anew(&opened, manifest.keys.index).await?;
    tell_of_what_waits(&opened).await?;
    tell_what_to_withdraw(source, keep_sessions);
    accounts.db.close().await;
    if report.is_whole() {
        return Ok(());
    }
    Err(Failure::failed(
        "the audit trail was broken when the backup was made: everything is restored, look at the trail before you serve",
    ))
}

async fn end_sessions(opened: &Opened) -> Result<(), Failure> {
    let origin = Origin::from(&opened.ctx("restore"));
    let ended = opened.accounts.end_everything(&origin).await;
    let ended = ended.map_err(|error| {
        Failure::failed(format!(
            "the backup's sessions are not ended ({error}): do not serve this, empty the place and restore once more"
        ))
    })?;
    terminal::line(format_args!(
        "{} sessions are ended, and {} codes, proofs and password resets under way are void: everybody signs in anew.",
        ended.sessions, ended.waiting
    ));
    Ok(())
}

/// What nobody but the operator can know: which of these were changed after the backup.
fn tell_what_to_withdraw(source: &Source, keep_sessions: bool) {
    let sessions = if keep_sessions {
        "sessions, codes and links under way, "
    } else {
        ""
    };
    terminal::note(format_args!(
        "As they were at {}: {sessions}paired phones, locks, roles, passwords, PINs and the secrets and keys of providers. Withdraw again what was withdrawn or changed since.",
        source.manifest.made_at.to_rfc3339()
    ));
}

async fn record(opened: &Opened, source: &Source) -> Result<(), DbError> {
    let manifest = &source.manifest;
    let origin = Origin::from(&opened.ctx("restore"));
    let audit = opened.accounts.audit.clone();
    let entry = Entry::new(Action::AdminAction)
        .target("backup", manifest.id.uuid())
        .details(json!({ "what": "restore", "made_at": manifest.made_at }));
    let unit = async move |tx: &mut Tx| audit.record(tx, &origin, entry).await;
    opened.accounts.db.write::<_, DbError, _>(unit).await?;
    Ok(())
}

/// A reindex after the backup was made dropped the key that its blind indexes are under.
async fn index_anew(opened: &Opened, indexed: u32) -> Result<(), Failure> {
    let accounts = &opened.accounts;
    let active = active_index(&accounts.keys);
    if active == indexed {
        return Ok(());
    }
    let filled = accounts.fill_indexes(active).await?;
    let finished = accounts.finish_reindex(Origin::from(&opened.ctx("restore")));
    finished.await.map_err(Failure::failed)?;
    terminal::line(format_args!(
        "{filled} accounts are indexed anew: the index key changed since the backup."
    ));
    Ok(())
}

async fn tell_of_what_waits(opened: &Opened) -> Result<(), Failure> {
    let waiting = opened.engine.health().await?.backlog;
    let (events, jobs) = (waiting.waiting(), waiting.jobs_due + waiting.jobs_later);
    if events > 0 || jobs > 0 {
        terminal::note(format_args!(
            "{events} events and {jobs} jobs waited when the backup was made: a server that starts here sends them, once more where they were sent since."
        ));
    }
    Ok(())
}
