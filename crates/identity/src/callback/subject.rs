//! Who a person is to a provider: the DI, computed once per person and site, and the CI where the
//! provider may know it.

use hanok_accounts::AccountId;
use hanok_accounts::ci::{Ci, Di, di_message};
use hanok_accounts::leaving::is_erased;
use hanok_base::{Id, Place, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};

use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::ProviderRow;
use crate::transaction::lock_account;

/// Marks the id of a person at a site.
enum Subject {}

record! {
    /// A sealed DI.
    struct SubjectRow {
        id: Id<Subject>,
        di: Vec<u8>,
    }
}

record! {
    /// A version of a sealed CI.
    struct CiRow {
        id: Id<Ci>,
        ci: Vec<u8>,
        synthetic: bool,
    }
}

/// A CI that a provider is told.
pub(super) struct ToldCi {
    pub(super) ci: Ci,
    pub(super) synthetic: bool,
}

impl Identity {
    /// The DI of a person at a site. The first to ask computes and keeps it, so neither a new CI nor a
    /// new key changes it; two at once get one. Of an erased account none is made.
    ///
    /// # Errors
    /// [`Fault::PersonErased`], before anything is written; the store's, and sealed values that do not open.
    pub(super) async fn subject_di(
        &self,
        tx: &mut Tx,
        account: AccountId,
        site_code: &str,
    ) -> Result<Di, Fault> {
        if let Some(row) = find_subject(tx, account, site_code).await? {
            return self.open_di(&row);
        }
        may_be_made(tx, account).await?;
        let first = self.first_ci(tx, account).await?;
        let di = Di::from_mac(&self.accounts.keys.di_mac(&di_message(site_code, &first)));
        let id: Id<Subject> = Id::new(&self.accounts.clock, &self.accounts.random);
        let sealed = self
            .accounts
            .keys
            .seal(di_place(id), di.expose().as_bytes());
        insert_subject(
            tx,
            &SubjectRow { id, di: sealed },
            account,
            site_code,
            self.accounts.clock.now(),
        )
        .await?;
        let kept = find_subject(tx, account, site_code).await?;
        self.open_di(
            &kept.ok_or_else(|| Fault::internal("a subject that was written is not there"))?,
        )
    }

    /// The CI that a provider is told: the newest, if it is entitled to one. A made-up one counts only
    /// where the configuration says so. Ask for the DI first: it sees to it that there is a CI.
    pub(super) async fn told_ci(
        &self,
        conn: &mut Conn,
        account: AccountId,
        provider: &ProviderRow,
    ) -> Result<Option<ToldCi>, Fault> {
        if !provider.ci_entitled {
            return Ok(None);
        }
        let newest = newest_ci(conn, account).await?;
        let Some(row) = newest.filter(|row| !row.synthetic || self.config.synthetic_ci) else {
            return Ok(None);
        };
        Ok(Some(ToldCi {
            ci: self.open_ci(&row)?,
            synthetic: row.synthetic,
        }))
    }

    /// The person's first CI. A person without one gets 64 random bytes marked as synthetic: every person
    /// has a DI, and where synthetic CIs are off these bytes never leave. Ask [`may_be_made`] first.
    async fn first_ci(&self, tx: &mut Tx, account: AccountId) -> Result<Ci, Fault> {
        if let Some(row) = oldest_ci(tx, account).await? {
            return self.open_ci(&row);
        }
        let (ci, id) = (
            Ci::synthetic(&self.accounts.random),
            Id::new(&self.accounts.clock, &self.accounts.random),
        );
        let sealed = self
            .accounts
            .keys
            .seal(ci_place(id), ci.expose().as_bytes());
        insert_first_ci(
            tx,
            &CiRow {
                id,
                ci: sealed,
                synthetic: true,
            },
            account,
            self.accounts.clock.now(),
        )
        .await?;
        let kept = oldest_ci(tx, account).await?;
        self.open_ci(&kept.ok_or_else(|| Fault::internal("a CI that was written is not there"))?)
    }

    fn open_di(&self, row: &SubjectRow) -> Result<Di, Fault> {
        let text = self.accounts.keys.unseal(di_place(row.id), &row.di)?;
        let di = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| Di::parse(text).ok());
        di.ok_or_else(|| Fault::internal("a sealed DI is none"))
    }

    fn open_ci(&self, row: &CiRow) -> Result<Ci, Fault> {
        let text = self.accounts.keys.unseal(ci_place(row.id), &row.ci)?;
        let ci = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| Ci::parse(text).ok());
        ci.ok_or_else(|| Fault::internal("a sealed CI is none"))
    }
}

/// Whether a DI or CI may be made of this person. Who erases an account locks it first: what is made in this unit is
/// erased with it, or not made.
///
/// # Errors
/// [`Fault::PersonErased`]; the store's.
async fn may_be_made(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    lock_account(tx, account).await?;
    if is_erased(tx, account).await? {
        return Err(Fault::PersonErased);
    }
    Ok(())
}

const fn di_place(id: Id<Subject>) -> Place<'static> {
    Place::new("provider_subject", "di", id.uuid())
}

const fn ci_place(id: Id<Ci>) -> Place<'static> {
    Place::new("account_ci", "ci", id.uuid())
}

async fn find_subject(
    conn: &mut Conn,
    account: AccountId,
    site_code: &str,
) -> Result<Option<SubjectRow>, DbError> {
    const SQL: &str = const_format::concatcp!(
        "SELECT ",
        SubjectRow::COLUMNS,
        " FROM provider_subject WHERE account_id = $1 AND site_code = $2"
    );
    conn.optional(SQL, params![account, site_code]).await
}

/// Writes a DI unless another unit was first.
async fn insert_subject(
    tx: &mut Tx,
    row: &SubjectRow,
    account: AccountId,
    site_code: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO provider_subject (id, account_id, site_code, di, created_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    tx.execute(SQL, params![row.id, account, site_code, row.di, now])
        .await
        .map(|_| ())
}

const CI_OF: &str = const_format::concatcp!(
    "SELECT ",
    CiRow::COLUMNS,
    " FROM account_ci WHERE account_id = $1 ORDER BY version"
);

async fn oldest_ci(conn: &mut Conn, account: AccountId) -> Result<Option<CiRow>, DbError> {
    conn.optional(const_format::concatcp!(CI_OF, " LIMIT 1"), params![account])
        .await
}

async fn newest_ci(conn: &mut Conn, account: AccountId) -> Result<Option<CiRow>, DbError> {
    conn.optional(
        const_format::concatcp!(CI_OF, " DESC LIMIT 1"),
        params![account],
    )
    .await
}

/// Writes version 1 of a person's CI unless another unit was first.
async fn insert_first_ci(
    tx: &mut Tx,
    row: &CiRow,
    account: AccountId,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO account_ci (id, account_id, version, ci, synthetic, created_at) \
        VALUES ($1, $2, 1, $3, $4, $5) ON CONFLICT DO NOTHING";
    tx.execute(SQL, params![row.id, account, row.ci, row.synthetic, now])
        .await
        .map(|_| ())
}
