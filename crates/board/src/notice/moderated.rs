//! What those who run the board have decided, as whom it concerns is told: what they wrote is hidden, shown again or
//! deleted, what they reported stays, they are kept from writing or write again. Who decided is told to nobody.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use futures_util::future::BoxFuture;
use hanok_accounts::{AccountId, Accounts};
use hanok_base::i18n::{Catalogue, Locale, Text};
use hanok_db::{Conn, DbError, Value, params, text_enum};
use hanok_notifications::{Described, Subject, Subjects};

use super::reader::{SEEN_BY_VIEWER, places};
use super::subjects::in_post;
use crate::post::address;
use crate::text;

/// The kind of what is decided.
const KIND: &str = "moderation";
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
    /// As what is told of it names it.
    pub(super) fn subject(self) -> Subject {
        Subject {
            kind: KIND,
            id: self.to_string(),
        }
    }

    /// What is said of it, and where it leads; nothing where its reader may not see what it is about.
    fn told(self, seen: &HashMap<Thing, Seen>) -> Option<(Text, String)> {
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
        Some((line, seen.path(thing)))
    }
}

/// A post that something was decided on, as its reader sees it.
struct Seen {
    post: i64,
    title: String,
    is_readable: bool,
}

impl Seen {
    /// Whoever may not open it any more, though they wrote it, is led to the board.
    fn path(&self, thing: Thing) -> String {
        match thing {
            _ if !self.is_readable => POSTS.to_owned(),
            Thing::Post(serial) => address(serial),
            Thing::Comment(serial) => in_post(self.post, serial),
        }
    }
}

/// Says in their reader's language what was decided.
pub(super) struct Decisions {
    accounts: Accounts,
    /// The texts, which the build has checked.
    texts: Catalogue,
}

impl Decisions {
    pub(super) fn new(accounts: &Accounts) -> Self {
        Self {
            accounts: accounts.clone(),
            texts: Catalogue::new(&crate::MESSAGES).unwrap_or_default(),
        }
    }

    /// The language that a person has chosen, else the organisation's.
    async fn reads(&self, conn: &mut Conn, viewer: AccountId) -> Result<Locale, DbError> {
        const SQL: &str = "SELECT locale FROM account WHERE id = $1";
        let chosen: Option<Option<String>> = conn.optional(SQL, params![viewer]).await?;
        let chosen = chosen.flatten().and_then(|tag| tag.parse().ok());
        Ok(chosen.unwrap_or(self.accounts.organisation.get().locale))
    }
}

impl Subjects for Decisions {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn describe<'a>(
        &'a self,
        conn: &'a mut Conn,
        viewer: AccountId,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<HashMap<String, Described>, DbError>> {
        Box::pin(async move {
            let read = |id: &'a String| Some((id, id.parse::<Decision>().ok()?));
            let decisions: Vec<(&String, Decision)> = ids.iter().filter_map(read).collect();
            let thing = |(_, decision): &(&String, Decision)| match decision {
                Decision::On(thing, _) => Some(*thing),
                Decision::Restricted | Decision::Released => None,
            };
            let things: Vec<Thing> = decisions.iter().filter_map(thing).collect();
            let locale = self.reads(conn, viewer).await?;
            let seen = seen(conn, viewer, &things).await?;
            let described = decisions.into_iter().filter_map(|(id, decision)| {
                let (line, path) = decision.told(&seen)?;
                let title = self.texts.tell(locale, &line);
                Some((id.clone(), Described { title, path }))
            });
            Ok(described.collect())
        })
    }
}

/// Post, comment, title, whether the reader may read the post.
type Row = (i64, Option<i64>, String, bool);

/// Those of these things whose post `viewer` may read or wrote: one statement.
async fn seen(
    conn: &mut Conn,
    viewer: AccountId,
    things: &[Thing],
) -> Result<HashMap<Thing, Seen>, DbError> {
    let post = |thing: &Thing| match thing {
        Thing::Post(serial) => Some(Value::I64(*serial)),
        Thing::Comment(_) => None,
    };
    let comment = |thing: &Thing| match thing {
        Thing::Comment(serial) => Some(Value::I64(*serial)),
        Thing::Post(_) => None,
    };
    let posts: Vec<Value<'_>> = things.iter().filter_map(post).collect();
    let comments: Vec<Value<'_>> = things.iter().filter_map(comment).collect();
    if things.is_empty() {
        return Ok(HashMap::new());
    }
    let reads = &*SEEN_BY_VIEWER;
    let mut parts = Vec::new();
    if !posts.is_empty() {
        let places = places(2, posts.len());
        parts.push(format!(
            "SELECT p.serial, CAST(NULL AS BIGINT), p.title, {reads} FROM board_post p \
             WHERE p.serial IN ({places}) AND (p.author_id = $1 OR {reads})"
        ));
    }
    if !comments.is_empty() {
        let places = places(2 + posts.len(), comments.len());
        parts.push(format!(
            "SELECT p.serial, m.serial, p.title, {reads} FROM board_comment m \
             JOIN board_post p ON p.serial = m.post WHERE m.serial IN ({places}) AND {reads}"
        ));
    }
    let mut values = params![viewer].to_vec();
    values.extend(posts.into_iter().chain(comments));
    let rows: Vec<Row> = conn.all(&parts.join(" UNION ALL "), &values).await?;
    let keyed = rows.into_iter().map(|(post, comment, title, is_readable)| {
        let thing = comment.map_or(Thing::Post(post), Thing::Comment);
        let seen = Seen {
            post,
            title,
            is_readable,
        };
        (thing, seen)
    });
    Ok(keyed.collect())
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
