//! Making an account for somebody else: they choose their own password at their first sign-in.

use hanok_base::{Random, Secret};
use hanok_db::{Tx, params};
use hanok_web::Ctx;

use crate::AccountId;
use crate::account::{AccountRow, NewAccount};
use crate::authority::{By, still_holds};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::password::Password;

/// Letters and digits that nobody takes for others.
const UPPER: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghjkmnpqrstuvwxyz";
const DIGITS: &[u8] = b"23456789";
/// Groups of a temporary password; each is worth 17 bits.
const GROUPS: usize = 4;

/// A password that is shown once and changed at the first sign-in: `Kf7m-Qw3x-Tn9p-Rb4d`.
pub(super) fn temporary_password(random: &Random) -> Secret {
    let pick = |from: &[u8]| {
        let most = u32::try_from(from.len()).unwrap_or(1);
        let at = usize::try_from(random.below(most)).unwrap_or_default();
        char::from(from.get(at).copied().unwrap_or(b'x'))
    };
    let group = |_| {
        let four = [UPPER, LOWER, DIGITS, LOWER];
        four.iter().map(|from| pick(from)).collect::<String>()
    };
    Secret::new((0..GROUPS).map(group).collect::<Vec<_>>().join("-"))
}

impl Accounts {
    /// Makes an account in somebody's name. Where no password is given one is made, which is answered once; either is
    /// changed at the first sign-in. Roles beside `user` ask for the caller's password.
    ///
    /// # Errors
    /// [`Fault::Fields`] where the username is taken or a role is not there; [`Fault::Forbidden`];
    /// [`Fault::PasswordRequired`]; [`Fault::Busy`].
    pub async fn create_by(
        &self,
        ctx: &Ctx,
        by: By,
        mut new: NewAccount,
    ) -> Result<(AccountRow, Option<Secret>), Fault> {
        let made = new
            .password
            .is_none()
            .then(|| temporary_password(&self.random));
        if let Some(made) = &made {
            new.password = Some(Password::new(made.expose()));
        }
        let typed = new.password.as_ref().ok_or(Fault::NotFound)?;
        let place = self.hashes.reserve()?;
        let hash = place.hash(typed.expose().as_bytes()).await?;
        let email = new.email.clone();
        let (accounts, context) = (self.clone(), ctx.clone());
        let row = self.db.write(async move |tx: &mut Tx| {
            accounts.may_create(tx, &context, &by, &new).await?;
            let row = accounts.create_in(tx, &context, &new, Some(&hash)).await?;
            must_change(tx, row.id).await?;
            Ok::<_, Fault>(row)
        });
        let row = row.await?;
        if let Some(email) = email {
            self.verify_registered_email(ctx, row.id, email).await?;
        }
        Ok((row, made))
    }

    async fn may_create(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        by: &By,
        new: &NewAccount,
    ) -> Result<(), Fault> {
        if let By::Person(caller) = by {
            still_holds(tx, caller).await?;
        }
        self.may_grant_all(tx, by, new.roles.iter()).await?;
        if matches!(by, By::Person(_)) && !new.roles.is_empty() {
            self.require_password(tx, ctx).await?;
        }
        Ok(())
    }
}

/// Lets a password open nothing but the choice of another.
pub(super) async fn must_change(tx: &mut Tx, id: AccountId) -> Result<(), hanok_db::DbError> {
    const SQL: &str = "UPDATE account SET password_must_change = TRUE WHERE id = $1";
    tx.execute(SQL, params![id]).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_password_is_one_that_the_policy_takes_and_never_the_same() {
        let random = Random::seeded(7);
        let (one, other) = (temporary_password(&random), temporary_password(&random));
        assert_ne!(one.expose(), other.expose());
        for made in [one, other] {
            assert_eq!(made.expose().len(), 19);
            let checked = crate::password::check(&Password::new(made.expose()), "haneul");
            assert!(checked.is_ok());
        }
    }
}
