//! Messages longer than a notification may be, in parts.
//!
//! A part is `.` (the last one) or `+` (more follow), its number, a space and its text. The number makes the parts
//! of a message differ, since PostgreSQL drops a notification that its transaction has made already; those of one
//! transaction arrive one after the other.

/// A notification is shorter than 8,000 bytes; this leaves room for what stands before the text.
const LONGEST: usize = 7_900;
/// More than anybody sends; whatever is longer is dropped.
const LARGEST: usize = 1 << 21;

/// The parts of a message, at least one.
pub(super) fn split(message: &str) -> Vec<String> {
    let mut parts = Vec::with_capacity(1);
    let mut rest = message;
    loop {
        let (part, later) = rest.split_at_checked(boundary(rest)).unwrap_or((rest, ""));
        let number = parts.len();
        let flag = if later.is_empty() { '.' } else { '+' };
        parts.push(format!("{flag}{number} {part}"));
        if later.is_empty() {
            return parts;
        }
        rest = later;
    }
}

/// Where a text may be cut so that its beginning is no longer than a part.
fn boundary(text: &str) -> usize {
    let mut at = text.len().min(LONGEST);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Puts parts together again.
#[derive(Default)]
pub(super) struct Assembly {
    begun: String,
    next: usize,
}

impl Assembly {
    /// Takes a part; gives the message where it was the last one.
    pub(super) fn add(&mut self, part: &str) -> Option<String> {
        let (head, text) = part.split_once(' ')?;
        let (is_last, number) = match (head.strip_prefix('.'), head.strip_prefix('+')) {
            (Some(number), _) => (true, number),
            (_, Some(number)) => (false, number),
            _ => return None,
        };
        let number: usize = number.parse().ok()?;
        if number == 0 {
            self.begun.clear();
            self.next = 0;
        }
        if number != self.next || self.begun.len() + text.len() > LARGEST {
            // Its beginning was missed, or it is too long: nothing more of it counts.
            self.next = usize::MAX;
            return None;
        }
        self.begun.push_str(text);
        self.next += 1;
        is_last.then(|| std::mem::take(&mut self.begun))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(assembly: &mut Assembly, parts: &[String]) -> Vec<String> {
        parts.iter().filter_map(|part| assembly.add(part)).collect()
    }

    #[test]
    fn a_message_of_any_length_arrives_whole() {
        let mut assembly = Assembly::default();
        for length in [0, 1, LONGEST - 1, LONGEST, LONGEST + 1, 30_000] {
            for letter in ["a", "가"] {
                let message = letter.repeat(length);
                let parts = split(&message);
                assert!(parts.iter().all(|part| part.len() < 8_000), "{length}");
                assert_eq!(through(&mut assembly, &parts), [message], "{length}");
            }
        }
    }

    #[test]
    fn equal_parts_of_a_message_differ_as_notifications() {
        let parts = split(&"a".repeat(3 * LONGEST));
        assert_eq!(parts.len(), 3);
        assert_ne!(parts[0], parts[1]);
    }

    #[test]
    fn a_message_whose_beginning_was_missed_is_dropped_and_the_next_one_counts() {
        let mut assembly = Assembly::default();
        let parts = split(&"a".repeat(3 * LONGEST));
        assert_eq!(through(&mut assembly, &parts[1..]), Vec::<String>::new());
        assert_eq!(assembly.add("nonsense"), None);
        assert_eq!(assembly.add("?0 x"), None);
        assert_eq!(through(&mut assembly, &split("b")), ["b"]);
    }

    #[test]
    fn a_message_without_end_is_not_kept() {
        let mut assembly = Assembly::default();
        let part = "a".repeat(LONGEST);
        for number in 0..300 {
            assert_eq!(assembly.add(&format!("+{number} {part}")), None);
        }
        assert!(assembly.begun.len() <= LARGEST);
    }
}
