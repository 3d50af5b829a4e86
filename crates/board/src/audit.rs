//! Every act on the board is on the record.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_db::{DbError, Tx};
use hanok_web::Ctx;
use serde_json::Value;
use uuid::Uuid;

use crate::context::Board;

/// What was acted on, as the audit trail names its kind.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A post.
    Post(Uuid),
    /// A comment.
    Comment(Uuid),
    /// A category.
    Category(Uuid),
    /// A report of a post or a comment.
    Report(Uuid),
}

impl Board {
    /// The audit row of somebody's own act (written, edited, deleted), in its unit. `what` is a JSON object of public
    /// words and ids: `{"act": "written", …}`.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn record(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        target: Target,
        what: Value,
    ) -> Result<(), DbError> {
        self.record_as(tx, &Origin::from(ctx), Action::BoardChange, target, what)
            .await
    }

    /// The audit row of an act of those who run the board, in its unit.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn record_moderation(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        target: Target,
        what: Value,
    ) -> Result<(), DbError> {
        self.record_as(tx, &Origin::from(ctx), Action::AdminAction, target, what)
            .await
    }

    async fn record_as(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        action: Action,
        target: Target,
        what: Value,
    ) -> Result<(), DbError> {
        let (kind, id) = match target {
            Target::Post(id) => ("post", id),
            Target::Comment(id) => ("comment", id),
            Target::Category(id) => ("category", id),
            Target::Report(id) => ("board_report", id),
        };
        let entry = Entry::new(action).target(kind, id).details(what);
        self.accounts.audit.record(tx, origin, entry).await?;
        Ok(())
    }
}
