//! Error texts as they are stored.

/// The first 500 characters: enough to see what is wrong, not enough to fill a table.
pub(crate) fn shortened(error: &str) -> &str {
    let end = error
        .char_indices()
        .nth(500)
        .map_or(error.len(), |(at, _)| at);
    error.split_at_checked(end).map_or(error, |(head, _)| head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_error_is_cut_between_characters() {
        assert_eq!(shortened("짧다"), "짧다");
        assert_eq!(shortened(&"길".repeat(600)), "길".repeat(500));
    }
}
