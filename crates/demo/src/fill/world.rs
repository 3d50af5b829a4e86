//! Who there is in the made-up past: people, the shops that ask for them, and where both call from.

use std::net::{IpAddr, Ipv4Addr};

use hanok_accounts::AccountId;
use hanok_accounts::audit::Origin;
use hanok_accounts::ci::Ci;
use hanok_base::{Clock, Id, Random, Timestamp};
use hanok_identity::ProviderId;
use uuid::Uuid;

/// 198.18.0.0/15 is set aside for measurements (RFC 2544): these addresses are nobody's.
const FIRST_ADDRESS: u32 = 0xC612_0000;
const ADDRESSES: u64 = 1 << 17;
/// How many places a person calls from.
pub(super) const PLACES: u64 = 4;

/// What the made-up rows of the trail name as their request.
const REQUEST: &str = "job:demo fill";

const PHONES: [&str; 4] = [
    "Mozilla/5.0 (Linux; Android 15; SM-S931N) Chrome/140.0 Mobile",
    "Mozilla/5.0 (iPhone; iOS 18_5) Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64) Edg/140.0",
    "Mozilla/5.0 (Linux; Android 14; SM-A556S) SamsungBrowser/28",
];
const SERVERS: [&str; 4] = [
    "okhttp/4.12.0",
    "Java-http-client/17.0.16",
    "python-requests/2.32.5",
    "axios/1.12.2",
];

/// A person.
pub(super) struct Person {
    pub(super) id: AccountId,
    /// The blind index of the proven number.
    pub(super) phone_index: [u8; 32],
    pub(super) ci: Ci,
    /// The paired phone.
    pub(super) device: Option<Uuid>,
    pub(super) last_login: Option<Timestamp>,
}

/// A provider.
pub(super) struct Shop {
    pub(super) id: ProviderId,
    pub(super) site_code: String,
    pub(super) wants: Wants,
    pub(super) hides_unknown: bool,
    pub(super) ci_entitled: bool,
}

/// How a provider is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// It fetches.
    ToFetch,
    /// It is called, at every end.
    EveryEnd,
    /// It is called where the person approved.
    Completions,
}

/// All of them.
pub(super) struct World {
    pub(super) people: Vec<Person>,
    pub(super) shops: Vec<Shop>,
    pub(super) ids: Ids,
    /// The end of the made-up past.
    pub(super) now: Timestamp,
}

/// Ids as they would have been made then.
pub(super) struct Ids {
    clock: Clock,
    pub(super) random: Random,
}

impl Ids {
    pub(super) fn new(random: Random) -> Self {
        Self {
            clock: Clock::manual(Timestamp::default()),
            random,
        }
    }

    pub(super) fn at(&self, at: Timestamp) -> Uuid {
        self.clock.set(at);
        Id::<()>::new(&self.clock, &self.random).uuid()
    }
}

impl World {
    /// A person at one of the places that the person calls from.
    pub(super) fn person_at(&self, person: usize, place: u64) -> Origin {
        let number = number(person);
        Origin {
            actor: self.people.get(person).map(|person| person.id),
            address: Some(address(number * PLACES + place % PLACES)),
            agent: one_of(&PHONES, number + place),
            request_id: REQUEST.to_owned(),
        }
    }

    /// A provider's server.
    pub(super) fn server_of(shop: usize) -> Origin {
        Origin {
            actor: None,
            address: Some(address(ADDRESSES - 1 - number(shop))),
            agent: one_of(&SERVERS, number(shop)),
            request_id: REQUEST.to_owned(),
        }
    }

    /// The program itself.
    pub(super) fn program() -> Origin {
        Origin {
            actor: None,
            address: None,
            agent: String::new(),
            request_id: REQUEST.to_owned(),
        }
    }

    /// Somebody unknown.
    pub(super) fn stranger(at: u64) -> Origin {
        Origin {
            actor: None,
            address: Some(address(at)),
            agent: one_of(&SERVERS, at),
            request_id: REQUEST.to_owned(),
        }
    }
}

fn number(place: usize) -> u64 {
    u64::try_from(place).unwrap_or_default()
}

fn address(number: u64) -> IpAddr {
    let offset = u32::try_from(number % ADDRESSES).unwrap_or_default();
    IpAddr::V4(Ipv4Addr::from_bits(FIRST_ADDRESS + offset))
}

fn one_of(agents: &[&str; 4], number: u64) -> String {
    let [first, second, third, fourth] = agents;
    let agent = match number % 4 {
        0 => first,
        1 => second,
        2 => third,
        _ => fourth,
    };
    (*agent).to_owned()
}
