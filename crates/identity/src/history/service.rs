//! A person reads what was asked of them: a page of it, or one request.

use hanok_accounts::{AccountId, Fault as AccountsFault};
use hanok_base::Timestamp;
use hanok_db::paging::{Cursor, Key, NumberedPage};
use hanok_db::{Conn, Page};
use hanok_web::{Ctx, Principal};

use super::rules::{Filter, PageOf, Reason, standing};
use super::store::{self, MetRow, RequestRow, Wanted};
use super::timeline::{self, Step};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::ProviderId;
use crate::transaction::{Status, TransactionId};

/// One more than a page has, which tells whether the list goes on.
const ONE_MORE: u32 = 21;

/// A request, as its person sees it now.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) id: TransactionId,
    pub(super) provider: ProviderId,
    pub(super) provider_name: String,
    pub(super) status: Status,
    pub(super) reason: Option<Reason>,
    pub(super) message: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// When it ended; one whose time has passed ended then.
    pub(super) ended_at: Option<Timestamp>,
}

/// A page of a person's requests, the newest first.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) page: Page<Request>,
    /// The page's number, where it was asked for by number.
    pub(super) number: Option<u32>,
    /// How many numbered pages there are.
    pub(super) pages: u32,
    /// How many requests the filter lets through.
    pub(super) total: u64,
    /// Who has ever asked this person.
    pub(super) met: Vec<MetRow>,
}

/// One request and what happened to it, in order.
#[derive(Clone, Debug)]
pub(super) struct Detail {
    pub(super) request: Request,
    pub(super) steps: Vec<Step>,
}

impl Identity {
    /// The caller's own requests: three statements.
    ///
    /// # Errors
    /// `Unauthorized` where nobody is signed in; the store's.
    pub(super) async fn history(
        &self,
        ctx: &Ctx,
        filter: Filter,
        page: PageOf,
    ) -> Result<History, Fault> {
        let (identity, account, now) = (self.clone(), caller(ctx)?, ctx.now);
        self.accounts
            .db
            .read(async move |conn| identity.page_of(conn, account, &filter, &page, now).await)
            .await
    }

    async fn page_of(
        &self,
        conn: &mut Conn,
        account: AccountId,
        filter: &Filter,
        page: &PageOf,
        now: Timestamp,
    ) -> Result<History, Fault> {
        let span = filter.span(&self.accounts.organisation.get().zone);
        let mut wanted = Wanted {
            account,
            filter,
            span,
            now,
        };
        let total = store::count(conn, &wanted).await?;
        let (rows, number, pages) = match page {
            PageOf::Number(numbered) => {
                let rows = store::rows(conn, &wanted, false, (ONE_MORE, numbered.offset())).await?;
                let number = Some(numbered.number());
                (
                    numbered_page(*numbered, rows),
                    number,
                    numbered.pages(total),
                )
            }
            PageOf::Keyset(request) => {
                if let Some(cursor) = request.cursor() {
                    wanted.span = span.beyond(cursor);
                }
                let rows =
                    store::rows(conn, &wanted, request.is_backwards(), (ONE_MORE, 0)).await?;
                let pages = NumberedPage::new(None, None).map_or(1, |page| page.pages(total));
                (Page::new(request, rows, keyset), None, pages)
            }
        };
        Ok(History {
            page: rows.map(|row| self.seen(row, now)),
            number,
            pages,
            total,
            met: store::met(conn, account).await?,
        })
    }

    /// The newest of the caller's own requests, at most `most`: one statement.
    ///
    /// # Errors
    /// As for [`history`](Self::history).
    pub(super) async fn newest(
        &self,
        ctx: &Ctx,
        filter: Filter,
        most: u32,
    ) -> Result<Vec<Request>, Fault> {
        let (account, now) = (caller(ctx)?, ctx.now);
        let span = filter.span(&self.accounts.organisation.get().zone);
        let rows = self.accounts.db.read(async move |conn| {
            let wanted = Wanted {
                account,
                filter: &filter,
                span,
                now,
            };
            Ok::<_, Fault>(store::rows(conn, &wanted, false, (most, 0)).await?)
        });
        Ok(rows
            .await?
            .into_iter()
            .map(|row| self.seen(row, now))
            .collect())
    }

    /// One of the caller's own requests.
    ///
    /// # Errors
    /// [`Fault::UnknownTransaction`] also for another person's and for a decoy.
    pub(super) async fn history_detail(
        &self,
        ctx: &Ctx,
        id: TransactionId,
    ) -> Result<Detail, Fault> {
        let (account, now) = (caller(ctx)?, ctx.now);
        let found = self
            .accounts
            .db
            .read(async move |conn| timeline::store::find(conn, account, id).await)
            .await?
            .ok_or(Fault::UnknownTransaction)?;
        let request = self.seen(found.request.clone(), now);
        Ok(Detail {
            steps: timeline::steps(&request, &found),
            request,
        })
    }

    pub(super) fn seen(&self, row: RequestRow, now: Timestamp) -> Request {
        let status = standing(row.status, row.expires_at, now);
        let most = self.config.pin_attempts_per_transaction;
        Request {
            id: row.id,
            provider: row.provider_id,
            provider_name: row.provider_name,
            status,
            reason: row
                .failure_reason
                .map(|reason| Reason::of(reason, row.attempts, most)),
            message: row.binding_message,
            created_at: row.created_at,
            expires_at: row.expires_at,
            ended_at: row
                .ended_at
                .or_else(|| (status == Status::Expired).then_some(row.expires_at)),
        }
    }
}

/// The account that is signed in; a phone's signature reads no history.
fn caller(ctx: &Ctx) -> Result<AccountId, Fault> {
    match &ctx.principal {
        Principal::Account(caller) => Ok(caller.account),
        Principal::Device(_) | Principal::Nobody => Err(AccountsFault::Unauthorized.into()),
    }
}

fn keyset(row: &RequestRow) -> (Key, uuid::Uuid) {
    (Key::Number(row.created_at.micros()), row.id.uuid())
}

/// A numbered page, with the cursors of those beside it.
fn numbered_page(numbered: NumberedPage, mut rows: Vec<RequestRow>) -> Page<RequestRow> {
    let limit = usize::try_from(numbered.limit()).unwrap_or(usize::MAX);
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    let at = |row: &RequestRow, backwards| {
        let (key, id) = keyset(row);
        Cursor { backwards, key, id }.encode()
    };
    Page {
        next: rows.last().filter(|_| goes_on).map(|row| at(row, false)),
        previous: rows
            .first()
            .filter(|_| numbered.number() > 1)
            .map(|row| at(row, true)),
        items: rows,
    }
}
