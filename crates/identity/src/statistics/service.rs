//! What a provider, and whoever looks after it, reads of its days.

use std::collections::HashMap;

use axum::http::HeaderMap;
use hanok_accounts::permission::ProviderStatistics;
use hanok_base::Timestamp;
use hanok_db::Conn;
use hanok_web::error::FieldError;
use hanok_web::{Ctx, Permission};
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::context::Identity;
use crate::day::{Day, days_before};
use crate::fault::Fault;
use crate::provider::{By, ProviderId, ProviderRow, credentials, find, find_by_client_id};
use crate::tally::{Counts, Tally};

/// The most days that can be asked for.
pub(super) const MOST_DAYS: u32 = 366;

/// What became of a provider's requests.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ServiceStatistics {
    /// The provider.
    #[schema(value_type = String)]
    pub service_id: ProviderId,
    /// Its name.
    pub service_name: String,
    /// How many days, today included.
    pub days: u32,
    /// Each of these days where the organisation is, today first.
    pub daily: Vec<DayOut>,
    /// All of them together.
    pub summary: Tally,
}

/// What became of a provider's requests of a day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DayOut {
    /// Which day, `YYYY-MM-DD`.
    pub date: String,
    /// How its requests ended.
    #[serde(flatten)]
    pub tally: Tally,
}

impl Identity {
    /// Who asks for statistics: a provider by its credentials, or a person who may read those of the
    /// providers they manage.
    ///
    /// # Errors
    /// As [`authenticate_client`](Self::authenticate_client); not found for a person without the
    /// permission; `Unauthorized` for nobody.
    pub(super) async fn reader_of_statistics(
        &self,
        ctx: &Ctx,
        headers: &HeaderMap,
    ) -> Result<By, Fault> {
        if let Some(given) = credentials(headers, None) {
            let provider = self.authenticate_client(ctx, Some(given)).await?;
            return Ok(By::Provider(provider.id));
        }
        match ctx.principal.caller() {
            Some(caller) if caller.permissions.contains(ProviderStatistics::NAME) => {
                Ok(By::Person(caller.clone()))
            }
            Some(_) => Err(Fault::not_found()),
            None => Err(Fault::Accounts(hanok_accounts::Fault::Unauthorized)),
        }
    }

    /// What became of the requests of one provider, named by its id or client id, over the `days` days
    /// that end today.
    ///
    /// # Errors
    /// A field error for a number of days that is not 1 to 366; not found, also for a provider that `by`
    /// may not know of.
    pub async fn service_statistics(
        &self,
        by: &By,
        service: &str,
        days: u32,
        now: Timestamp,
    ) -> Result<ServiceStatistics, Fault> {
        if !(1..=MOST_DAYS).contains(&days) {
            let field = FieldError::new("/days", "out_of_range").arg("min", 1);
            return Err(Fault::fields(vec![field.arg("max", MOST_DAYS)]));
        }
        let (by, service) = (by.clone(), service.to_owned());
        let zone = self.accounts.organisation.get().zone.clone();
        self.accounts
            .db
            .report(async move |conn| {
                let provider = named(conn, &service).await?.filter(|row| by.reaches(row));
                let provider = provider.ok_or_else(Fault::not_found)?;
                of_provider(conn, &provider, days, now, &zone).await
            })
            .await
    }
}

/// The provider of this id or client id.
async fn named(conn: &mut Conn, service: &str) -> Result<Option<ProviderRow>, Fault> {
    Ok(match service.parse() {
        Ok(id) => find(conn, id).await?,
        Err(_) => find_by_client_id(conn, service).await?,
    })
}

async fn of_provider(
    conn: &mut Conn,
    provider: &ProviderRow,
    days: u32,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<ServiceStatistics, Fault> {
    let today = now.local_date(zone);
    let oldest = days_before(today, days - 1).to_string();
    let filled: HashMap<String, Counts> = store::filled(conn, provider.id, &oldest)
        .await?
        .into_iter()
        .collect();
    let (mut daily, mut sum) = (Vec::new(), Counts::default());
    for ago in 0..days {
        let day = Day::of(days_before(today, ago), zone);
        let date = day.date.to_string();
        let counts = match filled.get(&date) {
            Some(counts) => *counts,
            None => store::count_of(conn, provider.id, &day).await?,
        };
        sum = sum.plus(counts);
        daily.push(DayOut {
            date,
            tally: counts.into(),
        });
    }
    Ok(ServiceStatistics {
        service_id: provider.id,
        service_name: provider.name.clone(),
        days,
        daily,
        summary: sum.into(),
    })
}
