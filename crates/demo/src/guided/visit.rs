//! What one browser saw of the demo: its newest request and the messages, in memory and bounded.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hanok_base::Random;

use super::asked::{Asked, End, Refused};
use super::wire::Wired;

/// How many visits are kept; the one that was quiet longest goes first.
const VISITS: usize = 100;
/// How many messages of a visit are kept.
const MESSAGES: usize = 60;
/// How many requests of a visit are known when their callbacks come.
const REQUESTS: usize = 12;

/// One browser's visit.
#[derive(Clone, Debug, Default)]
pub(super) struct Visit {
    /// Rises with every change.
    pub(super) version: u64,
    /// The messages, the oldest first.
    pub(super) messages: VecDeque<Wired>,
    /// The requests, the newest first.
    pub(super) asked: VecDeque<Asked>,
    /// Why the last try to ask came to nothing.
    pub(super) refused: Option<Refused>,
}

impl Visit {
    /// The newest request.
    pub(super) fn newest(&self) -> Option<&Asked> {
        self.asked.front()
    }

    /// Whether something is still to come by itself.
    pub(super) fn is_waiting(&self) -> bool {
        self.newest().is_some_and(Asked::is_waiting)
    }

    /// Whether the newest request took the place of one that waited.
    pub(super) fn has_superseded(&self) -> bool {
        let before = self.asked.get(1).map(|asked| &asked.end);
        self.is_waiting() && before == Some(&End::Failed("superseded".to_owned()))
    }

    pub(super) fn find(&mut self, transaction_id: &str) -> Option<&mut Asked> {
        self.asked
            .iter_mut()
            .find(|asked| asked.transaction_id == transaction_id)
    }

    pub(super) fn ask(&mut self, asked: Asked) {
        self.refused = None;
        self.asked.truncate(REQUESTS - 1);
        self.asked.push_front(asked);
    }
}

/// All visits, each named by the token in its browser's cookie.
pub(super) struct Visits {
    random: Random,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The one that was quiet longest first.
    visits: VecDeque<(String, Visit)>,
    changes: u64,
}

impl Visits {
    pub(super) fn new(random: Random) -> Self {
        Self {
            random,
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The visit of this token as it is now; a new, empty one where there is none.
    pub(super) fn look(&self, token: Option<&str>) -> Visit {
        let kept = self.kept();
        let found = kept
            .visits
            .iter()
            .find(|(of, _)| Some(of.as_str()) == token);
        found.map(|(_, visit)| visit.clone()).unwrap_or_default()
    }

    /// The token itself where its visit is known, else that of a new visit.
    pub(super) fn enter(&self, token: Option<&str>) -> String {
        let mut kept = self.kept();
        let known = kept
            .visits
            .iter()
            .find(|(of, _)| Some(of.as_str()) == token);
        if let Some((token, _)) = known {
            return token.clone();
        }
        let token = self.random.token();
        if kept.visits.len() >= VISITS {
            kept.visits.pop_front();
        }
        kept.visits.push_back((token.clone(), Visit::default()));
        token
    }

    /// Changes a visit; nothing happens where it has been forgotten.
    pub(super) fn change(&self, token: &str, change: impl FnOnce(&mut Visit)) {
        let mut kept = self.kept();
        let Some(at) = kept.visits.iter().position(|(of, _)| of == token) else {
            return;
        };
        let Some((token, mut visit)) = kept.visits.remove(at) else {
            return;
        };
        change(&mut visit);
        kept.changes += 1;
        visit.version = kept.changes;
        kept.visits.push_back((token, visit));
    }

    /// Adds a message to a visit.
    pub(super) fn note(&self, token: &str, message: Wired) {
        self.change(token, |visit| {
            if visit.messages.len() >= MESSAGES {
                visit.messages.pop_front();
            }
            let number = visit.version.saturating_add(1);
            visit.messages.push_back(Wired { number, ..message });
        });
    }

    /// The visit that made a request, and the request's `state`.
    pub(super) fn who_asked(&self, transaction_id: &str) -> Option<(String, String)> {
        let kept = self.kept();
        kept.visits.iter().find_map(|(token, visit)| {
            let mut asked = visit.asked.iter();
            let ours = asked.find(|asked| asked.transaction_id == transaction_id)?;
            Some((token.clone(), ours.state.clone()))
        })
    }
}

/// How long a browser keeps the token of its visit.
pub(super) const COOKIE_LIFE: Duration = Duration::from_hours(12);

#[cfg(test)]
mod tests {
    use hanok_base::Timestamp;

    use super::*;

    fn visits() -> Visits {
        Visits::new(Random::seeded(1))
    }

    fn asked(id: &str) -> Asked {
        Asked {
            transaction_id: id.to_owned(),
            binding_code: "47".to_owned(),
            state: "s".to_owned(),
            expires_at: String::new(),
            ends: Timestamp::from_seconds(10),
            end: End::Waiting,
            fetched: None,
        }
    }

    #[test]
    fn a_visit_is_its_browsers_alone() {
        let visits = visits();
        let (one, other) = (visits.enter(None), visits.enter(Some("made up")));
        assert_ne!(one, other);
        assert_ne!(other, "made up");
        visits.change(&one, |visit| visit.ask(asked("a")));
        assert!(visits.look(Some(&one)).is_waiting());
        assert!(!visits.look(Some(&other)).is_waiting());
        assert!(!visits.look(None).is_waiting());
        assert_eq!(visits.enter(Some(&one)), one);
        assert_eq!(visits.who_asked("a"), Some((one, "s".to_owned())));
        assert_eq!(visits.who_asked("b"), None);
    }

    #[test]
    fn the_quietest_visit_is_forgotten_first() {
        let visits = visits();
        let tokens: Vec<String> = (0..VISITS).map(|_| visits.enter(None)).collect();
        visits.change(&tokens[0], |visit| visit.ask(asked("a")));
        visits.enter(None);
        assert_eq!(visits.enter(Some(&tokens[0])), tokens[0]);
        assert_ne!(visits.enter(Some(&tokens[1])), tokens[1]);
        assert!(visits.kept().visits.len() <= VISITS);
    }
}
