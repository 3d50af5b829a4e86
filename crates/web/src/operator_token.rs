//! The operator's token: with it a program that watches Hanok is told more than the world.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use hanok_base::Secret;
use hanok_base::secret::{constant_time_eq, sha256};

/// The token of `[metrics]`, as its SHA-256; none lets nobody in.
#[derive(Clone, Copy, Default)]
pub struct OperatorToken(Option<[u8; 32]>);

impl OperatorToken {
    /// The token, where one is set.
    pub fn new(token: Option<&Secret>) -> Self {
        let set = token.filter(|token| !token.is_empty());
        Self(set.map(|token| sha256(token.expose().as_bytes())))
    }

    /// Whether there is one.
    pub const fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Whether these headers carry it, as `Authorization: Bearer …`. It takes as long for any token.
    pub fn is_in(&self, headers: &HeaderMap) -> bool {
        let Some(known) = &self.0 else {
            return false;
        };
        let given = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        given.is_some_and(|(_, token)| constant_time_eq(known, &sha256(token.trim().as_bytes())))
    }
}

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn carrying(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn only_the_token_itself_lets_in() {
        let token = OperatorToken::new(Some(&Secret::new("a-token-of-the-operator".into())));
        assert!(token.is_in(&carrying("Bearer a-token-of-the-operator")));
        assert!(token.is_in(&carrying("bearer  a-token-of-the-operator ")));
        for wrong in [
            "Bearer a-token-of-the-operato",
            "Bearer ",
            "Bearer",
            "a-token-of-the-operator",
            "Basic a-token-of-the-operator",
        ] {
            assert!(!token.is_in(&carrying(wrong)), "{wrong}");
        }
        assert!(!token.is_in(&HeaderMap::new()));
    }

    #[test]
    fn where_none_is_set_nothing_lets_in() {
        for none in [None, Some(&Secret::default())] {
            let token = OperatorToken::new(none);
            assert!(!token.is_set());
            assert!(!token.is_in(&carrying("Bearer ")));
        }
    }
}
