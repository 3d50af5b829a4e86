//! Whom a text may name: who is active and may read where it stands.

use std::sync::LazyLock;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::name_part::NamePart;
use hanok_db::{Conn, DbError, InsertMany, Tx, Value, params};
use hanok_web::{Caller, Ctx, FieldError};

use super::mention::{Named, asked, chosen};
use super::store::category_of;
use crate::category::CategoryId;
use crate::category::right::{AUDIENCE, READABLE, Viewer};
use crate::context::Board;
use crate::fault::Fault;

/// How many people the completion offers.
const OFFERED: u32 = 8;
/// How many names one statement looks for.
const AT_ONCE: usize = 64;
/// The longest part of a name that is looked for.
const LONGEST: usize = 64;

/// A condition over `account a`: that they may read the category `$3`; `$1` and `$2` are the viewer's, who reads it too.
static READS_IT: LazyLock<String> = LazyLock::new(|| {
    let theirs = READABLE.replace("$1", "a.id").replace("$2", "FALSE");
    format!("a.status = 'active' AND $3 IN ({READABLE}) AND $3 IN ({theirs})")
});

/// The ids of those whom a text names, in its order: people who may read the category.
///
/// # Errors
/// The store's.
pub(crate) async fn named_in(
    conn: &mut Conn,
    viewer: Viewer,
    category: CategoryId,
    text: &str,
) -> Result<Vec<AccountId>, DbError> {
    let asked = asked(text);
    let mut names: Vec<&str> = asked.iter().flatten().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let mut known = Named::new();
    for some in names.chunks(AT_ONCE) {
        let places: Vec<String> = (4..4 + some.len())
            .map(|place| format!("${place}"))
            .collect();
        let sql = format!(
            "SELECT a.id, a.username_key FROM account a WHERE a.username_key IN ({}) AND {}",
            places.join(", "),
            *READS_IT
        );
        let mut values = params![viewer.account, viewer.is_moderator, category].to_vec();
        values.extend(some.iter().map(|name| Value::Text(name)));
        let rows: Vec<(AccountId, String)> = conn.all(&sql, &values).await?;
        known.extend(rows.into_iter().map(|(id, key)| (key, (id, String::new()))));
    }
    Ok(chosen(&asked, &known))
}

/// Notes who is named in a post (`comment` left out) or in a comment of it, in place of who was before; answers who was
/// not.
///
/// # Errors
/// The store's.
pub(crate) async fn note(
    tx: &mut Tx,
    post: i64,
    comment: Option<i64>,
    named: &[AccountId],
) -> Result<Vec<AccountId>, DbError> {
    const BEFORE: &str = "SELECT account_id FROM board_mention WHERE post = $1 AND comment IS NULL";
    const BEFORE_IN: &str = "SELECT account_id FROM board_mention WHERE post = $1 AND comment = $2";
    const CLEAR: &str = "DELETE FROM board_mention WHERE post = $1 AND comment IS NULL";
    const CLEAR_IN: &str = "DELETE FROM board_mention WHERE post = $1 AND comment = $2";
    static NAMED: InsertMany<3> =
        InsertMany::new("INSERT INTO board_mention (post, comment, account_id)");
    let before: Vec<AccountId> = match comment {
        Some(comment) => tx.all(BEFORE_IN, params![post, comment]).await?,
        None => tx.all(BEFORE, params![post]).await?,
    };
    if !before.is_empty() {
        match comment {
            Some(comment) => tx.execute(CLEAR_IN, params![post, comment]).await?,
            None => tx.execute(CLEAR, params![post]).await?,
        };
    }
    let at = comment.map_or(Value::Null, Value::I64);
    let row = |id: &AccountId| [Value::I64(post), at, Value::Uuid(id.uuid())];
    let rows: Vec<[Value<'_>; 3]> = named.iter().map(row).collect();
    NAMED.execute(tx, &rows).await?;
    let is_new = |id: &&AccountId| !before.contains(id);
    Ok(named.iter().filter(is_new).copied().collect())
}

/// Those who are named in these comments: the comment, what they sign in with, and what they are called.
pub(super) async fn of_comments(
    conn: &mut Conn,
    post: i64,
    first: i64,
    last: i64,
) -> Result<Vec<(i64, AccountId, String, String)>, DbError> {
    const SQL: &str = "SELECT n.comment, a.id, a.username_key, a.name FROM board_mention n \
        JOIN account a ON a.id = n.account_id WHERE n.post = $1 AND n.comment BETWEEN $2 AND $3";
    conn.all(SQL, params![post, first, last]).await
}

/// Somebody who may be named: what they sign in with, and what they are called.
pub(super) type Offered = (String, String);

/// Those of a category's audience whose name holds a part, the ones first whose name begins with it.
const OFFER: &str = concatcp!(
    "SELECT a.username, a.username_key, a.name FROM account a WHERE (LOWER(a.name) LIKE $2 ESCAPE '!' OR \
     a.username_key LIKE $2 ESCAPE '!') AND ",
    AUDIENCE,
    " ORDER BY CASE WHEN LOWER(a.name) LIKE $3 ESCAPE '!' OR a.username_key LIKE $3 ESCAPE '!' THEN 0 ELSE 1 END, \
     a.name, a.username_key LIMIT $4"
);

/// Those of them who may be named by the viewer: nobody where the viewer may not read the category themselves, where it
/// is closed, and without a part of a name, which would be a list of everybody.
pub(super) async fn offered(
    conn: &mut Conn,
    viewer: Viewer,
    category: CategoryId,
    part: &str,
) -> Result<Vec<Offered>, DbError> {
    const READS: &str = concatcp!(
        "SELECT k.id FROM board_category k WHERE k.id = $3 AND k.closed_at IS NULL AND k.id IN (",
        READABLE,
        ")"
    );
    let values = params![viewer.account, viewer.is_moderator, category];
    let open: Option<CategoryId> = conn.optional(READS, values).await?;
    if open.is_none() || part.is_empty() {
        return Ok(Vec::new());
    }
    let part = NamePart::new(part);
    let most = if part.is_exact() { OFFERED } else { u32::MAX };
    let (within, first) = (part.within(), part.first());
    let values = params![category, within, first, most];
    let rows: Vec<(String, String, String)> = conn.all(OFFER, values).await?;
    Ok(chosen_of(rows, &part))
}

/// Those whose name or username holds the part, the ones first whose begins with it.
fn chosen_of(rows: Vec<(String, String, String)>, part: &NamePart) -> Vec<Offered> {
    let mut found = rows;
    found.retain(|(_, key, name)| part.is_in(name) || part.is_in(key));
    found.sort_by_key(|(_, key, name)| !(part.begins(name) || part.begins(key)));
    let offered = found
        .into_iter()
        .map(|(username, _, name)| (username, name));
    offered.take(OFFERED as usize).collect()
}

impl Board {
    /// Those whom a text may name that is written to a post or in a category, by a part of their name.
    ///
    /// # Errors
    /// `NotFound` for a post that the viewer does not see; a field error where neither is named or the part is too long;
    /// `TooOften`.
    pub(super) async fn nameable(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        part: String,
        (post, category): (Option<i64>, Option<CategoryId>),
    ) -> Result<Vec<Offered>, Fault> {
        self.count_light(ctx, caller).await?;
        let viewer = Viewer::of(caller);
        let part = part.trim().trim_start_matches('@').to_owned();
        if part.chars().count() > LONGEST {
            let fault = FieldError::new("/q", "too_long").arg("max", LONGEST);
            return Err(Fault::fields(vec![fault]));
        }
        // It walks the names of everybody.
        let read = self.accounts.db.report(async move |conn| {
            let category = match (category, post) {
                (Some(category), _) => category,
                (None, Some(post)) => {
                    let found = category_of(conn, viewer, post).await?;
                    found.ok_or_else(Fault::not_found)?
                }
                (None, None) => return Err(Fault::field("/category", "required")),
            };
            Ok(offered(conn, viewer, category, &part).await?)
        });
        read.await
    }
}
