//! What identity keeps of a person: what they take with them, what goes when their account is erased, and until when
//! the pseudonym's transactions stay.

mod erase;

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::leaving::PersonalData;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_events::Schedule;
use serde_json::{Value, json};

use crate::context::Identity;
use crate::fault::Fault;
use crate::transaction::TransactionId;

pub(crate) use erase::erasure;

/// The most transactions that are taken along.
const MOST: usize = 20_000;
/// How many go in one unit.
const BATCH: u32 = 200;
/// As the audit trail names it.
const JOB: &str = "identity.forget_transactions";
/// A year of the calendar, rounded up, in hours.
const YEAR_HOURS: u64 = 366 * 24;

/// Who asked a person, when, and what became of it.
pub(crate) fn personal_data(identity: &Identity) -> PersonalData {
    let identity = identity.clone();
    PersonalData {
        file: "identity.json",
        read: Arc::new(move |account| {
            let identity = identity.clone();
            Box::pin(async move {
                let found = identity.transactions_of(account).await;
                found.map_err(|error| error.to_string())
            })
        }),
    }
}

/// Erases what is left of erased accounts, and forgets what they answered longer ago than
/// `identity.transaction_retention_years`; a duty of every day.
pub(crate) fn schedule(identity: &Identity) -> Schedule {
    let identity = identity.clone();
    Schedule {
        name: JOB,
        every: Duration::from_hours(24),
        run: Arc::new(move |now| {
            let identity = identity.clone();
            Box::pin(async move {
                let erased = identity.erase_left(now).await;
                erased.map_err(|fault| fault.to_string())?;
                let done = identity.forget_transactions(now).await;
                done.map_err(|fault| fault.to_string())
            })
        }),
    }
}

type Asked = (
    TransactionId,
    String,
    String,
    Option<String>,
    Timestamp,
    Option<Timestamp>,
    Option<String>,
);

impl Identity {
    async fn transactions_of(&self, account: AccountId) -> Result<Value, DbError> {
        const SQL: &str = "SELECT t.id, p.name, t.status, t.failure_reason, t.created_at, t.ended_at, t.binding_message \
            FROM auth_transaction t JOIN service_provider p ON p.id = t.provider_id \
            WHERE t.account_id = $1 ORDER BY t.created_at DESC, t.id DESC LIMIT $2";
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
            let rows: Vec<Asked> = conn.all(SQL, params![account, most]).await?;
            Ok::<_, DbError>(rows)
        });
        let told = |(id, provider, status, reason, asked, ended, message): Asked| {
            json!({ "transaction_id": id, "provider": provider, "status": status, "failure_reason": reason,
                "asked_at": asked, "ended_at": ended, "message": message })
        };
        let found = read.await?;
        let truncated = found.len() > MOST;
        let rows: Vec<Value> = found.into_iter().take(MOST).map(told).collect();
        Ok(json!({ "transactions": rows, "truncated": truncated }))
    }

    async fn forget_transactions(&self, now: Timestamp) -> Result<(), Fault> {
        let years = u64::from(self.config.transaction_retention_years);
        if years == 0 {
            return Ok(());
        }
        let before = now.minus(Duration::from_hours(years * YEAR_HOURS));
        loop {
            let identity = self.clone();
            let unit = self.accounts.db.write(async move |tx: &mut Tx| {
                let ids = old_of_erased(tx, before).await?;
                for id in &ids {
                    forget(tx, *id).await?;
                }
                if !ids.is_empty() {
                    let entry = Entry::new(Action::AdminAction)
                        .details(json!({ "forgotten": "transactions", "count": ids.len() }));
                    let origin = Origin::system(JOB);
                    identity.accounts.audit.record(tx, &origin, entry).await?;
                }
                Ok::<_, Fault>(ids.len())
            });
            if unit.await? == 0 {
                return Ok(());
            }
        }
    }
}

/// Transactions of erased accounts that ended before this moment.
async fn old_of_erased(conn: &mut Conn, before: Timestamp) -> Result<Vec<TransactionId>, DbError> {
    const SQL: &str = "SELECT t.id FROM account_closing c JOIN auth_transaction t ON t.account_id = c.account_id \
        WHERE c.erased_at IS NOT NULL AND t.created_at < $1 AND t.status <> 'PENDING' LIMIT $2";
    let rows: Vec<(TransactionId,)> = conn.all(SQL, params![before, BATCH]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Forgets a transaction and what stands on it.
async fn forget(tx: &mut Tx, id: TransactionId) -> Result<(), DbError> {
    const ROWS: [&str; 5] = [
        "DELETE FROM callback_attempt WHERE delivery_id IN \
            (SELECT id FROM callback_delivery WHERE transaction_id = $1)",
        "DELETE FROM callback_delivery WHERE transaction_id = $1",
        "DELETE FROM notification_log WHERE transaction_id = $1",
        "DELETE FROM phone_sign_in WHERE transaction_id = $1",
        "DELETE FROM auth_transaction WHERE id = $1",
    ];
    for sql in ROWS {
        tx.execute(sql, params![id]).await?;
    }
    Ok(())
}
