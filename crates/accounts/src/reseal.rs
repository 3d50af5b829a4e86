//! After a rotation of the sealing key: what older versions sealed is sealed anew, in the background.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::encoding::hex_encode;
use hanok_base::keyring::KeyKind;
use hanok_base::{KeyRing, Place};
use hanok_db::{Conn, DbError, Tx, params};
use hanok_events::Schedule;
use serde_json::json;
use uuid::Uuid;

use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;

/// A column of sealed values, each sealed for the table, the column and the row's `id`.
#[derive(Clone, Copy, Debug)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// Whether a change of it by hand is told by a trigger: then each new seal has an audit row.
    pub guarded: bool,
}

/// The sealed columns of accounts.
pub const COLUMNS: &[SealedColumn] = &[
    SealedColumn {
        table: "account",
        column: "phone",
        guarded: true,
    },
    SealedColumn {
        table: "account",
        column: "pin_hash",
        guarded: true,
    },
    SealedColumn {
        table: "account",
        column: "email",
        guarded: false,
    },
    SealedColumn {
        table: "account",
        column: "birthdate",
        guarded: false,
    },
    SealedColumn {
        table: "account_ci",
        column: "ci",
        guarded: false,
    },
    SealedColumn {
        table: "phone_proof",
        column: "phone",
        guarded: false,
    },
    SealedColumn {
        table: "sms_message",
        column: "phone",
        guarded: false,
    },
    SealedColumn {
        table: "sms_message",
        column: "text",
        guarded: false,
    },
    SealedColumn {
        table: "email_proof",
        column: "email",
        guarded: false,
    },
    SealedColumn {
        table: "password_reset_ask",
        column: "name",
        guarded: false,
    },
    SealedColumn {
        table: "mail_message",
        column: "letter",
        guarded: false,
    },
];

/// Values of one unit.
const BATCH: u32 = 100;

/// Re-seals every ten minutes, once across all processes; where the ring has one version, it costs nothing.
pub fn schedule(accounts: &Accounts, columns: Vec<SealedColumn>) -> Schedule {
    let (accounts, columns): (_, Arc<[SealedColumn]>) = (accounts.clone(), columns.into());
    Schedule {
        name: "keys.reseal",
        every: Duration::from_mins(10),
        run: Arc::new(move |_| {
            let (accounts, columns) = (accounts.clone(), Arc::clone(&columns));
            Box::pin(async move {
                accounts
                    .reseal(&columns)
                    .await
                    .map(|_| ())
                    .map_err(|error| error.to_string())
            })
        }),
    }
}

impl Accounts {
    /// Seals anew what older key versions sealed; says how many values that were. A value that does not
    /// open is told to the log and left.
    ///
    /// # Errors
    /// The store's; what is done stays done.
    pub async fn reseal(&self, columns: &[SealedColumn]) -> Result<u64, DbError> {
        let versions = self
            .keys
            .list()
            .into_iter()
            .filter(|key| key.kind == KeyKind::Sealing)
            .count();
        let mut done = 0;
        if versions > 1 {
            for column in columns {
                done += self.reseal_column(*column).await?;
            }
        }
        Ok(done)
    }

    async fn reseal_column(&self, column: SealedColumn) -> Result<u64, DbError> {
        let mut done = 0;
        let mut after = Uuid::nil();
        loop {
            let current = self.keys.sealing_version().to_be_bytes();
            let old = self
                .db
                .report(async move |conn: &mut Conn| column.older(conn, current, after).await)
                .await?;
            let Some(last) = old.last() else {
                return Ok(done);
            };
            after = *last;
            let accounts = self.clone();
            done += self
                .db
                .write(async move |tx: &mut Tx| accounts.reseal_rows(tx, column, &old).await)
                .await?;
        }
    }

    async fn reseal_rows(
        &self,
        tx: &mut Tx,
        column: SealedColumn,
        rows: &[Uuid],
    ) -> Result<u64, DbError> {
        let mut done = 0;
        for row in rows {
            done += u64::from(self.reseal_row(tx, column, *row).await?);
        }
        Ok(done)
    }

    async fn reseal_row(
        &self,
        tx: &mut Tx,
        column: SealedColumn,
        row: Uuid,
    ) -> Result<bool, DbError> {
        let Some(sealed) = column.lock(tx, row).await? else {
            return Ok(false);
        };
        if KeyRing::sealed_version(&sealed) == Some(self.keys.sealing_version()) {
            return Ok(false);
        }
        let place = Place::new(column.table, column.column, row);
        let plain = match self.keys.unseal(place, &sealed) {
            Ok(plain) => plain,
            Err(error) => {
                tracing::error!(table = column.table, column = column.column, %row, %error, "a sealed value does not open");
                return Ok(false);
            }
        };
        let anew = self.keys.seal(place, &plain);
        if column.guarded {
            self.tell_of_seal(tx, column, row, &anew).await?;
        }
        column.store(tx, row, &anew).await?;
        Ok(true)
    }

    /// The row that the trigger looks for: it names the new seal's tag.
    async fn tell_of_seal(
        &self,
        tx: &mut Tx,
        column: SealedColumn,
        row: Uuid,
        anew: &[u8],
    ) -> Result<(), DbError> {
        let tag = hex_encode(anew.last_chunk::<16>().map_or(anew, <[u8; 16]>::as_slice));
        let entry = Entry::new(Action::KeyRotation)
            .target(column.table, row)
            .version(format_args!("sealed {tag}"));
        let entry = entry.details(json!({ "column": column.column }));
        self.audit
            .record(tx, &Origin::system("keys.reseal"), entry)
            .await
            .map(|_| ())
    }
}

impl SealedColumn {
    /// Rows behind `after` whose value another key version sealed.
    async fn older(
        self,
        conn: &mut Conn,
        current: [u8; 4],
        after: Uuid,
    ) -> Result<Vec<Uuid>, DbError> {
        let Self { table, column, .. } = self;
        let sql = format!(
            "SELECT id FROM {table} WHERE id > $1 AND {column} IS NOT NULL AND SUBSTR({column}, 1, 4) <> $2 \
             ORDER BY id LIMIT $3"
        );
        conn.all(&sql, params![after, current, BATCH]).await
    }

    async fn lock(self, tx: &mut Tx, row: Uuid) -> Result<Option<Vec<u8>>, DbError> {
        let Self { table, column, .. } = self;
        let sql = format!(
            "SELECT {column} FROM {table} WHERE id = $1 AND {column} IS NOT NULL /*for_update*/"
        );
        tx.optional(&sql, params![row]).await
    }

    async fn store(self, tx: &mut Tx, row: Uuid, sealed: &[u8]) -> Result<(), DbError> {
        let Self { table, column, .. } = self;
        let sql = format!("UPDATE {table} SET {column} = $2 WHERE id = $1");
        tx.execute(&sql, params![row, sealed]).await.map(|_| ())
    }
}
