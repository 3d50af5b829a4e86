//! Erasing an account whose grace is over.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{Conn, Tx, params};
use hanok_events::Schedule;
use hanok_web::Ctx;
use serde_json::json;

use super::store;
use crate::AccountId;
use crate::account::{self, EMAIL, PHONE};
use crate::audit::{Action, Entry, Origin, erase_origins};
use crate::context::Accounts;
use crate::fault::Fault;

/// As the audit trail names it.
const JOB: &str = "accounts.erase_closed";
/// How many accounts one look finds.
const BATCH: u32 = 50;

/// The row that remains: a pseudonym, and nothing by which anybody signs in.
const ROW: &str = "UPDATE account SET username = $2, username_key = $2, name = $2, locale = NULL, theme = NULL, \
    status = 'disabled', last_login_at = NULL, password_hash = NULL, password_changed_at = NULL, \
    password_reset_at = NULL, password_must_change = FALSE, password_failures = 0, \
    password_first_failure_at = NULL, password_locked_at = NULL, pin_hash = NULL, pin_changed_at = NULL, \
    pin_failures = 0, pin_first_failure_at = NULL, pin_locked_at = NULL, email = NULL, email_masked = NULL, \
    email_verified_at = NULL, phone = NULL, phone_masked = NULL, phone_proven_at = NULL, birthdate = NULL, \
    version = $3 WHERE id = $1 AND version = $3 - 1";

/// What goes with a person; children before those they belong to.
const ROWS: [&str; 14] = [
    "DELETE FROM account_ci WHERE account_id = $1",
    "DELETE FROM password_history WHERE account_id = $1",
    "DELETE FROM role_assignment WHERE account_id = $1",
    "DELETE FROM session WHERE account_id = $1",
    "DELETE FROM device WHERE account_id = $1",
    "DELETE FROM pairing WHERE account_id = $1",
    "DELETE FROM phone_proof WHERE account_id = $1",
    "DELETE FROM sms_message WHERE account_id = $1",
    "DELETE FROM email_proof WHERE account_id = $1",
    "DELETE FROM password_reset WHERE account_id = $1",
    "DELETE FROM mail_message WHERE account_id = $1",
    "DELETE FROM api_key WHERE account_id = $1",
    "UPDATE department SET manager_id = NULL WHERE manager_id = $1",
    "UPDATE team SET leader_id = NULL WHERE leader_id = $1",
];

/// Where the person is now ends; where they were is told of the pseudonym.
const STAYS: [&str; 2] = [
    "UPDATE department_membership SET until = $2 WHERE account_id = $1 AND until IS NULL",
    "UPDATE team_membership SET left_at = $2 WHERE account_id = $1 AND left_at IS NULL",
];

impl Accounts {
    /// Erases every account whose grace is over; answers how many there were. One that cannot be erased keeps none behind
    /// it from being erased.
    ///
    /// # Errors
    /// The first fault, once every other account was tried; what was erased stays so.
    pub(crate) async fn erase_closed(&self) -> Result<usize, Fault> {
        let now = self.clock.now();
        let (mut count, mut first, mut after) = (0, None, None);
        loop {
            let look = self
                .db
                .read(async move |conn: &mut Conn| store::due(conn, now, after, BATCH).await);
            let due = look.await.map_err(Fault::Store)?;
            if due.is_empty() {
                return first.map_or(Ok(count), Err);
            }
            for (at, account) in due {
                after = Some((at, account));
                match self.erase_account(account, now).await {
                    Ok(erased) => count += usize::from(erased),
                    Err(fault) => {
                        tracing::error!(error = %fault, %account, "an account could not be erased");
                        first = first.or(Some(fault));
                    }
                }
            }
        }
    }

    /// Erases an account; says whether it still was to be.
    async fn erase_account(&self, id: AccountId, now: Timestamp) -> Result<bool, Fault> {
        let accounts = self.clone();
        self.db
            .write(async move |tx: &mut Tx| {
                if !account::store::lock(tx, id).await? {
                    return Ok(false);
                }
                let closing = store::find(tx, id).await?;
                let is_due =
                    |row: &store::ClosingRow| row.erased_at.is_none() && row.erase_at <= now;
                if !closing.as_ref().is_some_and(is_due) {
                    return Ok(false);
                }
                accounts.erase_account_in(tx, id, now).await?;
                Ok::<_, Fault>(true)
            })
            .await
    }

    async fn erase_account_in(
        &self,
        tx: &mut Tx,
        id: AccountId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let version = account::store::next_version(tx, id).await?;
        let version = version.ok_or(Fault::NotFound)?;
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(id)
            .target("account", id.uuid())
            .version(version)
            .details(json!({ "erased": true }));
        // The database's guards ask for the row that announces the version before anything changes.
        self.audit.record(tx, &Origin::system(JOB), entry).await?;
        account::store::remove_lookup(tx, PHONE, id).await?;
        account::store::remove_lookup(tx, EMAIL, id).await?;
        let set = tx.execute(ROW, params![id, pseudonym(id), version]).await?;
        (set == 1).then_some(()).ok_or(Fault::Busy)?;
        for sql in STAYS {
            tx.execute(sql, params![id, now]).await?;
        }
        for sql in ROWS {
            tx.execute(sql, params![id]).await?;
        }
        store::erased(tx, id, now).await?;
        for erase in self.leaving.erasures() {
            erase(tx, id, now).await?;
        }
        erase_origins(tx, id).await?;
        let ctx = Ctx::program(JOB, now);
        self.tell_change(tx, &ctx, id).await?;
        Ok(())
    }
}

/// What an erased account is called: nobody's word, and no other's.
fn pseudonym(id: AccountId) -> String {
    format!("closed-{}", id.uuid().simple())
}

/// Erases what is due; a duty of every hour.
pub(crate) fn schedule(accounts: &Accounts) -> Schedule {
    let accounts = accounts.clone();
    Schedule {
        name: JOB,
        every: Duration::from_hours(1),
        run: Arc::new(move |_| {
            let accounts = accounts.clone();
            Box::pin(async move {
                let done = accounts.erase_closed().await;
                done.map(|_| ()).map_err(|fault| fault.to_string())
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_a_username_that_says_nothing() {
        let id = AccountId::from_uuid(uuid::Uuid::from_u128(7));
        let name = pseudonym(id);
        let read = crate::username::Username::parse(&name).unwrap();
        assert_eq!(read.normalised(), name);
    }

    /// Which tables hold rows of an account; each is erased, ended or said here to stay.
    #[test]
    fn every_table_of_accounts_that_names_a_person_is_erased() {
        let schema = [
            include_str!("../../migrations/accounts/V1__accounts.sql"),
            include_str!("../../migrations/accounts/V3__organisation.sql"),
            include_str!("../../migrations/accounts/V4__api_key.sql"),
        ];
        let kept = ["account_lookup", "revocation"];
        let mut table = "";
        for line in schema.iter().flat_map(|sql| sql.lines()) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.trim_end_matches(" (");
            }
            if line.trim_start().starts_with("account_id ") && !kept.contains(&table) {
                let named = format!(" {table} ");
                let all = ROWS.iter().chain(STAYS.iter());
                assert!(all.into_iter().any(|sql| sql.contains(&named)), "{table}");
            }
        }
    }
}
