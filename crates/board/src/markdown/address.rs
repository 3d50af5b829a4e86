//! The addresses that a text may name.

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A page of this server: `/post/12`, `#top`.
    Here,
    /// Another site, or somebody's mail.
    Elsewhere,
}

/// Where an address leads; `None` for one that no text may name, as `javascript:` and `data:` are.
///
/// What begins with neither a scheme nor a slash is no address here: pages lie at several depths.
pub(super) fn place(address: &str) -> Option<Place> {
    // Browsers drop these before they look for the scheme.
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if address.contains(is_odd) {
        return None;
    }
    if is_inside(address) || address.starts_with('#') {
        return Some(Place::Here);
    }
    let (scheme, rest) = address.split_once(':')?;
    if ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        let host = rest.strip_prefix("//")?;
        return (!host.is_empty() && !host.starts_with('/')).then_some(Place::Elsewhere);
    }
    (scheme.eq_ignore_ascii_case("mailto") && !rest.is_empty()).then_some(Place::Elsewhere)
}

/// A path of this server; `//host` would be another's.
fn is_inside(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//")
}

/// Whether an address is that of a file attached here: `/post/{number or "new"}/file/{id}/{name}`.
pub(super) fn is_attachment(address: &str) -> bool {
    if place(address) != Some(Place::Here) || address.contains(['?', '#']) {
        return false;
    }
    let parts: Vec<&str> = address.split('/').collect();
    let ["", "post", post, "file", id, name] = parts.as_slice() else {
        return false;
    };
    let is_post = *post == "new" || (!post.is_empty() && post.bytes().all(|b| b.is_ascii_digit()));
    let is_id = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    is_post && is_id && !name.is_empty() && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_here_or_elsewhere_or_may_not_be_named() {
        for here in ["/post/12", "/", "#top", "/search?q=a:b"] {
            assert_eq!(place(here), Some(Place::Here), "{here}");
        }
        for elsewhere in [
            "https://example.com/a",
            "HTTP://example.com",
            "mailto:a@example.com",
        ] {
            assert_eq!(place(elsewhere), Some(Place::Elsewhere), "{elsewhere}");
        }
        for refused in [
            "",
            "post/12",
            "//example.com",
            "/\\example.com",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "java\tscript:alert(1)",
            " https://a",
            "https:a",
            "https:///a",
            "https://",
            "mailto:",
            "blob:https://a",
            "\u{1}javascript:alert(1)",
            "tel:1",
            "x",
        ] {
            assert_eq!(place(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn only_what_was_attached_here_is_an_attachment() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for ours in [
            format!("/post/12/file/{id}/a.png"),
            format!("/post/new/file/{id}/%EA%B0%80.jpg"),
        ] {
            assert!(is_attachment(&ours), "{ours}");
        }
        for other in [
            format!("https://example.com/post/12/file/{id}/a.png"),
            format!("//post/12/file/{id}/a.png"),
            format!("/post/12/file/{id}/../a.png"),
            format!("/post/12/file/{id}/.."),
            format!("/post//file/{id}/a.png"),
            format!("/post/12/file/{id}/a.png?x=1"),
            format!("/post/x/file/{id}/a.png"),
            "/post/12/file/1/a.png".to_owned(),
            "/logout".to_owned(),
        ] {
            assert!(!is_attachment(&other), "{other}");
        }
    }
}
