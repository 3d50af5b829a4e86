//! The store on both engines.

mod concurrency;
mod constraints;
mod disk;
mod lists;
mod migrations;
mod neighbours;
mod queue;
mod reads;
mod rules;
mod scan;
mod schema;
mod slow;
mod types;
mod units;
