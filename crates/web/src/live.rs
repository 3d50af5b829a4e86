//! Live updates: Socket.IO (protocol 5) at `/socket.io/`, over polling and WebSocket.
//!
//! - [`Live`] is the whole of it, cheap to clone: apps [`emit`](Live::emit), accounts
//!   [`recheck`](Live::recheck), the stack serves its [`routes`](Live::routes).
//! - An [`Audience`] says which seats of a room an event is for. It travels with the event to the other
//!   processes ([`join`](Live::join)); after a gap in what they say everybody is greeted anew (`ready`, each with
//!   their own count).
//! - [`Rooms`] says for an app which rooms of a prefix a seat is in, by right or because the client named them
//!   (`auth.rooms`, at most eight; what is not known or not allowed is passed over); joined before `ready`.
//! - [`Notices`] says how many notifications a person has not read, and which a socket has missed: it is in its rooms
//!   first and asked for then, so that nothing falls between; what happens meanwhile may come before `ready`.
//! - A [`Seat`] is one connected socket of a person, with the way they proved who they are.
//! - [`event`] names what is sent; `web/src/live/events.ts` mirrors it.
//!
//! A socket connects through the same [`Authenticate`](crate::Authenticate)s as a request: by
//! `auth.token`, by `auth.device` (a phone's signature over `CONNECT /socket.io/`), else by the
//! browser session's cookie where one of our own pages asks. Who may not is told why
//! (`connect_error`, its message the code, `data.code` the same).
//!
//! Invariants: a seat is checked again after it is taken, so that no revocation falls between; its rooms
//! are asked for anew whenever it is checked, and the later question counts;
//! a socket that does not read is closed, never waited for; emitting neither waits nor fails;
//! clients change nothing over the socket, and events of theirs that we do not know are ignored.

mod admission;
mod audience;
mod connection;
mod deliver;
mod door;
pub mod event;
mod house;
mod notices;
mod packet;
mod registry;
mod rooms;
mod seat;

pub use audience::{Audience, Judge};
pub use house::Live;
pub use notices::Notices;
pub use rooms::Rooms;
pub use seat::{Seat, SeatVia};

pub(crate) use admission::Admission;
pub(crate) use door::{LONGEST_POLL, PATH};
