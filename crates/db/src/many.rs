//! Inserting many rows in few statements.

use std::sync::OnceLock;

use crate::conn::Tx;
use crate::error::DbError;
use crate::value::Value;

/// How many rows one statement inserts: statements of few sizes stay prepared.
const SIZES: [usize; 3] = [64, 8, 1];

/// A statement that inserts rows of `N` columns, as many at once as there are.
///
/// ```
/// static LINES: hanok_db::InsertMany<2> = hanok_db::InsertMany::new("INSERT INTO line (id, text)");
/// ```
#[derive(Debug)]
pub struct InsertMany<const N: usize> {
    head: &'static str,
    texts: [OnceLock<String>; SIZES.len()],
}

impl<const N: usize> InsertMany<N> {
    /// From what stands before `VALUES`, which names `N` columns.
    pub const fn new(head: &'static str) -> Self {
        Self {
            head,
            texts: [const { OnceLock::new() }; SIZES.len()],
        }
    }

    /// Inserts `rows`, in their order.
    ///
    /// # Errors
    /// What the constraint, trigger or engine refused.
    pub async fn execute(&self, tx: &mut Tx, rows: &[[Value<'_>; N]]) -> Result<(), DbError> {
        let mut rest = rows;
        for (size, text) in SIZES.into_iter().zip(&self.texts) {
            let whole = rest.len() - rest.len() % size;
            let (now, later) = rest.split_at_checked(whole).unwrap_or_default();
            for chunk in now.chunks(size) {
                let text = text.get_or_init(|| self.text(size));
                tx.execute(text, chunk.as_flattened()).await?;
            }
            rest = later;
        }
        Ok(())
    }

    fn text(&self, rows: usize) -> String {
        let row = |at: usize| {
            let places: Vec<String> = (1..=N).map(|n| format!("${}", at * N + n)).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!("{} VALUES {}", self.head, rows.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_numbered_row_by_row() {
        let lines: InsertMany<2> = InsertMany::new("INSERT INTO line (id, text)");
        assert_eq!(
            lines.text(2),
            "INSERT INTO line (id, text) VALUES ($1, $2), ($3, $4)"
        );
    }
}
