//! Reading a stage of a list: candidates of the index in pieces, and of each whether its text holds the words.

use std::cmp::Reverse;

use hanok_db::text_search::{Hits, Part};
use hanok_db::{Conn, DbError};

use super::Search;
use crate::search::place::{Place, Stage};
use crate::search::store::{self, Found};

/// How many rows are wanted at least where their text has to be looked at.
const AT_ONCE: usize = 50;
/// How many rows are looked at for a stage of one page; what lies behind is found from there on.
const LOOKED_AT: usize = 2_000;

/// How many bytes of text are looked at likewise, whatever the rows are.
const BYTES_LOOKED_AT: usize = 2 * 1024 * 1024;

/// Rows of a stage, the newest first.
pub(super) struct Rows<R> {
    pub(super) rows: Vec<R>,
    /// Before which row nothing was looked at; `None` where everything was.
    pub(super) more: Option<i64>,
}

/// Where rows come from.
enum Source<'a> {
    Index(&'a Hits),
    Authors,
}

impl Search {
    /// At most `wanted` rows of a stage from a place on.
    pub(super) async fn stage<R: Found>(
        &self,
        conn: &mut Conn,
        place: Place,
        wanted: usize,
    ) -> Result<Rows<R>, DbError> {
        let part = match place.stage {
            Stage::Title => Part::Heading,
            Stage::Rest => Part::Rest,
            Stage::Whole | Stage::Particles => Part::Whole,
        };
        let hits = R::INDEX.look(conn, self.words(place.stage), part).await?;
        let rows = self
            .walk(conn, &Source::Index(&hits), place, wanted)
            .await?;
        if self.authors.is_empty() || !matches!(place.stage, Stage::Rest | Stage::Whole) {
            return Ok(rows);
        }
        let theirs = self.walk(conn, &Source::Authors, place, wanted).await?;
        Ok(rows.merged(theirs, wanted))
    }

    async fn walk<R: Found>(
        &self,
        conn: &mut Conn,
        source: &Source<'_>,
        place: Place,
        wanted: usize,
    ) -> Result<Rows<R>, DbError> {
        let is_exact = self.words(place.stage).is_exact();
        let at_once = store::at_once(if is_exact {
            wanted
        } else {
            wanted.max(AT_ONCE)
        });
        let (mut rows, mut before, mut looked_at) = (Vec::new(), place.before, 0);
        for _ in 0..LOOKED_AT.div_ceil(at_once) {
            let some = self.read::<R>(conn, source, before, at_once).await?;
            let is_last = some.len() < at_once;
            for row in some {
                before = row.serial();
                looked_at += if is_exact { 0 } else { row.length() };
                if self.keeps(place.stage, source, &row) {
                    rows.push(row);
                }
                if rows.len() == wanted || looked_at > BYTES_LOOKED_AT {
                    let more = Some(before);
                    return Ok(Rows { rows, more });
                }
            }
            if is_last {
                return Ok(Rows { rows, more: None });
            }
        }
        let more = Some(before);
        Ok(Rows { rows, more })
    }

    async fn read<R: Found>(
        &self,
        conn: &mut Conn,
        source: &Source<'_>,
        before: i64,
        most: usize,
    ) -> Result<Vec<R>, DbError> {
        match source {
            Source::Index(hits) => store::found(conn, self.viewer, hits, before, most).await,
            Source::Authors => {
                store::of_authors(conn, self.viewer, &self.authors, before, most).await
            }
        }
    }

    /// Whether a row stands in this stage. What an earlier stage has shown does not.
    fn keeps<R: Found>(&self, stage: Stage, source: &Source<'_>, row: &R) -> bool {
        let by_index = matches!(source, Source::Index(_));
        match stage {
            Stage::Particles => {
                let text = row.text();
                let shown = self.query.matches(&text) || self.authors.contains(&row.author());
                self.words(stage).matches(&text) && !shown
            }
            Stage::Rest if !by_index => {
                let title = row.heading();
                let in_title = title.is_some_and(|it| self.query.is_indexed_by(it));
                !(in_title && self.query.matches(&row.text()))
            }
            Stage::Whole if !by_index => true,
            _ => self.query.is_exact() || self.query.matches(&row.text()),
        }
    }
}

impl<R: Found> Rows<R> {
    /// Both in one order, each row once, as far as both are known.
    fn merged(self, other: Self, wanted: usize) -> Self {
        let mut more = self.more.max(other.more);
        let mut rows = self.rows;
        rows.extend(other.rows);
        rows.retain(|row| more.is_none_or(|before| row.serial() >= before));
        rows.sort_by_key(|row| Reverse(row.serial()));
        rows.dedup_by_key(|row| row.serial());
        if rows.len() > wanted {
            rows.truncate(wanted);
            more = rows.last().map(Found::serial);
        }
        Self { rows, more }
    }
}
