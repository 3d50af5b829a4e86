//! Descriptions: plain sentences with words of code between backticks.

/// A description in pieces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prose(pub(super) Vec<Piece>);

/// A piece of a description.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) is_code: bool,
    pub(super) text: String,
}

impl Prose {
    /// Reads a description: every second piece between backticks is code.
    pub(super) fn of(text: &str) -> Self {
        let pieces = text.trim().split('`').enumerate();
        let pieces = pieces.map(|(place, text)| Piece {
            is_code: place % 2 == 1,
            text: text.to_owned(),
        });
        Self(pieces.filter(|piece| !piece.text.is_empty()).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        let prose = Prose::of("`all` (the default) or `completed`.");
        let pieces: Vec<(bool, &str)> = prose
            .0
            .iter()
            .map(|piece| (piece.is_code, piece.text.as_str()))
            .collect();
        assert_eq!(
            pieces,
            [
                (true, "all"),
                (false, " (the default) or "),
                (true, "completed"),
                (false, ".")
            ]
        );
        assert!(Prose::of(" ").is_empty());
    }
}
