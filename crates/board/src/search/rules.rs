//! What is asked of the search.

use hanok_db::text_search::TextQuery;
use hanok_web::FieldError;
use serde::Deserialize;

use super::place::{Place, Places, Stage};
use crate::fault::Fault;

/// The longest text that is looked for, in characters.
pub(super) const LONGEST: usize = 100;
/// How many posts and how many comments a page holds where nobody says otherwise; with fewer posts that hold the words
/// themselves, those follow that hold them without their particles.
pub(super) const A_PAGE: u32 = 20;
/// The most of either.
pub(super) const MOST: u32 = 50;

/// The search as it comes in an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SearchIn {
    /// What is looked for.
    pub(super) q: String,
    /// `new` or `title`.
    pub(super) sort: Option<String>,
    pub(super) cursor: Option<String>,
    pub(super) limit: Option<u32>,
}

/// In which order posts stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The newest first.
    #[default]
    New,
    /// Those with the words in the title first.
    Title,
}

/// What is looked for, and from where on.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// As it was typed, without the spaces around it.
    pub(super) typed: String,
    /// `None` where it holds no word.
    pub(super) query: Option<TextQuery>,
    pub(super) from: Places,
    pub(super) most: usize,
}

impl Order {
    /// Its word in an address.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Title => "title",
        }
    }

    fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("" | "new") => Some(Self::New),
            Some("title") => Some(Self::Title),
            Some(_) => None,
        }
    }
}

impl SearchIn {
    /// The order that is asked for.
    ///
    /// # Errors
    /// A field error for one that there is not.
    pub(super) fn order(&self) -> Result<Order, Fault> {
        Order::parse(self.sort.as_deref()).ok_or_else(|| Fault::field("/sort", "invalid_value"))
    }

    /// What is asked for.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(&self) -> Result<Asked, Fault> {
        let typed = self.q.trim();
        if typed.chars().count() > LONGEST {
            let fault = FieldError::new("/q", "too_long").arg("max", LONGEST);
            return Err(Fault::fields(vec![fault]));
        }
        let order = self.order()?;
        let most = Some(self.limit.unwrap_or(A_PAGE)).filter(|most| (1..=MOST).contains(most));
        let most = most.ok_or_else(|| Fault::field("/limit", "invalid_value"))?;
        let from = match self.cursor.as_deref() {
            None | Some("") => Places::first(order),
            Some(text) => text
                .parse()
                .map_err(|()| Fault::field("/cursor", "invalid_value"))?,
        };
        Ok(Asked {
            typed: typed.to_owned(),
            query: TextQuery::parse(typed),
            from,
            most: usize::try_from(most).unwrap_or(1),
        })
    }
}

impl Places {
    /// The beginning of both lists.
    const fn first(order: Order) -> Self {
        let posts = match order {
            Order::New => Stage::Whole,
            Order::Title => Stage::Title,
        };
        Self {
            posts: Some(Place::first(posts)),
            comments: Some(Place::first(Stage::Whole)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(
        q: &str,
        sort: Option<&str>,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Asked, Fault> {
        let (sort, cursor) = (sort.map(str::to_owned), cursor.map(str::to_owned));
        let q = q.to_owned();
        SearchIn {
            q,
            sort,
            cursor,
            limit,
        }
        .check()
    }

    #[test]
    fn a_search_has_bounds() {
        assert!(asked(&"가".repeat(100), None, None, None).is_ok());
        for refused in [
            asked(&"가".repeat(101), None, None, None),
            asked("회의", Some("old"), None, None),
            asked("회의", None, Some("x"), None),
            asked("회의", None, None, Some(0)),
            asked("회의", None, None, Some(51)),
        ] {
            assert!(refused.is_err());
        }
    }

    #[test]
    fn a_search_begins_where_its_order_does() {
        let by_title = asked(" 회의 ", Some("title"), None, None).unwrap();
        assert_eq!(by_title.typed, "회의");
        assert_eq!(by_title.from.posts, Some(Place::first(Stage::Title)));
        let on = asked("회의", None, Some("w7.2-"), Some(5)).unwrap();
        assert_eq!((on.from.to_string().as_str(), on.most), ("w7.2-", 5));
        assert!(asked("?!", None, None, None).unwrap().query.is_none());
    }
}
