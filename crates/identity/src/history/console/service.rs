//! Those who look after providers read what was asked of people.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::permission::DataExport;
use hanok_accounts::{AccountId, account};
use hanok_base::Timestamp;
use hanok_db::paging::Key;
use hanok_db::{Conn, Page, PageRequest, Tx};
use hanok_web::{Caller, Ctx, Permission};
use serde_json::json;
use uuid::Uuid;

use super::rules::Asked;
use super::statement::{Sight, Wanted};
use super::store::{self, COUNTED, OfferedRow, PersonRow, Row};
use crate::context::Identity;
use crate::fault::Fault;
use crate::history::rules::Reason;
use crate::history::service::Request;
use crate::history::timeline::{self, Step};
use crate::provider::{By, ProviderId};
use crate::transaction::TransactionId;

/// How many requests a file is written from at once.
pub(super) const AT_ONCE: u32 = 500;

/// Who was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: AccountId,
    pub(super) name: String,
    pub(super) username: String,
    /// The phone number, masked.
    pub(super) phone: Option<String>,
}

/// A request, as those see it who look after its provider.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) request: Request,
    /// Nobody where nobody has the number, and where the reader may not know.
    pub(super) person: Option<Person>,
}

/// A page of requests, the newest first.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) page: Page<Listed>,
    /// How many the filters let through, counted to a bound.
    pub(super) total: u64,
    /// There are more than were counted.
    pub(super) is_more: bool,
    /// The providers that the list can be narrowed to.
    pub(super) providers: Vec<OfferedRow>,
}

/// One request and what happened to it, in order.
#[derive(Clone, Debug)]
pub(super) struct Detail {
    pub(super) listed: Listed,
    pub(super) steps: Vec<Step>,
    /// What its provider was told of, where it is.
    pub(super) delivery: Option<Uuid>,
}

impl Sight {
    /// What `caller` sees, who looks after providers.
    pub(super) fn of(caller: &Caller) -> Self {
        let owner = By::Person(caller.clone()).only_own();
        owner.map_or(Self::All, Self::Own)
    }
}

impl Identity {
    /// A page of the requests of the providers that the caller manages: three statements at most, and one more where
    /// nothing is left behind a cursor. Where one person's are asked for, that person sees who looked.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn transactions(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        asked: Asked,
        request: PageRequest,
    ) -> Result<Listing, Fault> {
        let (identity, sight, now) = (self.clone(), Sight::of(caller), ctx.now);
        let details = json!({ "list": "transactions", "filters": asked.names });
        let read = self.accounts.db.read(async move |conn| {
            let looked = (sight, &asked, now);
            identity.listing(conn, looked, &request).await
        });
        let (listing, whose) = read.await?;
        let entry = Entry::new(Action::AuditSearch).details(details);
        self.note_look(ctx, caller, whose, entry).await?;
        Ok(listing)
    }

    async fn listing(
        &self,
        conn: &mut Conn,
        (sight, asked, now): (Sight, &Asked, Timestamp),
        request: &PageRequest,
    ) -> Result<(Listing, Option<AccountId>), Fault> {
        let providers = store::providers(conn, sight).await?;
        let Some(person) = person(conn, asked).await? else {
            return Ok((Listing::nothing(providers), None));
        };
        let mut wanted = Wanted {
            sight,
            owned: owned(sight, &providers),
            person: person.of(),
            filter: asked.filter.clone(),
            span: asked.filter.span(&self.accounts.organisation.get().zone),
            now,
            backwards: request.is_backwards(),
            most: request.rows(),
        };
        let whole = wanted.clone();
        if let Some(cursor) = request.cursor() {
            wanted.span = wanted.span.beyond(cursor);
        }
        let (rows, total) = store::rows_counted(conn, &wanted, &whole).await?;
        let total = match total {
            Some(total) => total,
            None if request.cursor().is_none() => 0,
            None => store::count(conn, &whole).await?,
        };
        let keyset = |(row, _): &Row| (Key::Number(row.created_at.micros()), row.id.uuid());
        let page = Page::new(request, rows, keyset);
        let listing = Listing {
            page: page.map(|row| self.listed(sight, row, now)),
            total: total.min(u64::from(COUNTED)),
            is_more: total > u64::from(COUNTED),
            providers,
        };
        Ok((listing, person.of()))
    }

    /// Puts on the record that somebody looked at what another person was asked.
    async fn note_look(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        whose: Option<AccountId>,
        entry: Entry,
    ) -> Result<(), Fault> {
        match whose.filter(|account| *account != caller.account) {
            Some(account) => self.note_reading(ctx, entry.subject(account)).await,
            None => Ok(()),
        }
    }

    async fn note_reading(&self, ctx: &Ctx, entry: Entry) -> Result<(), Fault> {
        let (identity, origin) = (self.clone(), Origin::from(ctx));
        let written = self.accounts.db.write(async move |tx: &mut Tx| {
            identity.accounts.audit.record(tx, &origin, entry).await?;
            Ok::<_, Fault>(())
        });
        written.await
    }

    /// The providers of whose requests the caller sees: one statement.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn providers_of_transactions(
        &self,
        caller: &Caller,
    ) -> Result<Vec<OfferedRow>, Fault> {
        let sight = Sight::of(caller);
        let read = self
            .accounts
            .db
            .read(async move |conn| store::providers(conn, sight).await);
        Ok(read.await?)
    }

    /// One request of a provider that the caller manages: four statements. Who was asked sees who looked.
    ///
    /// # Errors
    /// [`Fault::UnknownTransaction`], also where the caller may not know of the provider.
    pub(super) async fn transaction_detail(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: TransactionId,
    ) -> Result<Detail, Fault> {
        let (sight, now) = (Sight::of(caller), ctx.now);
        let read = self
            .accounts
            .db
            .read(async move |conn| store::detail(conn, id, sight).await);
        let (found, person) = read.await?.ok_or(Fault::UnknownTransaction)?;
        let listed = self.listed(sight, (found.request.clone(), person), now);
        let whose = listed.person.as_ref().map(|person| person.id);
        let entry = Entry::new(Action::AuditSearch).target("auth_transaction", id.uuid());
        self.note_look(ctx, caller, whose, entry).await?;
        Ok(Detail {
            steps: timeline::steps(&listed.request, &found),
            delivery: found.delivery.as_ref().map(|delivery| delivery.id),
            listed,
        })
    }

    /// Puts an export on the record, also of the person whose requests alone it is of, and says what it is of.
    ///
    /// # Errors
    /// `Forbidden` without `data_export`; the store's.
    pub(super) async fn export_transactions(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        asked: Asked,
    ) -> Result<Option<Wanted>, Fault> {
        if !caller.permissions.contains(DataExport::NAME) {
            return Err(Fault::Accounts(hanok_accounts::Fault::Forbidden));
        }
        let details = json!({ "export": "transactions", "filters": asked.names });
        let (identity, sight, now) = (self.clone(), Sight::of(caller), ctx.now);
        let read = self.accounts.db.read(async move |conn| {
            let providers = store::providers(conn, sight).await?;
            let zone = identity.accounts.organisation.get().zone.clone();
            let person = person(conn, &asked).await?;
            Ok::<_, Fault>(person.map(|person| Wanted {
                sight,
                owned: owned(sight, &providers),
                person: person.of(),
                span: asked.filter.span(&zone),
                filter: asked.filter,
                now,
                backwards: false,
                most: AT_ONCE,
            }))
        });
        let wanted = read.await?;
        let entry = Entry {
            subject: wanted.as_ref().and_then(|wanted| wanted.person),
            ..Entry::new(Action::DataExport).details(details)
        };
        self.note_reading(ctx, entry).await?;
        Ok(wanted)
    }

    /// A request, as this reader may see it.
    pub(super) fn listed(&self, sight: Sight, (row, person): Row, now: Timestamp) -> Listed {
        let mut request = self.seen(row, now);
        if sight != Sight::All && request.reason == Some(Reason::WrongPin) {
            request.reason = Some(Reason::NotConfirmed);
        }
        Listed {
            request,
            person: person.known(),
        }
    }
}

impl Listing {
    const fn nothing(providers: Vec<OfferedRow>) -> Self {
        Self {
            page: Page {
                items: Vec::new(),
                next: None,
                previous: None,
            },
            total: 0,
            is_more: false,
            providers,
        }
    }
}

impl PersonRow {
    fn known(self) -> Option<Person> {
        Some(Person {
            id: self.id?,
            name: self.name?,
            username: self.username?,
            phone: self.phone_masked,
        })
    }
}

/// Whose requests are wanted.
enum Whose {
    Anybody,
    This(AccountId),
}

impl Whose {
    const fn of(&self) -> Option<AccountId> {
        match self {
            Self::Anybody => None,
            Self::This(account) => Some(*account),
        }
    }
}

/// Whose requests are wanted; `None` where nobody has this name.
async fn person(conn: &mut Conn, asked: &Asked) -> Result<Option<Whose>, Fault> {
    let Some(name) = &asked.person else {
        return Ok(Some(Whose::Anybody));
    };
    let found = account::find_by_username(conn, name.normalised()).await?;
    Ok(found.map(|account| Whose::This(account.id)))
}

fn owned(sight: Sight, providers: &[OfferedRow]) -> Vec<ProviderId> {
    match sight {
        Sight::All => Vec::new(),
        Sight::Own(_) => providers.iter().map(|provider| provider.id).collect(),
    }
}
