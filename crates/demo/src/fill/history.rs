//! Draws the made-up past hour by hour, and writes it while the next hours are drawn.

use std::collections::HashSet;
use std::time::Duration;

use hanok_accounts::audit::{AuditError, PastAct, Sealer};
use hanok_accounts::ci::{Di, di_message};
use hanok_accounts::{Accounts, Fault};
use hanok_base::{Place, Timestamp};
use hanok_db::Tx;
use tokio::task::{JoinError, JoinHandle};

use super::acts::{self, besides, tried_from_everywhere};
use super::batch::{Batch, Request, Subject};
use super::dice::Dice;
use super::hours::Hour;
use super::progress::Progress;
use super::requests::{Asked, End, Requests};
use super::world::World;

/// Rows of the trail that one unit writes, at least.
const ROWS_OF_A_UNIT: usize = 5_000;
/// Rows of the trail between two checkpoints, at least.
const ROWS_OF_A_CHECKPOINT: usize = 20_000;
/// Rows of the trail that somebody who tries an account everywhere leaves, at most.
const ROWS_OF_A_TRY: u64 = 9;
/// In a thousand hours.
const TRIES: u64 = 125;
const LATELY: Duration = Duration::from_mins(50);
const TRIES_LATELY: u64 = 2;
/// Rows that are there besides what falls into the hours, at most.
pub(super) const ROWS_LATELY: u64 = TRIES_LATELY * ROWS_OF_A_TRY;

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Written {
    pub(super) requests: u64,
    pub(super) audit: u64,
}

/// Draws and writes.
pub(super) struct History<'a> {
    accounts: &'a Accounts,
    world: &'a mut World,
    dice: &'a mut Dice,
    requests: Requests,
    /// Whose DI at which shop is there.
    met: HashSet<(usize, usize)>,
    drawn: Drawn,
    writer: Writer,
    written: Written,
}

/// What is drawn and not yet written.
#[derive(Default)]
struct Drawn {
    requests: Vec<Request>,
    subjects: Vec<Subject>,
    acts: Vec<PastAct>,
}

impl<'a> History<'a> {
    pub(super) fn new(
        accounts: &'a Accounts,
        world: &'a mut World,
        dice: &'a mut Dice,
        sealer: Sealer,
    ) -> Self {
        Self {
            accounts,
            world,
            dice,
            requests: Requests::new(),
            met: HashSet::new(),
            drawn: Drawn::default(),
            writer: Writer::new(accounts, sealer),
            written: Written::default(),
        }
    }

    /// Writes all of these hours, and rows of the trail until there are `audit`.
    ///
    /// # Errors
    /// Those of the store and of the keys.
    pub(super) async fn write(
        mut self,
        hours: &[Hour],
        audit: u64,
        progress: &mut Progress,
    ) -> Result<Written, Fault> {
        for hour in hours {
            self.draw(hour);
            if self.drawn.acts.len() >= ROWS_OF_A_UNIT {
                self.flush().await?;
                progress.at(self.written.audit);
            }
        }
        self.draw_lately(audit);
        self.flush().await?;
        self.writer.end().await?;
        progress.at(self.written.audit);
        Ok(self.written)
    }

    fn draw(&mut self, hour: &Hour) {
        for _ in 0..hour.requests {
            let at = self.moment(hour);
            if let Some(asked) = self.requests.draw(self.dice, self.world, at) {
                self.take(asked);
            }
        }
        if self.dice.in_thousand(TRIES) && self.owed(hour) >= ROWS_OF_A_TRY {
            let more = tried_from_everywhere(self.dice, self.world, hour.begins, hour.ends);
            self.drawn.acts.extend(more);
        }
        for _ in 0..self.owed(hour) {
            let at = self.moment(hour);
            self.drawn.acts.extend(besides(self.dice, self.world, at));
        }
    }

    /// Whoever looks now finds some accounts that were tried within the hour; and what is missing of `audit`.
    fn draw_lately(&mut self, audit: u64) {
        let (begins, now) = (self.world.now.minus(LATELY), self.world.now);
        let lately = Hour {
            begins,
            ends: now,
            requests: 0,
            audit_so_far: audit,
        };
        for _ in 0..TRIES_LATELY {
            let more = tried_from_everywhere(self.dice, self.world, begins, now);
            let room = usize::try_from(self.owed(&lately)).unwrap_or(usize::MAX);
            self.drawn.acts.extend(more.into_iter().take(room));
        }
        for _ in 0..self.owed(&lately) {
            let at = self.moment(&lately);
            self.drawn.acts.extend(besides(self.dice, self.world, at));
        }
    }

    /// Rows of the trail that are still missing by the end of this hour.
    fn owed(&self, hour: &Hour) -> u64 {
        let drawn = u64::try_from(self.drawn.acts.len()).unwrap_or_default();
        hour.audit_so_far.saturating_sub(self.written.audit + drawn)
    }

    fn moment(&mut self, hour: &Hour) -> Timestamp {
        let span = u64::try_from(hour.ends.since(hour.begins).as_micros()).unwrap_or_default();
        hour.begins
            .plus(Duration::from_micros(self.dice.below(span)))
    }

    fn take(&mut self, asked: Asked) {
        self.drawn
            .acts
            .extend(acts::of_request(self.dice, self.world, &asked));
        let subject = self.subject(&asked);
        self.drawn.subjects.extend(subject);
        self.drawn.requests.extend(Request::new(self.world, asked));
    }

    /// The person's DI at this shop, where this is the first time that it is told.
    fn subject(&mut self, asked: &Asked) -> Option<Subject> {
        let created_at = asked.ended_at.filter(|_| asked.end == End::Completed)?;
        let place = asked.person?;
        if !self.met.insert((place, asked.shop)) {
            return None;
        }
        let (person, shop) = (
            self.world.people.get(place)?,
            self.world.shops.get(asked.shop)?,
        );
        let keys = &self.accounts.keys;
        let di = Di::from_mac(&keys.di_mac(&di_message(&shop.site_code, &person.ci)));
        let id = self.world.ids.at(created_at);
        Some(Subject {
            id,
            account: person.id.uuid(),
            site_code: shop.site_code.clone(),
            di: keys.seal(
                Place::new("provider_subject", "di", id),
                di.expose().as_bytes(),
            ),
            created_at,
        })
    }

    async fn flush(&mut self) -> Result<(), Fault> {
        let Drawn {
            mut requests,
            subjects,
            mut acts,
        } = std::mem::take(&mut self.drawn);
        acts.sort_by_key(|act| act.at);
        requests.sort_by_key(Request::created_at);
        self.written.requests += u64::try_from(requests.len()).unwrap_or_default();
        self.written.audit += u64::try_from(acts.len()).unwrap_or_default();
        let batch = Batch {
            requests,
            subjects,
            audit: self.accounts.audit.seal_past(&acts)?,
        };
        self.writer.write(batch).await
    }
}

/// Writes one batch while the next is drawn, and now and then a checkpoint.
struct Writer {
    accounts: Accounts,
    sealer: Sealer,
    writing: Option<JoinHandle<Result<(), AuditError>>>,
    since_checkpoint: usize,
}

impl Writer {
    fn new(accounts: &Accounts, sealer: Sealer) -> Self {
        Self {
            accounts: accounts.clone(),
            sealer,
            writing: None,
            since_checkpoint: 0,
        }
    }

    async fn write(&mut self, batch: Batch) -> Result<(), Fault> {
        self.end().await?;
        self.since_checkpoint += batch.audit.len();
        if self.since_checkpoint >= ROWS_OF_A_CHECKPOINT {
            self.since_checkpoint = 0;
            let sealed = self
                .sealer
                .run(&self.accounts.db, self.accounts.clock.now());
            sealed.await.map_err(|error| unsealed(&error))?;
        }
        let (db, keys) = (self.accounts.db.clone(), self.accounts.keys.clone());
        let unit = async move |tx: &mut Tx| batch.insert(tx, &keys).await;
        self.writing = Some(tokio::spawn(async move { db.write(unit).await }));
        Ok(())
    }

    /// What is under way is written.
    async fn end(&mut self) -> Result<(), Fault> {
        match self.writing.take() {
            Some(writing) => {
                let written = writing.await.map_err(|failed| cut_off(&failed))?;
                written.map_err(|error| unsealed(&error))
            }
            None => Ok(()),
        }
    }
}

fn unsealed(error: &AuditError) -> Fault {
    Fault::Internal(error.to_string())
}

fn cut_off(failed: &JoinError) -> Fault {
    Fault::Internal(failed.to_string())
}
