//! What a notification of the board is about, as its reader may see it now: a post by its number, or what was decided
//! on one, in the reader's language.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_accounts::{AccountId, Accounts};
use hanok_base::i18n::{Catalogue, Locale};
use hanok_db::{Conn, DbError, Value, params};
use hanok_notifications::{Described, Notifications, Subject, Subjects};

use super::moderated::{Decision, Thing};
use super::reader::{self, SEEN_BY_VIEWER, places};
use crate::post::address;

/// The kind of all of them.
pub(super) const KIND: &str = "post";

/// A post, as what is told of it names it.
pub(super) fn post(serial: i64) -> Subject {
    Subject {
        kind: KIND,
        id: serial.to_string(),
    }
}

/// What was decided, as what is told of it names it.
pub(super) fn decision(decision: Decision) -> Subject {
    Subject {
        kind: KIND,
        id: decision.to_string(),
    }
}

/// The place of a comment in its post.
pub(super) fn anchor(comment: i64) -> String {
    format!("{COMMENT}{comment}")
}

/// What the place of a comment begins with.
const COMMENT: &str = "comment-";

/// Has notifications ask the board what they are about.
pub(crate) fn know(accounts: &Accounts, notifications: &Notifications) {
    notifications.know(Arc::new(Posts {
        accounts: accounts.clone(),
        texts: Catalogue::new(&crate::MESSAGES).unwrap_or_default(),
    }));
}

/// Posts, and what was decided.
struct Posts {
    accounts: Accounts,
    /// The texts, which the build has checked.
    texts: Catalogue,
}

/// What an id names.
enum Named {
    Post(i64),
    Decided(Decision),
}

impl Named {
    fn read(id: &str) -> Option<Self> {
        let post = id.parse().ok().map(Self::Post);
        post.or_else(|| id.parse().ok().map(Self::Decided))
    }

    fn thing(&self) -> Option<Thing> {
        match self {
            Self::Post(serial) => Some(Thing::Post(*serial)),
            Self::Decided(decision) => decision.thing(),
        }
    }
}

impl Posts {
    fn described(&self, named: &Named, seen: &AllSeen) -> Option<Described> {
        match named {
            Named::Post(serial) => {
                let seen = seen.things.get(&Thing::Post(*serial))?;
                seen.is_readable.then(|| Described {
                    title: seen.title.clone(),
                    path: address(*serial),
                })
            }
            Named::Decided(decision) => {
                let (line, path) = decision.told(&seen.things)?;
                let organisation = self.accounts.organisation.get().locale;
                let title = self.texts.tell(seen.locale.unwrap_or(organisation), &line);
                Some(Described { title, path })
            }
        }
    }
}

impl Subjects for Posts {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// A post shows its comments page by page.
    fn place(&self, path: &str, anchor: &str) -> String {
        match anchor.strip_prefix(COMMENT) {
            Some(comment) => format!("{path}?comment={comment}#{anchor}"),
            None => format!("{path}#{anchor}"),
        }
    }

    fn describe<'a>(
        &'a self,
        conn: &'a mut Conn,
        viewer: AccountId,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<HashMap<String, Described>, DbError>> {
        Box::pin(async move {
            let read = |id: &'a String| Some((id, Named::read(id)?));
            let named: Vec<(&String, Named)> = ids.iter().filter_map(read).collect();
            let things: Vec<Thing> = named.iter().filter_map(|(_, it)| it.thing()).collect();
            let seen = seen(conn, viewer, &things).await?;
            let described = named
                .iter()
                .filter_map(|(id, it)| Some(((*id).clone(), self.described(it, &seen)?)));
            Ok(described.collect())
        })
    }

    /// A post looks the same to all who may read it: two statements for however many.
    fn describe_to<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: &'a str,
        viewers: &'a [AccountId],
    ) -> BoxFuture<'a, Result<HashMap<AccountId, Described>, DbError>> {
        Box::pin(async move {
            let Some(Named::Post(serial)) = Named::read(id) else {
                return self.describe_to_each(conn, id, viewers).await;
            };
            let title: Option<String> = conn.optional(TITLE, params![serial]).await?;
            let Some(title) = title else {
                return Ok(HashMap::new());
            };
            let readers = reader::readers(conn, serial, None, viewers).await?;
            let described = readers.into_iter().map(|viewer| {
                let (title, path) = (title.clone(), address(serial));
                (viewer, Described { title, path })
            });
            Ok(described.collect())
        })
    }
}

const TITLE: &str = "SELECT title FROM board_post WHERE serial = $1";

/// A post, or the post of a comment, as its reader sees it.
pub(super) struct Seen {
    post: i64,
    pub(super) title: String,
    /// Else they wrote it, and know what it is called.
    is_readable: bool,
}

impl Seen {
    /// Where its reader may open it.
    pub(super) fn path(&self, thing: Thing) -> Option<String> {
        let path = match thing {
            Thing::Post(serial) => address(serial),
            Thing::Comment(serial) => {
                format!("{}?comment={serial}#{COMMENT}{serial}", address(self.post))
            }
        };
        self.is_readable.then_some(path)
    }
}

/// What a reader sees of all that was asked for, and the language that they have chosen.
struct AllSeen {
    things: HashMap<Thing, Seen>,
    locale: Option<Locale>,
}

/// Post, comment, title, whether the reader may read the post; the first row, of no post, has the reader's language.
type Row = (i64, Option<i64>, String, bool);

/// Those of these things whose post `viewer` may read or wrote: one statement.
async fn seen(conn: &mut Conn, viewer: AccountId, things: &[Thing]) -> Result<AllSeen, DbError> {
    let mut posts: Vec<Value<'_>> = Vec::new();
    let mut comments: Vec<Value<'_>> = Vec::new();
    for thing in things {
        match thing {
            Thing::Post(serial) => posts.push(Value::I64(*serial)),
            Thing::Comment(serial) => comments.push(Value::I64(*serial)),
        }
    }
    let sql = statement(posts.len(), comments.len());
    let mut values = params![viewer].to_vec();
    values.extend(posts.into_iter().chain(comments));
    let rows: Vec<Row> = conn.all(&sql, &values).await?;
    let mut seen = AllSeen {
        things: HashMap::new(),
        locale: None,
    };
    for (post, comment, title, is_readable) in rows {
        if post == 0 {
            seen.locale = title.parse().ok();
            continue;
        }
        let thing = comment.map_or(Thing::Post(post), Thing::Comment);
        let one = Seen {
            post,
            title,
            is_readable,
        };
        seen.things.insert(thing, one);
    }
    Ok(seen)
}

/// `$1` the reader, then so many posts and so many comments by their numbers.
fn statement(posts: usize, comments: usize) -> String {
    let reads = &*SEEN_BY_VIEWER;
    let mut parts = vec![
        "SELECT CAST(0 AS BIGINT), CAST(NULL AS BIGINT), COALESCE(a.locale, ''), TRUE \
        FROM account a WHERE a.id = $1"
            .to_owned(),
    ];
    if posts > 0 {
        parts.push(format!(
            "SELECT p.serial, CAST(NULL AS BIGINT), p.title, {reads} FROM board_post p \
             WHERE p.serial IN ({}) AND (p.author_id = $1 OR {reads})",
            places(2, posts)
        ));
    }
    if comments > 0 {
        parts.push(format!(
            "SELECT p.serial, m.serial, p.title, {reads} FROM board_comment m \
             JOIN board_post p ON p.serial = m.post WHERE m.serial IN ({}) AND {reads}",
            places(2 + posts, comments)
        ));
    }
    parts.join(" UNION ALL ")
}
