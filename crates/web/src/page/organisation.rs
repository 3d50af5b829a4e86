//! Whose house it is: the organisation's name, time zone and language, as pages show them.

use std::sync::{Arc, PoisonError, RwLock};

use hanok_base::i18n::Locale;
use jiff::tz;

/// The time zone of an organisation that has not said where it is.
const SEOUL: &str = "Asia/Seoul";

/// What pages need to know of the organisation.
#[derive(Clone, Debug)]
pub struct OrganisationFacts {
    /// Its name; `None` before it is set up.
    pub name: Option<String>,
    /// The time zone that pages tell time in.
    pub zone: tz::TimeZone,
    /// The language of pages for a reader who asks for none of ours.
    pub locale: Locale,
}

impl Default for OrganisationFacts {
    fn default() -> Self {
        Self {
            name: None,
            zone: time_zone(SEOUL).unwrap_or(tz::TimeZone::UTC),
            locale: Locale::default(),
        }
    }
}

/// The organisation, which may change while the program runs. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Organisation(Arc<RwLock<Arc<OrganisationFacts>>>);

impl Organisation {
    /// Changes what pages know of it.
    pub fn set(&self, facts: OrganisationFacts) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(facts);
    }

    /// What is known of it now.
    pub fn get(&self) -> Arc<OrganisationFacts> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The time zone of this name. Seoul's is there, nine hours ahead all year, where the system knows no zones too.
pub fn time_zone(name: &str) -> Option<tz::TimeZone> {
    let fixed = || (name == SEOUL).then(|| tz::TimeZone::fixed(tz::offset(9)));
    tz::TimeZone::get(name).ok().or_else(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_that_says_nothing_is_in_seoul_and_speaks_korean() {
        let facts = Organisation::default().get();
        let noon = jiff::Timestamp::UNIX_EPOCH.to_zoned(facts.zone.clone());
        assert_eq!((noon.hour(), facts.locale), (9, Locale::Ko));
        assert_eq!(facts.name, None);
    }

    #[test]
    fn every_clone_sees_a_change() {
        let (one, facts) = (Organisation::default(), OrganisationFacts::default());
        let other = one.clone();
        one.set(OrganisationFacts {
            name: Some("가온학교".to_owned()),
            ..facts
        });
        assert_eq!(other.get().name.as_deref(), Some("가온학교"));
        assert!(time_zone("Mars/Olympus").is_none());
    }
}
