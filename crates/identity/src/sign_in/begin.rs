//! A browser asks a phone to let it in: one unit that locks, counts, and writes the request down.
//!
//! Nothing is told of the name that was typed. One that nobody has, or whose owner has no phone or a lock,
//! gets a request without account, of the same life and limits, that simply expires.

use std::time::Duration;

use hanok_accounts::Fault as AccountsFault;
use hanok_accounts::audit::Origin;
use hanok_accounts::username::Username;
use hanok_base::Secret;
use hanok_base::secret::sha256;
use hanok_db::Tx;
use hanok_web::Ctx;

use super::store;
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::ProviderRow;
use crate::transaction::OwnRequest;

/// No answer comes sooner: a request that reaches a phone is a little more work than one that reaches nobody.
const ANSWER_AFTER: Duration = Duration::from_millis(100);

/// Whom a request is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Whoever has the name.
    Owner,
    /// Nobody: the owner's phone was asked too often, of which its caller learns nothing.
    Nobody,
}

/// A sign-in to be begun.
#[derive(Clone)]
struct Beginning {
    provider: ProviderRow,
    username: Username,
    secret_hash: [u8; 32],
}

impl Identity {
    /// Begins a sign-in by phone for the name that was typed; the answer is the secret of the browser that asks.
    ///
    /// # Errors
    /// A name that cannot be one; `TooOften` by address or by the name that was typed.
    pub(super) async fn begin_sign_in(&self, ctx: &Ctx, typed: &str) -> Result<Secret, Fault> {
        let username = name(typed)?;
        self.accounts.limit_phone_sign_in(ctx).await?;
        let answer = tokio::time::sleep(ANSWER_AFTER);
        let secret = Secret::new(self.accounts.random.token());
        let beginning = Beginning {
            provider: self.own_provider(ctx.now).await?,
            username,
            secret_hash: sha256(secret.expose().as_bytes()),
        };
        match self.begin_for(ctx, beginning.clone(), For::Owner).await {
            Err(Fault::TooManyForPhone(_)) => self.begin_for(ctx, beginning, For::Nobody).await?,
            other => other?,
        }
        answer.await;
        Ok(secret)
    }

    async fn begin_for(&self, ctx: &Ctx, beginning: Beginning, whom: For) -> Result<(), Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        self.accounts
            .db
            .write(async move |tx| identity.begin_in(tx, &context, &beginning, whom).await)
            .await
    }

    async fn begin_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        beginning: &Beginning,
        whom: For,
    ) -> Result<(), Fault> {
        let accounts = &self.accounts;
        let owner = match whom {
            For::Owner => accounts.lock_phone_owner(tx, &beginning.username).await?,
            For::Nobody => None,
        };
        // The name first, known or not: this limit alone is seen from outside.
        let typed = accounts.typed_name_indexes(&beginning.username);
        self.count_own(tx, &typed.name, ctx.now)
            .await
            .map_err(by_name)?;
        let phone_index = owner.map_or(typed.phone, |owner| owner.phone_index);
        self.count_own(tx, &phone_index, ctx.now).await?;
        let asked = OwnRequest {
            provider: ProviderRow {
                name: self.own_name(),
                ..beginning.provider.clone()
            },
            account: owner.map(|owner| owner.account),
            phone_index,
            address: ctx.address,
        };
        let id = self.ask_own(tx, &Origin::from(ctx), asked, ctx.now).await?;
        let version = owner.map(|owner| owner.version);
        store::insert(tx, id, &beginning.secret_hash, version, ctx.now).await?;
        Ok(())
    }
}

/// The name that was typed, or why there is none of this form.
fn name(typed: &str) -> Result<Username, Fault> {
    if typed.trim().is_empty() {
        return Err(Fault::field("/user_id", "required"));
    }
    if typed.contains('@') {
        return Err(Fault::field("/user_id", "username_not_email"));
    }
    Username::parse(typed).map_err(|fault| Fault::field("/user_id", fault.code()))
}

/// A name that was typed too often, as any other refusal of that kind.
fn by_name(fault: Fault) -> Fault {
    match fault {
        Fault::TooManyForPhone(wait) => Fault::Accounts(AccountsFault::TooOften(wait)),
        other => other,
    }
}
