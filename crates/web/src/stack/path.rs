//! All paths answer with and without the trailing slash.

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Drops the slashes a path ends with; `/` stays.
pub(super) fn drop_trailing_slash(uri: &mut Uri) {
    let path = uri.path();
    if path.len() < 2 || !path.ends_with('/') {
        return;
    }
    let trimmed = path.trim_end_matches('/');
    let path = if trimmed.is_empty() { "/" } else { trimmed };
    let target = match uri.query() {
        Some(query) => PathAndQuery::try_from([path, "?", query].concat()),
        None => PathAndQuery::try_from(path),
    };
    let mut parts = uri.clone().into_parts();
    if let Ok(target) = target {
        parts.path_and_query = Some(target);
        if let Ok(changed) = Uri::from_parts(parts) {
            *uri = changed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_the_path_changes() {
        for (sent, routed) in [
            ("/", "/"),
            ("//", "/"),
            ("/api/v1/auth/request", "/api/v1/auth/request"),
            ("/api/v1/auth/request/", "/api/v1/auth/request"),
            ("/a/?next=/b/", "/a?next=/b/"),
            ("http://localhost:8080/a/", "http://localhost:8080/a"),
            ("*", "*"),
        ] {
            let mut uri: Uri = sent.parse().unwrap();
            drop_trailing_slash(&mut uri);
            assert_eq!(uri.to_string(), routed);
        }
    }
}
