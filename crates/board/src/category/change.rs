//! Categories are made, changed, put in another order, closed and opened again.

use hanok_base::Id;
use hanok_db::{Conn, Tx};
use hanok_web::Ctx;
use serde_json::json;

use super::CategoryId;
use super::input::Change;
use super::store::{self, Facts, Listed};
use super::subjects::{self, Named, Subject};
use crate::audit::Target;
use crate::context::{Board, acting};
use crate::event::{
    AboutCategory, CategoryChanged, CategoryClosed, CategoryCreated, CategoryReopened,
};
use crate::fault::Fault;

/// The most categories there are.
const MOST: usize = 200;

impl Board {
    /// Makes a category at the end of the list.
    ///
    /// # Errors
    /// Field errors; `Conflict("too_many_categories")`.
    pub(super) async fn create_category(
        &self,
        ctx: &Ctx,
        change: Change,
    ) -> Result<CategoryId, Fault> {
        self.first_categories().await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            acting(tx, &ctx).await?;
            if store::lock_all(tx).await?.len() >= MOST {
                return Err(Fault::Conflict("too_many_categories"));
            }
            let facts = Facts {
                name: change.name.clone().ok_or_else(|| required("/name"))?,
                description: change.description.clone().unwrap_or_default(),
                kind: change.kind.ok_or_else(|| required("/kind"))?,
            };
            let id: CategoryId = Id::new(&board.accounts.clock, &board.accounts.random);
            let made = store::insert(tx, id, &facts, ctx.now).await?;
            made.then_some(()).ok_or_else(taken)?;
            give(tx, id, change.readers, change.writers).await?;
            let what = json!({ "act": "created", "kind": facts.kind });
            let target = Target::Category(id.uuid());
            board.record_moderation(tx, &ctx, target, what).await?;
            board.publish(tx, CategoryCreated(about(id, &ctx))).await?;
            Ok(id)
        });
        made.await
    }

    /// Changes a category.
    ///
    /// # Errors
    /// `NotFound`; field errors.
    pub(super) async fn change_category(
        &self,
        ctx: &Ctx,
        id: CategoryId,
        change: Change,
    ) -> Result<(), Fault> {
        let (board, ctx) = (self.clone(), ctx.clone());
        let changed = self.accounts.db.write(async move |tx: &mut Tx| {
            acting(tx, &ctx).await?;
            let order = store::lock_all(tx).await?;
            let now = found(tx, id).await?;
            let facts = Facts {
                name: match change.name {
                    Some(name) => name,
                    None => unchanged(&now)?,
                },
                description: change
                    .description
                    .unwrap_or_else(|| now.description.clone()),
                kind: change.kind.unwrap_or(now.kind),
            };
            if store::is_taken(tx, &facts.name, id).await? {
                return Err(taken());
            }
            store::update(tx, id, &facts).await?;
            let rights = change.readers.is_some() || change.writers.is_some();
            give(tx, id, change.readers, change.writers).await?;
            if rights {
                board.judge_rooms(tx);
            }
            if let Some(place) = change.position {
                put(tx, order, id, place).await?;
            }
            let what = json!({ "act": "changed", "renamed": facts.name.as_str() != now.name,
                "rights": rights, "position": change.position });
            let target = Target::Category(id.uuid());
            board.record_moderation(tx, &ctx, target, what).await?;
            board.publish(tx, CategoryChanged(about(id, &ctx))).await?;
            Ok(())
        });
        changed.await
    }

    /// Closes a category, or opens it again. In a closed one nobody writes, and only moderators read.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn close_category(
        &self,
        ctx: &Ctx,
        id: CategoryId,
        closed: bool,
    ) -> Result<(), Fault> {
        let (board, ctx) = (self.clone(), ctx.clone());
        let done = self.accounts.db.write(async move |tx: &mut Tx| {
            acting(tx, &ctx).await?;
            found(tx, id).await?;
            let at = closed.then_some(ctx.now);
            if store::set_closed(tx, id, at).await? {
                board.judge_rooms(tx);
                let act = if closed { "closed" } else { "reopened" };
                let target = Target::Category(id.uuid());
                let what = json!({ "act": act });
                board.record_moderation(tx, &ctx, target, what).await?;
                let about = about(id, &ctx);
                if closed {
                    board.publish(tx, CategoryClosed(about)).await?;
                } else {
                    board.publish(tx, CategoryReopened(about)).await?;
                }
            }
            Ok::<_, Fault>(())
        });
        done.await
    }
}

fn about(category_id: CategoryId, ctx: &Ctx) -> AboutCategory {
    AboutCategory {
        category_id,
        actor_id: ctx.account(),
    }
}

async fn found(conn: &mut Conn, id: CategoryId) -> Result<Listed, Fault> {
    store::find(conn, id).await?.ok_or_else(Fault::not_found)
}

fn unchanged(now: &Listed) -> Result<hanok_accounts::organisation::GroupName, Fault> {
    hanok_accounts::organisation::GroupName::parse(&now.name)
        .map_err(|fault| Fault::field("/name", fault.code()))
}

fn taken() -> Fault {
    Fault::field("/name", "board_name_taken")
}

fn required(pointer: &'static str) -> Fault {
    Fault::field(pointer, "required")
}

/// Gives the rights that are named, and leaves the others.
async fn give(
    tx: &mut Tx,
    id: CategoryId,
    readers: Option<Named>,
    writers: Option<Named>,
) -> Result<(), Fault> {
    let mut rights = store::rights(tx, id).await?;
    let mut faults = Vec::new();
    if let Some(named) = readers {
        rights.readers = subjects::find(tx, &named, &mut faults).await?;
    }
    if let Some(named) = writers {
        rights.writers = subjects::find(tx, &named, &mut faults).await?;
    }
    if !faults.is_empty() {
        return Err(Fault::fields(faults));
    }
    let everyone = Subject::Role(hanok_accounts::role::USER.to_owned());
    // Every account holds this role: the list says no more than an empty one.
    for list in [&mut rights.readers, &mut rights.writers] {
        if list.contains(&everyone) {
            list.clear();
        }
    }
    store::set_rights(tx, id, &rights).await?;
    Ok(())
}

/// Puts a category at a place from 1, and the others around it.
async fn put(
    tx: &mut Tx,
    order: Vec<(CategoryId, i64)>,
    id: CategoryId,
    place: usize,
) -> Result<(), Fault> {
    let mut ids: Vec<CategoryId> = order.iter().map(|(one, _)| *one).collect();
    ids.retain(|one| *one != id);
    ids.insert(place.saturating_sub(1).min(ids.len()), id);
    for (one, position) in ids.into_iter().zip(1_i64..) {
        if !order.contains(&(one, position)) {
            store::place(tx, one, position).await?;
        }
    }
    Ok(())
}
