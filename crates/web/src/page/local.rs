//! Where a page may send the browser next.

/// The longest path that is followed, in bytes.
const LONGEST: usize = 2_000;

/// `next` where it leads to a page of ours: a path with one slash in front, without control
/// characters, at most 2,000 bytes. Everything else could lead elsewhere and is dropped.
pub fn local_path(next: &str) -> Option<&str> {
    let rest = next.strip_prefix('/')?;
    let stays = !rest.starts_with(['/', '\\']) && !next.contains(char::is_control);
    (stays && next.len() <= LONGEST).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_ours_is_followed() {
        for ours in [
            "/",
            "/history?page=2&state=done",
            "/a//b",
            "/한옥",
            "/a?next=//b",
        ] {
            assert_eq!(local_path(ours), Some(ours));
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        for other in [
            "",
            "history",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: b",
            "javascript:alert(1)",
            " /a",
            "\\\\evil.example",
            &long,
        ] {
            assert_eq!(local_path(other), None, "{other}");
        }
    }
}
