//! Teams are read: a page of them, and one of them with its people and its history.

use hanok_accounts::organisation::TeamId;
use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, DbError};
use hanok_web::Caller;

use super::rules::TeamFilter;
use super::store::{self, Line, MemberRow};
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::history::Turn;
use crate::organisation::sight::Sight;

/// A page of the list.
#[derive(Clone, Debug)]
pub(crate) struct Teams {
    pub(crate) lines: Vec<Line>,
    pub(crate) page: u32,
    pub(crate) per_page: u32,
    pub(crate) total: u64,
    pub(crate) pages: u32,
}

/// One team, as its page shows it.
#[derive(Clone, Debug)]
pub(crate) struct Detail {
    pub(crate) line: Line,
    pub(crate) members: Vec<MemberRow>,
    pub(crate) page: u32,
    pub(crate) pages: u32,
    pub(crate) history: Vec<Turn>,
}

impl People {
    /// A page of the teams that `caller` sees: two statements.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn teams(
        &self,
        caller: &Caller,
        filter: TeamFilter,
        page: NumberedPage,
    ) -> Result<Teams, Fault> {
        let only_led_by = Sight::of(caller).only_led_by();
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let total = store::count(conn, only_led_by, &filter).await?;
            let lines = store::page(conn, only_led_by, &filter, page).await?;
            Ok::<_, DbError>((total, lines))
        });
        let (total, lines) = read.await?;
        Ok(Teams {
            lines,
            page: page.number(),
            per_page: page.limit(),
            total,
            pages: page.pages(total),
        })
    }

    /// One of them: four statements.
    ///
    /// # Errors
    /// `NotFound`, also where the caller does not see it.
    pub(super) async fn team(
        &self,
        caller: &Caller,
        id: TeamId,
        page: NumberedPage,
    ) -> Result<Detail, Fault> {
        let sight = Sight::of(caller);
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let line = store::find(conn, id).await?;
            let line = line.filter(|line| sight.sees_team_of(line.leader_id));
            let line = line.ok_or_else(Fault::not_found)?;
            let members = u64::try_from(line.members).unwrap_or_default();
            Ok::<_, Fault>(Detail {
                members: store::members(conn, id, page).await?,
                page: page.number(),
                pages: page.pages(members),
                history: store::history(conn, id).await?,
                line,
            })
        });
        read.await
    }
}
