//! The link, and what it makes.

use std::time::Duration;

use hanok_base::secret::sha256;
use hanok_base::{Secret, Timestamp};
use hanok_db::Conn;
use hanok_web::Ctx;
use serde_json::json;

use super::store;
use crate::account::NewAccount;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::organisation::{self, NewOrganisation};
use crate::role;
use crate::session::SignedInBy;

/// How long a link counts.
pub const SETUP_LIFE: Duration = Duration::from_mins(30);

/// What the code of a link is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeWorth {
    /// It makes the organisation.
    Counts,
    /// Its time is over, or it never was one; nobody administers yet.
    Spent,
    /// Somebody administers.
    Over,
}

/// A link that makes the organisation and its first super_admin.
#[derive(Debug)]
pub struct SetupLink {
    /// The whole address, its code in it.
    pub url: Secret,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

impl Accounts {
    /// Makes a link for the first start; `None` where somebody administers already.
    ///
    /// # Errors
    /// The store's.
    pub async fn setup_link(&self, ctx: &Ctx) -> Result<Option<SetupLink>, Fault> {
        let code = self.random.token();
        let hash = sha256(code.as_bytes());
        let (accounts, ctx) = (self.clone(), ctx.clone());
        let expires_at = ctx.now.plus(SETUP_LIFE);
        let made = self.db.write(async move |tx| {
            if is_administered(tx).await? {
                return Ok::<_, Fault>(false);
            }
            let entry = Entry::new(Action::ConfigChange).details(json!({ "setup": "link made" }));
            accounts
                .audit
                .record(tx, &Origin::from(&ctx), entry)
                .await?;
            store::insert(tx, &hash, ctx.now, expires_at).await?;
            Ok(true)
        });
        let link = || SetupLink {
            url: Secret::new(format!("{}/setup?code={code}", self.origin)),
            expires_at,
        };
        Ok(made.await?.then(link))
    }

    /// What a link's code is worth.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn setup_code(&self, ctx: &Ctx, code: &Secret) -> Result<CodeWorth, Fault> {
        let (hash, now) = (sha256(code.expose().as_bytes()), ctx.now);
        let read = self.db.read(async move |conn| {
            Ok::<_, Fault>(if is_administered(conn).await? {
                CodeWorth::Over
            } else if store::counts(conn, &hash, now).await? {
                CodeWorth::Counts
            } else {
                CodeWorth::Spent
            })
        });
        read.await
    }

    /// Whether this installation is set up: it has a name, or somebody who may do everything.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn is_founded(&self) -> Result<bool, Fault> {
        if self.organisation.get().name.is_some() {
            return Ok(true);
        }
        self.db.read(async |conn| is_administered(conn).await).await
    }

    /// Makes the organisation and its first super_admin, who is signed in, and uses every link up: all in
    /// one unit with its audit rows. Answers the cookie's value.
    ///
    /// # Errors
    /// [`Fault::NotFound`] where the code does not count any more; [`Fault::Fields`] where the username is taken;
    /// [`Fault::Busy`].
    pub(super) async fn set_up(
        &self,
        ctx: &Ctx,
        code: &Secret,
        house: NewOrganisation,
        first: NewAccount,
    ) -> Result<Secret, Fault> {
        let code = sha256(code.expose().as_bytes());
        let password = first.password.as_ref().ok_or(Fault::NotFound)?;
        let place = self.hashes.reserve()?;
        let hash = place.hash(password.expose().as_bytes()).await?;
        let first = NewAccount {
            roles: vec![role::SUPER_ADMIN.to_owned()],
            ..first
        };
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx| {
                if !store::take_all(tx, &code, ctx.now).await? || is_administered(tx).await? {
                    return Err(Fault::NotFound);
                }
                organisation::insert_or_update(tx, &house, ctx.now).await?;
                let details = json!({ "organisation": "made", "time_zone": house.time_zone });
                let entry = Entry::new(Action::ConfigChange).details(details);
                accounts
                    .audit
                    .record(tx, &Origin::from(&ctx), entry)
                    .await?;
                let row = accounts.create_in(tx, &ctx, &first, Some(&hash)).await?;
                let pages = accounts.organisation.clone();
                tx.after_commit(move || pages.set(house.facts()));
                accounts
                    .open_browser_session(tx, &ctx, row.id, SignedInBy::Password)
                    .await
            })
            .await
    }
}

/// Whether there is somebody who may do everything.
async fn is_administered(conn: &mut Conn) -> Result<bool, Fault> {
    Ok(role::holders_of(conn, role::SUPER_ADMIN).await? > 0)
}
