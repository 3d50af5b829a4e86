//! What may be asked of the list, without I/O.

use hanok_db::paging::{NumberedPage, PageRequest};
use hanok_db::text_enum;
use serde::Deserialize;

use super::Wanted;
use crate::fault::Fault;
use crate::words;

text_enum! {
    /// In which order posts are listed.
    pub(in crate::post) enum Sort {
        /// The newest first.
        New = "new",
        /// The last commented first; what nobody has commented at the end.
        Commented = "commented",
        /// The most recommended first.
        Recommended = "recommended",
    }
}

/// Category, order and page, as the query of an address gives them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::post) struct PostsIn {
    /// The id of a category.
    pub(in crate::post) category: Option<String>,
    /// A [`Sort`].
    pub(in crate::post) sort: Option<String>,
    page: Option<u32>,
    cursor: Option<String>,
    limit: Option<u32>,
}

impl PostsIn {
    /// Category and order.
    ///
    /// # Errors
    /// A field error for an unknown order; `NotFound` for what is no category's id.
    pub(in crate::post) fn wanted(&self) -> Result<Wanted, Fault> {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let category = said(&self.category).map(|id| id.parse().map_err(|_| Fault::not_found()));
        let sort = match said(&self.sort) {
            Some(sort) => sort
                .parse()
                .map_err(|_| Fault::field("/sort", "board_sort"))?,
            None => Sort::New,
        };
        Ok(Wanted {
            category: category.transpose()?,
            sort,
        })
    }

    /// The page by its number.
    ///
    /// # Errors
    /// A field error for one beyond 1 to 500.
    pub(in crate::post) fn page(&self) -> Result<NumberedPage, Fault> {
        words::numbered(self.page, self.limit)
    }

    /// Where a page begins that is asked for by no number.
    pub(in crate::post) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty())
    }

    /// The page by its cursor; `None` where a number is asked for.
    ///
    /// # Errors
    /// A field error for what is no cursor, and for one beside a number.
    pub(in crate::post) fn by_cursor(&self) -> Result<Option<PageRequest>, Fault> {
        let cursor = self.cursor();
        if self.page.is_some() {
            let both = || Fault::field("/cursor", "board_cursor");
            return cursor.map_or(Ok(None), |_| Err(both()));
        }
        words::by_cursor(self.limit, cursor).map(Some)
    }
}
