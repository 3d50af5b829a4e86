//! Which page of a list is asked for.

use hanok_db::paging::{MAX_LIMIT, MAX_NUMBERED_PAGE, NumberedPage, PagingError};
use hanok_web::FieldError;
use serde::Deserialize;

use crate::fault::Fault;

/// Which page, as a URL says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageIn {
    page: Option<u32>,
    per_page: Option<u32>,
}

impl PageIn {
    /// The page; the first of 20 rows where nothing is said.
    ///
    /// # Errors
    /// Field errors.
    pub(crate) fn check(&self) -> Result<NumberedPage, Fault> {
        numbered(self.page, self.per_page)
    }
}

/// A numbered page.
///
/// # Errors
/// Field errors.
pub(crate) fn numbered(page: Option<u32>, per_page: Option<u32>) -> Result<NumberedPage, Fault> {
    NumberedPage::new(page, per_page).map_err(|wrong| {
        let (pointer, most) = match wrong {
            PagingError::Limit => ("/per_page", MAX_LIMIT),
            PagingError::Number | PagingError::Cursor => ("/page", MAX_NUMBERED_PAGE),
        };
        let field = FieldError::new(pointer, "out_of_range");
        Fault::fields(vec![field.arg("min", 1).arg("max", most)])
    })
}
