//! Reading one's own record.

use hanok_db::Page;
use hanok_db::paging::{DEFAULT_LIMIT, PageRequest};
use hanok_web::Ctx;
use serde::Deserialize;

use crate::AccountId;
use crate::audit::read::{self, AuditLine, Counted, Search, Sight, Whose};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::session::confirm::signed_in;

/// Which part of one's record, and which page, as the query of an address gives them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RecordIn {
    pub(super) what: Option<String>,
    pub(super) cursor: Option<String>,
    pub(super) limit: Option<u32>,
}

/// A page of one's record.
pub(super) struct Record {
    /// Whose it is.
    pub(super) account: AccountId,
    /// Its rows, the newest first.
    pub(super) page: Page<AuditLine>,
    /// How many there are.
    pub(super) counted: Counted,
}

impl RecordIn {
    /// Whether only those who looked are wanted.
    ///
    /// # Errors
    /// A field error for a word that is none of these.
    pub(super) fn wants_looks(&self) -> Result<bool, Fault> {
        match self.what.as_deref() {
            None | Some("" | "all") => Ok(false),
            Some("looks") => Ok(true),
            Some(_) => Err(Fault::field("/what", "invalid_value")),
        }
    }

    /// The page.
    ///
    /// # Errors
    /// A field error for a cursor or a limit that is none.
    pub(super) fn page(&self) -> Result<PageRequest, Fault> {
        let limit = Some(self.limit.unwrap_or(DEFAULT_LIMIT));
        let cursor = self.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        PageRequest::new(limit, cursor).map_err(|wrong| match wrong {
            hanok_db::paging::PagingError::Limit => Fault::field("/limit", "invalid_value"),
            _ => Fault::field("/cursor", "invalid_value"),
        })
    }
}

impl Accounts {
    /// What is recorded of the caller, or only where somebody else looked at their data.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`]; the store's.
    pub(super) async fn my_record(
        &self,
        ctx: &Ctx,
        looks: bool,
        page: PageRequest,
        counts: bool,
    ) -> Result<Record, Fault> {
        let account = signed_in(ctx)?.account;
        let whose = if looks {
            Whose::LookedAt(account)
        } else {
            Whose::Person(account)
        };
        let search = Search {
            whose,
            ..Search::default()
        };
        let named = self.named_providers();
        let read = self.db.read(async move |conn| {
            read::search(conn, &search, Sight::All, named, (&page, counts)).await
        });
        let (page, counted) = read.await.map_err(Fault::Store)?;
        Ok(Record {
            account,
            page: page.map(|line| told(line, account)),
            counted,
        })
    }
}

/// The row without where others were, and of another's account only that there was one.
fn told(line: AuditLine, account: AccountId) -> AuditLine {
    let is_others = line.actor.as_ref().is_some_and(|actor| actor.id != account);
    if !is_others {
        return line;
    }
    AuditLine {
        address: None,
        agent: None,
        is_erased: false,
        request_id: None,
        ..line
    }
}
