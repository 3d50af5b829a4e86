//! Cookies: all of them `HttpOnly`, `SameSite=Lax` and for the whole site.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponseParts, Response, ResponseParts};

/// A cookie to be set. Over https it is `Secure` and its name begins with `__Host-`, which the stack
/// adds: it alone knows how the program is reached.
#[derive(Clone, Debug)]
pub struct Cookie {
    name: &'static str,
    value: String,
    max_age: Option<Duration>,
    forgets_flash: bool,
}

impl Cookie {
    /// A cookie that lasts as long as the browser runs. `value` holds visible ASCII without `;`, `,` and quotes.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            max_age: None,
            forgets_flash: false,
        }
    }

    /// Takes away with it what an earlier answer left for the next page: who signs in is not told what
    /// was meant for who sat there before. What the same answer leaves stays.
    #[must_use]
    pub const fn forgetting_flash(mut self) -> Self {
        self.forgets_flash = true;
        self
    }

    /// How long it lasts, in whole seconds.
    #[must_use]
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Takes the cookie `name` away from the browser.
    pub fn gone(name: &'static str) -> Self {
        Self::new(name, "").max_age(Duration::ZERO)
    }

    /// The name a cookie travels by.
    pub fn name_over(name: &str, is_https: bool) -> String {
        let prefix = if is_https { "__Host-" } else { "" };
        [prefix, name].concat()
    }

    /// The value of the cookie `name` in a request's headers.
    pub fn read<'a>(headers: &'a HeaderMap, name: &str, is_https: bool) -> Option<&'a str> {
        read(headers, &Self::name_over(name, is_https)).filter(|value| !value.is_empty())
    }

    fn header(&self, is_https: bool) -> Option<HeaderValue> {
        let name = Self::name_over(self.name, is_https);
        let mut line = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax", self.value);
        if let Some(max_age) = self.max_age {
            let _ = write!(line, "; Max-Age={}", max_age.as_secs());
        }
        if is_https {
            line.push_str("; Secure");
        }
        HeaderValue::try_from(line).ok()
    }
}

/// The cookies that an answer sets, on their way to the stack.
#[derive(Clone, Debug, Default)]
struct Cookies(Vec<Cookie>);

impl IntoResponseParts for Cookie {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts
            .extensions_mut()
            .get_or_insert_default::<Cookies>()
            .0
            .push(self);
        Ok(parts)
    }
}

/// Adds a cookie to an answer.
pub(crate) fn set(response: &mut Response, cookie: Cookie) {
    response
        .extensions_mut()
        .get_or_insert_default::<Cookies>()
        .0
        .push(cookie);
}

/// Whether a cookie of an answer takes away what an earlier one left for the next page.
pub(crate) fn forgets_flash(response: &Response) -> bool {
    let cookies = response.extensions().get::<Cookies>();
    cookies.is_some_and(|Cookies(cookies)| cookies.iter().any(|cookie| cookie.forgets_flash))
}

/// Writes the cookies of an answer into its headers.
pub(crate) fn write(response: &mut Response, is_https: bool) {
    let Some(Cookies(cookies)) = response.extensions_mut().remove::<Cookies>() else {
        return;
    };
    for header in cookies.iter().filter_map(|cookie| cookie.header(is_https)) {
        response.headers_mut().append(SET_COOKIE, header);
    }
}

/// The value of the cookie `name` as it travels.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key.trim() == name).then(|| value.trim().trim_matches('"'))
        })
}
