//! The program as processes: one that is killed, two that stand side by side, a store that goes away.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod broker_of_own;
mod house;
mod installation;
mod neighbours;
mod people;
mod server_of_own;
mod store;
mod told;

mod away;
mod backup;
mod backup_files;
mod crash;
mod limits;
mod notified;
mod refusals;
mod rolling;
mod side_by_side;
mod start_together;
mod uploads;
