//! The guarded client: where it may not go, and what it does with odd servers.

mod guard;
mod resolver;
mod servers;
