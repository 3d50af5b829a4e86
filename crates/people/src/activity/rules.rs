//! What may be asked of activities, and how long they are kept; without I/O.

use std::time::Duration;

use hanok_web::asked::{read, within};
use serde::Deserialize;

use crate::fault::Fault;

/// How long a person sees what they did.
pub(super) const DAY: Duration = Duration::from_hours(24);
/// How many are kept of the whole organisation.
pub(super) const KEPT: u32 = 10_000;
/// For how long: as long as the log of access, for an address and an agent stand in each.
pub(super) const REMEMBERED: Duration = Duration::from_hours(90 * 24);
/// Of how many days the console shows how much was done.
pub(super) const DAYS: i32 = 14;

/// How many one's own list has, and at most.
pub(super) const OWN: Limit = Limit {
    usual: 50,
    most: 200,
};
/// How many the organisation's list has, and at most.
pub(super) const ALL: Limit = Limit {
    usual: 100,
    most: KEPT,
};

/// How many rows a list has.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    /// Where nothing is asked.
    pub(super) usual: u32,
    /// At most.
    pub(super) most: u32,
}

/// The query of a list; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActivitiesIn {
    /// How many.
    pub limit: Option<String>,
}

impl ActivitiesIn {
    /// How many are meant.
    ///
    /// # Errors
    /// A limit that is no number from 1 to the most.
    pub(super) fn check(&self, limit: Limit) -> Result<u32, Fault> {
        let mut faults = Vec::new();
        let asked = read(
            self.limit.as_deref(),
            |text| within(text, "/limit", limit.most),
            &mut |fault| faults.push(fault),
        );
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        Ok(asked.unwrap_or(limit.usual))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_usual_length_unless_another_is_asked() {
        let asked = |text: Option<&str>, limit| {
            let input = ActivitiesIn {
                limit: text.map(str::to_owned),
            };
            input.check(limit).ok()
        };
        assert_eq!(asked(None, OWN), Some(50));
        assert_eq!(asked(Some(""), ALL), Some(100));
        assert_eq!(asked(Some("200"), OWN), Some(200));
        assert_eq!(asked(Some("10000"), ALL), Some(10_000));
        for wrong in ["0", "-1", "201", "many"] {
            assert_eq!(asked(Some(wrong), OWN), None, "{wrong}");
        }
        assert_eq!(asked(Some("10001"), ALL), None);
    }
}
