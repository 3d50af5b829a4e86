//! `/admin/transactions`: the requests, with filters above and pages below.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::{DataExport, ProviderManagement};
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, filters};
use hanok_web::{Allowed, Caller, Ctx, Field, Flash, Page, Permission, Query};

use super::rules::TransactionsIn;
use super::service::{Listed, Listing};
use super::store::OfferedRow;
use super::{ENTRY, EXPORT, PATH, words};
use crate::context::Identity;
use crate::history::words as shared;
use crate::provider::By;
use crate::text::{self, transactions as said};
use crate::transaction::Status;

#[derive(Template)]
#[template(path = "transactions/list.html")]
struct ListBody {
    state: Choice,
    provider: Choice,
    person: Field,
    from: Field,
    to: Field,
    query: ListQuery,
    /// Whether the reader sees their own providers alone, and there is none.
    owns_nothing: bool,
    /// Nothing where a filter is wrong.
    found: Option<(Vec<Listed>, Pager)>,
    export: Option<String>,
}

/// `GET /admin/transactions`: what the filters let through; what is wrong with them is said beside each.
pub(super) async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Query(asked): Query<TransactionsIn>,
) -> Result<Page, Error> {
    let checked = asked.check();
    let (found, faults, status) = match checked {
        Ok((wanted, page)) => {
            let found = identity.transactions(&ctx, &caller, wanted, page).await?;
            (Ok(found), Flash::default(), StatusCode::OK)
        }
        Err(fault) => {
            let providers = identity.providers_of_transactions(&caller).await?;
            let faults = Flash::of(&fault.into());
            (Err(providers), faults, StatusCode::BAD_REQUEST)
        }
    };
    let body = ListBody::of(found, &faults, &asked, &caller);
    let page = Page::new(said::title(), body).purpose(said::purpose());
    Ok(page.active(ENTRY).status(status))
}

impl ListBody {
    fn of(
        found: Result<Listing, Vec<OfferedRow>>,
        faults: &Flash,
        asked: &TransactionsIn,
        caller: &Caller,
    ) -> Self {
        let query = asked
            .filters()
            .fold(ListQuery::new(PATH), |query, (name, value)| {
                query.with(name, Some(value))
            });
        let (providers, found) = match found {
            Ok(listing) => {
                let pager = Pager::keyset(
                    query.clone(),
                    listing.page.previous,
                    listing.page.next,
                    listing.total,
                );
                let rows = listing.page.items;
                let pager = pager.at_least(listing.is_more);
                (listing.providers, Some((rows, pager)))
            }
            Err(providers) => (providers, None),
        };
        let only_own = By::Person(caller.clone()).only_own().is_some();
        let may_export = caller.permissions.contains(DataExport::NAME);
        Self {
            state: states(given(asked.state.as_deref())).filled(faults),
            provider: offered(&providers, given(asked.provider.as_deref())).filled(faults),
            person: Field::new("person", said::person())
                .longest(64)
                .filter()
                .value(given(asked.person.as_deref()))
                .filled(faults),
            from: day("from", said::from(), asked.from.as_deref()).filled(faults),
            to: day("to", said::to(), asked.to.as_deref()).filled(faults),
            export: (may_export && found.is_some()).then(|| query.at(EXPORT)),
            query,
            owns_nothing: only_own && providers.is_empty(),
            found,
        }
    }

    fn why(listed: &Listed) -> Option<Text> {
        words::why(&listed.request)
    }
}

fn given(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn day(name: &'static str, label: Text, value: Option<&str>) -> Field {
    Field::new(name, label)
        .kind("date")
        .filter()
        .value(given(value))
}

fn states(chosen: String) -> Choice {
    let any = Choice::new("state", said::state())
        .filter()
        .option("", said::any());
    let all = Status::ALL.iter().fold(any, |choice, status| {
        choice.option(status.as_str(), shared::state(*status))
    });
    all.value(chosen)
}

fn offered(providers: &[OfferedRow], chosen: String) -> Choice {
    let any = Choice::new("provider", said::provider())
        .filter()
        .option("", said::any());
    let all = providers.iter().fold(any, |choice, provider| {
        choice.named(provider.id.to_string(), provider.name.clone())
    });
    all.value(chosen)
}
