//! Text messages on their way: number and text lie sealed until they are sent, then they are erased.

use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::i18n::{Locale, Text};
use hanok_base::{Id, Place};
use hanok_db::Tx;
use hanok_events::{Job, JobHandler, NewJob, Outcome};
use hanok_web::Ctx;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store::{self, Message};
use crate::AccountId;
use crate::account;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::reads;
use crate::phone::PhoneNumber;
use crate::text;

const KIND: &str = "accounts.sms";
/// Attempts after which a message is given up: a code is worth nothing later.
const ATTEMPTS: u32 = 4;
/// The most characters of the organisation's name: more would make two messages of one.
const LONGEST_HOUSE: usize = 20;

#[derive(Serialize, Deserialize)]
struct Payload {
    message_id: Id<Message>,
}

/// Sends the text messages that units have written.
pub struct SmsJob(pub Accounts);

impl Accounts {
    /// Tells an account by text message what has happened to it; one without a proven number is not told.
    ///
    /// # Errors
    /// The store's, or a number that does not open.
    pub(crate) async fn text_notice(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        told: &Text,
    ) -> Result<(), Fault> {
        let row = account::find(tx, account).await?;
        let Some(row) = row.filter(|row| row.phone_proven_at.is_some()) else {
            return Ok(());
        };
        let sealed = account::store::sealed(tx, account).await?;
        let Some(sealed) = sealed.and_then(|sealed| sealed.phone) else {
            return Ok(());
        };
        let phone = self.phone_of(account, &sealed)?;
        self.text(tx, account, &phone, reads(&row, ctx), told).await
    }

    /// Writes a text message into the unit; it leaves if and only if the unit commits.
    pub(super) async fn text(
        &self,
        tx: &mut Tx,
        account: AccountId,
        phone: &PhoneNumber,
        locale: Locale,
        told: &Text,
    ) -> Result<(), Fault> {
        let text = self.headed(locale, told);
        let id: Id<Message> = Id::new(&self.clock, &self.random);
        let now = self.clock.now();
        let sealed_phone = self
            .keys
            .seal(place(id, "phone"), phone.normalised().as_bytes());
        let sealed_text = self.keys.seal(place(id, "text"), text.as_bytes());
        store::insert_message(tx, id, account, &sealed_phone, &sealed_text, now).await?;
        let payload = json!(Payload { message_id: id });
        self.jobs
            .enqueue(
                tx,
                NewJob {
                    kind: KIND,
                    lane: "sms".to_owned(),
                    payload,
                    run_at: now,
                },
            )
            .await?;
        Ok(())
    }

    /// A text message begins with who sends it: the organisation, where it has a name.
    fn headed(&self, locale: Locale, told: &Text) -> String {
        let facts = self.organisation.get();
        let house = match &facts.name {
            Some(name) => clipped(name),
            None => self.letters.tell(locale, &text::mail::house()),
        };
        format!("[{house}] {}", self.letters.tell(locale, told))
    }

    async fn send_message(&self, id: Id<Message>) -> Result<(), String> {
        let row = self
            .db
            .read(async move |conn| store::message(conn, id).await)
            .await;
        let Some((Some(phone), Some(text))) = row.map_err(|error| error.to_string())? else {
            return Ok(());
        };
        let open = |column, sealed: &[u8]| {
            self.keys
                .unseal(place(id, column), sealed)
                .map_err(|error| error.to_string())
        };
        let (phone, text) = (open("phone", &phone)?, open("text", &text)?);
        let as_text = |bytes| std::str::from_utf8(bytes).map_err(|_| "not text".to_owned());
        let number = PhoneNumber::parse(as_text(&phone)?).map_err(|fault| fault.to_string())?;
        self.sms
            .send(&number, as_text(&text)?)
            .await
            .map_err(|fault| fault.to_string())?;
        self.erase(id, true).await
    }

    async fn erase(&self, id: Id<Message>, sent: bool) -> Result<(), String> {
        let now = self.clock.now();
        let erased = self
            .db
            .write(async move |tx| store::erase_message(tx, id, sent, now).await);
        erased.await.map_err(|error| error.to_string())
    }
}

/// A name as a text message has room for it.
fn clipped(name: &str) -> String {
    if name.chars().count() <= LONGEST_HOUSE {
        return name.to_owned();
    }
    let begun: String = name.chars().take(LONGEST_HOUSE - 1).collect();
    format!("{}…", begun.trim_end())
}

fn place(id: Id<Message>, column: &str) -> Place<'_> {
    Place::new("sms_message", column, id.uuid())
}

impl JobHandler for SmsJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(Payload { message_id }) = job.parse() else {
                return Outcome::Dead {
                    reason: "the payload is not one of this kind".to_owned(),
                };
            };
            match self.0.send_message(message_id).await {
                Ok(()) => Outcome::Done,
                Err(reason) if job.attempts < ATTEMPTS => {
                    let wait = Duration::from_secs(2_u64.pow(job.attempts.min(6)));
                    Outcome::Retry {
                        at: self.0.clock.now().plus(wait),
                        reason,
                    }
                }
                Err(reason) => {
                    let erased = self.0.erase(message_id, false).await;
                    Outcome::Dead {
                        reason: erased.err().unwrap_or(reason),
                    }
                }
            }
        })
    }
}
