//! The shop's side: it asks, is called back, and looks what became of it.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_web::{Ctx, Error};
use reqwest::Method;
use serde_json::{Value, json};

use super::asked::{Asked, End, Fetched, Refused};
use super::wire::{Step, Wired};
use super::{Guided, Shop};
use crate::http::{Message, Reply};
use crate::opened::{claim, open, open_for};
use crate::shop::CALLBACK_PATH;

/// What the order is called on the phone.
const ORDER: &str = "20817";

impl Shop {
    fn signed_in(&self, ctx: &Ctx, message: Message) -> Message {
        message
            .header("X-Client-ID", &self.file.client_id)
            .header("X-Client-Secret", &self.file.client_secret)
            .header("Accept-Language", ctx.locale.as_str())
    }
}

impl Guided {
    /// The shop; nothing is found where it has not opened yet.
    fn open_shop(&self) -> Result<&Shop, Error> {
        self.shop().ok_or_else(Error::not_found)
    }

    /// Sends a message and notes both in the visit.
    async fn call(
        &self,
        token: &str,
        step: Step,
        shop: &Shop,
        message: Message,
    ) -> Result<Reply, Error> {
        let at = self.now();
        let reply = shop.demo.send(&message).await.map_err(Error::internal)?;
        let wired = Wired::call(step, at, &message, &reply);
        self.0.visits.note(token, wired);
        Ok(reply)
    }

    /// The shop asks who has this number, and shows the number to pick or why it was refused.
    pub(super) async fn ask(
        &self,
        ctx: &Ctx,
        token: &str,
        number: &str,
        seconds: Option<u32>,
    ) -> Result<(), Error> {
        let shop = self.open_shop()?;
        let state = self.0.accounts.random.token();
        let mut body = json!({
            "user_phone_number": number,
            "binding_message": order(ctx),
            "state": state,
        });
        if let (Some(seconds), Some(fields)) = (seconds, body.as_object_mut()) {
            fields.insert("requested_expiry".to_owned(), seconds.into());
        }
        let message = Message::new(Method::POST, "/api/v1/auth/request/").json(body);
        let message = shop.signed_in(ctx, message);
        let reply = self.call(token, Step::Ask, shop, message).await?;
        let at = self.now();
        self.0
            .visits
            .change(token, |visit| match asked(&reply, state, at) {
                Some(asked) => visit.ask(asked),
                None => visit.refused = Some(refused(&reply, number)),
            });
        Ok(())
    }

    /// The shop was called back: it opens what came and looks once what Hanok says of the request.
    pub(crate) fn called_back(&self, jwe: &str, now: Timestamp) {
        let Some((claims, token, id)) = self.taken(jwe, now) else {
            return;
        };
        let wired = Wired::callback(now, CALLBACK_PATH, jwe, &claims);
        self.0.visits.note(&token, wired);
        self.0.visits.change(&token, |visit| {
            if let Some(asked) = visit.find(&id) {
                asked.end = End::told(&claims);
            }
        });
        let guided = self.clone();
        // After the answer: Hanok does not wait for the shop to ask back.
        tokio::spawn(async move {
            if let Err(error) = guided.status(&token, &id).await {
                tracing::warn!(%error, "the demo's shop could not ask for the status");
            }
        });
    }

    /// The claims of a callback, where they answer a request of a visit.
    fn taken(&self, jwe: &str, now: Timestamp) -> Option<(Value, String, String)> {
        let claims = open(jwe, &self.shop()?.file, now).ok()?;
        let id = claim(&claims, "jti")?.to_owned();
        let (token, state) = self.0.visits.who_asked(&id)?;
        (claim(&claims, "state") == Some(&state)).then_some((claims, token, id))
    }

    async fn status(&self, token: &str, id: &str) -> Result<(), Error> {
        let shop = self.open_shop()?;
        let ctx = Ctx::program("hanok demo", self.now());
        let message = Message::new(Method::GET, format!("/api/v1/auth/status/{id}/"));
        let message = shop.signed_in(&ctx, message);
        self.call(token, Step::Status, shop, message).await?;
        Ok(())
    }

    /// The shop fetches the result of its newest request, as one without callbacks would.
    pub(super) async fn fetch(&self, ctx: &Ctx, token: &str) -> Result<(), Error> {
        let visit = self.0.visits.look(Some(token));
        let Some(asked) = visit.newest() else {
            return Ok(());
        };
        let id = asked.transaction_id.clone();
        let shop = self.open_shop()?;
        let message = Message::new(Method::POST, "/api/v1/auth/result/");
        let message = message.json(json!({ "transaction_id": id }));
        let message = shop.signed_in(ctx, message);
        let at = self.now();
        let reply = shop.demo.send(&message).await.map_err(Error::internal)?;
        let wired = Wired::call(Step::Result, at, &message, &reply);
        let claims = open_for(&id, &reply.text, &shop.file, self.now()).ok();
        let wired = match &claims {
            Some(claims) => wired.opened(claims),
            None => wired,
        };
        self.0.visits.note(token, wired);
        self.0.visits.change(token, |visit| {
            if let Some(asked) = visit.find(&id) {
                asked.fetched = Some(claims.map_or(Fetched::Gone, |_| Fetched::Same));
            }
        });
        Ok(())
    }
}

/// What the phone shows the request is for.
fn order(ctx: &Ctx) -> String {
    match ctx.locale {
        hanok_web::Locale::Ko => format!("주문 {ORDER}"),
        hanok_web::Locale::En => format!("Order {ORDER}"),
    }
}

/// What Hanok took.
fn asked(reply: &Reply, state: String, now: Timestamp) -> Option<Asked> {
    let answer = reply.json();
    let seconds = answer.get("expires_in").and_then(Value::as_u64)?;
    Some(Asked {
        transaction_id: claim(&answer, "transaction_id")?.to_owned(),
        binding_code: claim(&answer, "binding_code")?.to_owned(),
        state,
        expires_at: claim(&answer, "expires_at")?.to_owned(),
        ends: now.plus(Duration::from_secs(seconds)),
        end: End::Waiting,
        fetched: None,
    })
}

fn refused(reply: &Reply, number: &str) -> Refused {
    let answer = reply.json();
    let text = |name: &str| claim(&answer, name).unwrap_or_default().to_owned();
    let field = answer
        .get("errors")
        .and_then(|errors| errors.get(0))
        .and_then(|field| claim(field, "detail"));
    Refused {
        number: number.to_owned(),
        code: text("code"),
        detail: field.map_or_else(|| text("detail"), str::to_owned),
    }
}
