//! What every list has around its rows: headers to sort by, and below them the total and the way to other pages.

use askama::Template;
use hanok_base::i18n::Text;

use crate::page::filters;
use crate::text;

/// The address of a list with its filters, from which those of its other pages and orders are made.
#[derive(Clone, Debug)]
pub struct ListQuery {
    path: String,
    pairs: Vec<(&'static str, String)>,
}

impl ListQuery {
    /// The list at `path`, without filters.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            pairs: Vec::new(),
        }
    }

    /// A filter or the order, where it says something.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.pairs.push((name, value.to_owned()));
        }
        self
    }

    /// Whether a filter says something, the order aside.
    pub fn is_filtered(&self) -> bool {
        self.pairs.iter().any(|(name, _)| *name != "sort")
    }

    /// The address of this list where `name` says `value` instead of what it says now; from the first page again.
    pub fn address(&self, name: &'static str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (known, value) in self.pairs.iter().filter(|(known, _)| *known != name) {
            query.append_pair(known, value);
        }
        if !value.is_empty() {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{query}", self.path)
        }
    }

    /// The address of the same selection at another path: an export.
    pub fn at(&self, path: &str) -> String {
        let moved = Self {
            path: path.to_owned(),
            pairs: self.pairs.clone(),
        };
        moved.address("", "")
    }

    fn sort(&self) -> &str {
        let found = self.pairs.iter().find(|(name, _)| *name == "sort");
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// Below a list: how many there are, and the pages beside this one. `{{ pager|pager }}`
#[derive(Clone, Debug, Template)]
#[template(path = "pager.html")]
pub struct Pager {
    query: ListQuery,
    page: u32,
    pages: u32,
    total: u64,
    /// The cursors of the pages before and behind, where the list goes by keyset.
    cursors: Option<(Option<String>, Option<String>)>,
    is_at_least: bool,
    is_of_people: bool,
}

impl Pager {
    /// Page `page` of `pages` numbered ones (`?page=`), of a list of `total` rows.
    pub const fn numbered(query: ListQuery, page: u32, pages: u32, total: u64) -> Self {
        Self {
            query,
            page,
            pages,
            total,
            cursors: None,
            is_at_least: false,
            is_of_people: false,
        }
    }

    /// A page of a list that goes by keyset (`?cursor=`), with the cursors of its neighbours; `total` is how
    /// many rows were counted.
    pub const fn keyset(
        query: ListQuery,
        previous: Option<String>,
        next: Option<String>,
        total: u64,
    ) -> Self {
        Self {
            query,
            page: 1,
            pages: 1,
            total,
            cursors: Some((previous, next)),
            is_at_least: false,
            is_of_people: false,
        }
    }

    /// The rows were counted no further than the total says.
    #[must_use]
    pub const fn at_least(mut self, is_at_least: bool) -> Self {
        self.is_at_least = is_at_least;
        self
    }

    /// The rows are people, whom Korean counts by another word.
    #[must_use]
    pub const fn of_people(mut self) -> Self {
        self.is_of_people = true;
        self
    }

    fn total_text(&self) -> Text {
        let total = grouped(self.total);
        match (self.is_at_least, self.is_of_people) {
            (true, _) => text::list::total_at_least(total),
            (false, true) => text::list::people(total),
            (false, false) => text::list::total(total),
        }
    }

    fn previous(&self) -> Option<String> {
        match &self.cursors {
            Some((previous, _)) => previous
                .as_deref()
                .map(|cursor| self.query.address("cursor", cursor)),
            None => (self.page > 1).then(|| self.numbered_address(self.page - 1)),
        }
    }

    fn next(&self) -> Option<String> {
        match &self.cursors {
            Some((_, next)) => next
                .as_deref()
                .map(|cursor| self.query.address("cursor", cursor)),
            None => (self.page < self.pages).then(|| self.numbered_address(self.page + 1)),
        }
    }

    fn is_numbered(&self) -> bool {
        self.cursors.is_none()
    }

    fn numbered_address(&self, page: u32) -> String {
        self.query.address("page", &page.to_string())
    }
}

/// A column's header that sorts by it: `?sort=name`, then `?sort=-name`. `{{ header|sort }}`
#[derive(Clone, Debug, Template)]
#[template(path = "sort.html")]
pub struct SortHeader {
    label: Text,
    href: String,
    /// `Some(true)`: sorted by it, the highest first.
    is_down: Option<bool>,
}

impl SortHeader {
    /// The header of `column` in the list of `query`; `default` is the order where the address names none.
    pub fn new(query: &ListQuery, column: &str, label: Text, default: &str) -> Self {
        let sort = match query.sort() {
            "" => default,
            said => said,
        };
        let (is_down, bare) = sort
            .strip_prefix('-')
            .map_or((false, sort), |bare| (true, bare));
        let is_sorted = bare == column;
        let wish = if is_sorted && !is_down {
            format!("-{column}")
        } else {
            column.to_owned()
        };
        Self {
            label,
            href: query.address("sort", &wish),
            is_down: is_sorted.then_some(is_down),
        }
    }

    fn state(&self) -> &'static str {
        match self.is_down {
            Some(true) => "descending",
            Some(false) => "ascending",
            None => "none",
        }
    }
}

/// `1,234`, as people write numbers in both languages.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> ListQuery {
        ListQuery::new("/admin/people")
            .with("q", Some("김 하늘"))
            .with("role", Some(""))
            .with("sort", Some("-name"))
    }

    #[test]
    fn another_page_keeps_the_filters_and_the_order() {
        let address = people().address("page", "3");
        assert_eq!(
            address,
            "/admin/people?q=%EA%B9%80+%ED%95%98%EB%8A%98&sort=-name&page=3"
        );
    }

    #[test]
    fn the_order_alone_is_no_filter() {
        assert!(people().is_filtered());
        let sorted = ListQuery::new("/admin/people").with("sort", Some("name"));
        assert!(!sorted.is_filtered());
    }

    #[test]
    fn a_header_turns_the_order_round() {
        let query = ListQuery::new("/p").with("sort", Some("name"));
        let header = SortHeader::new(&query, "name", text::list::next(), "name");
        assert_eq!(
            (header.href.as_str(), header.state()),
            ("/p?sort=-name", "ascending")
        );
        let other = SortHeader::new(&query, "created", text::list::next(), "name");
        assert_eq!(
            (other.href.as_str(), other.state()),
            ("/p?sort=created", "none")
        );
    }

    #[test]
    fn the_last_page_has_no_next() {
        let pager = Pager::numbered(people(), 2, 2, 21);
        assert!(pager.next().is_none());
        assert!(pager.previous().is_some_and(|href| href.contains("page=1")));
    }
}
