//! What of a person goes with their account: in the unit that erases it, or later, where identity was switched off
//! then.

use std::sync::Arc;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::leaving::{ErasePersonal, is_erased};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};
use serde_json::json;
use uuid::Uuid;

use crate::callback::PERSON_ERASED;
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::OWN;
use crate::transaction::lock_account;

/// As the audit trail names it.
const JOB: &str = "identity.erase_person";
/// How many accounts one look finds.
const BATCH: u32 = 50;
/// What stands for the blind index of a phone number that is erased: no number has it.
const NO_PHONE: [u8; 32] = [0; 32];

/// What goes, by the account's id alone. A CI is here again: one may have been made of an erased account by an older
/// release.
const ROWS: [&str; 2] = [
    "DELETE FROM provider_subject WHERE account_id = $1",
    "DELETE FROM account_ci WHERE account_id = $1",
];
/// What is still to be told of who the person is, or was given up, never is: no dead letter, no replay.
const DELIVERIES: &str = concatcp!(
    "UPDATE callback_delivery SET state = 'DEAD', code = NULL, last_status = NULL, last_error = '",
    PERSON_ERASED,
    "', dead_job = NULL WHERE state IN ('QUEUED', 'DEAD') AND transaction_id IN (\
    SELECT id FROM auth_transaction WHERE account_id = $1 AND status = 'COMPLETED')"
);
/// Who holds the key of the blind indexes could else ask whose number it was.
const PHONES: &str = "UPDATE auth_transaction SET phone_index = $2 \
    WHERE account_id = $1 AND status <> 'PENDING' AND phone_index <> $2";
/// Of Hanok's own sign-ins the message is the address of the browser that asked.
const ADDRESSES: &str = "UPDATE auth_transaction SET binding_message = NULL \
    WHERE account_id = $1 AND provider_id = $2 AND binding_message IS NOT NULL";

/// Erased accounts of which something is left. All requests of a person lose their phone in one unit, so the newest
/// tells of them all.
const LEFT: &str = "SELECT c.account_id FROM account_closing c WHERE c.erased_at IS NOT NULL AND c.account_id > $1 \
    AND (EXISTS (SELECT 1 FROM provider_subject s WHERE s.account_id = c.account_id) \
    OR EXISTS (SELECT 1 FROM account_ci i WHERE i.account_id = c.account_id) \
    OR (SELECT t.phone_index FROM auth_transaction t WHERE t.account_id = c.account_id \
    ORDER BY t.created_at DESC, t.id DESC LIMIT 1) <> $2) \
    ORDER BY c.account_id LIMIT $3";

/// Takes away what identity knows a person by.
pub(crate) fn erasure(identity: &Identity) -> ErasePersonal {
    let identity = identity.clone();
    Arc::new(move |tx, account, now| {
        let identity = identity.clone();
        Box::pin(async move {
            let erased = identity.erase_person(tx, account, now).await;
            erased.map_err(of_accounts)
        })
    })
}

fn of_accounts(fault: Fault) -> hanok_accounts::Fault {
    match fault {
        Fault::Accounts(fault) => fault,
        other => hanok_accounts::Fault::Internal(other.to_string()),
    }
}

impl Identity {
    /// Takes away by what sites know the person, the index of their number, and from where they signed in. What still
    /// waits for them ends first, and who asked is told. The account is locked and noted as erased.
    async fn erase_person(
        &self,
        tx: &mut Tx,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        self.end_pending_of(tx, &Origin::system(JOB), account, now)
            .await?;
        for sql in ROWS.into_iter().chain([DELIVERIES]) {
            tx.execute(sql, params![account]).await?;
        }
        tx.execute(PHONES, params![account, NO_PHONE]).await?;
        tx.execute(ADDRESSES, params![account, OWN]).await?;
        Ok(())
    }

    /// Erases what is left of people whose accounts were erased while identity was switched off.
    ///
    /// # Errors
    /// The store's; what was erased before stays so.
    pub(super) async fn erase_left(&self, now: Timestamp) -> Result<(), Fault> {
        let mut after = AccountId::from_uuid(Uuid::nil());
        loop {
            let look = self
                .accounts
                .db
                .report(async move |conn: &mut Conn| left(conn, after).await);
            let found = look.await?;
            let Some(last) = found.last() else {
                return Ok(());
            };
            after = *last;
            for account in found {
                self.erase_left_of(account, now).await?;
            }
        }
    }

    async fn erase_left_of(&self, account: AccountId, now: Timestamp) -> Result<(), Fault> {
        let identity = self.clone();
        let unit = self.accounts.db.write(async move |tx: &mut Tx| {
            lock_account(tx, account).await?;
            if !is_erased(tx, account).await? {
                return Ok::<_, Fault>(());
            }
            let entry = Entry::new(Action::UserInfoUpdate)
                .subject(account)
                .target("account", account.uuid())
                .details(json!({ "erased": true, "app": "identity" }));
            let origin = Origin::system(JOB);
            identity.accounts.audit.record(tx, &origin, entry).await?;
            identity.erase_person(tx, account, now).await
        });
        unit.await
    }
}

async fn left(conn: &mut Conn, after: AccountId) -> Result<Vec<AccountId>, DbError> {
    let rows: Vec<(AccountId,)> = conn.all(LEFT, params![after, NO_PHONE, BATCH]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
