//! What the trail holds of a made-up past: what requests leave there, and what people do besides.

use std::time::Duration;

use hanok_accounts::audit::{Action, Entry, Origin, PastAct};
use hanok_base::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::dice::Dice;
use super::requests::{Asked, End};
use super::world::{PLACES, World};

/// Most rows that a request leaves.
pub(super) const MOST_OF_A_REQUEST: u64 = 3;

/// What a request leaves: that it was made, how it ended, what was unsealed for its provider.
pub(super) fn of_request(dice: &mut Dice, world: &World, asked: &Asked) -> Vec<PastAct> {
    let mut acts = vec![PastAct {
        at: asked.created_at,
        origin: World::server_of(asked.shop),
        entry: about(world, asked, Action::AuthRequest).version("PENDING"),
    }];
    let Some(ended) = asked.ended_at else {
        return acts;
    };
    acts.push(ending(dice, world, asked, ended));
    let unsealed = asked.end == End::Completed && asked.told.is_some();
    if unsealed {
        let entitled = world
            .shops
            .get(asked.shop)
            .is_some_and(|shop| shop.ci_entitled);
        let values: &[&str] = if entitled { &["di", "ci"] } else { &["di"] };
        acts.push(PastAct {
            at: ended.plus(Duration::from_millis(200)).min(world.now),
            origin: World::program(),
            entry: about(world, asked, Action::CiDiAccess).details(json!({ "values": values })),
        });
    }
    acts
}

fn ending(dice: &mut Dice, world: &World, asked: &Asked, ended: Timestamp) -> PastAct {
    let (action, origin) = match (asked.end, asked.person) {
        (End::Completed, Some(person)) => (
            Action::AuthCompleted,
            world.person_at(person, dice.below(PLACES)),
        ),
        (End::Failed("superseded"), _) => (Action::AuthFailed, World::server_of(asked.shop)),
        (End::Failed(_), Some(person)) => (
            Action::AuthFailed,
            world.person_at(person, dice.below(PLACES)),
        ),
        _ => (Action::AuthExpired, World::program()),
    };
    let mut entry = about(world, asked, action).version(asked.end.status());
    if let Some(reason) = asked.end.reason() {
        entry = entry.details(json!({ "reason": reason }));
    }
    PastAct {
        at: ended,
        origin,
        entry,
    }
}

fn about(world: &World, asked: &Asked, action: Action) -> Entry {
    let entry = Entry::new(action).target("auth_transaction", asked.id);
    let provider = world.shops.get(asked.shop).map(|shop| shop.id.uuid());
    let person = asked.person.and_then(|person| world.people.get(person));
    let entry = Entry { provider, ..entry };
    match person {
        Some(person) => entry.subject(person.id),
        None => entry,
    }
}

/// What a person does besides, at `at`.
pub(super) fn besides(dice: &mut Dice, world: &mut World, at: Timestamp) -> Option<PastAct> {
    const DONE: [(u64, Action); 12] = [
        (520, Action::UserLogin),
        (380, Action::UserLogout),
        (60, Action::UserLoginFailed),
        (12, Action::UserInfoUpdate),
        (6, Action::PermissionDenied),
        (4, Action::PasswordChange),
        (4, Action::PinChange),
        (4, Action::DevicePaired),
        (3, Action::AdminAction),
        (3, Action::DataRevealed),
        (2, Action::AuditSearch),
        (2, Action::DeviceRevoked),
    ];
    let action = dice.weighed(&DONE)?;
    let person = dice.early_place(world.people.len());
    let place = dice.below(PLACES);
    let origin = match action {
        Action::UserLoginFailed => Origin {
            actor: None,
            ..world.person_at(person, place)
        },
        _ => world.person_at(person, place),
    };
    let session = world.ids.at(at);
    let known = world.people.get_mut(person)?;
    let entry = Entry::new(action).subject(known.id);
    let entry = match action {
        Action::UserLogin => {
            known.last_login = known.last_login.max(Some(at));
            entry
                .target("session", session)
                .details(json!({ "by": "password" }))
        }
        Action::UserLogout => entry.target("session", session),
        _ => entry.target("account", known.id.uuid()),
    };
    Some(PastAct { at, origin, entry })
}

/// Somebody tries one account from several addresses within minutes, and once gets in.
pub(super) fn tried_from_everywhere(
    dice: &mut Dice,
    world: &World,
    begins: Timestamp,
    ends: Timestamp,
) -> Vec<PastAct> {
    let person = dice.early_place(world.people.len());
    let Some(known) = world.people.get(person) else {
        return Vec::new();
    };
    let span = u64::try_from(ends.since(begins).as_micros()).unwrap_or_default();
    let tries = 6 + dice.below(4);
    let trying = (0..tries).map(|number| {
        let at = begins.plus(Duration::from_micros(span / (tries + 1) * (number + 1)));
        let got_in = number + 1 == tries;
        let stranger = World::stranger(number % 4 * 7_919 + dice.below(ADDRESS_SPREAD));
        let (action, target): (_, (&str, Uuid)) = if got_in {
            (Action::UserLogin, ("session", world.ids.at(at)))
        } else {
            (Action::UserLoginFailed, ("account", known.id.uuid()))
        };
        let actor = got_in.then_some(known.id);
        let entry = Entry::new(action)
            .subject(known.id)
            .target(target.0, target.1);
        PastAct {
            at,
            origin: Origin { actor, ..stranger },
            entry: entry.details(json!({ "attempt": number + 1 })),
        }
    });
    trying.collect()
}

/// How far the addresses of one try lie apart.
const ADDRESS_SPREAD: u64 = 100;
