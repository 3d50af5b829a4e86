//! An HTTP client as a test likes it: JSON in, an [`Answer`] out.

use std::future::IntoFuture;

use futures_util::future::BoxFuture;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::answer::Answer;
use crate::person::Person;
use crate::phone::Phone;
use crate::processes::Processes;
use crate::site::Site;

/// A caller of one site. Cloning shares its connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    processes: Processes,
    headers: HeaderMap,
}

impl Client {
    /// A caller that nobody knows, of the one server there.
    ///
    /// # Panics
    /// When the system gives no HTTP client.
    pub fn new(base_url: &str) -> Self {
        Self::of_processes(Processes::one(base_url))
    }

    pub(crate) fn of_processes(processes: Processes) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test calls its own server on loopback"
        )]
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .unwrap();
        Self {
            http,
            processes,
            headers: HeaderMap::new(),
        }
    }

    /// The same caller with a header in every call.
    ///
    /// # Panics
    /// When it is no header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// The same caller with this access token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The same caller, at another process of the same site.
    #[must_use]
    pub fn at(mut self, site: &Site) -> Self {
        self.processes = site.client().processes;
        self
    }

    /// The same caller, from now on at the process whose turn it is, as a socket or a held connection is.
    #[must_use]
    pub fn at_one(mut self) -> Self {
        self.processes = self.processes.next_alone();
        self
    }

    /// Where it calls, the first place if there are several.
    pub fn base_url(&self) -> &str {
        self.processes.base_url()
    }

    /// The caller as this person, by the token of their sign-in.
    #[must_use]
    pub fn of(self, person: &Person) -> Self {
        self.bearer(&person.token)
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST path`.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// `PUT path`.
    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    /// `PATCH path`.
    pub fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    /// `DELETE path`.
    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// Any method, path and query as they are to be sent.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call {
            client: self.clone(),
            method,
            path: path.to_owned(),
            headers: self.headers.clone(),
            body: Vec::new(),
            signer: None,
        }
    }
}

/// A request; awaiting it sends it.
#[derive(Clone)]
#[must_use = "a call is sent when it is awaited"]
pub struct Call {
    client: Client,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    signer: Option<Phone>,
}

impl Call {
    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    /// A JSON body.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`json!({…})` is written in place"
    )]
    pub fn json(self, body: Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    /// A form's body, `application/x-www-form-urlencoded`.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.text("application/x-www-form-urlencoded", &body)
    }

    /// A body as it is.
    pub fn text(self, content_type: &str, body: &str) -> Self {
        self.bytes(content_type, body.as_bytes().to_vec())
    }

    /// A body of any bytes.
    pub fn bytes(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// A header.
    ///
    /// # Panics
    /// When it is none.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// Without any credential.
    pub fn as_nobody(mut self) -> Self {
        self.headers.remove(AUTHORIZATION);
        self
    }

    /// Signed by this phone as it is sent.
    pub fn signed_by(mut self, phone: &Phone) -> Self {
        self.signer = Some(phone.clone());
        self
    }

    /// Sends it; `None` where the connection broke before an answer came.
    pub async fn try_send(self) -> Option<Answer> {
        let url = format!("{}{}", self.client.processes.next_url().await, self.path);
        let mut request = self
            .client
            .http
            .request(self.method.clone(), url)
            .headers(self.headers);
        if let Some(phone) = &self.signer {
            for (name, value) in phone.signed(self.method.as_str(), &self.path, &self.body) {
                request = request.header(name, value);
            }
        }
        let response = request.body(self.body).send().await.ok()?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.ok()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer {
            status,
            headers,
            body,
            text,
        };
        answer.assert_in_words();
        Some(answer)
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = BoxFuture<'static, Answer>;

    fn into_future(self) -> Self::IntoFuture {
        let what = format!("{} {}", self.method, self.path);
        Box::pin(async move {
            self.try_send()
                .await
                .unwrap_or_else(|| panic!("{what}: no answer"))
        })
    }
}
