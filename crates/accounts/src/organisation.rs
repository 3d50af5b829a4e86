//! The organisation: its name, its time zone and its language, which is one row, made at the first start; its
//! departments and teams, and whom somebody may see by them.

pub mod department;
mod joining;
mod name;
pub mod scope;
mod store;
pub mod team;

use std::sync::Arc;
use std::time::Duration;

use hanok_base::i18n::Locale;
use hanok_web::FieldError;
use hanok_web::page::{OrganisationFacts, time_zone};
use unicode_normalization::UnicodeNormalization;

use crate::app::ProcessDuty;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::visible::is_hidden;

pub use department::{DepartmentId, DepartmentRow};
pub use joining::OrganisationChanged;
pub use name::{GroupName, GroupNameFault};
pub use scope::Reach;
pub(crate) use store::{insert_or_update, now_known};
pub use team::{TeamId, TeamRow};

/// How often a process looks whether the organisation has changed.
const LOOK: Duration = Duration::from_secs(5);
/// The most characters of its name: the bar of every page shows it.
const LONGEST_NAME: usize = 60;

/// An organisation that is to be made or changed, every field checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrganisation {
    /// What it is called.
    pub name: String,
    /// The name of its time zone (`Asia/Seoul`).
    pub time_zone: String,
    /// The language of pages and messages for whoever has chosen none.
    pub locale: Locale,
}

impl NewOrganisation {
    /// Reads what was typed.
    ///
    /// # Errors
    /// What is wrong with which field.
    pub fn parse(name: &str, zone: &str, language: &str) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let name: String = name.trim().nfc().take(LONGEST_NAME + 1).collect();
        let fault = match name.chars().count() {
            0 => Some("required"),
            _ if name.chars().any(is_hidden) => Some("name_characters"),
            length if length > LONGEST_NAME => Some("name_too_long"),
            _ => None,
        };
        faults.extend(fault.map(|code| FieldError::new("/organisation", code)));
        if time_zone(zone).is_none() {
            faults.push(FieldError::new("/time_zone", "time_zone_unknown"));
        }
        match language.parse() {
            Ok(locale) if faults.is_empty() => Ok(Self {
                name,
                time_zone: zone.to_owned(),
                locale,
            }),
            Ok(_) => Err(faults),
            Err(_) => {
                faults.push(FieldError::new("/language", "language_unknown"));
                Err(faults)
            }
        }
    }

    /// What pages show of it.
    pub(crate) fn facts(&self) -> OrganisationFacts {
        let otherwise = OrganisationFacts::default();
        OrganisationFacts {
            name: Some(self.name.clone()),
            zone: time_zone(&self.time_zone).unwrap_or(otherwise.zone),
            locale: self.locale,
        }
    }
}

impl Accounts {
    /// Reads the organisation, which another process may have made or changed, for the pages of this one.
    ///
    /// # Errors
    /// The store's.
    pub async fn load_organisation(&self) -> Result<(), Fault> {
        let found = self.db.read(async |conn| now_known(conn).await).await;
        let facts = found?.map(|known| known.facts()).unwrap_or_default();
        self.organisation.set(facts);
        Ok(())
    }
}

/// Looks again and again, in every process.
pub(crate) fn watching(accounts: &Accounts) -> ProcessDuty {
    let accounts = accounts.clone();
    ProcessDuty {
        name: "accounts.read_organisation",
        every: LOOK,
        run: Arc::new(move || {
            let accounts = accounts.clone();
            Box::pin(async move {
                let loaded = accounts.load_organisation().await;
                loaded.map_err(|error| error.to_string())
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(name: &str, zone: &str, language: &str) -> Vec<&'static str> {
        let read = NewOrganisation::parse(name, zone, language);
        let faults = read.err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn an_organisation_has_a_name_that_can_be_seen_a_zone_and_a_language() {
        let school = NewOrganisation::parse(" 가온학교 ", "Asia/Seoul", "ko");
        assert_eq!(
            school.map(|school| school.name).ok().as_deref(),
            Some("가온학교")
        );
        assert_eq!(
            codes(" ", "Mars/Olympus", "tlh"),
            ["required", "time_zone_unknown", "language_unknown"]
        );
        assert_eq!(codes("가\u{202E}", "Asia/Seoul", "en"), ["name_characters"]);
        assert_eq!(
            codes(&"가".repeat(61), "Asia/Seoul", "en"),
            ["name_too_long"]
        );
    }
}
