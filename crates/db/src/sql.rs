//! The one SQL text, made ready for each engine.

use std::borrow::Cow;

/// The name of a statement in logs: its first 60 characters, white space collapsed.
pub(crate) fn name(text: &str) -> String {
    let spaced = text.split_whitespace().flat_map(|word| [" ", word]).skip(1);
    spaced.flat_map(str::chars).take(60).collect()
}

/// The word by which a statement would take the transaction out of the store's hands, if it begins with one.
pub(crate) fn forbidden(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 11] = [
        "BEGIN",
        "START",
        "COMMIT",
        "END",
        "ROLLBACK",
        "ABORT",
        "SAVEPOINT",
        "RELEASE",
        "PRAGMA",
        "ATTACH",
        "SET",
    ];
    let first = text.split_whitespace().next()?.trim_end_matches(';');
    WORDS
        .into_iter()
        .find(|word| word.eq_ignore_ascii_case(first))
}

/// For PostgreSQL: the markers become row locks.
pub(crate) fn for_postgres(text: &str) -> Cow<'_, str> {
    if !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let text = text.replace("/*skip_locked*/", "FOR UPDATE SKIP LOCKED");
    // Rows that name the locked one may still be written meanwhile.
    let text = text.replace("/*for_no_key_update*/", "FOR NO KEY UPDATE");
    Cow::Owned(text.replace("/*for_update*/", "FOR UPDATE"))
}

/// For SQLite: `$n` becomes `?n`, because SQLite would number `$n` by first appearance. Literals,
/// quoted names and comments (the markers are comments) stay as they are.
pub(crate) fn for_sqlite(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_word = false;
    while let Some(first) = rest.chars().next() {
        let (head, tail) = split(rest, verbatim(rest).unwrap_or(first.len_utf8()));
        let parameter = first == '$' && !in_word && tail.starts_with(|c: char| c.is_ascii_digit());
        out.push_str(if parameter { "?" } else { head });
        in_word = first.is_alphanumeric() || first == '_' || first == '$';
        rest = tail;
    }
    out
}

/// How many bytes at the beginning are a literal, a quoted name or a comment.
fn verbatim(text: &str) -> Option<usize> {
    let end = |from: usize, closing: &str| {
        let (_, body) = split(text, from);
        body.find(closing)
            .map_or(text.len(), |at| from + at + closing.len())
    };
    match text.as_bytes() {
        // A doubled quote inside is read as the end of one literal and the beginning of the next.
        [b'\'', ..] => Some(end(1, "'")),
        [b'"', ..] => Some(end(1, "\"")),
        [b'-', b'-', ..] => Some(end(2, "\n")),
        [b'/', b'*', ..] => Some(end(2, "*/")),
        _ => None,
    }
}

fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_numbers_on_sqlite() {
        assert_eq!(
            for_sqlite("a = $2 AND b = $10 OR c = $1"),
            "a = ?2 AND b = ?10 OR c = ?1"
        );
        assert_eq!(
            for_sqlite("SELECT '$1 it''s $2', \"$3\", a$4 -- $5\n, $6 /* $7 */, '한 $8'"),
            "SELECT '$1 it''s $2', \"$3\", a$4 -- $5\n, ?6 /* $7 */, '한 $8'"
        );
        assert_eq!(for_sqlite("SELECT 'open $1"), "SELECT 'open $1");
    }

    #[test]
    fn markers_become_locks_on_postgres_only() {
        let text = "SELECT id FROM t WHERE a = $1 LIMIT 5 /*skip_locked*/";
        assert_eq!(
            for_postgres(text),
            "SELECT id FROM t WHERE a = $1 LIMIT 5 FOR UPDATE SKIP LOCKED"
        );
        assert_eq!(
            for_postgres("SELECT 1 /*for_update*/"),
            "SELECT 1 FOR UPDATE"
        );
        assert_eq!(
            for_postgres("SELECT 1 /*for_no_key_update*/"),
            "SELECT 1 FOR NO KEY UPDATE"
        );
        assert_eq!(
            for_sqlite(text),
            "SELECT id FROM t WHERE a = ?1 LIMIT 5 /*skip_locked*/"
        );
    }

    #[test]
    fn a_name_is_short_and_on_one_line() {
        assert_eq!(
            name("SELECT id,\n       name\n  FROM t"),
            "SELECT id, name FROM t"
        );
        assert_eq!(name(&"한국어 ".repeat(50)).chars().count(), 60);
    }

    #[test]
    fn a_statement_does_not_manage_the_transaction() {
        assert_eq!(forbidden("  commit;"), Some("COMMIT"));
        assert_eq!(forbidden("SELECT 1"), None);
    }
}
