//! What processes tell each other of sessions: at once that one was withdrawn, and, where there is a cache that
//! they share, what one has read. Both travel sealed, so that nobody else reads them or makes one.
//!
//! Neither is needed: a process that hears nothing reads withdrawals from the store each second, and what was read
//! counts for two seconds from before it was read, whoever read it. A value that comes into the cache after the
//! session was withdrawn is therefore as old as one that is kept here.

use std::sync::{Arc, Weak};

use hanok_base::shared::News;
use hanok_base::{Place, Timestamp};
use hanok_web::PermissionSet;
use serde::{Deserialize, Serialize};

use super::cache::{FRESH, Live};
use super::store::{LiveRow, SessionId, SessionKind};
use crate::AccountId;
use crate::account::AccountStatus;
use crate::context::{Accounts, Shared};

/// What processes tell each other of sessions.
const CHANNEL: &str = "sessions";

/// How an entry of the shared cache is written. One that is written otherwise is not there.
const FORMAT: u8 = 2;

/// A session in the shared cache: sealed, so that nobody reads it there or puts one there.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// [`FORMAT`] of the release that wrote it.
    format: u8,
    /// Microseconds since 1970, before the store was asked.
    read_at: i64,
    account: AccountId,
    kind: SessionKind,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    password_confirmed_at: Option<i64>,
    version: i64,
    status: AccountStatus,
    locale: Option<String>,
    theme: Option<String>,
    name: String,
    roles: Vec<String>,
    permissions: Granted,
}

/// What an account may do. All of it is said in a word, so that nothing that is left out can mean it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Granted {
    Everything,
    These(Vec<String>),
}

impl Granted {
    fn of(permissions: &PermissionSet) -> Self {
        if permissions.is_everything() {
            return Self::Everything;
        }
        Self::These(
            permissions
                .names()
                .iter()
                .map(ToString::to_string)
                .collect(),
        )
    }

    fn set(self) -> PermissionSet {
        match self {
            Self::Everything => PermissionSet::everything(),
            Self::These(names) => names.into_iter().collect(),
        }
    }
}

impl Kept {
    fn of(live: &Live, read_at: Timestamp) -> Self {
        let row = live.row.clone();
        Self {
            format: FORMAT,
            read_at: read_at.micros(),
            account: row.account_id,
            kind: row.kind,
            created_at: row.created_at.micros(),
            last_seen_at: row.last_seen_at.micros(),
            expires_at: row.expires_at.micros(),
            password_confirmed_at: row.password_confirmed_at.map(Timestamp::micros),
            version: row.version,
            status: row.status,
            locale: row.locale,
            theme: row.theme,
            name: row.name,
            roles: live.roles.to_vec(),
            permissions: Granted::of(&live.permissions),
        }
    }

    /// What was written, where this release reads it.
    fn read(written: &[u8]) -> Option<Self> {
        let kept: Self = serde_json::from_slice(written).ok()?;
        (kept.format == FORMAT).then_some(kept)
    }

    fn live(self) -> Live {
        Live {
            permissions: self.permissions.set(),
            roles: self.roles.into(),
            name: self.name.as_str().into(),
            row: LiveRow {
                account_id: self.account,
                kind: self.kind,
                created_at: Timestamp::from_micros(self.created_at),
                last_seen_at: Timestamp::from_micros(self.last_seen_at),
                expires_at: Timestamp::from_micros(self.expires_at),
                password_confirmed_at: self.password_confirmed_at.map(Timestamp::from_micros),
                version: self.version,
                status: self.status,
                locale: self.locale,
                theme: self.theme,
                name: self.name,
            },
        }
    }
}

const fn place(id: SessionId) -> Place<'static> {
    Place::new("session", "shared", id.uuid())
}

fn key(id: SessionId) -> String {
    format!("session:{id}")
}

impl Accounts {
    /// What another process has read of a session, with when it did, where that still counts.
    pub(super) async fn read_by_another(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Option<(Timestamp, Live)> {
        if !self.cache.is_there() {
            return None;
        }
        let sealed = self.cache.get(&key(id)).await?;
        let opened = self.keys.unseal(place(id), &sealed).ok()?;
        let kept = Kept::read(&opened)?;
        let (account, read_at) = (kept.account, Timestamp::from_micros(kept.read_at));
        let counts = self.sessions.accepts(account, id, read_at, now);
        counts.then(|| (read_at, kept.live()))
    }

    /// Shows the other processes what this one has read of a session.
    pub(super) fn show_others(&self, id: SessionId, read_at: Timestamp, live: &Live) {
        let life = FRESH.saturating_sub(self.clock.now().since(read_at));
        if life.is_zero() || !self.cache.is_there() {
            return;
        }
        if let Ok(text) = serde_json::to_vec(&Kept::of(live, read_at)) {
            let sealed = self.keys.seal(place(id), &text);
            self.cache.put(&key(id), sealed, life);
        }
    }

    /// Forgets what any process knows of a session (or all of an account's) and closes the sockets whose right
    /// ended with it, in every process.
    pub(crate) fn withdraw(&self, account: AccountId, session: Option<SessionId>) {
        if let Some(session) = session {
            self.cache.forget(&key(session));
        }
        self.forget(account, session);
        let of = session.map_or_else(String::new, |session| session.to_string());
        self.fanout.publish(CHANNEL, format!("{account} {of}"));
    }

    /// The same in this process alone.
    pub(super) fn forget(&self, account: AccountId, session: Option<SessionId>) {
        let known = self.sessions.forget(account, session, self.clock.now());
        if session.is_none() {
            self.api_keys.forget(account);
        }
        known.into_iter().for_each(|id| self.cache.forget(&key(id)));
        self.live.recheck(account);
    }

    /// Forgets what this process knows of every session and every API key.
    pub(super) fn forget_everybody(&self) {
        self.sessions.forget_all();
        self.api_keys.forget_all();
    }

    /// Forgets what other processes say was withdrawn, from now on.
    pub(crate) fn hear_of_withdrawals(&self) {
        let shared = self.downgrade();
        let heard = Arc::new(move |news: News<'_>| hear(&shared, news));
        self.fanout.subscribe(CHANNEL, heard);
    }
}

fn hear(shared: &Weak<Shared>, news: News<'_>) {
    let Some(accounts) = Accounts::upgrade(shared) else {
        return;
    };
    match news {
        // What was missed is read from the store within a second.
        News::Gap => accounts.forget_everybody(),
        News::Text(text) => {
            if let Some((account, session)) = withdrawn(text) {
                accounts.forget(account, session);
            }
        }
    }
}

fn withdrawn(text: &str) -> Option<(AccountId, Option<SessionId>)> {
    let (account, session) = text.split_once(' ')?;
    let account = account.parse().ok()?;
    match session {
        "" => Some((account, None)),
        session => Some((account, Some(session.parse().ok()?))),
    }
}

#[cfg(test)]
mod tests;
