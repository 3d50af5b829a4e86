//! Departments are made, renamed, moved, given a manager and closed; people come and go.

use hanok_accounts::AccountId;
use hanok_accounts::authority::{By, Oneself};
use hanok_accounts::organisation::department::{self, Placed};
use hanok_accounts::organisation::{DepartmentId, GroupName};
use hanok_base::Id;
use hanok_db::Tx;
use hanok_web::{Caller, Ctx};
use serde_json::{Value, json};

use super::store::{self, Standing};
use super::tree::{self, Parents};
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::patch::Field;
use crate::organisation::person::{self, Who};
use crate::organisation::record::Changed;
use crate::organisation::sight::Sight;

/// A department to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewDepartment {
    pub(crate) name: GroupName,
    pub(crate) parent: Option<DepartmentId>,
    pub(crate) manager: Option<Who>,
}

/// What of a department becomes something else.
#[derive(Clone, Debug, Default)]
pub(crate) struct DepartmentChange {
    pub(crate) name: Option<GroupName>,
    pub(crate) parent: Field<DepartmentId>,
    pub(crate) manager: Field<Who>,
}

impl People {
    /// Makes a department.
    ///
    /// # Errors
    /// `Forbidden`; field errors; `Conflict` where there are too many.
    pub(crate) async fn create_department(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        new: NewDepartment,
    ) -> Result<DepartmentId, Fault> {
        let sight = Sight::of(caller);
        sight.must_be_everything()?;
        let (people, ctx) = (self.clone(), ctx.clone());
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            sight.still_holds(tx).await?;
            let manager = people.manager(tx, &sight, new.manager.as_ref()).await?;
            let tree = store::lock_tree(tx).await?;
            if tree.len() >= tree::MOST {
                return Err(Fault::Conflict("too_many_departments"));
            }
            let parent = check_parent(&tree, None, new.parent)?;
            check_name(tx, parent, &new.name, None).await?;
            let id = Id::new(&people.accounts.clock, &people.accounts.random);
            let made = department::insert(tx, id, parent, &new.name, manager, ctx.now).await?;
            made.then_some(()).ok_or_else(taken)?;
            let leading = store::leading(tx, id).await?;
            people.lead_anew(tx, &ctx, None, leading).await?;
            let what = json!({ "act": "created", "parent": parent, "manager": manager });
            people.tell_change(tx, &ctx, of(id, None), what).await?;
            Ok(id)
        });
        made.await
    }

    /// Changes a department's name, place or manager; says whether anything became something else.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`; field errors, also for a place below itself.
    pub(crate) async fn change_department(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: DepartmentId,
        change: DepartmentChange,
    ) -> Result<bool, Fault> {
        let sight = Sight::of(caller);
        sight.must_be_everything()?;
        let (people, ctx) = (self.clone(), ctx.clone());
        let changed = self.accounts.db.write(async move |tx: &mut Tx| {
            sight.still_holds(tx).await?;
            let manager = people.manager(tx, &sight, change.manager.given()).await?;
            let tree = store::lock_tree(tx).await?;
            let now = store::find(tx, id).await?.ok_or_else(Fault::not_found)?;
            let new = wanted(&now, change, manager)?;
            if new.parent != now.parent {
                check_parent(&tree, Some(id), new.parent)?;
            }
            check_name(tx, new.parent, &new.name, Some(id)).await?;
            let what = new.differs_from(&now);
            if what.is_null() {
                return Ok(false);
            }
            let leading = store::leading(tx, id).await?;
            store::update(tx, id, &new.name, new.parent, new.manager).await?;
            let leading_now = store::leading(tx, id).await?;
            people.lead_anew(tx, &ctx, leading, leading_now).await?;
            if new.parent != now.parent {
                people.judge_rooms(tx);
            }
            people.tell_change(tx, &ctx, of(id, None), what).await?;
            Ok(true)
        });
        changed.await
    }

    /// Closes a department that nobody is in and that has none below it.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`; `Conflict`.
    pub(crate) async fn close_department(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: DepartmentId,
    ) -> Result<(), Fault> {
        let sight = Sight::of(caller);
        sight.must_be_everything()?;
        let (people, ctx) = (self.clone(), ctx.clone());
        let closed = self.accounts.db.write(async move |tx: &mut Tx| {
            sight.still_holds(tx).await?;
            let tree = store::lock_tree(tx).await?;
            tree.contains_key(&id)
                .then_some(())
                .ok_or_else(Fault::not_found)?;
            if tree.values().any(|parent| *parent == Some(id)) {
                return Err(Fault::Conflict("department_has_children"));
            }
            let leading = store::leading(tx, id).await?;
            people.lead_anew(tx, &ctx, leading, None).await?;
            if !store::close(tx, id, ctx.now).await? {
                return Err(Fault::Conflict("department_has_people"));
            }
            people
                .tell_change(tx, &ctx, of(id, None), json!({ "act": "closed" }))
                .await
        });
        closed.await
    }

    /// Puts somebody into a department; where they were before ends. Says whether that was news.
    ///
    /// # Errors
    /// `Forbidden`, also where the caller may not act on that account; `NotFound`.
    pub(crate) async fn place_in_department(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: DepartmentId,
        who: Who,
    ) -> Result<bool, Fault> {
        let sight = Sight::of(caller);
        sight.must_be_everything()?;
        let (people, ctx) = (self.clone(), ctx.clone());
        let placed = self.accounts.db.write(async move |tx: &mut Tx| {
            let account = people.to_act_on(tx, &sight, &who).await?;
            department::is_open(tx, id)
                .await?
                .then_some(())
                .ok_or_else(Fault::not_found)?;
            people.put(tx, &ctx, account, Some(id)).await
        });
        placed.await
    }

    /// Takes somebody out of a department; says whether they were in it.
    ///
    /// # Errors
    /// As [`place_in_department`](Self::place_in_department).
    pub(crate) async fn take_from_department(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: DepartmentId,
        who: Who,
    ) -> Result<bool, Fault> {
        let sight = Sight::of(caller);
        sight.must_be_everything()?;
        let (people, ctx) = (self.clone(), ctx.clone());
        let taken = self.accounts.db.write(async move |tx: &mut Tx| {
            let account = people.to_act_on(tx, &sight, &who).await?;
            let now = department::of_account(tx, account).await?;
            if now.is_none_or(|now| now.id != id) {
                return Ok(false);
            }
            people.put(tx, &ctx, account, None).await
        });
        taken.await
    }

    /// Whom `who` names, locked, where the caller may act on them; one's own place one may choose.
    async fn to_act_on(&self, tx: &mut Tx, sight: &Sight, who: &Who) -> Result<AccountId, Fault> {
        let named = person::find(tx, &sight.reach(), who).await?;
        let id = named.ok_or_else(Fault::not_found)?.id;
        let by = if id == sight.caller().account {
            sight.still_holds(tx).await?;
            By::Program
        } else {
            By::Person(sight.caller().clone())
        };
        let target = self.accounts.target(tx, &by, id, Oneself::Allowed).await?;
        Ok(target.row.id)
    }

    async fn put(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        into: Option<DepartmentId>,
    ) -> Result<bool, Fault> {
        let stay = Id::new(&self.accounts.clock, &self.accounts.random);
        let before = match department::place(tx, account, into, stay, ctx.now).await? {
            Placed::Moved(before) => before,
            Placed::Already => return Ok(false),
            Placed::Gone => return Err(Fault::not_found()),
        };
        self.accounts.recheck_seats(tx, account, ctx.now).await?;
        let what = json!({ "act": "placed", "from": before, "to": into });
        let Some(told) = into.or(before) else {
            return Ok(false);
        };
        self.tell_change(tx, ctx, of(told, Some(account)), what)
            .await?;
        Ok(true)
    }

    /// The account that is to lead, where one is named; locked, as every unit locks accounts before departments.
    async fn manager(
        &self,
        tx: &mut Tx,
        sight: &Sight,
        who: Option<&Who>,
    ) -> Result<Option<AccountId>, Fault> {
        let Some(who) = who else { return Ok(None) };
        let named = person::find(tx, &sight.reach(), who).await?;
        let named = named.ok_or_else(|| Fault::field("/manager_id", "account_unknown"))?;
        let locked = self
            .accounts
            .target(tx, &By::Program, named.id, Oneself::Allowed);
        Ok(Some(locked.await?.row.id))
    }
}

const fn of(id: DepartmentId, about: Option<AccountId>) -> Changed {
    Changed {
        kind: "department",
        id: id.uuid(),
        about,
    }
}

/// What a department becomes.
struct Wanted {
    name: GroupName,
    parent: Option<DepartmentId>,
    manager: Option<AccountId>,
}

fn wanted(
    now: &Standing,
    change: DepartmentChange,
    manager: Option<AccountId>,
) -> Result<Wanted, Fault> {
    let name = match change.name {
        Some(name) => name,
        None => GroupName::parse(&now.name).map_err(|fault| Fault::field("/name", fault.code()))?,
    };
    Ok(Wanted {
        name,
        parent: change.parent.or(now.parent),
        manager: match change.manager {
            Field::Left => now.manager,
            Field::Null | Field::Given(_) => manager,
        },
    })
}

impl Wanted {
    /// What becomes something else, for the record; null where nothing does.
    fn differs_from(&self, now: &Standing) -> Value {
        let mut what = serde_json::Map::new();
        if self.name.as_str() != now.name {
            what.insert("renamed".to_owned(), json!(true));
        }
        if self.parent != now.parent {
            what.insert(
                "moved".to_owned(),
                json!({ "from": now.parent, "to": self.parent }),
            );
        }
        if self.manager != now.manager {
            let managers = json!({ "from": now.manager, "to": self.manager });
            what.insert("manager".to_owned(), managers);
        }
        if what.is_empty() {
            return Value::Null;
        }
        what.insert("act".to_owned(), json!("changed"));
        Value::Object(what)
    }
}

fn check_parent(
    tree: &Parents,
    id: Option<DepartmentId>,
    parent: Option<DepartmentId>,
) -> Result<Option<DepartmentId>, Fault> {
    if let Some(parent) = parent {
        let checked = tree::check(tree, id, parent);
        checked.map_err(|misplaced| Fault::field("/parent_id", misplaced.code()))?;
    }
    Ok(parent)
}

async fn check_name(
    tx: &mut Tx,
    parent: Option<DepartmentId>,
    name: &GroupName,
    but: Option<DepartmentId>,
) -> Result<(), Fault> {
    let is_taken = store::has_sibling(tx, parent, name, but).await?;
    (!is_taken).then_some(()).ok_or_else(taken)
}

fn taken() -> Fault {
    Fault::field("/name", "department_name_taken")
}
