//! What may be asked of a list of deliveries, without I/O.

use hanok_db::PageRequest;
use hanok_db::paging::{MAX_LIMIT, PagingError};
use hanok_web::error::FieldError;
use serde::Deserialize;

use crate::callback::DeliveryState;
use crate::fault::Fault;

/// The filter and the page, as the query of an address gives them; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DeliveriesIn {
    /// `HELD`, `QUEUED`, `DELIVERED` or `DEAD`.
    pub(super) state: Option<String>,
    /// `next` or `previous` of another page.
    pub(super) cursor: Option<String>,
    /// How many a page has.
    pub(super) limit: Option<String>,
}

impl DeliveriesIn {
    /// What is meant.
    ///
    /// # Errors
    /// A wrong field.
    pub(super) fn check(&self) -> Result<(Option<DeliveryState>, PageRequest), Fault> {
        let state = given(self.state.as_deref()).map(state).transpose()?;
        let limit = given(self.limit.as_deref()).map(str::parse).transpose();
        let page = limit.map_err(|_| PagingError::Limit);
        let page = page.and_then(|limit| PageRequest::new(limit, given(self.cursor.as_deref())));
        Ok((state, page.map_err(wrong_page)?))
    }
}

fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.is_empty())
}

fn state(word: &str) -> Result<DeliveryState, Fault> {
    word.parse().map_err(|_| {
        let words: Vec<&str> = DeliveryState::ALL
            .iter()
            .map(|state| state.as_str())
            .collect();
        let fault = FieldError::new("/state", "unknown_value");
        Fault::fields(vec![fault.arg("expected", words.join(", "))])
    })
}

fn wrong_page(fault: PagingError) -> Fault {
    match fault {
        PagingError::Limit => {
            let fault = FieldError::new("/limit", "out_of_range").arg("min", 1);
            Fault::fields(vec![fault.arg("max", MAX_LIMIT)])
        }
        PagingError::Cursor | PagingError::Number => Fault::field("/cursor", "cursor_unknown"),
    }
}

/// What a provider answered, as it may be shown: text, without what a screen would act on.
pub(super) fn readable(answer: &[u8]) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => letter,
        hidden if hidden.is_control() || is_direction(hidden) => char::REPLACEMENT_CHARACTER,
        other => other,
    };
    String::from_utf8_lossy(answer)
        .replace("\r\n", "\n")
        .chars()
        .map(shown)
        .collect()
}

/// Characters that turn the direction of what stands around them.
const fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(
        state: &str,
        cursor: &str,
        limit: &str,
    ) -> Result<(Option<DeliveryState>, PageRequest), Fault> {
        let given = |text: &str| Some(text.to_owned());
        let asked = DeliveriesIn {
            state: given(state),
            cursor: given(cursor),
            limit: given(limit),
        };
        asked.check()
    }

    #[test]
    fn a_filter_is_a_state_and_a_page_one_of_the_list() {
        assert_eq!(asked("", "", "").unwrap().0, None);
        assert_eq!(asked("DEAD", "", "5").unwrap().0, Some(DeliveryState::Dead));
        for (state, cursor, limit) in [
            ("dead", "", ""),
            ("", "x", ""),
            ("", "", "0"),
            ("", "", "ten"),
        ] {
            assert!(
                asked(state, cursor, limit).is_err(),
                "{state}{cursor}{limit}"
            );
        }
    }

    #[test]
    fn what_a_provider_answers_turns_nothing_round_and_rings_no_bell() {
        assert_eq!(readable(b"ok\r\n\tfine"), "ok\n\tfine");
        assert_eq!(
            readable("a\u{7}b\u{202e}c\u{0}".as_bytes()),
            "a\u{fffd}b\u{fffd}c\u{fffd}"
        );
        assert_eq!(readable(b"\xff<b>"), "\u{fffd}<b>", "the page escapes it");
    }
}
