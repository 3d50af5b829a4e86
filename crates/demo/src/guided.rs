//! The guided demo: the shop's page at the left, the person's phone at the right, and what went over
//! the wire between them.
//!
//! Invariants: the shop and the person call the same HTTP API as everybody else; the shop's secret and
//! key and the person's password stay on the server; what a browser is shown belongs to its own visit,
//! and visits are bounded and forgotten.

mod asked;
mod pages;
mod person;
mod shop_side;
mod visit;
mod wire;

use std::sync::{Arc, OnceLock};

use hanok_accounts::Accounts;
use hanok_base::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::callbacks::Received;
use crate::http::{HttpFault, Loopback};
use crate::shop::DemoFile;
use visit::Visits;

pub(crate) use pages::routes;

/// What the guided demo remembers. Cloning shares it.
#[derive(Clone)]
pub struct Guided(Arc<Inner>);

struct Inner {
    accounts: Accounts,
    /// The shop, once it has its credentials.
    shop: OnceLock<Shop>,
    visits: Visits,
    received: Received,
    /// The access token of the person who is asked.
    bearer: Mutex<Option<String>>,
    /// When the last pairing code was handed out, and the phones that the person had then.
    handed: Mutex<Option<(Instant, Vec<String>)>>,
}

/// The shop, ready to ask.
struct Shop {
    file: DemoFile,
    demo: Loopback,
}

impl Guided {
    /// A demo whose shop is not open yet.
    pub fn new(accounts: &Accounts) -> Self {
        Self(Arc::new(Inner {
            accounts: accounts.clone(),
            shop: OnceLock::new(),
            visits: Visits::new(accounts.random.clone()),
            received: Received::default(),
            bearer: Mutex::new(None),
            handed: Mutex::new(None),
        }))
    }

    /// Opens the shop, which has these credentials.
    pub(crate) fn open(&self, file: &DemoFile) -> Result<(), HttpFault> {
        let shop = Shop {
            demo: Loopback::new(&file.url)?,
            file: file.clone(),
        };
        // Opened once a process: a second word about it would be the same.
        let _ = self.0.shop.set(shop);
        Ok(())
    }

    /// What the shop got, still encrypted.
    pub(crate) fn received(&self) -> &Received {
        &self.0.received
    }

    fn shop(&self) -> Option<&Shop> {
        self.0.shop.get()
    }

    fn now(&self) -> Timestamp {
        self.0.accounts.clock.now()
    }
}
