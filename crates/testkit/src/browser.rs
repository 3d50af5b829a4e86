//! A browser as a test needs it: keeps cookies, sends forms as a page of ours does, follows nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::header::{HeaderMap, SET_COOKIE};

use crate::answer::Answer;
use crate::client::{Call, Client};
use crate::site::Site;

/// A browser. Cloning opens another tab: the cookies are the same.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Browser {
    /// A browser without cookies whose reader wants pages, at this site.
    pub fn new(site: &Site) -> Self {
        Self {
            client: site.client().header("accept", "text/html,*/*;q=0.8"),
            cookies: Arc::default(),
        }
    }

    /// The same browser, at another process of the same site.
    #[must_use]
    pub fn at(&self, site: &Site) -> Self {
        Self {
            client: Self::new(site).client,
            cookies: Arc::clone(&self.cookies),
        }
    }

    /// With a header in every call.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.client = self.client.header(name, value);
        self
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(path)).await
    }

    /// Sends a form from a page of ours.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(
            self.form(path, fields)
                .header("sec-fetch-site", "same-origin"),
        )
        .await
    }

    /// A form that is not sent yet.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.client.post(path).form(fields)
    }

    /// Any call of this browser's client, with its cookies; keeps those that come back.
    pub async fn send(&self, call: Call) -> Answer {
        let cookies: Vec<String> = self
            .cookies()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let call = if cookies.is_empty() {
            call
        } else {
            call.header("cookie", &cookies.join("; "))
        };
        let answer = call.await;
        self.keep(&answer.headers);
        answer
    }

    /// The bare client, for calls that [`send`](Self::send) sends.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().get(name).cloned()
    }

    fn keep(&self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').expect("a cookie has a value");
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0") {
                self.cookies().remove(name);
            } else {
                self.cookies().insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn cookies(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
