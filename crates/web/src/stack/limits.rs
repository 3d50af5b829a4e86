//! The limits every request is counted against.

use std::fmt::Write;

use crate::config::LimitsConfig;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::principal::Principal;
use crate::rate_limit::{Policy, RateLimits, limited_network};

/// Limits by address, account and API key.
pub(super) struct CallerLimits {
    limits: RateLimits,
    address: Policy,
    account: Policy,
    api_key: Policy,
}

impl CallerLimits {
    pub(super) fn new(limits: RateLimits, config: &LimitsConfig) -> Self {
        Self {
            limits,
            address: Policy::per_minute("address", config.address_per_minute),
            account: Policy::per_minute("account", config.account_per_minute),
            api_key: Policy::per_minute("api_key", config.api_key_per_minute),
        }
    }

    /// Counts the request for its address, before anything is looked up for it.
    pub(super) async fn by_address(&self, exchange: &Exchange) -> Result<(), Error> {
        self.count(&self.address, limited_network(exchange.address), exchange)
            .await
    }

    /// Counts the request for its account or API key.
    pub(super) async fn by_caller(&self, exchange: &Exchange) -> Result<(), Error> {
        match exchange.principal() {
            Principal::Nobody => Ok(()),
            Principal::Account(caller) => match caller.api_key {
                Some(key) => self.count(&self.api_key, key, exchange).await,
                None => self.count(&self.account, caller.account, exchange).await,
            },
            Principal::Device(device) => self.count(&self.account, device.account, exchange).await,
        }
    }

    async fn count(
        &self,
        policy: &Policy,
        who: impl std::fmt::Display,
        exchange: &Exchange,
    ) -> Result<(), Error> {
        let mut key = String::with_capacity(40);
        let _ = write!(key, "{who}");
        if let Some(limit) = self.limits.count(policy, &key, exchange.now).await? {
            exchange.note_limit(limit);
        }
        Ok(())
    }
}
