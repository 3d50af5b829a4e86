//! What those who run the board have decided, as whom it concerns is told: what they wrote is hidden, shown again or
//! deleted, what they reported stays, they are kept from writing or write again. Who decided is told to nobody.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use hanok_base::i18n::Text;
use hanok_db::text_enum;

use super::subjects::Seen;
use crate::text;

/// Where the board begins.
const POSTS: &str = "/posts";

text_enum! {
    /// What became of a post or a comment.
    pub(super) enum Act {
        /// It is hidden.
        Hidden = "hidden",
        /// It is shown again.
        Shown = "shown",
        /// It is deleted.
        Deleted = "deleted",
        /// It was reported, and stays as it is.
        Dismissed = "dismissed",
    }
}

/// What was decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    Post(i64),
    Comment(i64),
}

/// What was decided; it reads as `hidden:comment:45`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// On a post or a comment.
    On(Thing, Act),
    /// Somebody is kept from writing.
    Restricted,
    /// They write again.
    Released,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(Thing::Post(serial), act) => write!(f, "{act}:post:{serial}"),
            Self::On(Thing::Comment(serial), act) => write!(f, "{act}:comment:{serial}"),
            Self::Restricted => f.write_str("restricted"),
            Self::Released => f.write_str("released"),
        }
    }
}

/// What is no decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoDecision;

impl FromStr for Decision {
    type Err = NoDecision;

    fn from_str(text: &str) -> Result<Self, NoDecision> {
        match text {
            "restricted" => return Ok(Self::Restricted),
            "released" => return Ok(Self::Released),
            _ => {}
        }
        let (act, thing) = text.split_once(':').ok_or(NoDecision)?;
        let (kind, serial) = thing.split_once(':').ok_or(NoDecision)?;
        let act = act.parse().map_err(|_| NoDecision)?;
        let serial = serial.parse().map_err(|_| NoDecision)?;
        match kind {
            "post" => Ok(Self::On(Thing::Post(serial), act)),
            "comment" => Ok(Self::On(Thing::Comment(serial), act)),
            _ => Err(NoDecision),
        }
    }
}

impl Decision {
    /// What it was decided on.
    pub(super) const fn thing(self) -> Option<Thing> {
        match self {
            Self::On(thing, _) => Some(thing),
            Self::Restricted | Self::Released => None,
        }
    }

    /// What is said of it, and where it leads; nothing where its reader may not see what it is about.
    pub(super) fn told(self, seen: &HashMap<Thing, Seen>) -> Option<(Text, String)> {
        let (thing, act) = match self {
            Self::Restricted => return Some((text::notices::restricted(), POSTS.to_owned())),
            Self::Released => return Some((text::notices::released(), POSTS.to_owned())),
            Self::On(thing, act) => (thing, act),
        };
        let seen = seen.get(&thing)?;
        let title = seen.title.as_str();
        let line = match (thing, act) {
            (Thing::Post(_), Act::Hidden) => text::notices::post_hidden(title),
            (Thing::Post(_), Act::Shown) => text::notices::post_shown(title),
            (Thing::Post(_), Act::Deleted) => text::notices::post_deleted(title),
            (Thing::Post(_), Act::Dismissed) => text::notices::post_stays(title),
            (Thing::Comment(_), Act::Hidden | Act::Deleted) => text::notices::comment_hidden(title),
            (Thing::Comment(_), Act::Shown) => text::notices::comment_shown(title),
            (Thing::Comment(_), Act::Dismissed) => text::notices::comment_stays(title),
        };
        // Whoever may not open it any more, though they wrote it, is led to the board.
        let path = seen.path(thing).unwrap_or_else(|| POSTS.to_owned());
        Some((line, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_reads_as_it_was_written_and_nothing_else_is_one() {
        for act in Act::ALL {
            for thing in [Thing::Post(12), Thing::Comment(45)] {
                let decision = Decision::On(thing, *act);
                assert_eq!(decision.to_string().parse().ok(), Some(decision));
            }
        }
        for decision in [Decision::Restricted, Decision::Released] {
            assert_eq!(decision.to_string().parse().ok(), Some(decision));
        }
        for wrong in [
            "",
            "12",
            "hidden:12",
            "hidden:category:1",
            "gone:post:1",
            "hidden:post:x",
        ] {
            assert!(wrong.parse::<Decision>().is_err(), "{wrong}");
        }
    }
}
