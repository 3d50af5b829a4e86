//! The shop's side: asking, receiving, fetching.

use std::time::Duration;

use hanok_accounts::command::Failure;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::{Told, open};
use super::paint::body;
use super::wire::{Message, Wire, text};
use crate::shop::{CALLBACK_PATH, DemoFile};

const POLLS: u32 = 75;
const BETWEEN_POLLS: Duration = Duration::from_millis(200);

/// The demo's provider.
pub(super) struct Shop<'a> {
    pub(super) wire: &'a Wire,
    pub(super) file: &'a DemoFile,
}

/// A request that was made.
pub(super) struct Asked {
    pub(super) transaction_id: String,
    pub(super) binding_code: String,
}

impl Shop<'_> {
    fn signed_in(&self, message: Message) -> Message {
        message
            .header("X-Client-ID", &self.file.client_id)
            .header("X-Client-Secret", &self.file.client_secret)
    }

    pub(super) async fn ask(&self, number: &str, state: &str) -> Result<Asked, Failure> {
        let body =
            json!({ "user_phone_number": number, "binding_message": "주문 20817", "state": state });
        let message = self
            .signed_in(Message::new(Method::POST, "/api/v1/auth/request/"))
            .json(body);
        let answer = self.wire.send(&message).await?.expect(201)?;
        Ok(Asked {
            transaction_id: text(&answer, "transaction_id")?,
            binding_code: text(&answer, "binding_code")?,
        })
    }

    /// Waits for the callback of this request.
    pub(super) async fn receive(&self, asked: &Asked) -> Result<Told, Failure> {
        for _ in 0..POLLS {
            if let Some((told, jwe)) = self.received(asked).await? {
                self.wire.paint.sent(&format!("POST {CALLBACK_PATH}"));
                self.wire.paint.header("Content-Type", "application/jose");
                body(&jwe);
                self.wire.paint.came("204 No Content");
                return Ok(told);
            }
            tokio::time::sleep(BETWEEN_POLLS).await;
        }
        Err(Failure::failed(
            "no callback came within 15 seconds: the log of the demo says why",
        ))
    }

    async fn received(&self, asked: &Asked) -> Result<Option<(Told, String)>, Failure> {
        let inbox = self
            .wire
            .quietly(&Message::new(Method::GET, "/dev/callbacks"))
            .await?
            .expect(200)?;
        let entries = inbox
            .get("callbacks")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let jwes = entries
            .iter()
            .filter_map(|entry| entry.get("jwe").and_then(Value::as_str));
        let ours = jwes.filter_map(|jwe| {
            Some((
                open(jwe, self.file, &asked.transaction_id).ok()?,
                jwe.to_owned(),
            ))
        });
        Ok(ours.into_iter().next())
    }

    /// Fetches the result, as a provider without callbacks would.
    pub(super) async fn fetch(&self, asked: &Asked) -> Result<Told, Failure> {
        let body = json!({ "transaction_id": asked.transaction_id });
        let message = self.signed_in(Message::new(Method::POST, "/api/v1/auth/result/"));
        let jwe = self.wire.send(&message.json(body)).await?.body()?;
        open(&jwe, self.file, &asked.transaction_id)
    }

    pub(super) async fn status(&self, asked: &Asked) -> Result<(), Failure> {
        let path = format!("/api/v1/auth/status/{}/", asked.transaction_id);
        let answer = self
            .wire
            .send(&self.signed_in(Message::new(Method::GET, path)))
            .await?
            .expect(200)?;
        let completed = answer.get("status").and_then(Value::as_str) == Some("COMPLETED");
        completed
            .then_some(())
            .ok_or_else(|| Failure::failed("the request did not end as COMPLETED"))
    }
}
