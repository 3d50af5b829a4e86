//! `mail.mode = "captured"`: letters stay in memory, where the demo and tests read them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use hanok_base::{Clock, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::{Mail, MailFault, Outgoing};
use crate::sms::Pending;

/// How many letters it keeps.
const KEPT: usize = 100;

/// A letter that was kept instead of sent, as `/dev/mail` shows it. It has no `Debug`: it holds an address and a link.
#[derive(Clone, Serialize)]
pub struct CapturedMessage {
    /// Its id.
    pub id: Uuid,
    /// The address, in full.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The address that ends letters of this sort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// When it was kept.
    pub sent_at: Timestamp,
}

impl CapturedMessage {
    /// The first link in its text.
    pub fn link(&self) -> Option<&str> {
        let mut words = self.text.split_whitespace();
        words.find(|word| word.starts_with("http://") || word.starts_with("https://"))
    }
}

/// Keeps the last 100 letters in memory and sends none.
pub struct CapturedMail {
    clock: Clock,
    messages: Mutex<VecDeque<CapturedMessage>>,
}

impl CapturedMail {
    /// An empty one.
    pub const fn new(clock: Clock) -> Self {
        Self {
            clock,
            messages: Mutex::new(VecDeque::new()),
        }
    }

    /// The letters, newest first.
    pub fn messages(&self) -> Vec<CapturedMessage> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.iter().rev().cloned().collect()
    }

    fn keep(&self, message: CapturedMessage) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() >= KEPT {
            messages.pop_front();
        }
        messages.push_back(message);
    }
}

impl Mail for CapturedMail {
    fn is_captured(&self) -> bool {
        true
    }

    fn send<'a>(&'a self, mail: &'a Outgoing) -> Pending<'a, Result<(), MailFault>> {
        Box::pin(async move {
            self.keep(CapturedMessage {
                id: mail.id,
                to: mail.to.address().to_string(),
                subject: mail.subject.clone(),
                text: mail.text.clone(),
                html: mail.html.clone(),
                unsubscribe: mail.unsubscribe.clone(),
                sent_at: self.clock.now(),
            });
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::EmailAddress;

    fn letter(n: u128) -> Outgoing {
        Outgoing {
            id: Uuid::from_u128(n),
            written_at: Timestamp::from_seconds(1_800_000_000),
            to: EmailAddress::parse("haneul@example.com").unwrap(),
            subject: format!("letter {n}"),
            text: "Open this:\n\nhttps://id.example/a?code=x_-1\n\nBye".to_owned(),
            html: String::new(),
            unsubscribe: None,
        }
    }

    #[tokio::test]
    async fn it_keeps_the_last_hundred_newest_first() {
        let at = Timestamp::from_seconds(1_800_000_000);
        let mail = CapturedMail::new(Clock::manual(at));
        for n in 0..103 {
            mail.send(&letter(n)).await.unwrap();
        }
        let kept = mail.messages();
        assert_eq!(kept.len(), 100);
        let ends = kept.first().zip(kept.last()).unwrap();
        assert_eq!(
            (ends.0.subject.as_str(), ends.1.subject.as_str()),
            ("letter 102", "letter 3")
        );
        assert_eq!(ends.0.link(), Some("https://id.example/a?code=x_-1"));
        assert_eq!(
            (ends.0.to.as_str(), ends.0.sent_at),
            ("haneul@example.com", at)
        );
    }
}
