//! The rooms of the organisation at the live socket: `admin_dashboard` for whoever watches all of it,
//! `department_{id}` and `team_{id}` for whoever leads one. A department's room is also that of those who lead one
//! above it. Paired phones are in none of them.

use std::fmt::Display;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hanok_accounts::organisation::{department, team};
use hanok_accounts::permission::{UserManagement, UserMonitoring};
use hanok_accounts::{AccountId, Accounts};
use hanok_db::{Conn, DbError};
use hanok_web::live::{Rooms, Seat};
use hanok_web::{Error, Permission, PermissionSet};

use crate::context::People;

/// Everything that is said of the whole organisation.
pub(crate) const DASHBOARD: &str = "admin_dashboard";
const DEPARTMENT: &str = "department_";
const TEAM: &str = "team_";

/// Whether somebody who holds these hears what is said of the whole organisation.
pub(crate) fn watches_all(held: &PermissionSet) -> bool {
    held.contains(UserMonitoring::NAME) && held.contains(UserManagement::NAME)
}

impl People {
    /// Has the socket ask who is in the rooms of the organisation.
    pub(crate) fn keep_rooms(&self) {
        let live = &self.accounts.live;
        live.rooms(DASHBOARD, Arc::new(Dashboard));
        for kind in [Kind::Department, Kind::Team] {
            let accounts = self.accounts.clone();
            live.rooms(kind.prefix(), Arc::new(Led { accounts, kind }));
        }
    }
}

struct Dashboard;

impl Rooms for Dashboard {
    fn of<'a>(
        &'a self,
        seat: &'a Seat,
        _: &'a [String],
    ) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        let room = watches_all(&seat.permissions).then(|| DASHBOARD.to_owned());
        std::future::ready(Ok(room.into_iter().collect())).boxed()
    }

    fn records_refusals(&self) -> bool {
        true
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Department,
    Team,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Department => DEPARTMENT,
            Self::Team => TEAM,
        }
    }

    /// The rooms of what an account leads.
    async fn led_by(self, conn: &mut Conn, account: AccountId) -> Result<Vec<String>, DbError> {
        let room = |id: &dyn Display| format!("{}{id}", self.prefix());
        Ok(match self {
            Self::Department => {
                let led = department::led_by(conn, account).await?;
                led.iter().map(|id| room(id)).collect()
            }
            Self::Team => {
                let led = team::led_by(conn, account).await?;
                led.iter().map(|team| room(&team.id)).collect()
            }
        })
    }
}

/// The rooms of what somebody leads.
struct Led {
    accounts: Accounts,
    kind: Kind,
}

impl Rooms for Led {
    fn of<'a>(
        &'a self,
        seat: &'a Seat,
        asked: &'a [String],
    ) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(async move {
            if !seat.permissions.contains(UserMonitoring::NAME) {
                return Ok(Vec::new());
            }
            let (kind, account) = (self.kind, seat.account);
            let read = async move |conn: &mut Conn| kind.led_by(conn, account).await;
            let mut rooms = self.accounts.db.read(read).await?;
            if watches_all(&seat.permissions) {
                rooms.extend_from_slice(asked);
            }
            Ok(rooms)
        })
    }

    fn records_refusals(&self) -> bool {
        true
    }
}
