//! Where an older address leads for good.

use axum::http::Uri;

use crate::page::local_path;

/// The address `to` for a request of the address `from`: parameters stay as they were sent, and so does the query.
pub(crate) fn target(from: &str, to: &str, sent: &Uri) -> String {
    let value = |name: &str| {
        let place = from.split('/').position(|segment| segment == name)?;
        sent.path().split('/').nth(place)
    };
    let path: Vec<&str> = to
        .split('/')
        .map(|segment| {
            let is_parameter = segment.starts_with('{');
            is_parameter
                .then(|| value(segment))
                .flatten()
                .unwrap_or(segment)
        })
        .collect();
    let path = path.join("/");
    match sent.query() {
        Some(query) => [&path, "?", query].concat(),
        None => path,
    }
}

/// The same address without the slashes its path ends with; `None` where it ends with none, and at the start page.
pub(crate) fn without_slash(sent: &str) -> Option<String> {
    let (path, query) = sent
        .split_once('?')
        .map_or((sent, None), |(path, query)| (path, Some(query)));
    let page = path.trim_end_matches('/');
    if page.is_empty() || page == path {
        return None;
    }
    let page = local_path(page)?;
    Some(query.map_or_else(|| page.to_owned(), |query| format!("{page}?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_query_stay_as_they_were_sent() {
        for (from, to, sent, expected) in [
            ("/auth/history", "/history", "/auth/history", "/history"),
            (
                "/auth/history",
                "/history",
                "/auth/history?page=2&state=FAILED",
                "/history?page=2&state=FAILED",
            ),
            (
                "/auth/detail/{id}",
                "/history/{id}",
                "/auth/detail/a%2Fb?x=%20",
                "/history/a%2Fb?x=%20",
            ),
        ] {
            assert_eq!(target(from, to, &sent.parse().unwrap()), expected);
        }
    }

    #[test]
    fn a_page_s_address_ends_with_no_slash() {
        for (sent, page) in [
            ("/", None),
            ("//", None),
            ("/history", None),
            ("/history?next=/a/", None),
            ("/history/", Some("/history")),
            ("/history//?page=2", Some("/history?page=2")),
            ("//evil.example/", None),
        ] {
            assert_eq!(without_slash(sent).as_deref(), page, "{sent}");
        }
    }
}
