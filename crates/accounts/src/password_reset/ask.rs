//! Asking for a link. The request finds out nothing, so that it tells nothing, neither by its answer nor by its time.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::secret::sha256;
use hanok_base::{Id, Place, Secret, Timestamp};
use hanok_db::{Conn, DbError, Tx};
use hanok_events::{Job, JobHandler, NewJob, Outcome};
use hanok_web::Ctx;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store::{self, Ask, AskRow};
use crate::account::{self, AccountRow, AccountStatus, EMAIL};
use crate::audit::{Action, Entry, Origin};
use crate::config::minutes;
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::mail::{Letter, reads};
use crate::username::Username;
use crate::{AccountId, text};

const KIND: &str = "accounts.password_reset";
/// Attempts after which what was asked is given up; the person asks again.
const ATTEMPTS: u32 = 5;
/// The longest name that is looked for: an address has at most 254 characters.
const LONGEST: usize = 254;

#[derive(Serialize, Deserialize)]
struct Payload {
    ask_id: Id<Ask>,
}

/// Finds out whose password is to be reset, and sends the link.
pub struct ResetJob(pub Accounts);

impl Accounts {
    /// Writes down that somebody asks for a link for the account of `name` (username, or a verified address).
    ///
    /// # Errors
    /// [`Fault::Fields`] where nothing was typed; [`Fault::TooOften`]: both whoever the name belongs to.
    pub async fn ask_password_reset(&self, ctx: &Ctx, name: &str) -> Result<(), Fault> {
        let name: String = name.trim().chars().take(LONGEST).collect();
        if name.is_empty() {
            return Err(Fault::field("/user_id", "required"));
        }
        let counted = format!("reset|{}", spelled_one_way(&name));
        self.limit_mail(ctx, &counted).await?;
        let id: Id<Ask> = Id::new(&self.clock, &self.random);
        let row = AskRow {
            id,
            name: self.keys.seal(place(id), name.as_bytes()),
            locale: ctx.locale.as_str().to_owned(),
            address: ctx.address.to_string(),
            agent: ctx.agent.clone(),
            request_id: ctx.request_id.clone(),
        };
        let (accounts, now) = (self.clone(), ctx.now);
        self.db
            .write(async move |tx| {
                store::insert_ask(tx, &row, now).await?;
                let job = NewJob {
                    kind: KIND,
                    lane: "password_reset".to_owned(),
                    payload: json!(Payload { ask_id: id }),
                    run_at: now,
                };
                accounts.jobs.enqueue(tx, job).await?;
                Ok::<_, Fault>(())
            })
            .await
    }

    async fn answer_ask(&self, id: Id<Ask>) -> Result<(), Fault> {
        let accounts = self.clone();
        self.db
            .write(async move |tx| {
                let Some(ask) = store::take_ask(tx, id).await? else {
                    return Ok(());
                };
                let name = accounts.keys.unseal(place(id), &ask.name)?;
                let name = String::from_utf8_lossy(&name);
                let ctx = ask.ctx(accounts.clock.now());
                match accounts.resettable(tx, &name).await? {
                    Some((row, email)) => accounts.send_link(tx, &ctx, &row, &email).await,
                    None => Ok(()),
                }
            })
            .await
    }

    /// The active account of a name, where it has a verified address.
    async fn resettable(
        &self,
        conn: &mut Conn,
        name: &str,
    ) -> Result<Option<(AccountRow, EmailAddress)>, Fault> {
        let found = self.asked_for(conn, name).await?;
        let Some(row) = found.filter(|row| row.status == AccountStatus::Active) else {
            return Ok(None);
        };
        let email = self.verified_email(conn, &row).await?;
        Ok(email.map(|email| (row, email)))
    }

    async fn asked_for(&self, conn: &mut Conn, name: &str) -> Result<Option<AccountRow>, Fault> {
        if let Ok(username) = Username::parse(name)
            && let Some(row) = account::find_by_username(conn, username.normalised()).await?
        {
            return Ok(Some(row));
        }
        let Ok(email) = EmailAddress::parse(name) else {
            return Ok(None);
        };
        let indexes = self.email_indexes(&email);
        match account::store::look_up(conn, EMAIL, &indexes).await? {
            Some(id) => Ok(account::find(conn, id).await?),
            None => Ok(None),
        }
    }

    pub(crate) async fn send_link(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &AccountRow,
        email: &EmailAddress,
    ) -> Result<(), Fault> {
        account::store::lock(tx, row.id).await?;
        let life = self.config.password_reset_minutes;
        let entry = Entry::new(Action::PasswordChange)
            .subject(row.id)
            .target("account", row.id.uuid())
            .details(json!({ "reset": "link sent" }));
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        let (token, ends) = self.start_reset(tx, row.id, ctx.now).await?;
        let link = format!("{}/password/reset/new?code={}", self.origin, token.expose());
        let letter = Letter {
            subject: text::mail::reset::subject(),
            name: Some(row.name.clone()),
            lines: vec![text::mail::reset::line(life, &row.username)],
            facts: Vec::new(),
            action: Some((text::mail::reset::action(), link)),
            groups: Vec::new(),
            warning: text::mail::reset::warning(),
            unsubscribe: None,
            counts_until: Some(ends),
        };
        self.mail(tx, row.id, email, reads(row, ctx), &letter).await
    }

    /// The code of a new link that resets a password, and until when it counts; the one before counts no longer.
    pub(crate) async fn start_reset(
        &self,
        tx: &mut Tx,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(Secret, Timestamp), DbError> {
        let token = Secret::new(self.random.token());
        let ends = now.plus(minutes(self.config.password_reset_minutes));
        let hash = sha256(token.expose().as_bytes());
        store::start(tx, account, &hash, now, ends).await?;
        Ok((token, ends))
    }
}

impl AskRow {
    /// Who asked, as the request that is long over had it.
    fn ctx(&self, now: Timestamp) -> Ctx {
        let here = Ctx::program("", now);
        let address: Option<IpAddr> = self.address.parse().ok();
        Ctx {
            locale: self.locale.parse().unwrap_or(here.locale),
            address: address.unwrap_or(here.address),
            agent: self.agent.clone(),
            request_id: self.request_id.clone(),
            ..here
        }
    }
}

/// A name in the one spelling under which it is counted.
fn spelled_one_way(name: &str) -> String {
    if let Ok(username) = Username::parse(name) {
        return username.normalised().to_owned();
    }
    match EmailAddress::parse(name) {
        Ok(email) => email.normalised().to_string(),
        Err(_) => name.to_lowercase(),
    }
}

fn place(id: Id<Ask>) -> Place<'static> {
    Place::new("password_reset_ask", "name", id.uuid())
}

impl JobHandler for ResetJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(Payload { ask_id }) = job.parse() else {
                return Outcome::Dead {
                    reason: "the payload is not one of this kind".to_owned(),
                };
            };
            match self.0.answer_ask(ask_id).await {
                Ok(()) => Outcome::Done,
                Err(fault) if job.attempts < ATTEMPTS => Outcome::Retry {
                    at: self.0.clock.now().plus(Duration::from_secs(5)),
                    reason: fault.to_string(),
                },
                Err(fault) => Outcome::Dead {
                    reason: fault.to_string(),
                },
            }
        })
    }
}
