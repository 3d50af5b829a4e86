//! Teams are made, renamed, given a leader and closed; people join and leave.

use std::collections::HashSet;

use hanok_accounts::AccountId;
use hanok_accounts::account::AccountStatus;
use hanok_accounts::organisation::{GroupName, TeamId, team};
use hanok_base::Id;
use hanok_db::Tx;
use hanok_web::{Caller, Ctx, FieldError};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rules::MOST_MEMBERS;
use super::store::{self, Standing};
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::patch::Field;
use crate::organisation::person::{self, Who};
use crate::organisation::record::Changed;
use crate::organisation::sight::Sight;

/// A team to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewTeam {
    pub(crate) name: GroupName,
    pub(crate) leader: Option<Who>,
    /// Who is in it from the beginning, as they were named.
    pub(crate) members: Vec<Who>,
}

/// What of a team becomes something else.
#[derive(Clone, Debug, Default)]
pub(crate) struct TeamChange {
    pub(crate) name: Option<GroupName>,
    pub(crate) leader: Field<Who>,
}

impl People {
    /// Makes a team with everybody it names, or not at all.
    ///
    /// # Errors
    /// `Forbidden`; field errors; `Unprocessable` with one error at `/member_ids/N` for each who cannot be added.
    pub(super) async fn create_team(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        new: NewTeam,
    ) -> Result<TeamId, Fault> {
        let sight = Sight::of(caller);
        sight.must_be_everything()?;
        let (people, ctx) = (self.clone(), ctx.clone());
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            sight.still_holds(tx).await?;
            let leader = leader(tx, &sight, new.leader.as_ref()).await?;
            let members = addable(tx, &sight, &new.members).await?;
            let id = Id::new(&people.accounts.clock, &people.accounts.random);
            let made = team::insert(tx, id, &new.name, leader, ctx.now).await?;
            made.then_some(()).ok_or_else(taken)?;
            people.lead_anew(tx, &ctx, None, leader).await?;
            people.join(tx, &ctx, id, &members).await?;
            let what = json!({ "act": "created", "leader": leader, "members": members.len() });
            people.tell_change(tx, &ctx, of(id, None), what).await?;
            Ok(id)
        });
        made.await
    }

    /// Changes a team's name or leader; who leads it may change its name. Says whether anything became something
    /// else.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`; field errors.
    pub(super) async fn change_team(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: TeamId,
        change: TeamChange,
    ) -> Result<bool, Fault> {
        let sight = Sight::of(caller);
        let (people, ctx) = (self.clone(), ctx.clone());
        let changed = self.accounts.db.write(async move |tx: &mut Tx| {
            let now = seen(tx, &sight, id).await?;
            if change.leader != Field::Left {
                sight.must_be_everything()?;
            }
            let named = leader(tx, &sight, change.leader.given()).await?;
            let leader = match change.leader {
                Field::Left => now.leader,
                Field::Null | Field::Given(_) => named,
            };
            let name = match change.name {
                Some(name) => name,
                None => unchanged(&now)?,
            };
            let what = difference(&now, &name, leader);
            if what.is_null() {
                return Ok(false);
            }
            if store::is_taken(tx, &name, id).await? {
                return Err(taken());
            }
            store::update(tx, id, &name, leader).await?;
            people.lead_anew(tx, &ctx, now.leader, leader).await?;
            people.tell_change(tx, &ctx, of(id, None), what).await?;
            Ok(true)
        });
        changed.await
    }

    /// Closes a team; whoever is in it leaves.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`.
    pub(super) async fn close_team(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: TeamId,
    ) -> Result<(), Fault> {
        let sight = Sight::of(caller);
        sight.must_be_everything()?;
        let (people, ctx) = (self.clone(), ctx.clone());
        let closed = self.accounts.db.write(async move |tx: &mut Tx| {
            let team = seen(tx, &sight, id).await?;
            store::close(tx, id, ctx.now).await?;
            people.lead_anew(tx, &ctx, team.leader, None).await?;
            people.judge_rooms(tx);
            let what = json!({ "act": "closed" });
            people.tell_change(tx, &ctx, of(id, None), what).await
        });
        closed.await
    }

    /// Lets somebody join: whoever runs the organisation adds anybody, who leads the team those whom they reach
    /// already. Says whether they were not in it before.
    ///
    /// # Errors
    /// `NotFound` for a team that the caller does not see; for somebody who is not there also, where the caller
    /// reaches everybody, else `Forbidden`, as for all whom they do not reach; a field error for a disabled account;
    /// `Conflict` where the team is full.
    pub(super) async fn add_to_team(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: TeamId,
        who: Who,
    ) -> Result<bool, Fault> {
        let sight = Sight::of(caller);
        let (people, ctx) = (self.clone(), ctx.clone());
        let added = self.accounts.db.write(async move |tx: &mut Tx| {
            seen(tx, &sight, id).await?;
            let account = reached(tx, &sight, &who).await?;
            let there = team::members(tx, id).await?;
            if there.contains(&account) {
                return Ok(false);
            }
            if there.len() >= MOST_MEMBERS {
                return Err(Fault::Conflict("team_full"));
            }
            people.join(tx, &ctx, id, &[account]).await?;
            let seats = people.accounts.recheck_seats(tx, account, ctx.now);
            seats.await?;
            let what = json!({ "act": "joined" });
            people
                .tell_change(tx, &ctx, of(id, Some(account)), what)
                .await?;
            Ok(true)
        });
        added.await
    }

    /// Lets somebody leave a team; says whether they were in it.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn take_from_team(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: TeamId,
        account: AccountId,
    ) -> Result<bool, Fault> {
        let sight = Sight::of(caller);
        let (people, ctx) = (self.clone(), ctx.clone());
        let left = self.accounts.db.write(async move |tx: &mut Tx| {
            seen(tx, &sight, id).await?;
            let was_there = store::leave(tx, id, account, ctx.now).await?;
            if was_there {
                let seats = people.accounts.recheck_seats(tx, account, ctx.now);
                seats.await?;
                let what = json!({ "act": "left" });
                people
                    .tell_change(tx, &ctx, of(id, Some(account)), what)
                    .await?;
            }
            Ok(was_there)
        });
        left.await
    }

    async fn join(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        id: TeamId,
        members: &[AccountId],
    ) -> Result<(), Fault> {
        let stay = |account: &AccountId| {
            let stay: TeamId = Id::new(&self.accounts.clock, &self.accounts.random);
            (stay.uuid(), *account)
        };
        let people: Vec<(Uuid, AccountId)> = members.iter().map(stay).collect();
        Ok(team::join(tx, id, &people, ctx.now).await?)
    }
}

const fn of(id: TeamId, about: Option<AccountId>) -> Changed {
    Changed {
        kind: "team",
        id: id.uuid(),
        about,
    }
}

/// The team, held, where the caller sees it.
async fn seen(tx: &mut Tx, sight: &Sight, id: TeamId) -> Result<Standing, Fault> {
    sight.still_holds(tx).await?;
    let team = store::lock(tx, id).await?;
    let team = team.filter(|team| sight.sees_team_of(team.leader));
    team.ok_or_else(Fault::not_found)
}

/// The account that is to lead, where one is named.
async fn leader(tx: &mut Tx, sight: &Sight, who: Option<&Who>) -> Result<Option<AccountId>, Fault> {
    let Some(who) = who else { return Ok(None) };
    let found = person::find(tx, &sight.reach(), who).await?;
    let unknown = || Fault::field("/leader_id", "account_unknown");
    Ok(Some(found.ok_or_else(unknown)?.id))
}

/// The accounts of a new team's members, or what is wrong with which.
async fn addable(tx: &mut Tx, sight: &Sight, members: &[Who]) -> Result<Vec<AccountId>, Fault> {
    let id = |who: &Who| match who {
        Who::Id(id) => Some(*id),
        Who::Username(_) | Who::Nobody => None,
    };
    let ids: Vec<AccountId> = members.iter().filter_map(id).collect();
    let by_id = person::find_all(tx, &ids).await?;
    let mut found = Vec::with_capacity(members.len());
    for who in members {
        let named = if let Some(id) = id(who) {
            by_id.get(&id).map(|status| (id, *status))
        } else {
            let named = person::find(tx, &sight.reach(), who).await?;
            named.map(|named| (named.id, named.status))
        };
        found.push(named);
    }
    all_or_nothing(found.into_iter())
}

/// Who is to join, where the caller reaches them.
async fn reached(tx: &mut Tx, sight: &Sight, who: &Who) -> Result<AccountId, Fault> {
    match person::find(tx, &sight.reach(), who).await? {
        Some(named) if named.status == AccountStatus::Disabled => {
            Err(Fault::field("/username", "account_disabled"))
        }
        Some(named) => Ok(named.id),
        None if sight.is_everything() => Err(Fault::not_found()),
        None => Err(Fault::forbidden()),
    }
}

/// Everybody, where each is there, may be used and is named once.
fn all_or_nothing(
    found: impl Iterator<Item = Option<(AccountId, AccountStatus)>>,
) -> Result<Vec<AccountId>, Fault> {
    let mut faults = Vec::new();
    let (mut order, mut known) = (Vec::new(), HashSet::new());
    for (place, named) in found.enumerate() {
        let fault = match named {
            None => Some("account_unknown"),
            Some((_, AccountStatus::Disabled)) => Some("account_disabled"),
            Some((id, _)) if !known.insert(id) => Some("named_twice"),
            Some((id, _)) => {
                order.push(id);
                None
            }
        };
        let pointer = format!("/member_ids/{place}");
        faults.extend(fault.map(|code| FieldError::new(pointer, code)));
    }
    if faults.is_empty() {
        Ok(order)
    } else {
        Err(Fault::Unprocessable(faults))
    }
}

fn unchanged(now: &Standing) -> Result<GroupName, Fault> {
    GroupName::parse(&now.name).map_err(|fault| Fault::field("/name", fault.code()))
}

/// What becomes something else, for the record; null where nothing does.
fn difference(now: &Standing, name: &GroupName, leader: Option<AccountId>) -> Value {
    let is_renamed = name.as_str() != now.name;
    let is_led_anew = leader != now.leader;
    match (is_renamed, is_led_anew) {
        (false, false) => Value::Null,
        (true, false) => json!({ "act": "changed", "renamed": true }),
        (_, true) => json!({
            "act": "changed", "renamed": is_renamed, "leader": { "from": now.leader, "to": leader },
        }),
    }
}

fn taken() -> Fault {
    Fault::field("/name", "team_name_taken")
}

#[cfg(test)]
mod tests {
    use hanok_base::{Clock, Random};

    use super::*;

    #[test]
    fn everybody_joins_or_each_who_cannot_is_named_by_their_place() {
        let random = Random::seeded(1);
        let [one, two, gone] = [(); 3].map(|()| AccountId::new(&Clock::system(), &random));
        let active = |id| Some((id, AccountStatus::Active));
        let both = all_or_nothing([active(one), active(two)].into_iter()).unwrap();
        assert_eq!(both, [one, two]);
        let mixed = [
            active(one),
            None,
            Some((gone, AccountStatus::Disabled)),
            active(one),
        ];
        let Err(Fault::Unprocessable(faults)) = all_or_nothing(mixed.into_iter()) else {
            panic!("some cannot be added");
        };
        let told: Vec<(&str, &str)> = faults
            .iter()
            .map(|fault| (fault.pointer.as_ref(), fault.code))
            .collect();
        assert_eq!(
            told,
            [
                ("/member_ids/1", "account_unknown"),
                ("/member_ids/2", "account_disabled"),
                ("/member_ids/3", "named_twice"),
            ]
        );
    }
}
