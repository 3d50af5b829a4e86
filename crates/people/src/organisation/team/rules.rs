//! What may be asked of the list of teams, without I/O.

use hanok_db::paging::NumberedPage;
use hanok_db::text_enum;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::fault::Fault;
use crate::organisation::page::numbered;

/// How many people a team has at most.
pub(super) const MOST_MEMBERS: usize = 500;
/// The longest text that is searched for, in characters.
const LONGEST: usize = 60;

/// Filter, order and page, as the query of an address gives them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TeamsIn {
    /// A part of the name.
    pub(super) q: Option<String>,
    /// A [`TeamSort`].
    pub(super) sort: Option<String>,
    page: Option<u32>,
    per_page: Option<u32>,
}

text_enum! {
    /// In which order teams are listed.
    pub(super) enum TeamSort {
        /// By name.
        Name = "name",
        /// By name, the last first.
        NameDown = "-name",
        /// The smallest first.
        Members = "members",
        /// The largest first.
        MembersDown = "-members",
        /// The oldest first.
        Created = "created",
        /// The newest first.
        CreatedDown = "-created",
    }
}

impl TeamSort {
    /// What stands behind ORDER BY.
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Name => "t.name_key, t.id",
            Self::NameDown => "t.name_key DESC, t.id DESC",
            Self::Members => "members, t.name_key, t.id",
            Self::MembersDown => "members DESC, t.name_key, t.id",
            Self::Created => "t.created_at, t.id",
            Self::CreatedDown => "t.created_at DESC, t.id DESC",
        }
    }
}

/// Which teams are wanted, in which order.
#[derive(Clone, Debug)]
pub(super) struct TeamFilter {
    /// A pattern of LIKE, escaped by `!`.
    pub(super) pattern: Option<String>,
    pub(super) sort: TeamSort,
}

impl TeamsIn {
    /// Every part checked.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(&self) -> Result<(TeamFilter, NumberedPage), Fault> {
        let sort = match self.sort.as_deref().filter(|sort| !sort.is_empty()) {
            Some(sort) => sort
                .parse()
                .map_err(|_| Fault::field("/sort", "sort_unknown"))?,
            None => TeamSort::Name,
        };
        let filter = TeamFilter {
            pattern: self.pattern(),
            sort,
        };
        Ok((filter, numbered(self.page, self.per_page)?))
    }

    fn pattern(&self) -> Option<String> {
        let typed = self.q.as_deref().unwrap_or_default();
        let typed: String = typed.trim().nfc().take(LONGEST).collect();
        if typed.is_empty() {
            return None;
        }
        let mut pattern = String::from("%");
        for c in typed.to_lowercase().chars() {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern.push('%');
        Some(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(q: &str, sort: &str) -> TeamsIn {
        TeamsIn {
            q: Some(q.to_owned()),
            sort: Some(sort.to_owned()),
            ..TeamsIn::default()
        }
    }

    #[test]
    fn what_is_searched_for_is_taken_as_it_stands() {
        let (filter, _) = asked(" 50%_A! ", "").check().unwrap();
        assert_eq!(filter.pattern.as_deref(), Some("%50!%!_a!!%"));
        assert_eq!(asked("  ", "").check().unwrap().0.pattern, None);
    }

    #[test]
    fn an_order_or_a_page_that_there_is_not_is_refused() {
        assert!(asked("", "-members").check().is_ok());
        assert!(asked("", "password").check().is_err());
        let far = TeamsIn {
            page: Some(501),
            ..TeamsIn::default()
        };
        assert!(far.check().is_err());
    }
}
