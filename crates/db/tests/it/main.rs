//! The store on both engines.

mod backup;
mod concurrency;
mod constraints;
mod disk;
mod lists;
mod many;
mod migrations;
mod neighbours;
mod news;
mod queue;
mod reads;
mod rules;
mod scan;
mod schema;
mod slow;
mod text_search;
mod types;
mod units;
