//! The requests of a made-up past: who was asked by whom, how it ended, and what was told of it.

use std::collections::HashSet;
use std::time::Duration;

use hanok_base::Timestamp;
use uuid::Uuid;

use super::dice::Dice;
use super::world::{Shop, Wants, World};

/// How long a request lives.
const LIFE: Duration = Duration::from_mins(3);
/// A request that nobody's number matched, in a thousand, where the provider hides this.
const UNKNOWN: u64 = 30;

const MESSAGES: [&str; 4] = ["로그인", "본인 확인", "결제 12,000원", "주소 변경"];

/// A request.
pub(super) struct Asked {
    pub(super) id: Uuid,
    pub(super) shop: usize,
    /// Nobody for a decoy.
    pub(super) person: Option<usize>,
    pub(super) phone_index: [u8; 32],
    pub(super) end: End,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) choices: String,
    pub(super) binding_code: i64,
    pub(super) message: Option<&'static str>,
    pub(super) device: Option<Uuid>,
    pub(super) code_hash: Option<[u8; 32]>,
    pub(super) told: Option<Told>,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Pending,
    Completed,
    Failed(&'static str),
    Expired,
}

/// What its provider was told, and how that went.
pub(super) struct Told {
    pub(super) id: Uuid,
    pub(super) state: &'static str,
    pub(super) tries: Vec<Try>,
}

/// One attempt to tell.
pub(super) struct Try {
    pub(super) id: Uuid,
    pub(super) at: Timestamp,
    pub(super) milliseconds: i64,
    pub(super) status: i64,
}

impl End {
    pub(super) const fn status(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Completed => "COMPLETED",
            Self::Failed(_) => "FAILED",
            Self::Expired => "EXPIRED",
        }
    }

    pub(super) const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Failed(reason) => Some(reason),
            Self::Pending | Self::Completed | Self::Expired => None,
        }
    }
}

/// Draws requests, one after the other.
pub(super) struct Requests {
    /// A phone has one pending request of a provider.
    pending: HashSet<(usize, [u8; 32])>,
}

impl Requests {
    pub(super) fn new() -> Self {
        Self {
            pending: HashSet::new(),
        }
    }

    /// A request that was made at `at`.
    pub(super) fn draw(&mut self, dice: &mut Dice, world: &World, at: Timestamp) -> Option<Asked> {
        let person = dice.early_place(world.people.len());
        let shop = shop_of(dice, person, world.shops.len());
        let known = world.people.get(person)?;
        let provider = world.shops.get(shop)?;
        let nobody = provider.hides_unknown && dice.in_thousand(UNKNOWN);
        let phone_index = if nobody {
            world.ids.random.bytes()
        } else {
            known.phone_index
        };
        let expires_at = at.plus(LIFE);
        let (mut end, mut ended_at) = end(dice, world, nobody, at);
        if end == End::Pending && !self.pending.insert((shop, phone_index)) {
            (end, ended_at) = (End::Failed("superseded"), Some(at));
        }
        let (choices, binding_code) = numbers(dice);
        let completed = end == End::Completed;
        Some(Asked {
            id: world.ids.at(at),
            shop,
            person: (!nobody).then_some(person),
            phone_index,
            end,
            created_at: at,
            expires_at,
            ended_at,
            choices,
            binding_code,
            message: dice.pick(&MESSAGES).filter(|_| dice.in_thousand(600)),
            device: known.device.filter(|_| completed),
            code_hash: completed.then(|| world.ids.random.bytes()),
            told: ended_at.and_then(|ended| told(dice, world, provider, end, ended)),
        })
    }
}

fn end(dice: &mut Dice, world: &World, nobody: bool, at: Timestamp) -> (End, Option<Timestamp>) {
    const ENDS: [(u64, End); 5] = [
        (780, End::Completed),
        (70, End::Failed("not_confirmed")),
        (35, End::Failed("denied")),
        (15, End::Failed("superseded")),
        (100, End::Expired),
    ];
    let drawn = dice.weighed(&ENDS).filter(|_| !nobody);
    let end = drawn.unwrap_or(End::Expired);
    let took = match end {
        End::Completed => Duration::from_millis(4_000 + dice.below(20_000) + dice.below(40_000)),
        End::Failed(_) => Duration::from_millis(5_000 + dice.below(120_000)),
        End::Pending | End::Expired => LIFE,
    };
    let ended = at.plus(took);
    if ended > world.now {
        (End::Pending, None)
    } else {
        (end, Some(ended))
    }
}

/// Each person has a dozen providers, and few of them most often.
fn shop_of(dice: &mut Dice, person: usize, shops: usize) -> usize {
    let favourite = dice.early_place(12);
    let mut own = Dice::new(u64::try_from(person * 12 + favourite).unwrap_or_default());
    own.early_place(shops)
}

fn numbers(dice: &mut Dice) -> (String, i64) {
    let first = dice.below(30);
    let numbers = [10 + first, 40 + dice.below(30), 70 + dice.below(30)];
    let right = dice.pick(&numbers).unwrap_or_default();
    let choices = numbers.map(|number| number.to_string()).join(",");
    (choices, i64::try_from(right).unwrap_or_default())
}

fn told(dice: &mut Dice, world: &World, shop: &Shop, end: End, ended: Timestamp) -> Option<Told> {
    let id = world.ids.at(ended);
    if shop.wants == Wants::ToFetch {
        let held = end == End::Completed;
        return held.then(|| Told {
            id,
            state: "HELD",
            tries: Vec::new(),
        });
    }
    if shop.wants == Wants::Completions && end != End::Completed {
        return None;
    }
    let gives_up = dice.in_thousand(8);
    let tries = if gives_up {
        4
    } else {
        1 + u64::from(dice.in_thousand(20))
    };
    let attempt = |number: u64| {
        let good = number + 1 == tries && !gives_up;
        let took = Duration::from_millis(300 + number * 4_000 + dice.below(400));
        let at = ended.plus(took).min(world.now);
        Try {
            id: world.ids.at(at),
            at,
            milliseconds: i64::try_from(20 + dice.below(400)).unwrap_or_default(),
            status: if good { 200 } else { 503 },
        }
    };
    Some(Told {
        id,
        state: if gives_up { "DEAD" } else { "DELIVERED" },
        tries: (0..tries).map(attempt).collect(),
    })
}
