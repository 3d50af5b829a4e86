//! Language and theme, as a browser remembers them for somebody who is not signed in.

use std::time::Duration;

use hanok_base::i18n::Locale;
use serde::Deserialize;

use crate::cookie::Cookie;
use crate::page::local_path;
use crate::redirect::Redirected;
use crate::theme::Theme;

pub(crate) const LANGUAGE: &str = "hanok_lang";
pub(crate) const THEME: &str = "hanok_theme";
const YEAR: Duration = Duration::from_hours(365 * 24);

/// What the frame's forms post to `/preferences`. What cannot be read changes nothing.
#[derive(Debug, Default, Deserialize)]
pub struct Preferences {
    language: Option<String>,
    theme: Option<String>,
    next: Option<String>,
}

impl Preferences {
    /// The language that was chosen.
    pub fn language(&self) -> Option<Locale> {
        let word = self.language.as_deref()?;
        Locale::ALL
            .into_iter()
            .find(|locale| locale.as_str() == word)
    }

    /// The theme that was chosen: `Some(None)` for the system's.
    pub fn theme(&self) -> Option<Option<Theme>> {
        match self.theme.as_deref()? {
            "system" => Some(None),
            word => word.parse().ok().map(Some),
        }
    }

    /// Back to the page, with the cookies that remember the choice.
    pub fn remember(&self) -> Redirected {
        let next = self.next.as_deref().and_then(local_path).unwrap_or("/");
        let mut answer = Redirected::to(next);
        if let Some(language) = self.language() {
            answer = answer.cookie(Cookie::new(LANGUAGE, language.as_str()).max_age(YEAR));
        }
        match self.theme() {
            Some(Some(theme)) => answer.cookie(Cookie::new(THEME, theme.as_str()).max_age(YEAR)),
            Some(None) => answer.cookie(Cookie::gone(THEME)),
            None => answer,
        }
    }
}
