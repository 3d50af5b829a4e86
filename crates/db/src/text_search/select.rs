//! Reading what an index found, joined to the tables that hold it.

use std::sync::OnceLock;

use crate::conn::Conn;
use crate::error::DbError;
use crate::row::Record;
use crate::value::{Param, Value};

use super::index::{Hits, TextIndex};

/// Where the hits stand in a statement.
const MARK: &str = "/*hits*/";

/// A SELECT over the hits of an index, one text for both engines.
///
/// `/*hits*/` stands for a table `hit` with the column `rowid`: the numbers of the entries found, all of them below a
/// given one. What the reader may not see is left out here, before the LIMIT:
///
/// ```
/// use hanok_db::text_search::{TextIndex, TextSelect};
/// static NOTES: TextIndex = hanok_db::text_index!("note_search");
/// static NEWEST: TextSelect = TextSelect::new(&NOTES, "SELECT n.serial, n.text FROM /*hits*/ CROSS JOIN note AS n
///     WHERE n.serial = hit.rowid AND n.owner_id = $1 ORDER BY hit.rowid DESC LIMIT $2");
/// ```
pub struct TextSelect {
    index: &'static TextIndex,
    text: &'static str,
    ready: [OnceLock<String>; 3],
}

impl TextSelect {
    /// From a statement that has the mark `/*hits*/`.
    pub const fn new(index: &'static TextIndex, text: &'static str) -> Self {
        Self {
            index,
            text,
            ready: [const { OnceLock::new() }; 3],
        }
    }

    /// The rows for entries below the number `before`, in the statement's order; bound them with LIMIT.
    ///
    /// # Errors
    /// As [`Conn::all`].
    pub async fn all<R: Record>(
        &self,
        c: &mut Conn,
        hits: &Hits,
        before: i64,
        params: &[Value<'_>],
    ) -> Result<Vec<R>, DbError> {
        let mut all = params.to_vec();
        all.extend([hits.expression.value(), before.value()]);
        c.all(self.sql(hits, params.len()), &all).await
    }

    /// The statement by which these hits are read, given how many parameters are its own; for tests of its plan.
    /// After them follow the store's, a text and a number.
    pub fn sql(&self, hits: &Hits, own: usize) -> &str {
        let way = hits.way as usize;
        let (Some(ready), Some(table)) = (self.ready.get(way), self.index.hits.get(way)) else {
            return self.text;
        };
        ready.get_or_init(|| {
            let terms = table.replace("{terms}", &format!("${}", own + 1));
            let table = terms.replace("{before}", &format!("${}", own + 2));
            self.text.replace(MARK, &table)
        })
    }
}
