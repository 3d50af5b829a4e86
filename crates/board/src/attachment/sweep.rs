//! Files that nobody owns any more go: a file is doomed in the store before it leaves the disk, so that whoever sends
//! the same one meanwhile is told to come again instead of naming a file that is about to go.

mod hour;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{Conn, Tx};
use hanok_events::Schedule;

use super::blob::Sha256;
use super::receive::{blocking, system};
use crate::context::Board;
use crate::fault::Fault;

/// What was begun and is not done after a day was cut off.
const A_DAY: Duration = Duration::from_hours(24);
/// How many files one unit looks at: others write in between.
const BATCH: u32 = 200;
/// How many files one unit takes away: it holds their rows while the disk is asked.
const AT_ONCE: usize = 20;

/// The sweep, every hour.
pub(crate) fn schedule(board: &Board) -> Schedule {
    let board = board.clone();
    Schedule {
        name: "board.sweep_files",
        every: Duration::from_hours(1),
        run: Arc::new(move |now| {
            let board = board.clone();
            Box::pin(async move {
                board
                    .sweep_files(now)
                    .await
                    .map_err(|fault| fault.to_string())
            })
        }),
    }
}

impl Board {
    async fn sweep_files(&self, now: Timestamp) -> Result<(), Fault> {
        self.note_orphans(now).await?;
        self.take_doomed().await?;
        let before = now.minus(self.config.kept_orphaned());
        while self.doom(now, before).await? {
            self.take_doomed().await?;
        }
        self.doom_unnamed(now).await?;
        self.take_doomed().await
    }

    /// Notes which files of this hour nobody owns, and since when.
    async fn note_orphans(&self, now: Timestamp) -> Result<(), Fault> {
        for prefix in hour::prefixes(now) {
            let note = async move |tx: &mut Tx| store::note_orphaned(tx, prefix, now).await;
            self.accounts.db.write(note).await?;
        }
        Ok(())
    }

    /// Dooms some of the files that nobody has owned for long; says whether there were any.
    async fn doom(&self, now: Timestamp, before: Timestamp) -> Result<bool, Fault> {
        let doom = async move |tx: &mut Tx| store::doom(tx, now, before, BATCH).await;
        Ok(self.accounts.db.write(doom).await? > 0)
    }

    /// Takes away what is doomed, also what another process had begun to.
    async fn take_doomed(&self) -> Result<(), Fault> {
        let (mut after, mut done) = (Vec::new(), Ok(()));
        loop {
            let find = async move |conn: &mut Conn| store::doomed(conn, &after, BATCH).await;
            let found = self.accounts.db.report(find).await?;
            let Some(last) = found.last() else {
                return done;
            };
            after = last.to_vec();
            // One that cannot be taken away stands in no other's way.
            done = done.and(self.take(&found).await);
        }
    }

    /// Takes away those of these files that are doomed still. While the row is held nobody names the file, and when the
    /// unit fails the row is doomed as before.
    pub(super) async fn take(&self, files: &[Sha256]) -> Result<(), Fault> {
        let mut done = Ok(());
        for some in files.chunks(AT_ONCE) {
            let (board, some) = (self.clone(), some.to_vec());
            let taken = self.accounts.db.write(async move |tx: &mut Tx| {
                for sha256 in &some {
                    board.take_one(tx, sha256).await?;
                }
                Ok::<_, Fault>(())
            });
            done = done.and(taken.await);
        }
        done
    }

    async fn take_one(&self, tx: &mut Tx, sha256: &Sha256) -> Result<(), Fault> {
        if !store::forget(tx, sha256).await? {
            return Ok(());
        }
        let gone = self.files.blobs.remove(sha256);
        gone.map_err(|error| system("a file cannot be taken away", &error))
    }

    /// Takes away a file that was kept and could not be named, unless a row names it.
    pub(super) async fn let_go(&self, now: Timestamp, sha256: Sha256) {
        let doom = async move |tx: &mut Tx| store::doom_new(tx, &[sha256], now).await;
        let gone = match self.accounts.db.write(doom).await {
            Ok(()) => self.take(&[sha256]).await,
            Err(error) => Err(error.into()),
        };
        if let Err(fault) = gone {
            tracing::warn!(%fault, "a file that was refused stays until the sweep");
        }
    }

    /// Takes away what was left when a process was killed: files half written, and dooms files of this hour that no row
    /// names.
    async fn doom_unnamed(&self, now: Timestamp) -> Result<(), Fault> {
        let (board, before) = (self.clone(), now.minus(A_DAY));
        let look = move || {
            board.files.blobs.remove_left_incoming(before)?;
            board.files.blobs.kept_before(before, &hour::prefixes(now))
        };
        let mut old: Vec<Sha256> = blocking("the files cannot be looked through", look).await?;
        for prefix in hour::prefixes(now) {
            let find = async move |conn: &mut Conn| store::known(conn, prefix).await;
            let known: HashSet<Sha256> = self.accounts.db.report(find).await?;
            old.retain(|sha256| !known.contains(sha256));
        }
        for some in old.chunks(BATCH as usize) {
            let some = some.to_vec();
            let doom = async move |tx: &mut Tx| store::doom_new(tx, &some, now).await;
            self.accounts.db.write(doom).await?;
        }
        Ok(())
    }
}
