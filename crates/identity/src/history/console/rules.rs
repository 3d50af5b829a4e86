//! What may be asked of the list, without I/O.

use hanok_accounts::username::Username;
use hanok_db::PageRequest;
use hanok_db::paging::{DEFAULT_LIMIT, Key, MAX_LIMIT};
use hanok_web::asked::{read, within};
use hanok_web::error::FieldError;
use serde::Deserialize;

use crate::fault::Fault;
use crate::history::rules::{Filter, date, provider, state};

/// The filters and the page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TransactionsIn {
    /// Where they stand.
    pub(super) state: Option<String>,
    /// Who asked, by id.
    pub(super) provider: Option<String>,
    /// Who was asked, by username.
    pub(super) person: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    pub(super) from: Option<String>,
    /// The last day.
    pub(super) to: Option<String>,
    /// `next` or `previous` of another page.
    pub(super) cursor: Option<String>,
    /// How many a page has, at most 100.
    pub(super) limit: Option<String>,
}

/// What is asked, whose person is still to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) filter: Filter,
    pub(super) person: Option<Username>,
    /// The names of the filters, for the trail.
    pub(super) names: Vec<&'static str>,
}

impl TransactionsIn {
    /// The filters that say something.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let given = [
            ("state", &self.state),
            ("provider", &self.provider),
            ("person", &self.person),
            ("from", &self.from),
            ("to", &self.to),
        ];
        given.into_iter().filter_map(|(name, value)| {
            let value = value.as_deref().filter(|value| !value.is_empty())?;
            Some((name, value))
        })
    }

    /// The filter and the page that are meant.
    ///
    /// # Errors
    /// Every wrong field.
    pub(super) fn check(&self) -> Result<(Asked, PageRequest), Fault> {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let filter = Filter {
            state: read(self.state.as_deref(), state, &mut keep),
            provider: read(self.provider.as_deref(), provider, &mut keep),
            from: read(self.from.as_deref(), |text| date(text, "/from"), &mut keep),
            to: read(self.to.as_deref(), |text| date(text, "/to"), &mut keep),
        };
        let person = self.person.as_deref().map(str::trim);
        let person = read(person, username, &mut keep);
        let limit = read(self.limit.as_deref(), limit, &mut keep).unwrap_or(DEFAULT_LIMIT);
        let page = read(self.cursor.as_deref(), |text| place(text, limit), &mut keep);
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            keep(FieldError::new("/to", "period_order"));
        }
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        let page = match page {
            Some(page) => page,
            None => beginning(limit)?,
        };
        let names = self.filters().map(|(name, _)| name).collect();
        let asked = Asked {
            filter,
            person,
            names,
        };
        Ok((asked, page))
    }
}

fn username(text: &str) -> Result<Username, FieldError> {
    Username::parse(text).map_err(|_| FieldError::new("/person", "invalid_value"))
}

fn limit(text: &str) -> Result<u32, FieldError> {
    within(text, "/limit", MAX_LIMIT)
}

fn place(text: &str, limit: u32) -> Result<PageRequest, FieldError> {
    let request = PageRequest::new(Some(limit), Some(text)).ok();
    request
        .filter(|request| {
            let key = request.cursor().map(|cursor| &cursor.key);
            matches!(key, Some(Key::Number(_)))
        })
        .ok_or_else(|| FieldError::new("/cursor", "cursor_unknown"))
}

fn beginning(limit: u32) -> Result<PageRequest, Fault> {
    PageRequest::new(Some(limit), None).map_err(|_| Fault::field("/limit", "invalid_value"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::Status;

    fn asked(name: &str, value: &str) -> TransactionsIn {
        let mut asked = TransactionsIn::default();
        let field = match name {
            "state" => &mut asked.state,
            "provider" => &mut asked.provider,
            "person" => &mut asked.person,
            "from" => &mut asked.from,
            "to" => &mut asked.to,
            "cursor" => &mut asked.cursor,
            _ => &mut asked.limit,
        };
        *field = Some(value.to_owned());
        asked
    }

    #[test]
    fn empty_values_ask_for_everything() {
        for name in [
            "state", "provider", "person", "from", "to", "cursor", "limit",
        ] {
            let (everything, page) = asked(name, "").check().unwrap();
            assert_eq!(everything, Asked::default(), "{name}");
            assert_eq!((page.rows(), page.cursor()), (21, None), "{name}");
        }
    }

    #[test]
    fn each_filter_is_read_and_named() {
        let (failed, _) = asked("state", "FAILED").check().unwrap();
        assert_eq!(failed.filter.state, Some(Status::Failed));
        assert_eq!(failed.names, ["state"]);
        let (of_mina, _) = asked("person", " Mina ").check().unwrap();
        let mina = of_mina.person.unwrap();
        assert_eq!(mina.normalised(), "mina");
        assert_eq!(asked("limit", "100").check().unwrap().1.rows(), 101);
    }

    #[test]
    fn every_wrong_field_is_refused() {
        for (name, value) in [
            ("state", "DONE"),
            ("provider", "A"),
            ("person", "a"),
            ("from", "1.1.2026"),
            ("to", "2026-02-30"),
            ("cursor", "x"),
            ("limit", "101"),
            ("limit", "0"),
        ] {
            assert!(asked(name, value).check().is_err(), "{name}={value}");
        }
        let turned = TransactionsIn {
            from: Some("2026-11-21".to_owned()),
            ..asked("to", "2026-11-20")
        };
        assert!(turned.check().is_err());
    }
}
