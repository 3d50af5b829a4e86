//! Letters on their way: sealed until they are handed over, then erased. A letter that was handed over is not sent
//! again; one that may have been (the server was silent at the end) keeps its id, by which mailboxes know it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::i18n::{Catalogue, Locale};
use hanok_base::{Id, Place, Timestamp};
use hanok_db::{Conn, Tx};
use hanok_events::{Job, JobHandler, NewJob, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::letter::{Letter, Written};
use super::store::{self, MailMessage};
use super::{MailFault, Outgoing};
use crate::AccountId;
use crate::account::{self, AccountStatus};
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;

const KIND: &str = "accounts.mail";
/// How long a letter is tried, which outlasts an outage over a long weekend (RFC 5321, 4.5.4.1: four to five days).
const TRIED_FOR: Duration = Duration::from_hours(4 * 24);
/// How long before its end a letter is tried for the last time.
const LAST_CHANCE: Duration = Duration::from_mins(1);
/// The wait before the second attempt; it doubles each time.
const FIRST_WAIT: u64 = 5;
/// The longest wait.
const LONGEST_WAIT: u64 = 1_800;

#[derive(Serialize, Deserialize)]
struct Payload {
    message_id: Id<MailMessage>,
}

/// What is sealed of a letter.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Sealed {
    to: String,
    subject: String,
    text: String,
    html: String,
    /// Not in letters that were sealed before there was any.
    #[serde(default)]
    unsubscribe: Option<String>,
    /// Likewise.
    #[serde(default)]
    #[zeroize(skip)]
    counts_until: Option<Timestamp>,
}

/// A letter that is still to be sent.
struct Waiting {
    account: AccountId,
    outgoing: Outgoing,
    /// Until when its link counts, where that ends.
    counts_until: Option<Timestamp>,
}

impl Waiting {
    /// Until when it is tried.
    fn tried_until(&self) -> Timestamp {
        let until = self.outgoing.written_at.plus(TRIED_FOR);
        self.counts_until.map_or(until, |counts| counts.min(until))
    }
}

/// Who reads the letters to an account. It has no `Debug`: it holds an address.
pub struct LetterReader {
    /// The account.
    pub account: AccountId,
    /// The person's name.
    pub name: String,
    /// The language that they have chosen, else the organisation's.
    pub locale: Locale,
    to: EmailAddress,
}

/// Sends the letters that units have written.
pub struct MailJob(pub Accounts);

/// Why an attempt failed.
enum Failed {
    /// By the mail server or the way to it; until when it is tried again.
    Mail(MailFault, Timestamp),
    /// Nobody can do anything with the letter any more.
    TooLate,
    /// By us: the store, or a letter that does not open.
    Here(String),
}

impl Failed {
    /// When what was asked for at `asked_at` is tried again, where it is: after `wait`, and once shortly before its
    /// end.
    fn next(&self, asked_at: Timestamp, now: Timestamp, wait: Duration) -> Option<Timestamp> {
        let until = match self {
            Self::Mail(fault, until) => fault.may_pass().then_some(*until)?,
            Self::TooLate => return None,
            Self::Here(_) => asked_at.plus(TRIED_FOR),
        };
        let (next, last) = (now.plus(wait), until.minus(LAST_CHANCE));
        if next >= last && last > now {
            return Some(last);
        }
        (next < until).then_some(next)
    }

    fn reason(&self) -> String {
        match self {
            Self::Mail(fault, _) => fault.to_string(),
            Self::TooLate => "the link in it counts no more".to_owned(),
            Self::Here(reason) => reason.clone(),
        }
    }
}

/// The lane of letters of accounts: somebody waits for them.
const OWN: &str = "mail";
/// That of letters of apps, of which there may be ten thousand in a morning.
const APPS: &str = "mail.apps";

impl Accounts {
    /// Writes a letter into the unit; it leaves if and only if the unit commits.
    pub(crate) async fn mail(
        &self,
        tx: &mut Tx,
        account: AccountId,
        to: &EmailAddress,
        locale: Locale,
        letter: &Letter,
    ) -> Result<(), Fault> {
        let written = letter.write(locale, &self.letters, &self.organisation)?;
        self.post(tx, OWN, (account, to), written).await
    }

    /// Who reads letters to an account; nobody where it is not active or its address is not verified.
    ///
    /// # Errors
    /// The store's, or an address that does not open.
    pub async fn letter_reader(
        &self,
        conn: &mut Conn,
        account: AccountId,
    ) -> Result<Option<LetterReader>, Fault> {
        let row = account::find(conn, account).await?;
        let Some(row) = row.filter(|row| row.status == AccountStatus::Active) else {
            return Ok(None);
        };
        let to = self.verified_email(conn, &row).await?;
        let locale = self.language(row.locale.as_deref());
        Ok(to.map(|to| LetterReader {
            account,
            name: row.name,
            locale,
            to,
        }))
    }

    /// Writes a letter of an app into the unit; it leaves if and only if the unit commits. `texts` has its words, and
    /// those of accounts that frame it.
    ///
    /// # Errors
    /// The store's.
    pub async fn write_to(
        &self,
        tx: &mut Tx,
        reader: &LetterReader,
        letter: &Letter,
        texts: &Arc<Catalogue>,
    ) -> Result<(), Fault> {
        let written = letter.write(reader.locale, texts, &self.organisation)?;
        self.post(tx, APPS, (reader.account, &reader.to), written)
            .await
    }

    /// Has a letter that is written leave with the unit.
    async fn post(
        &self,
        tx: &mut Tx,
        lane: &str,
        (account, to): (AccountId, &EmailAddress),
        written: Written,
    ) -> Result<(), Fault> {
        let id: Id<MailMessage> = Id::new(&self.clock, &self.random);
        let now = self.clock.now();
        let Written {
            subject,
            text,
            html,
            unsubscribe,
            counts_until,
        } = written;
        let to = to.address().to_string();
        let sealed = Sealed {
            to,
            subject,
            text,
            html,
            unsubscribe,
            counts_until,
        };
        let plain = serde_json::to_vec(&sealed).map(Zeroizing::new);
        let plain = plain.map_err(|error| Fault::Internal(error.to_string()))?;
        store::insert(tx, id, account, &self.keys.seal(place(id), &plain), now).await?;
        let job = NewJob {
            kind: KIND,
            lane: lane.to_owned(),
            payload: json!(Payload { message_id: id }),
            run_at: now,
        };
        self.jobs.enqueue(tx, job).await?;
        Ok(())
    }

    async fn send_mail(&self, id: Id<MailMessage>, lane: &str) -> Result<(), Failed> {
        let Some(waiting) = self.waiting(id).await.map_err(Failed::Here)? else {
            return Ok(());
        };
        if lane == APPS && !self.reads(&waiting).await.map_err(Failed::Here)? {
            return self.erase_mail(id, false).await.map_err(Failed::Here);
        }
        let now = self.clock.now();
        if waiting.counts_until.is_some_and(|until| until <= now) {
            return Err(Failed::TooLate);
        }
        let sent = self.mailer.send(&waiting.outgoing).await;
        sent.map_err(|fault| Failed::Mail(fault, waiting.tried_until()))?;
        self.erase_mail(id, true).await.map_err(Failed::Here)
    }

    /// The letter, where it is still to be sent.
    async fn waiting(&self, id: Id<MailMessage>) -> Result<Option<Waiting>, String> {
        let row = self
            .db
            .read(async move |conn| store::waiting(conn, id).await);
        let Some((account, sealed, written_at)) = row.await.map_err(|error| error.to_string())?
        else {
            return Ok(None);
        };
        let plain = self.keys.unseal(place(id), &sealed);
        let plain = plain.map_err(|error| error.to_string())?;
        let letter: Sealed =
            serde_json::from_slice(&plain).map_err(|_| "not a letter".to_owned())?;
        let to = EmailAddress::parse(&letter.to).map_err(|fault| fault.to_string())?;
        let outgoing = Outgoing {
            id: id.uuid(),
            written_at,
            to,
            subject: letter.subject.clone(),
            text: letter.text.clone(),
            html: letter.html.clone(),
            unsubscribe: letter.unsubscribe.clone(),
        };
        Ok(Some(Waiting {
            account,
            outgoing,
            counts_until: letter.counts_until,
        }))
    }

    /// Whether its account still reads letters there: a letter of an app may have waited for days.
    async fn reads(&self, waiting: &Waiting) -> Result<bool, String> {
        let (accounts, account) = (self.clone(), waiting.account);
        let read = self
            .db
            .read(async move |conn| accounts.letter_reader(conn, account).await);
        let reader = read.await.map_err(|fault| fault.to_string())?;
        let to = waiting.outgoing.to.address();
        Ok(reader.is_some_and(|reader| reader.to.address() == to))
    }

    async fn erase_mail(&self, id: Id<MailMessage>, sent: bool) -> Result<(), String> {
        let now = self.clock.now();
        let erased = self
            .db
            .write(async move |tx| store::erase(tx, id, sent, now).await);
        erased.await.map_err(|error| error.to_string())
    }

    async fn mail_failed(&self, id: Id<MailMessage>, job: &Job, failed: Failed) -> Outcome {
        let reason = failed.reason();
        let doubled = FIRST_WAIT.saturating_mul(1 << job.attempts.saturating_sub(1).min(10));
        let wait = Duration::from_secs(doubled.min(LONGEST_WAIT));
        if let Some(at) = failed.next(job.created_at, self.clock.now(), wait) {
            return Outcome::Retry { at, reason };
        }
        let erased = self.erase_mail(id, false).await;
        Outcome::Dead {
            reason: erased.err().unwrap_or(reason),
        }
    }
}

fn place(id: Id<MailMessage>) -> Place<'static> {
    Place::new("mail_message", "letter", id.uuid())
}

impl JobHandler for MailJob {
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
            match self.0.send_mail(message_id, &job.lane).await {
                Ok(()) => Outcome::Done,
                Err(failed) => self.0.mail_failed(message_id, job, failed).await,
            }
        })
    }
}
