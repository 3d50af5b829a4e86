//! How long the body of a request may be, and how long it may take.

use std::time::Duration;

use axum::extract::Request;
use axum::http::Method;

use crate::config::Settings;
use crate::extract::most_bytes;
use crate::routes::RouteBody;

/// The bounds of one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The most bytes.
    pub(super) bytes: u64,
    /// How long it may take to come.
    pub(super) time: Duration,
}

/// The bounds of what is sent: the route's own, else those of all.
pub(super) fn bounds(request: &Request, settings: &Settings, own: &[RouteBody]) -> Bounds {
    let path = request.uri().path();
    let found = own
        .iter()
        .find(|body| request.method() == Method::POST && is_at(&body.path, path));
    match found {
        Some(body) => Bounds {
            bytes: body.bytes,
            time: body.time,
        },
        None => Bounds {
            bytes: most_bytes(request.headers(), settings.body_limit),
            time: settings.body_timeout,
        },
    }
}

/// Whether a path is one of a route's: `/post/{id}/file` is at `/post/12/file` and `/post/12/file/`.
fn is_at(route: &str, path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut parts = path.split('/');
    let fits = route.split('/').all(|expected| {
        let is_any = expected.starts_with('{');
        parts
            .next()
            .is_some_and(|part| part == expected || (is_any && !part.is_empty()))
    });
    fits && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_at_its_route_alone() {
        let route = "/post/{id}/file";
        for path in ["/post/12/file", "/post/12/file/"] {
            assert!(is_at(route, path), "{path}");
        }
        for path in [
            "/post//file",
            "/post/12",
            "/post/12/file/1",
            "/posts/12/file",
            "/",
            "",
        ] {
            assert!(!is_at(route, path), "{path}");
        }
    }
}
