//! [`Live`]: emitting, checking again, closing.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use engineioxide::DisconnectReason;
use engineioxide::config::EngineIoConfig;
use engineioxide::service::EngineIoService;
use engineioxide::sid::Sid;
use hanok_base::shared::Fanout;
use serde::Serialize;
use tokio::runtime::Handle;

use super::admission::Admission;
use super::audience::{Audience, Judge, Judges};
use super::connection::Connection;
use super::notices::{MaybeNotices, Notices};
use super::registry::{Registry, room_of};
use super::rooms::{Keepers, Rooms};
use super::seat::Seat;
use crate::config::WebConfig;
use crate::error::Error;
use crate::principal::AccountId;

/// The largest message and frame a client may send, in bytes.
const MESSAGE_BYTES: usize = 100_000;
/// Packets that may wait for a client that does not read; then it is closed.
const QUEUE: usize = 128;
/// What each connection has room for to read a frame into, in bytes: what clients send is short, and what is longer is
/// given room as it comes.
const READ_BUFFER: usize = 1_024;
/// The time between two pings.
pub(super) const PING: Duration = Duration::from_secs(25);
/// How long a ping's answer may take.
pub(super) const PONG: Duration = Duration::from_secs(20);

/// Everything live of this process. Cloning is cheap and shares it.
#[derive(Clone)]
pub struct Live {
    pub(super) house: Arc<House>,
    pub(super) engine: EngineIoService<House>,
}

/// What [`Live`]'s clones share.
pub(super) struct House {
    most: usize,
    pub(super) most_of_one: usize,
    registry: Mutex<Registry>,
    admission: RwLock<Option<Admission>>,
    runtime: OnceLock<Handle>,
    is_closed: AtomicBool,
    judges: Mutex<Judges>,
    keepers: Mutex<Keepers>,
    notices: Mutex<MaybeNotices>,
    /// How often seats were to be checked: whoever takes one meanwhile is checked too.
    pub(super) checks: AtomicU64,
    /// How many gaps there were in what other processes say.
    pub(super) gaps: AtomicU64,
    /// Held by whoever greets everybody anew.
    pub(super) greeting: tokio::sync::Mutex<()>,
    pub(super) fanout: OnceLock<Arc<dyn Fanout>>,
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sockets = self.registry().len();
        f.debug_struct("House").field("sockets", &sockets).finish()
    }
}

impl Live {
    /// Nobody is let in before the stack is put together around it.
    pub fn new(web: &WebConfig) -> Self {
        let house = Arc::new(House {
            most: web.sockets_max,
            most_of_one: web.sockets_per_account,
            registry: Mutex::default(),
            admission: RwLock::new(None),
            runtime: OnceLock::new(),
            is_closed: AtomicBool::new(false),
            judges: Mutex::default(),
            keepers: Mutex::default(),
            notices: Mutex::default(),
            checks: AtomicU64::new(0),
            gaps: AtomicU64::new(0),
            greeting: tokio::sync::Mutex::default(),
            fanout: OnceLock::new(),
        });
        let config = EngineIoConfig::builder()
            .req_path(super::PATH)
            .ping_interval(PING)
            .ping_timeout(PONG)
            .max_buffer_size(QUEUE)
            .max_payload(u64::try_from(MESSAGE_BYTES).unwrap_or(u64::MAX))
            .ws_read_buffer_size(READ_BUFFER)
            .ws_max_message_size(MESSAGE_BYTES)
            .ws_max_frame_size(MESSAGE_BYTES)
            .build();
        let engine = EngineIoService::with_config(Arc::clone(&house), config);
        Self { house, engine }
    }

    /// Joins the other processes: what one emits reaches the sockets of all. To be called once.
    pub fn join(&self, fanout: Arc<dyn Fanout>) {
        // What follows a unit here is heard there, also where nobody ever opens a socket here.
        if let (true, Ok(runtime)) = (fanout.reaches_others(), Handle::try_current()) {
            self.house.runtime.get_or_init(|| runtime);
        }
        self.house.join(fanout);
    }

    /// Has `judge` say who hears what is emitted to [`Audience::DevicesAnd`] this name.
    pub fn judge(&self, name: &'static str, judge: Arc<dyn Judge>) {
        self.house.judges().add(name, judge);
    }

    /// Has `rooms` say who is in the rooms whose names begin with `prefix`. To be called while the program is put
    /// together, once for each prefix.
    pub fn rooms(&self, prefix: &'static str, rooms: Arc<dyn Rooms>) {
        self.house.keepers().add(prefix, rooms);
    }

    /// Has `notices` say what each person is greeted with, and what they have missed. Without, nobody has any. To be
    /// called while the program is put together.
    pub fn notices(&self, notices: Arc<dyn Notices>) {
        self.house.notices().0 = Some(notices);
    }

    /// Has everybody in the rooms of a prefix (or in one room, by its name), or who asked for one, be judged anew, in
    /// every process: who may be in them has changed for many. Where it changed for one person, that person's seats are checked
    /// ([`recheck`](Self::recheck)). Returns at once.
    pub fn recheck_rooms(&self, prefix: &str) {
        self.house.judge_anew(prefix);
        self.house.tell_of_change(prefix);
    }

    /// Sends an event to everybody in a room, in every process; it neither waits nor fails.
    pub fn emit(&self, room: &str, event: &str, payload: &impl Serialize) {
        self.house.emit(room, &Audience::All, event, payload);
    }

    /// Sends an event to those seats of an account that are meant, in every process; it neither waits nor fails.
    pub fn emit_to(
        &self,
        account: AccountId,
        audience: &Audience,
        event: &str,
        payload: &impl Serialize,
    ) {
        let room = room_of(account);
        self.house.emit(&room, audience, event, payload);
    }

    /// How many sockets are open in this process.
    pub fn sockets(&self) -> usize {
        self.house.registry().len()
    }

    /// Whether an account has a seat in this process.
    pub fn is_seated(&self, account: AccountId) -> bool {
        !self.house.registry().is_empty_room(&room_of(account))
    }

    /// The seats of an account in this process.
    pub fn seats(&self, account: AccountId) -> Vec<Seat> {
        let seats = self.house.registry().seats(account);
        seats.into_iter().map(|(_, seat)| seat).collect()
    }

    /// Closes those sockets of an account that may not stay, and has the others be in the rooms that are theirs now;
    /// returns at once.
    pub fn recheck(&self, account: AccountId) {
        self.house.checks.fetch_add(1, Ordering::SeqCst);
        let seats = self.house.registry().seats(account);
        self.house.check(seats);
    }

    /// Closes every socket of this process that may not stay, and has the others be in the rooms that are theirs now:
    /// what no revocation tells, as a session whose time has passed. A duty of every process.
    ///
    /// # Errors
    /// The first of those who were asked.
    pub async fn recheck_all(&self) -> Result<(), Error> {
        self.house.checks.fetch_add(1, Ordering::SeqCst);
        let seats = self.house.registry().all_seats();
        self.house.close_ended(seats).await
    }

    /// Runs what follows a unit for those on sockets alone, beside everything else. Where no other process is reached
    /// and no socket was ever opened in this one there is nobody, and nothing runs.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.house.spawn(work);
    }

    /// Lets people in from now on, as these say.
    pub(crate) fn open(&self, admission: Admission) {
        *self.house.admission_mut() = Some(admission);
    }

    /// Closes every socket and lets nobody in any more.
    pub(crate) fn close(&self) {
        self.house.is_closed.store(true, Ordering::Relaxed);
        *self.house.admission_mut() = None;
        self.house.judges().clear();
        self.house.keepers().clear();
        self.house.notices().0 = None;
        let connections = self.house.registry().take_all();
        connections.iter().for_each(hang_up);
    }

    /// Whether one more connection may be opened.
    pub(super) fn has_room(&self) -> bool {
        !self.house.is_closed.load(Ordering::Relaxed)
            && self.house.registry().len() < self.house.most
    }

    /// Notes the runtime that connections live in: emitting comes from other threads too.
    pub(super) fn note_runtime(&self) {
        self.house.runtime.get_or_init(Handle::current);
    }
}

impl House {
    pub(super) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn judges(&self) -> MutexGuard<'_, Judges> {
        self.judges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keepers(&self) -> MutexGuard<'_, Keepers> {
        self.keepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn notices(&self) -> MutexGuard<'_, MaybeNotices> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admission_mut(&self) -> std::sync::RwLockWriteGuard<'_, Option<Admission>> {
        let admission = self.admission.write();
        admission.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn admission(&self) -> Option<Admission> {
        let admission = self.admission.read();
        admission.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = self.runtime.get() {
            drop(runtime.spawn(work));
        }
    }

    /// Checks these seats beside everything else.
    pub(super) fn check(self: &Arc<Self>, seats: Vec<(Sid, Seat)>) {
        if seats.is_empty() {
            return;
        }
        let house = Arc::clone(self);
        self.spawn(async move {
            if let Err(error) = house.close_ended(seats).await {
                tracing::error!(failed = %error, "sockets could not be checked");
            }
        });
    }

    /// Checks those of this process who are in rooms of a prefix, or asked for one.
    pub(super) fn judge_anew(self: &Arc<Self>, prefix: &str) {
        let seats = self.registry().concerned(prefix);
        self.check(seats);
    }

    async fn close_ended(&self, seats: Vec<(Sid, Seat)>) -> Result<(), Error> {
        let Some(admission) = self.admission() else {
            return Ok(());
        };
        for (sid, seat) in seats {
            if admission.may_stay(&seat).await? {
                self.place(sid).await?;
            } else {
                self.close(sid);
            }
        }
        Ok(())
    }

    /// Forgets a connection at once and closes it. Its client comes back by itself and is told then.
    pub(super) fn close(&self, sid: Sid) {
        if let Some(connection) = self.registry().remove(sid) {
            self.spawn(async move { hang_up(&connection) });
        }
    }
}

/// Closes a connection whether its client reads or not; asks for a runtime.
fn hang_up(connection: &Arc<Connection>) {
    connection.close(DisconnectReason::ClosingServer);
}
