//! What to send, how often, and what is expected: the scenario file.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::http::Answer;

/// One operation, repeated. In `path`, `headers` and `body`, `{n}` is a counter written with eight digits, so that
/// `010{n}` is a phone number; `{id}`, `{1}`, `{2}` … are the columns of a line of `ids` (tabs between them), the
/// lines taken in turn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The server; loopback only.
    pub address: SocketAddr,
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub body: String,
    /// How many requests in all.
    pub requests: usize,
    /// The first value of `{n}`.
    #[serde(default)]
    pub first: usize,
    /// Connections kept busy, each with one request at a time.
    pub connections: usize,
    /// The run ends after this many seconds, complete or not.
    pub seconds: u64,
    /// The only status that is not a failure.
    pub expect: u16,
    /// What the body of such an answer must contain.
    #[serde(default)]
    pub contains: String,
    /// What of an answer to keep, one line for each in `captured`, in the order of the requests: string members of
    /// its JSON, and with `set-cookie` the first cookie.
    #[serde(default)]
    pub capture: Vec<String>,
    #[serde(default)]
    pub captured: Option<PathBuf>,
    /// A file of values for `{id}` and the columns beside it.
    #[serde(default)]
    ids: Option<PathBuf>,
    #[serde(skip)]
    id_lines: Vec<String>,
}

impl Scenario {
    /// Reads a scenario and its file of ids, and refuses one that could not end or that aims elsewhere.
    pub fn load(path: &Path) -> Result<Self, Box<dyn Error>> {
        let mut scenario: Self = serde_json::from_slice(&std::fs::read(path)?)?;
        if !scenario.address.ip().is_loopback() {
            return Err("only a server on loopback is put under load".into());
        }
        if scenario.connections == 0 || scenario.requests == 0 || scenario.seconds == 0 {
            return Err("connections, requests and seconds must be above 0".into());
        }
        if let Some(ids) = &scenario.ids {
            let text = std::fs::read_to_string(ids)?;
            scenario.id_lines = text.lines().map(str::to_owned).collect();
        }
        Ok(scenario)
    }

    /// The bytes of the request with this index, counted from 0.
    pub fn request(&self, index: usize) -> Vec<u8> {
        let body = self.fill(&self.body, index);
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\n",
            self.method,
            self.fill(&self.path, index),
            self.address
        );
        for (name, value) in &self.headers {
            text.extend([name, ": ", &self.fill(value, index), "\r\n"]);
        }
        if !body.is_empty() {
            text.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        text.extend(["\r\n", &body]);
        text.into_bytes()
    }

    fn fill(&self, template: &str, index: usize) -> String {
        let number = format!("{:08}", self.first + index);
        let turn = index.checked_rem(self.id_lines.len()).unwrap_or_default();
        let line = self.id_lines.get(turn).map_or("", String::as_str);
        let columns = line.split('\t').enumerate();
        columns.fold(template.replace("{n}", &number), |text, (column, value)| {
            let name = if column == 0 {
                "{id}"
            } else {
                &format!("{{{column}}}")
            };
            text.replace(name, value)
        })
    }

    /// Whether this is the answer that the scenario is about.
    pub fn expects(&self, answer: &Answer) -> bool {
        let wanted = self.contains.as_bytes();
        answer.status == self.expect
            && (wanted.is_empty() || answer.body.windows(wanted.len()).any(|part| part == wanted))
    }

    /// Writes what the answers named, for a later scenario's `ids`, in the order of the requests.
    pub fn save_captured(&self, mut lines: Vec<(usize, String)>) -> std::io::Result<()> {
        let Some(path) = &self.captured else {
            return Ok(());
        };
        lines.sort_unstable();
        let lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
        std::fs::write(path, lines.join("\n"))
    }

    /// What is to be kept of an answer: its columns, or the name of the first that it has not.
    pub fn captured_of(&self, answer: &Answer) -> Result<String, String> {
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let columns: Result<Vec<&str>, String> = self
            .capture
            .iter()
            .map(|name| {
                let value = match name.as_str() {
                    "set-cookie" => answer.cookie.as_deref(),
                    member => body.get(member).and_then(serde_json::Value::as_str),
                };
                value.ok_or_else(|| name.clone())
            })
            .collect();
        columns.map(|columns| columns.join("\t"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Scenario};

    fn scenario(path: &str, body: &str) -> Scenario {
        Scenario {
            address: ([127, 0, 0, 1], 1).into(),
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: [("A".to_owned(), "b".to_owned())].into(),
            body: body.to_owned(),
            requests: 1,
            first: 7,
            connections: 1,
            seconds: 1,
            expect: 201,
            contains: "PENDING".to_owned(),
            capture: vec!["set-cookie".to_owned(), "a".to_owned()],
            captured: None,
            ids: None,
            id_lines: vec!["x\t1".to_owned(), "y\t2".to_owned()],
        }
    }

    fn sent(scenario: &Scenario, index: usize) -> String {
        String::from_utf8_lossy(&scenario.request(index)).into_owned()
    }

    #[test]
    fn every_request_has_its_own_phone_number() {
        let text = sent(&scenario("/r/", "p=010{n}"), 5);
        let head = "POST /r/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nA: b\r\n";
        assert_eq!(
            text,
            format!("{head}Content-Length: 13\r\n\r\np=01000000012")
        );
    }

    #[test]
    fn ids_are_taken_in_turn() {
        assert!(sent(&scenario("/s/{id}", ""), 3).starts_with("POST /s/y HTTP/1.1"));
        assert!(sent(&scenario("/s/{1}", ""), 4).starts_with("POST /s/1 HTTP/1.1"));
    }

    #[test]
    fn what_is_kept_of_an_answer_are_its_columns() {
        let answer = Answer {
            status: 201,
            body: b"{\"a\":\"b\"}".to_vec(),
            cookie: Some("k=v".to_owned()),
            last: false,
        };
        let scenario = scenario("/", "");
        assert_eq!(scenario.captured_of(&answer), Ok("k=v\tb".to_owned()));
        let bare = Answer {
            cookie: None,
            ..answer
        };
        assert_eq!(scenario.captured_of(&bare), Err("set-cookie".to_owned()));
    }

    #[test]
    fn a_right_status_with_another_content_is_not_the_answer() {
        let expects = |status, body: &[u8]| {
            let answer = Answer {
                status,
                body: body.to_vec(),
                cookie: None,
                last: false,
            };
            scenario("/", "").expects(&answer)
        };
        assert!(expects(201, b"{PENDING}"));
        assert!(!expects(201, b"{EXPIRED}"));
        assert!(!expects(200, b"{PENDING}"));
    }
}
