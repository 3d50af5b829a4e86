//! The time zone that pages tell time in: the organisation's.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::tz;

/// The organisation's time zone, which may change while the program runs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TimeZone(Arc<RwLock<tz::TimeZone>>);

impl Default for TimeZone {
    /// Seoul's, nine hours ahead all year, where the system knows no zones too.
    fn default() -> Self {
        let seoul =
            tz::TimeZone::get("Asia/Seoul").unwrap_or_else(|_| tz::TimeZone::fixed(tz::offset(9)));
        Self(Arc::new(RwLock::new(seoul)))
    }
}

impl TimeZone {
    /// Changes it to the zone of this name (`Asia/Seoul`); says whether there is one.
    pub fn set(&self, name: &str) -> bool {
        let Ok(zone) = tz::TimeZone::get(name) else {
            return false;
        };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = zone;
        true
    }

    /// The zone as it is now.
    pub fn get(&self) -> tz::TimeZone {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
