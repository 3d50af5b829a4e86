//! The languages Hanok speaks.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language, Korean unless something else is asked for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Ko, Self::En];

    /// The language's tag (BCP 47): `ko` or `en`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The language that an `Accept-Language` header likes best (RFC 9110, 12.5.4) of those there
    /// are; `None` where it names neither. Of two liked alike the first named wins.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best = (None, 0.0);
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let liked = parts.next().and_then(|tag| tag.parse().ok());
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, quality);
            if let Some(locale) = liked.filter(|_| quality > best.1) {
                best = (Some(locale), quality);
            }
        }
        best.0
    }
}

fn quality(text: &str) -> f32 {
    text.trim()
        .parse::<f32>()
        .unwrap_or_default()
        .clamp(0.0, 1.0)
}

/// A tag that names no language of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected ko or en")]
pub struct UnknownLocale;

impl FromStr for Locale {
    type Err = UnknownLocale;

    /// Reads a tag by its language alone: `en-GB` is English.
    fn from_str(tag: &str) -> Result<Self, UnknownLocale> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|locale| language.eq_ignore_ascii_case(locale.as_str()))
            .ok_or(UnknownLocale)
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides_by_quality_then_order() {
        let (ko, en) = (Some(Locale::Ko), Some(Locale::En));
        for (header, expected) in [
            ("", None),
            ("*", None),
            ("fr-FR,fr;q=0.9", None),
            ("en-US,en;q=0.9,ko;q=0.8", en),
            ("en;q=0.5, ko-KR;q=0.9", ko),
            ("fr, en;q=0.1", en),
            ("en;q=0", None),
            ("EN", en),
            ("ko,en", ko),
            ("en;q=nonsense;;,", None),
        ] {
            assert_eq!(Locale::from_accept_language(header), expected, "{header}");
        }
    }

    #[test]
    fn a_locale_is_written_as_its_tag() {
        assert_eq!(
            serde_json::to_string(&Locale::En).ok().as_deref(),
            Some("\"en\"")
        );
        assert_eq!("ko_KR".parse(), Ok(Locale::Ko));
        assert_eq!("de".parse::<Locale>(), Err(UnknownLocale));
    }
}
