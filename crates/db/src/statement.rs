//! What metrics call a statement: what it does, and to which table. There are as many such names as the schema has
//! tables, a few times over, whatever the filters are.

/// The verbs that have a name of their own.
const VERBS: [&str; 5] = ["select", "insert", "update", "delete", "with"];

/// `select account`, `insert audit_log`; of several tables the first, and `other` for what is no such statement.
pub(crate) fn label(text: &str) -> String {
    let mut words = text
        .split(|at: char| !at.is_ascii_alphanumeric() && at != '_')
        .filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let verb = VERBS
        .into_iter()
        .find(|verb| first.eq_ignore_ascii_case(verb));
    let Some(verb) = verb else {
        return "other".to_owned();
    };
    let table = if verb == "update" {
        words.next()
    } else {
        table_of(words)
    };
    table.map_or_else(|| verb.to_owned(), |table| [verb, " ", table].concat())
}

/// The first word after FROM or INTO that names a table: a SELECT in parentheses names none.
fn table_of<'a>(words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut before = "";
    for word in words {
        let leads = before.eq_ignore_ascii_case("from") || before.eq_ignore_ascii_case("into");
        if leads && !word.eq_ignore_ascii_case("select") {
            return Some(word);
        }
        before = word;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_called_by_its_verb_and_its_first_table() {
        for (text, name) in [
            (
                "SELECT id, name FROM account WHERE id = $1",
                "select account",
            ),
            ("SELECT 1", "select"),
            (
                "SELECT (SELECT COUNT(*) FROM event_retry), 2",
                "select event_retry",
            ),
            ("SELECT n FROM (SELECT 1 AS n FROM job)", "select job"),
            ("INSERT INTO audit_log (id) VALUES ($1)", "insert audit_log"),
            ("UPDATE session SET ended_at = $1", "update session"),
            ("DELETE FROM job WHERE id = $1", "delete job"),
            (
                "WITH due AS (SELECT id FROM job) DELETE FROM job",
                "with job",
            ),
            ("select\n  a\nfrom\n  t", "select t"),
            ("VACUUM", "other"),
            ("", "other"),
        ] {
            assert_eq!(label(text), name, "{text}");
        }
    }
}
