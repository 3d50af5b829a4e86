//! The providers as a person leafs through them: filters, an order, numbered pages.

mod store;

use hanok_db::paging::NumberedPage;
use hanok_web::Caller;
use hanok_web::error::FieldError;
use serde::Deserialize;

pub(super) use store::ListedRow;

use super::by::By;
use crate::context::Identity;
use crate::fault::Fault;

/// The longest text that is looked for, in characters.
const LONGEST: usize = 100;

/// The filters, the order and the page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct SearchIn {
    /// A part of the name, or the whole client id.
    pub(super) q: Option<String>,
    /// `active` or `inactive`.
    pub(super) state: Option<String>,
    /// `name`, `created`; with `-` before it the other way round.
    pub(super) sort: Option<String>,
    pub(super) page: Option<String>,
}

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    Name,
    NameDown,
    Oldest,
    #[default]
    Newest,
}

/// The order where the address names none.
pub(super) const DEFAULT_SORT: &str = "-created";

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Search {
    words: Option<String>,
    active: Option<bool>,
    order: Order,
    page: NumberedPage,
}

/// A page of what was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) rows: Vec<ListedRow>,
    pub(super) total: u64,
    pub(super) page: u32,
    pub(super) pages: u32,
}

impl SearchIn {
    /// What is meant.
    ///
    /// # Errors
    /// Every wrong field.
    pub(super) fn check(&self) -> Result<Search, Fault> {
        let mut faults = Vec::new();
        let active = match said(self.state.as_deref()) {
            None => None,
            Some("active") => Some(true),
            Some("inactive") => Some(false),
            Some(_) => {
                faults.push(unknown("/state", "active, inactive"));
                None
            }
        };
        let order = match said(self.sort.as_deref()) {
            None | Some(DEFAULT_SORT) => Order::Newest,
            Some("created") => Order::Oldest,
            Some("name") => Order::Name,
            Some("-name") => Order::NameDown,
            Some(_) => {
                faults.push(unknown("/sort", "name, created"));
                Order::default()
            }
        };
        let number = said(self.page.as_deref()).map(str::parse).transpose();
        let page = number
            .ok()
            .and_then(|number| NumberedPage::new(number, None).ok());
        let words = said(self.q.as_deref().map(str::trim));
        if words.is_some_and(|words| words.chars().count() > LONGEST) {
            faults.push(FieldError::new("/q", "too_long").arg("max", LONGEST));
        }
        if page.is_none() {
            let fault = FieldError::new("/page", "out_of_range").arg("min", 1);
            faults.push(fault.arg("max", hanok_db::paging::MAX_NUMBERED_PAGE));
        }
        match page {
            Some(page) if faults.is_empty() => Ok(Search {
                words: words.map(str::to_owned),
                active,
                order,
                page,
            }),
            _ => Err(Fault::fields(faults)),
        }
    }
}

fn said(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.is_empty())
}

fn unknown(pointer: &'static str, expected: &str) -> FieldError {
    FieldError::new(pointer, "unknown_value").arg("expected", expected)
}

impl Identity {
    /// A page of the providers that the caller may know of: two statements.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn search_providers(
        &self,
        caller: &Caller,
        search: Search,
    ) -> Result<Found, Fault> {
        let owner = By::Person(caller.clone()).only_own();
        let read = self.accounts.db.read(async move |conn| {
            let total = store::count(conn, owner, &search).await?;
            let rows = store::rows(conn, owner, &search).await?;
            Ok::<_, Fault>(Found {
                rows,
                total,
                page: search.page.number(),
                pages: search.page.pages(total),
            })
        });
        read.await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(q: &str, state: &str, sort: &str, page: &str) -> Result<Search, Fault> {
        let given = |text: &str| Some(text.to_owned());
        let asked = SearchIn {
            q: given(q),
            state: given(state),
            sort: given(sort),
            page: given(page),
        };
        asked.check()
    }

    #[test]
    fn empty_values_are_none() {
        let search = asked("  ", "", "", "").unwrap();
        assert_eq!(search, SearchIn::default().check().unwrap());
        assert_eq!(
            (search.words, search.active, search.order),
            (None, None, Order::Newest)
        );
    }

    #[test]
    fn each_filter_is_read() {
        let search = asked(" 쇼핑 ", "inactive", "-name", "3").unwrap();
        assert_eq!(search.words.as_deref(), Some("쇼핑"));
        assert_eq!(
            (search.active, search.order),
            (Some(false), Order::NameDown)
        );
        assert_eq!(search.page.number(), 3);
    }

    #[test]
    fn what_is_none_of_the_list_is_refused() {
        let long = "가".repeat(101);
        for (q, state, sort, page) in [
            (long.as_str(), "", "", ""),
            ("", "off", "", ""),
            ("", "", "owner", ""),
            ("", "", "", "0"),
            ("", "", "", "501"),
            ("", "", "", "x"),
        ] {
            assert!(asked(q, state, sort, page).is_err(), "{state}{sort}{page}");
        }
    }
}
