//! The person's side: pairing the phone at the right with this browser, and beginning anew.

use std::time::Duration;

use hanok_web::{Ctx, Error};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::wire::{Step, Wired};
use super::{Guided, Shop};
use crate::http::{Message, Reply};
use crate::opened::claim;
use crate::people::{Person, asked};

const DEVICES: &str = "/api/v1/me/devices/";
/// A browser that was given a code has so long before the next one gets another, which voids the first.
const PAIRING: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// As many phones as an account may have.
const PHONES: usize = 5;

/// What the page does with its phone.
#[derive(Debug, Default, Serialize)]
pub(super) struct PhoneOut {
    /// This browser holds a paired phone of the person's already.
    known: bool,
    /// A code of one use, to pair with.
    pairing_code: Option<String>,
}

/// A phone of the person's, as the API lists it.
struct Listed(String);

impl Guided {
    /// Whether the browser's phone is one of the person's; else a code to pair it with.
    pub(super) async fn phone(
        &self,
        ctx: &Ctx,
        token: &str,
        device: Option<&str>,
    ) -> Result<PhoneOut, Error> {
        let (shop, person) = self.place()?;
        let phones = self.phones(ctx, token, shop, person).await?;
        if let Some(device) = device
            && phones.iter().any(|Listed(id)| id == device)
        {
            return Ok(PhoneOut {
                known: true,
                pairing_code: None,
            });
        }
        // The person has one code at a time: the browser that got the last one pairs first.
        let mut handed = self.0.handed.lock().await;
        if let Some((at, before)) = handed.take() {
            self.await_pairing(ctx, token, at, &before).await?;
        }
        let phones = self.phones(ctx, token, shop, person).await?;
        if let Some(Listed(oldest)) = phones.last().filter(|_| phones.len() >= PHONES) {
            self.let_go(shop, oldest).await?;
        }
        let before = phones.into_iter().map(|Listed(id)| id).collect();
        *handed = Some((Instant::now(), before));
        let start =
            Message::new(Method::POST, DEVICES).json(json!({ "password": person.password }));
        let start = self.signed_in(ctx, start).await;
        let at = self.now();
        let reply = shop.demo.send(&start).await.map_err(Error::internal)?;
        let wired = Wired::call(Step::PairingCode, at, &start, &reply);
        self.0.visits.note(token, wired);
        Ok(PhoneOut {
            known: false,
            pairing_code: claim(&reply.json(), "pairing_code").map(str::to_owned),
        })
    }

    /// Waits until a phone is there that was not before, or the time to pair it has passed.
    async fn await_pairing(
        &self,
        ctx: &Ctx,
        token: &str,
        handed_at: Instant,
        before: &[String],
    ) -> Result<(), Error> {
        let (shop, person) = self.place()?;
        while handed_at.elapsed() < PAIRING {
            let phones = self.phones(ctx, token, shop, person).await?;
            if phones.iter().any(|Listed(id)| !before.contains(id)) {
                break;
            }
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Begins anew: nothing remembered, the browser's phone let go, the person's PIN unlocked.
    pub(super) async fn reset(
        &self,
        ctx: &Ctx,
        token: &str,
        device: Option<&str>,
    ) -> Result<(), Error> {
        let (shop, person) = self.place()?;
        let phones = self.phones(ctx, token, shop, person).await?;
        for Listed(id) in phones
            .iter()
            .filter(|Listed(id)| Some(id.as_str()) == device)
        {
            self.let_go(shop, id).await?;
        }
        let accounts = &self.0.accounts;
        let context = Ctx::program("hanok demo", self.now());
        let row = accounts.named(person.username).await?;
        accounts.unlock(&context, row.id).await?;
        self.0.visits.change(token, |visit| {
            visit.messages.clear();
            visit.asked.clear();
            visit.refused = None;
        });
        Ok(())
    }

    /// The shop's way to the API, and the person whom it asks.
    fn place(&self) -> Result<(&Shop, &'static Person), Error> {
        let shop = self.shop();
        shop.zip(asked()).ok_or_else(Error::not_found)
    }

    async fn signed_in(&self, ctx: &Ctx, message: Message) -> Message {
        let bearer = self.0.bearer.lock().await.clone().unwrap_or_default();
        message
            .header("Authorization", format!("Bearer {bearer}"))
            .header("Accept-Language", ctx.locale.as_str())
    }

    /// The person's phones, the newest first; signs in where that has not been done or has ended.
    async fn phones(
        &self,
        ctx: &Ctx,
        token: &str,
        shop: &Shop,
        person: &Person,
    ) -> Result<Vec<Listed>, Error> {
        let list = async || {
            let message = self
                .signed_in(ctx, Message::new(Method::GET, DEVICES))
                .await;
            shop.demo.send(&message).await.map_err(Error::internal)
        };
        let mut reply = list().await?;
        if reply.status == 401 {
            self.sign_in(ctx, token, shop, person).await?;
            reply = list().await?;
        }
        Ok(listed(&reply))
    }

    async fn sign_in(
        &self,
        ctx: &Ctx,
        token: &str,
        shop: &Shop,
        person: &Person,
    ) -> Result<(), Error> {
        let login = json!({ "username": person.username, "password": person.password });
        let message = Message::new(Method::POST, "/api/v1/auth/login/")
            .json(login)
            .header("Accept-Language", ctx.locale.as_str());
        let at = self.now();
        let reply = shop.demo.send(&message).await.map_err(Error::internal)?;
        let wired = Wired::call(Step::SignIn, at, &message, &reply);
        self.0.visits.note(token, wired);
        *self.0.bearer.lock().await = claim(&reply.json(), "access_token").map(str::to_owned);
        Ok(())
    }

    async fn let_go(&self, shop: &Shop, id: &str) -> Result<(), Error> {
        let context = Ctx::program("hanok demo", self.now());
        let message = Message::new(Method::DELETE, format!("{DEVICES}{id}/"));
        let message = self.signed_in(&context, message).await;
        shop.demo.send(&message).await.map_err(Error::internal)?;
        Ok(())
    }
}

fn listed(reply: &Reply) -> Vec<Listed> {
    let answer = reply.json();
    let devices = answer.get("devices").and_then(Value::as_array);
    let ids = devices.into_iter().flatten();
    ids.filter_map(|device| claim(device, "id").map(|id| Listed(id.to_owned())))
        .collect()
}
