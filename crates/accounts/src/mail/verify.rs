//! Sending a link of one use to an address that a person says is theirs. Nobody learns from us whether another
//! account has it.

use std::time::Duration;

use hanok_base::counters::Limit;
use hanok_base::secret::sha256;
use hanok_base::{Id, Place, Secret, Timestamp};
use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;

use super::letter::Letter;
use super::notice::reads;
use super::store::{self, EmailProof, NewProof};
use crate::account;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::session::confirm::{in_person, signed_in};
use crate::{AccountId, text};

/// What is known of an account's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailState {
    /// The address, masked.
    pub masked: Option<String>,
    /// Whether it is verified: only then it counts.
    pub verified: bool,
    /// The masked address that a link was sent to, and until when that counts.
    pub asked: Option<(String, Timestamp)>,
}

impl Accounts {
    /// What is known of the caller's address.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`]; the store's.
    pub async fn email_state(&self, ctx: &Ctx) -> Result<EmailState, Fault> {
        let (account, now) = (signed_in(ctx)?.account, ctx.now);
        self.db
            .read(async move |conn| {
                let row = account::find(conn, account).await?;
                let row = row.ok_or(Fault::Unauthorized)?;
                Ok(EmailState {
                    verified: row.email_verified_at.is_some(),
                    masked: row.email_masked,
                    asked: store::under_way(conn, account, now).await?,
                })
            })
            .await
    }

    /// Sends a link to an address that the caller says is theirs. A verified address resets the password, so that
    /// the password is asked for.
    ///
    /// # Errors
    /// [`Fault::PasswordRequired`]; [`Fault::TooOften`]; [`Fault::Fields`] where it is verified already;
    /// [`Fault::Forbidden`] for another address within a day of a password reset.
    pub async fn start_email_proof(
        &self,
        ctx: &Ctx,
        email: &EmailAddress,
    ) -> Result<Timestamp, Fault> {
        let account = in_person(ctx)?.account;
        let (accounts, context, address) = (self.clone(), ctx.clone(), email.clone());
        self.db
            .read(async move |conn| {
                accounts.require_password(conn, &context).await?;
                let row = account::find(conn, account).await?;
                let row = row.ok_or(Fault::Unauthorized)?;
                let held = accounts.held_email(conn, account).await?;
                let same = held.is_some_and(|held| held.normalised() == address.normalised());
                if same && row.email_verified_at.is_some() {
                    return Err(Fault::field("/email", "email_verified_already"));
                }
                if same {
                    Ok(())
                } else {
                    accounts.not_just_reset(&row, context.now)
                }
            })
            .await?;
        self.limit_mail(ctx, &format!("verify|{}", email.normalised().as_str()))
            .await?;
        let (accounts, context, address) = (self.clone(), ctx.clone(), email.clone());
        self.db
            .write(async move |tx| {
                account::store::lock(tx, account).await?;
                // The unit that reads the session again: no letter leaves for one that has ended.
                accounts.require_password(tx, &context).await?;
                accounts
                    .send_email_link(tx, &context, account, &address)
                    .await
            })
            .await
    }

    /// Sends the link for the address that a new account named; where too much was sent there, none is.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn verify_registered_email(
        &self,
        ctx: &Ctx,
        account: AccountId,
        email: EmailAddress,
    ) -> Result<(), Fault> {
        let name = format!("verify|{}", email.normalised().as_str());
        match self.limit_mail(ctx, &name).await {
            Err(Fault::TooOften(_)) => return Ok(()),
            other => other?,
        }
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx| {
                account::store::lock(tx, account).await?;
                accounts
                    .send_email_link(tx, &context, account, &email)
                    .await?;
                Ok(())
            })
            .await
    }

    /// A few letters an hour, by whom they are asked for (known only by a keyed hash) and by address of the asker.
    pub(crate) async fn limit_mail(&self, ctx: &Ctx, name: &str) -> Result<(), Fault> {
        let name = self.keys.blind_index("mail_limit", name);
        let name = hanok_base::encoding::base64url_encode(&name);
        let place = hanok_web::rate_limit::limited_network(ctx.address);
        for (key, count) in [
            (format!("mail|{name}"), self.config.mail_sends_per_hour),
            (
                format!("mail-from|{place}"),
                self.config.mail_sends_per_address_per_hour,
            ),
        ] {
            let limit = Limit::per_hour(count);
            let decision = self.counters.hit(&key, limit, ctx.now).await;
            decision
                .allowed
                .then_some(())
                .ok_or(Fault::TooOften(decision.reset))?;
        }
        Ok(())
    }

    async fn send_email_link(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        email: &EmailAddress,
    ) -> Result<Timestamp, Fault> {
        let row = account::find(tx, account).await?;
        let row = row.ok_or(Fault::Unauthorized)?;
        let id: Id<EmailProof> = Id::new(&self.clock, &self.random);
        let token = Secret::new(self.random.token());
        let hours = self.config.email_link_hours;
        let expires_at = ctx.now.plus(Duration::from_hours(u64::from(hours)));
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(account)
            .target("account", account.uuid())
            .details(json!({ "field": "email", "verification": "sent" }));
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        let new = NewProof {
            id,
            account,
            email: &self.keys.seal(place(id), email.address().as_bytes()),
            email_masked: &email.masked(),
            token_hash: sha256(token.expose().as_bytes()),
            now: ctx.now,
            expires_at,
        };
        store::start(tx, &new).await?;
        let link = format!(
            "{}/account/email/verify?code={}",
            self.origin,
            token.expose()
        );
        let letter = Letter {
            subject: text::mail::verify::subject(),
            name: None,
            lines: vec![text::mail::verify::line(hours, &row.username)],
            facts: Vec::new(),
            action: Some((text::mail::verify::action(), link)),
            groups: Vec::new(),
            warning: text::mail::verify::warning(),
            unsubscribe: None,
            counts_until: Some(expires_at),
        };
        self.mail(tx, account, email, reads(&row, ctx), &letter)
            .await?;
        Ok(expires_at)
    }

    /// Whose link this is, and for which address; nothing is used up.
    ///
    /// # Errors
    /// [`Fault::NotFound`] for a link that does not count.
    pub(super) async fn email_link(
        &self,
        ctx: &Ctx,
        code: &str,
    ) -> Result<(String, String), Fault> {
        let (hash, now, accounts) = (sha256(code.as_bytes()), ctx.now, self.clone());
        self.db
            .read(async move |conn| {
                let proof = store::proof(conn, &hash, now).await?;
                let proof = proof.ok_or(Fault::NotFound)?;
                let row = account::find(conn, proof.account_id).await?;
                let row = row.ok_or(Fault::NotFound)?;
                Ok((row.username, accounts.proof_email(&proof)?.masked()))
            })
            .await
    }
}

pub(super) fn place(id: Id<EmailProof>) -> Place<'static> {
    Place::new("email_proof", "email", id.uuid())
}
