//! Which characters a person cannot see in a name or a message.

/// Whether `c` hides, reorders or imitates: control characters, bidirectional marks, zero-width
/// spaces, line separators, the Hangul fillers and the tag characters.
///
/// The two joiners (U+200C, U+200D) pass: some scripts cannot be written without them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_hidden_and_letters_are_not() {
        assert!(
            "\0\n\u{85}\u{202E}\u{2066}\u{200B}\u{FEFF}\u{3164}"
                .chars()
                .all(is_hidden)
        );
        assert!(!"홍길동 José-O'Neil 李 é\u{200D}".chars().any(is_hidden));
    }
}
