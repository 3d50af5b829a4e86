//! What every use case of the board works with, put together once at start.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hanok_accounts::Accounts;
use hanok_accounts::authority::still_holds;
use hanok_base::Id;
use hanok_base::counters::Limit;
use hanok_db::Tx;
use hanok_notifications::Notifications;
use hanok_web::{Caller, Ctx};

use crate::attachment::Files;
use crate::category::right::Viewer;
use crate::comment::CommentId;
use crate::config::BoardConfig;
use crate::fault::Fault;
use crate::notice;
use crate::post::PostId;

/// What [`Board`] is made of; store, clock, keys, audit trail and events are those of the accounts.
pub struct BoardParts {
    /// The accounts.
    pub accounts: Accounts,
    /// What people are told.
    pub notifications: Notifications,
    /// `[board]`.
    pub config: BoardConfig,
    /// Where attached files lie; made when the first one comes.
    pub blobs: PathBuf,
}

/// The board of this installation. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Board(Arc<Shared>);

/// What [`Board`] shares between its clones.
pub struct Shared {
    parts: BoardParts,
    pub(crate) files: Files,
    /// Whether it is known that there are categories: there is never none again.
    has_categories: AtomicBool,
}

impl Board {
    /// Puts the parts together.
    pub fn new(parts: BoardParts) -> Self {
        let files = Files::new(parts.blobs.clone(), parts.config.picture_threads);
        let board = Self(Arc::new(Shared {
            parts,
            files,
            has_categories: AtomicBool::new(false),
        }));
        board.open_rooms();
        board.follow_roles();
        notice::know(&board.accounts, &board.notifications);
        board
    }

    /// Whether it is known that there are categories.
    pub(crate) fn has_categories(&self) -> bool {
        self.has_categories.load(Ordering::Relaxed)
    }

    /// The id of a post that is to be written.
    pub(crate) fn new_post_id(&self) -> PostId {
        Id::new(&self.accounts.clock, &self.accounts.random)
    }

    /// The id of a comment that is to be written.
    pub(crate) fn new_comment_id(&self) -> CommentId {
        Id::new(&self.accounts.clock, &self.accounts.random)
    }

    /// There are categories.
    pub(crate) fn note_categories(&self) {
        self.has_categories.store(true, Ordering::Relaxed);
    }

    /// Counts something that `caller` writes (`limits.board_write_per_minute`).
    ///
    /// # Errors
    /// `TooOften`.
    pub(crate) async fn count_write(&self, ctx: &Ctx, caller: &Caller) -> Result<(), Fault> {
        let most = self.accounts.limits.board_write_per_minute;
        self.count("board_write", most, ctx, caller).await
    }

    /// Counts what `caller` does in passing, as keeping a draft, recommending and searching
    /// (`limits.board_light_per_minute`).
    ///
    /// # Errors
    /// `TooOften`.
    pub(crate) async fn count_light(&self, ctx: &Ctx, caller: &Caller) -> Result<(), Fault> {
        let most = self.accounts.limits.board_light_per_minute;
        self.count("board_light", most, ctx, caller).await
    }

    async fn count(
        &self,
        policy: &str,
        most: u32,
        ctx: &Ctx,
        caller: &Caller,
    ) -> Result<(), Fault> {
        if most == 0 {
            return Ok(());
        }
        let key = format!("{policy}|{}", caller.account);
        let counters = &self.accounts.counters;
        let decision = counters.hit(&key, Limit::per_minute(most), ctx.now).await;
        if decision.allowed {
            Ok(())
        } else {
            Err(hanok_accounts::Fault::TooOften(decision.reset).into())
        }
    }
}

/// In whose name a unit acts: whoever calls, if they still hold what they came with. To be asked first in every unit.
///
/// # Errors
/// `Unauthorized` where their rights or their session have changed since they were read; the store's.
pub(crate) async fn acting(tx: &mut Tx, ctx: &Ctx) -> Result<Viewer, Fault> {
    let caller = ctx.principal.caller();
    let caller = caller.ok_or(Fault::Accounts(hanok_accounts::Fault::Unauthorized))?;
    still_holds(tx, caller).await?;
    Ok(Viewer::of(caller))
}

impl Deref for Board {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = BoardParts;

    fn deref(&self) -> &BoardParts {
        &self.parts
    }
}

/// What people are told, for tests.
#[cfg(test)]
pub(crate) fn notifications(accounts: &Accounts) -> Notifications {
    Notifications::new(hanok_notifications::NotificationsParts {
        accounts: accounts.clone(),
    })
}
