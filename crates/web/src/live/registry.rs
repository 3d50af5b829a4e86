//! Which sockets are open, whose they are and which rooms they are in.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use engineioxide::sid::Sid;
use tokio::time::Instant;

use super::connection::Connection;
use super::rooms::Look;
use super::seat::Seat;
use crate::principal::AccountId;

/// One open socket.
struct Entry {
    connection: Arc<Connection>,
    seated: Option<Seated>,
}

/// A socket with a seat.
struct Seated {
    seat: Seat,
    /// The person's own room first.
    rooms: Vec<Arc<str>>,
    /// What the client named.
    asked: Arc<[String]>,
    /// The number of the [`Look`] by which it sits where it does.
    looked: u64,
    /// Whether the client knows that it is in; before, it is sent nothing.
    is_told: bool,
}

/// Every open socket of this process.
#[derive(Default)]
pub(super) struct Registry {
    sockets: HashMap<Sid, Entry>,
    rooms: HashMap<Arc<str>, HashSet<Sid>>,
    /// How many [`Look`]s there were.
    looks: u64,
    /// Who came lately, and when; whether they took a seat is looked at in this order.
    arrivals: VecDeque<(Instant, Sid)>,
    /// Whether somebody looks at the arrivals.
    is_watched: bool,
}

/// The room of everything that is for one person.
pub(super) fn room_of(account: AccountId) -> String {
    format!("user_{account}")
}

impl Registry {
    pub(super) fn len(&self) -> usize {
        self.sockets.len()
    }

    /// Adds a socket without a seat; `true` where nobody looks at the arrivals, so that whoever adds it must.
    pub(super) fn add(&mut self, connection: &Arc<Connection>, now: Instant) -> bool {
        let entry = Entry {
            connection: Arc::clone(connection),
            seated: None,
        };
        self.sockets.insert(connection.id, entry);
        self.arrivals.push_back((now, connection.id));
        !std::mem::replace(&mut self.is_watched, true)
    }

    /// The first of the arrivals, which is forgotten with it; where there is none, nobody looks at them any more.
    pub(super) fn next_arrival(&mut self) -> Option<(Instant, Sid)> {
        let first = self.arrivals.pop_front();
        self.is_watched = first.is_some();
        first
    }

    /// Gives a socket its seat and its person's room, where that person has fewer than `most`;
    /// `false` where they have not, or the socket is gone.
    pub(super) fn seat(&mut self, sid: Sid, seat: Seat, asked: Arc<[String]>, most: usize) -> bool {
        let room: Arc<str> = room_of(seat.account).into();
        let taken = self.rooms.get(&room).map_or(0, HashSet::len);
        let Some(entry) = self.sockets.get_mut(&sid).filter(|_| taken < most) else {
            return false;
        };
        entry.seated = Some(Seated {
            seat,
            rooms: vec![Arc::clone(&room)],
            asked,
            looked: 0,
            is_told: false,
        });
        self.rooms.entry(room).or_default().insert(sid);
        true
    }

    /// Notes that the client knows it is in; `false` where its seat was taken away meanwhile.
    pub(super) fn note_told(&mut self, sid: Sid) -> bool {
        let entry = self.sockets.get_mut(&sid);
        let Some(seated) = entry.and_then(|entry| entry.seated.as_mut()) else {
            return false;
        };
        seated.is_told = true;
        true
    }

    /// Forgets a socket and gives it back, where it was there.
    pub(super) fn remove(&mut self, sid: Sid) -> Option<Arc<Connection>> {
        self.unseat(sid);
        self.sockets.remove(&sid).map(|entry| entry.connection)
    }

    /// Takes a socket's seat and rooms away.
    pub(super) fn unseat(&mut self, sid: Sid) {
        let entry = self.sockets.get_mut(&sid);
        let seated = entry.and_then(|entry| entry.seated.take());
        for room in seated.into_iter().flat_map(|seated| seated.rooms) {
            self.leave(&room, sid);
        }
    }

    fn leave(&mut self, room: &str, sid: Sid) {
        if let Some(members) = self.rooms.get_mut(room) {
            members.remove(&sid);
            if members.is_empty() {
                self.rooms.remove(room);
            }
        }
    }

    /// Begins to look in which rooms a seat is; `None` where the socket has none any more.
    pub(super) fn look(&mut self, sid: Sid) -> Option<Look> {
        let seated = self.sockets.get(&sid)?.seated.as_ref()?;
        self.looks += 1;
        Some(Look {
            sid,
            seat: seated.seat.clone(),
            asked: Arc::clone(&seated.asked),
            number: self.looks,
        })
    }

    /// Has a seat be in its person's room and in these, and in no other; nothing where a later look was first.
    pub(super) fn sit(&mut self, look: &Look, rooms: Vec<String>) {
        let entry = self.sockets.get_mut(&look.sid);
        let seated = entry.and_then(|entry| entry.seated.as_mut());
        let Some(seated) = seated.filter(|seated| seated.looked < look.number) else {
            return;
        };
        seated.looked = look.number;
        let new: HashSet<Arc<str>> = rooms.into_iter().map(Into::into).collect();
        let own = seated.rooms.first().cloned();
        let now: Vec<_> = own.into_iter().chain(new).collect();
        let before = std::mem::replace(&mut seated.rooms, now.clone());
        for room in before.iter().filter(|room| !now.contains(room)) {
            self.leave(room, look.sid);
        }
        for room in now {
            self.rooms.entry(room).or_default().insert(look.sid);
        }
    }

    /// Whether this socket has no seat.
    pub(super) fn is_outside(&self, sid: Sid) -> bool {
        let entry = self.sockets.get(&sid);
        entry.is_some_and(|entry| entry.seated.is_none())
    }

    /// The sockets in a room whose seats pass.
    pub(super) fn members(
        &self,
        room: &str,
        passes: impl Fn(&Seat) -> bool,
    ) -> Vec<Arc<Connection>> {
        self.in_room(room)
            .filter(|(_, seated)| seated.is_told && passes(&seated.seat))
            .map(|(entry, _)| Arc::clone(&entry.connection))
            .collect()
    }

    /// Whether nobody is in a room.
    pub(super) fn is_empty_room(&self, room: &str) -> bool {
        !self.rooms.contains_key(room)
    }

    /// The seats in a room of those who know that they are in.
    pub(super) fn seated(&self, room: &str) -> Vec<Seat> {
        let members = self.in_room(room).filter(|(_, seated)| seated.is_told);
        members.map(|(_, seated)| seated.seat.clone()).collect()
    }

    /// Every socket that knows it is in, and whose it is.
    pub(super) fn told(&self) -> Vec<(AccountId, Arc<Connection>)> {
        let told = self.sockets.values().filter_map(|entry| {
            let seated = entry.seated.as_ref().filter(|seated| seated.is_told)?;
            Some((seated.seat.account, Arc::clone(&entry.connection)))
        });
        told.collect()
    }

    /// Whose a socket is that has a seat.
    pub(super) fn account(&self, sid: Sid) -> Option<AccountId> {
        let seated = self.sockets.get(&sid)?.seated.as_ref();
        seated.map(|seated| seated.seat.account)
    }

    /// The seats of an account.
    pub(super) fn seats(&self, account: AccountId) -> Vec<(Sid, Seat)> {
        self.in_room(&room_of(account))
            .map(|(entry, seated)| (entry.connection.id, seated.seat.clone()))
            .collect()
    }

    /// The seats in rooms of a prefix beside their person's own, or that asked for one.
    pub(super) fn concerned(&self, prefix: &str) -> Vec<(Sid, Seat)> {
        let is_concerned = |seated: &&Seated| {
            let mut rooms = seated.rooms.iter().skip(1);
            rooms.any(|room| room.starts_with(prefix))
                || seated.asked.iter().any(|room| room.starts_with(prefix))
        };
        let sockets = self.sockets.iter();
        sockets
            .filter_map(|(sid, entry)| {
                let seated = entry.seated.as_ref().filter(is_concerned)?;
                Some((*sid, seated.seat.clone()))
            })
            .collect()
    }

    /// Every seat.
    pub(super) fn all_seats(&self) -> Vec<(Sid, Seat)> {
        let sockets = self.sockets.iter();
        sockets
            .filter_map(|(sid, entry)| Some((*sid, entry.seated.as_ref()?.seat.clone())))
            .collect()
    }

    /// Forgets every socket and gives them back.
    pub(super) fn take_all(&mut self) -> Vec<Arc<Connection>> {
        self.rooms.clear();
        let sockets = std::mem::take(&mut self.sockets);
        sockets
            .into_values()
            .map(|entry| entry.connection)
            .collect()
    }

    fn in_room(&self, room: &str) -> impl Iterator<Item = (&Entry, &Seated)> {
        let members = self.rooms.get(room).into_iter().flatten();
        members.filter_map(|sid| {
            let entry = self.sockets.get(sid)?;
            Some((entry, entry.seated.as_ref()?))
        })
    }
}
