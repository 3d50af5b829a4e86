//! Departments are read: the tree, and one of them with its people and its history.

use hanok_accounts::organisation::DepartmentId;
use hanok_db::Conn;
use hanok_db::paging::NumberedPage;
use hanok_web::Caller;

use super::store::{self, MemberRow};
use super::tree::{self, Place};
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::history::Turn;
use crate::organisation::sight::Sight;

/// One department, as its page shows it.
#[derive(Clone, Debug)]
pub(crate) struct Detail {
    pub(crate) place: Place,
    /// The departments directly below it.
    pub(crate) below: Vec<Place>,
    /// Every department that is seen, in order.
    pub(crate) all: Vec<Place>,
    pub(crate) members: Vec<MemberRow>,
    pub(crate) page: u32,
    pub(crate) pages: u32,
    pub(crate) history: Vec<Turn>,
}

impl People {
    /// The departments that `caller` sees, each before those below it: one statement.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn departments(&self, caller: &Caller) -> Result<Vec<Place>, Fault> {
        let sight = Sight::of(caller);
        let lines = self
            .accounts
            .db
            .read(async move |conn| store::lines(conn, sight.only_led_by()).await);
        Ok(tree::ordered(lines.await?))
    }

    /// One of them: four statements.
    ///
    /// # Errors
    /// `NotFound`, also where the caller does not see it.
    pub(crate) async fn department(
        &self,
        caller: &Caller,
        id: DepartmentId,
        page: NumberedPage,
    ) -> Result<Detail, Fault> {
        let sight = Sight::of(caller);
        self.accounts
            .db
            .read(async move |conn| detail(conn, &sight, id, page).await)
            .await
    }
}

async fn detail(
    conn: &mut Conn,
    sight: &Sight,
    id: DepartmentId,
    page: NumberedPage,
) -> Result<Detail, Fault> {
    let all = tree::ordered(store::lines(conn, sight.only_led_by()).await?);
    let found = all.iter().find(|place| place.line.id == id);
    let place = found.cloned().ok_or_else(Fault::not_found)?;
    let below = all
        .iter()
        .filter(|place| place.line.parent_id == Some(id))
        .cloned();
    let people = u64::try_from(place.line.people).unwrap_or_default();
    Ok(Detail {
        below: below.collect(),
        members: store::members(conn, id, page.limit(), page.offset()).await?,
        page: page.number(),
        pages: page.pages(people),
        history: store::history(conn, id).await?,
        place,
        all,
    })
}
