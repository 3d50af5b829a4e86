//! Text messages: simulated ones, which stay in memory, and those a gateway sends.

mod gateway;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use hanok_base::{Clock, Secret, Timestamp};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::phone::PhoneNumber;

pub use gateway::{Reached, gateway, probe};

/// How many messages the simulation keeps.
const KEPT: usize = 100;

/// An answer to come, from a trait that is used as an object.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a message was not sent. It holds neither number nor text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmsFault {
    /// The gateway answered with another status than 2xx.
    #[error("the SMS gateway answered {0}")]
    Refused(u16),
    /// No answer came; the words of the HTTP client, which name no number.
    #[error("the SMS gateway cannot be reached: {0}")]
    Unreachable(String),
}

/// A way to send text messages.
pub trait Sms: Send + Sync {
    /// Sends `text` to `to`; `Ok` means that it was handed over, not that it arrived.
    fn send<'a>(&'a self, to: &'a PhoneNumber, text: &'a str) -> Pending<'a, Result<(), SmsFault>>;
}

/// A message of the simulation, as `/dev/sms` shows it. It has no `Debug`: it holds a number and a code.
#[derive(Clone, Serialize)]
pub struct SimulatedMessage {
    /// The number, in full.
    pub to: String,
    /// What was sent.
    pub text: String,
    /// When.
    pub sent_at: Timestamp,
}

/// `sms = simulated`: keeps the last 100 messages in memory and sends none.
pub struct SimulatedSms {
    clock: Clock,
    messages: Mutex<VecDeque<SimulatedMessage>>,
}

impl SimulatedSms {
    /// An empty one.
    pub const fn new(clock: Clock) -> Self {
        Self {
            clock,
            messages: Mutex::new(VecDeque::new()),
        }
    }

    /// The messages, newest first.
    pub fn messages(&self) -> Vec<SimulatedMessage> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.iter().rev().cloned().collect()
    }

    fn keep(&self, message: SimulatedMessage) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() >= KEPT {
            messages.pop_front();
        }
        messages.push_back(message);
    }
}

impl Sms for SimulatedSms {
    fn send<'a>(&'a self, to: &'a PhoneNumber, text: &'a str) -> Pending<'a, Result<(), SmsFault>> {
        Box::pin(async move {
            let to = to.normalised().as_str().to_owned();
            self.keep(SimulatedMessage {
                to,
                text: text.to_owned(),
                sent_at: self.clock.now(),
            });
            Ok(())
        })
    }
}

/// The one thing an HTTP gateway needs of an HTTP client.
pub trait Post: Send + Sync {
    /// Posts `json` to `url` with `Authorization: Bearer …`; answers the status, or why none came
    /// (words that may be logged).
    fn post<'a>(
        &'a self,
        url: &'a str,
        bearer: &'a Secret,
        json: &'a str,
    ) -> Pending<'a, Result<u16, String>>;
}

/// `sms = http`: posts `{"to":"010-1234-5678","text":"…"}` to a gateway.
pub struct HttpSms<P> {
    client: P,
    url: String,
    token: Secret,
}

#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    text: &'a str,
}

impl<P: Post> HttpSms<P> {
    /// A sender to `url` that shows `token`.
    pub const fn new(client: P, url: String, token: Secret) -> Self {
        Self { client, url, token }
    }

    async fn deliver(&self, to: &PhoneNumber, text: &str) -> Result<(), SmsFault> {
        let body = Body {
            to: &to.normalised(),
            text,
        };
        let json = serde_json::to_string(&body).map(Zeroizing::new);
        let json = json.map_err(|fault| SmsFault::Unreachable(fault.to_string()))?;
        match self.client.post(&self.url, &self.token, &json).await {
            Ok(200..=299) => Ok(()),
            Ok(status) => Err(SmsFault::Refused(status)),
            Err(reason) => Err(SmsFault::Unreachable(reason)),
        }
    }
}

impl<P: Post> Sms for HttpSms<P> {
    fn send<'a>(&'a self, to: &'a PhoneNumber, text: &'a str) -> Pending<'a, Result<(), SmsFault>> {
        Box::pin(self.deliver(to, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> PhoneNumber {
        PhoneNumber::parse("01012345678").unwrap()
    }

    #[tokio::test]
    async fn the_simulation_keeps_the_last_hundred_newest_first() {
        let at = Timestamp::from_seconds(1_800_000_000);
        let sms = SimulatedSms::new(Clock::manual(at));
        for n in 0..103 {
            sms.send(&number(), &format!("code {n}")).await.unwrap();
        }
        let kept = sms.messages();
        assert_eq!(kept.len(), 100);
        let ends = kept.first().zip(kept.last()).unwrap();
        assert_eq!(
            (ends.0.text.as_str(), ends.1.text.as_str()),
            ("code 102", "code 3")
        );
        assert_eq!((ends.0.to.as_str(), ends.0.sent_at), ("010-1234-5678", at));
    }

    struct Gateway {
        answer: Result<u16, String>,
        seen: Mutex<Vec<String>>,
    }

    impl Post for &Gateway {
        fn post<'a>(
            &'a self,
            url: &'a str,
            bearer: &'a Secret,
            json: &'a str,
        ) -> Pending<'a, Result<u16, String>> {
            self.seen
                .lock()
                .unwrap()
                .push(format!("{url} {} {json}", bearer.expose()));
            Box::pin(std::future::ready(self.answer.clone()))
        }
    }

    async fn sent_through(answer: Result<u16, String>) -> (Result<(), SmsFault>, Vec<String>) {
        let gateway = Gateway {
            answer,
            seen: Mutex::default(),
        };
        let sms = HttpSms::new(
            &gateway,
            "https://sms.example/send".into(),
            Secret::new("t0ken".into()),
        );
        let sent = sms.send(&number(), "코드 \"123456\"").await;
        (sent, gateway.seen.into_inner().unwrap())
    }

    #[tokio::test]
    async fn the_gateway_gets_number_text_and_token_once() {
        let (sent, seen) = sent_through(Ok(202)).await;
        assert_eq!(sent, Ok(()));
        assert_eq!(
            seen,
            [r#"https://sms.example/send t0ken {"to":"010-1234-5678","text":"코드 \"123456\""}"#]
        );
    }

    #[tokio::test]
    async fn a_gateway_that_refuses_or_is_away_is_a_fault_without_the_number() {
        assert_eq!(sent_through(Ok(302)).await.0, Err(SmsFault::Refused(302)));
        let away = sent_through(Err("connection refused".into()))
            .await
            .0
            .unwrap_err();
        assert_eq!(
            away.to_string(),
            "the SMS gateway cannot be reached: connection refused"
        );
    }
}
