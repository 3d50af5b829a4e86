//! Where a page may send the browser next.

use serde::Deserialize;

use crate::redirect::Redirected;

/// The longest path that is followed, in bytes.
const LONGEST: usize = 2_000;

/// `next` where it leads to a page of ours: a path with one slash in front, without control
/// characters, at most 2,000 bytes. Everything else could lead elsewhere and is dropped.
pub fn local_path(next: &str) -> Option<&str> {
    let rest = next.strip_prefix('/')?;
    let stays = !rest.starts_with(['/', '\\']) && !next.contains(char::is_control);
    (stays && next.len() <= LONGEST).then_some(next)
}

/// Where a form or a page leads at its end: a path of ours, or nowhere.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NextIn {
    next: Option<String>,
}

impl NextIn {
    /// What was sent as `next`.
    pub const fn new(next: Option<String>) -> Self {
        Self { next }
    }

    /// The path, where it is one of ours.
    pub fn path(&self) -> Option<&str> {
        self.next.as_deref().and_then(local_path)
    }

    /// On to that path, else to the front.
    pub fn onward(&self) -> Redirected {
        Redirected::to(self.path().unwrap_or("/"))
    }

    /// The address of `page`, which carries the path along.
    pub fn carried_by(&self, page: &str) -> String {
        let Some(next) = self.path() else {
            return page.to_owned();
        };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("next", next)
            .finish();
        [page, "?", &query].concat()
    }
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
