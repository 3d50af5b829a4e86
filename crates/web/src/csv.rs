//! CSV files (RFC 4180) that a spreadsheet opens without harm, sent while they are read.

use std::fmt::Write as _;
use std::io;

use axum::BoxError;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::future::ready;
use futures_util::{Stream, StreamExt, stream};

/// What a file begins with, so that a spreadsheet takes it for UTF-8.
const BOM: &str = "\u{feff}";

/// A line of a file, with its end. A cell that a spreadsheet would take for a formula stays the text that it is.
///
/// # Errors
/// None that writing into memory has; the writer's type says so.
pub fn line(cells: impl IntoIterator<Item = impl AsRef<str>>) -> io::Result<String> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for cell in cells {
        let cell = cell.as_ref();
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            writer.write_field(format!("'{cell}"))
        } else {
            writer.write_field(cell)
        }
        .map_err(io::Error::other)?;
    }
    writer
        .write_record(None::<&[u8]>)
        .map_err(io::Error::other)?;
    let bytes = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// A CSV file. No cache keeps it, and a spreadsheet reads it as UTF-8.
#[derive(Debug)]
pub struct Csv {
    name: String,
    body: Body,
}

impl Csv {
    /// A file of this name with these heads. `lines` are read while the file is sent, as fast as the client takes them:
    /// each item is one line or several, made by [`line()`]. An error breaks the answer
    /// off, so that nobody takes half a file for a whole one.
    pub fn new<E>(
        name: impl Into<String>,
        heads: &[&str],
        lines: impl Stream<Item = Result<String, E>> + Send + 'static,
    ) -> Self
    where
        E: Into<BoxError> + Send + 'static,
    {
        let head = line(heads).map(|head| format!("{BOM}{head}"));
        let first = stream::once(ready(head.map_err(BoxError::from)));
        Self {
            name: name.into(),
            body: Body::from_stream(first.chain(lines.map(|line| line.map_err(Into::into)))),
        }
    }
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        const KIND: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");
        const UNSTORED: HeaderValue = HeaderValue::from_static("no-store");
        let headers: [(HeaderName, HeaderValue); 3] = [
            (CONTENT_TYPE, KIND),
            (CONTENT_DISPOSITION, disposition(&self.name)),
            (CACHE_CONTROL, UNSTORED),
        ];
        (headers, self.body).into_response()
    }
}

/// The name in ASCII for who knows no other, and as it is (RFC 5987).
fn disposition(name: &str) -> HeaderValue {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let plain: String = name
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if is_plain(char::from(byte)) {
                value.push(char::from(byte));
            } else {
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(csv: Csv) -> String {
        let body = csv.into_response().into_body();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_file_has_its_mark_its_heads_and_its_lines() {
        let lines = stream::iter([line(["1", "=2"])]);
        let csv = Csv::new("people.csv", &["one", "two"], lines);
        assert_eq!(sent(csv).await, "\u{feff}one,two\r\n1,'=2\r\n");
    }

    #[test]
    fn what_begins_like_a_formula_stays_text() {
        for formula in ["=1+1", "+82", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(line([formula]).unwrap(), format!("'{formula}\r\n"));
        }
        assert_eq!(line(["\r=1", "a=b"]).unwrap(), "\"'\r=1\",a=b\r\n");
    }

    #[test]
    fn a_comma_a_quote_and_a_line_end_stay_in_their_cell() {
        let line = line(["a,b", "그는 \"네\"", "두\n줄", ""]).unwrap();
        assert_eq!(line, "\"a,b\",\"그는 \"\"네\"\"\",\"두\n줄\",\r\n");
    }

    #[test]
    fn a_name_is_told_in_ascii_and_as_it_is() {
        assert_eq!(
            disposition("people.csv"),
            "attachment; filename=\"people.csv\""
        );
        assert_eq!(
            disposition("구성원.csv"),
            "attachment; filename=\"___.csv\"; filename*=UTF-8''%EA%B5%AC%EC%84%B1%EC%9B%90.csv"
        );
        assert_eq!(
            disposition("a\"\r\n;b"),
            "attachment; filename=\"a____b\"; filename*=UTF-8''a%22%0D%0A%3Bb"
        );
    }
}
