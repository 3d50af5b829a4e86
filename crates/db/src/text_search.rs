//! Full text with Korean as it is written: an index of terms that are made here, alike for both engines.
//!
//! A text is folded (NFC, lower case) and cut into runs. A run of syllables (Hangul, Han, kana) gives all its
//! pairs of neighbours and its last syllable alone; a run of other letters and digits is one term. A
//! [`TextQuery`] is made alike but for this: two syllables or more give their pairs only, and one alone stands
//! for every term that begins with it. So `회의` finds 회의실 and 주간회의, and `방` finds 방문.
//!
//! What the index finds are candidates. Whoever reads them asks [`TextQuery::matches`] of the stored text,
//! because a word of three syllables or of several runs is more than its terms are.
//!
//! A [`TextIndex`] is a table that a migration makes for each engine:
//!
//! ```sql
//! -- SQLite
//! CREATE VIRTUAL TABLE note_search USING fts5(terms, content = '', contentless_delete = 1,
//!     detail = none, tokenize = 'ascii', prefix = '1');
//! -- PostgreSQL
//! CREATE TABLE note_search (rowid BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL);
//! CREATE INDEX note_search_terms ON note_search USING GIN (terms) WITH (gin_pending_list_limit = 256);
//! CREATE FUNCTION note_search_found(TEXT, BIGINT) RETURNS SETOF BIGINT LANGUAGE sql STABLE ROWS 10
//!     SET enable_seqscan = off SET enable_indexscan = off AS
//!     $$ SELECT s.rowid FROM note_search s WHERE s.terms @@ CAST($1 AS TSQUERY) LIMIT $2 $$;
//! ```
//!
//! The function is there for the planner, which does not know how rare a term is that is a parameter: it would walk
//! the whole table for a rare one.

mod fold;
mod index;
mod query;
mod select;
mod terms;

pub use index::{Hits, TextIndex};
pub use query::{Part, TextQuery};
pub use select::TextSelect;
pub use terms::Terms;
