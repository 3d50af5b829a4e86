//! An answer, with what a test asks of it.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, where it is JSON; else null.
    pub body: Value,
    /// The body as text.
    pub text: String,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "an assertion may be the last that is said"
)]
impl Answer {
    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Goes on with the answer if it has this status.
    ///
    /// # Panics
    /// When it has another; the text names both and the body.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Goes on with the answer if it is this problem.
    ///
    /// # Panics
    /// When it is another, or none.
    #[track_caller]
    pub fn assert_problem(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status.as_u16(), self.problem_code().as_str()),
            (status, code),
            "{}",
            self.text
        );
        self
    }

    /// The problem's code, after checking what every problem says.
    ///
    /// # Panics
    /// When it is no problem in the form that all have.
    #[track_caller]
    pub fn problem_code(&self) -> String {
        let Self { body, text, .. } = self;
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{} {text}",
            self.status
        );
        assert_eq!(body["status"], self.status.as_u16(), "{text}");
        assert_eq!(body["title"], body["error"], "{text}");
        assert_eq!(body["request_id"], self.header("x-request-id"), "{text}");
        assert!(
            body["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty()),
            "{text}"
        );
        body["code"]
            .as_str()
            .expect("a problem has a code")
            .to_owned()
    }

    /// Nobody is ever shown a catalogue's key where a text is missing.
    pub(crate) fn assert_in_words(&self) {
        let fields = self.body["errors"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        for told in fields
            .iter()
            .map(|field| &field["detail"])
            .chain([&self.body["detail"]])
        {
            let text = told.as_str().unwrap_or_default();
            assert!(
                !text.starts_with("field.") && !text.starts_with("error."),
                "a message has no text: {}",
                self.text
            );
        }
    }

    /// Pointer and code of every field error, sorted.
    pub fn fields(&self) -> Vec<(String, String)> {
        let word = |field: &Value, name: &str| field[name].as_str().unwrap_or_default().to_owned();
        let fields = self.body["errors"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut fields: Vec<_> = fields
            .iter()
            .map(|field| (word(field, "pointer"), word(field, "code")))
            .collect();
        fields.sort();
        fields
    }

    /// Goes on with the answer if it is a 400 for exactly this field and code.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn assert_field(self, pointer: &str, code: &str) -> Self {
        let answer = self.assert_problem(400, "invalid_request");
        assert_eq!(
            answer.fields(),
            [(pointer.to_owned(), code.to_owned())],
            "{}",
            answer.text
        );
        answer
    }

    /// The seconds of `Retry-After`.
    pub fn retry_after(&self) -> Option<u64> {
        self.header("retry-after").parse().ok()
    }
}
