//! Looking for posts and comments: which of them stand on a page, in which order.

#[cfg(test)]
mod beside;
#[cfg(test)]
pub(super) mod corpus;
#[cfg(test)]
mod tests;
mod walk;

use hanok_accounts::AccountId;
use hanok_db::text_search::TextQuery;
use hanok_db::{Conn, DbError};
use hanok_web::{Caller, Ctx};
use unicode_normalization::UnicodeNormalization;

use super::place::{Place, Places, Stage};
use super::rules::{A_PAGE, Asked};
use super::store::{self, CommentRow, Found, PostRow};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;

/// The shortest text that is looked for in names.
const SHORTEST_NAME: usize = 2;

/// What was found, with the words that it was found by.
pub(super) type Hit<R> = (R, TextQuery);

/// Posts and comments that were found.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) posts: Vec<Hit<PostRow>>,
    pub(super) comments: Vec<Hit<CommentRow>>,
    /// Where both lists go on.
    pub(super) next: Option<Places>,
}

/// Who looks, and for what.
struct Search {
    viewer: Viewer,
    query: TextQuery,
    /// The words without their particles, where they have any.
    without: Option<TextQuery>,
    /// The people whose name holds what was typed.
    authors: Vec<AccountId>,
    /// How many rows a list has.
    most: usize,
}

/// A page of one list.
struct List<R> {
    hits: Vec<Hit<R>>,
    next: Option<Place>,
}

impl Board {
    /// What the viewer may read of what was asked for. Nothing is counted: only whether there is more.
    ///
    /// # Errors
    /// `TooOften`; the store's.
    pub(super) async fn search(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        asked: Asked,
    ) -> Result<Results, Fault> {
        self.count_light(ctx, caller).await?;
        let viewer = Viewer::of(caller);
        let read = self
            .accounts
            .db
            .report(async move |conn: &mut Conn| found(conn, viewer, asked).await);
        Ok(read.await?)
    }
}

async fn found(conn: &mut Conn, viewer: Viewer, asked: Asked) -> Result<Results, DbError> {
    let Some(query) = asked.query else {
        return Ok(Results::default());
    };
    let search = Search {
        viewer,
        without: query.without_particles(),
        query,
        authors: authors(conn, &asked.typed, asked.from).await?,
        most: asked.most,
    };
    let posts = search.list::<PostRow>(conn, asked.from.posts).await?;
    let comments = search.list::<CommentRow>(conn, asked.from.comments).await?;
    let next = Places {
        posts: posts.next,
        comments: comments.next,
    };
    Ok(Results {
        posts: posts.hits,
        comments: comments.hits,
        next: next.open(),
    })
}

/// The people whose posts stand among those that are found.
async fn authors(conn: &mut Conn, typed: &str, from: Places) -> Result<Vec<AccountId>, DbError> {
    let name: String = typed.nfc().collect();
    if from.posts.is_none() || name.chars().count() < SHORTEST_NAME {
        return Ok(Vec::new());
    }
    store::authors(conn, &name).await
}

impl Search {
    /// A page of a list from a place on: stage after stage, until one row more is known than it shows.
    async fn list<R: Found>(
        &self,
        conn: &mut Conn,
        from: Option<Place>,
    ) -> Result<List<R>, DbError> {
        let mut found: Vec<(Place, R)> = Vec::new();
        let mut place = from;
        while let Some(mut here) = place {
            let wanted = (self.most + 1).saturating_sub(found.len());
            let rows = self.stage::<R>(conn, here, wanted).await?;
            for row in rows.rows {
                here.before = row.serial();
                if here.stage != Stage::Particles {
                    here.exact = here.exact.saturating_add(1).min(A_PAGE);
                }
                found.push((here, row));
            }
            if found.len() > self.most {
                found.truncate(self.most);
                place = found.last().map(|(place, _)| *place);
                break;
            }
            if let Some(before) = rows.more {
                place = Some(Place { before, ..here });
                break;
            }
            place = self.following(here);
        }
        let with_words = |(place, row): (Place, R)| (row, self.words(place.stage).clone());
        Ok(List {
            hits: found.into_iter().map(with_words).collect(),
            next: place,
        })
    }

    /// The stage behind one that is at its end.
    fn following(&self, place: Place) -> Option<Place> {
        let stage = place.stage.next()?;
        let few = place.exact < A_PAGE && self.without.is_some();
        (stage != Stage::Particles || few).then_some(Place {
            exact: place.exact,
            ..Place::first(stage)
        })
    }

    /// What is looked for in a stage.
    fn words(&self, stage: Stage) -> &TextQuery {
        let without = self.without.as_ref();
        without
            .filter(|_| stage == Stage::Particles)
            .unwrap_or(&self.query)
    }
}
