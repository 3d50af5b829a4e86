//! Looking for plaintexts where there must be none.

use hanok_base::encoding::{base64_encode, base64url_encode, hex_encode};
use hanok_db::Db;

use crate::log;

/// Shorter ones must stand alone to count: six digits are found in many a hash by chance.
const LONG: usize = 8;

/// Every place where one of `plaintexts` stands in any table or in the log, as it is, in hexadecimal or
/// in Base64.
pub(crate) async fn scan(db: &Db, plaintexts: &[&str]) -> Vec<String> {
    let (mut places, log) = (db.dump_text().await.unwrap(), log::text());
    places.extend(
        log.lines()
            .map(|line| (format!("log: {line}"), line.to_owned())),
    );
    let mut found = Vec::new();
    for plain in plaintexts.iter().filter(|plain| !plain.is_empty()) {
        let shapes = shapes(plain);
        let holds = |text: &str| shapes.iter().any(|shape| stands_in(text, shape));
        let hits = places.iter().filter(|(_, text)| holds(text));
        found.extend(hits.map(|(place, _)| format!("{plain:?} in {place}")));
    }
    found.sort();
    found.dedup();
    found
}

fn shapes(plain: &str) -> Vec<String> {
    let bytes = plain.as_bytes();
    let mut shapes = vec![plain.to_owned(), hex_encode(bytes)];
    // Base64 of a value inside a longer one is another; these two are of the value alone.
    shapes.extend([base64_encode(bytes), base64url_encode(bytes)]);
    shapes.dedup();
    shapes
}

fn stands_in(text: &str, shape: &str) -> bool {
    let alone = |at: usize| {
        let (before, rest) = text.split_at(at);
        let after = rest.strip_prefix(shape).unwrap_or_default();
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    };
    text.match_indices(shape)
        .any(|(at, _)| shape.len() >= LONG || alone(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_plaintext_counts_anywhere_and_a_short_one_alone() {
        assert!(stands_in("to 010-1234-5678x", "010-1234-5678"));
        assert!(stands_in("pin=482916,", "482916"));
        assert!(!stands_in("1482916", "482916"));
        assert!(!stands_in("ab482916cd", "482916"));
    }
}
