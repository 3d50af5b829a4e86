//! Alerts as the interface tells of them.

use hanok_accounts::AccountId;
use hanok_accounts::detection::AlertKind;
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::service::AlertList;
use super::store::{AlertId, AlertRow};

/// Something that somebody should look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertOut {
    /// Its id.
    #[schema(value_type = String)]
    id: AlertId,
    /// `failed_sign_ins`, `failing_person`, `many_addresses` or `server_error`.
    #[schema(value_type = String)]
    kind: AlertKind,
    /// What tells it from others of its kind: of a `server_error` the route and the error.
    subject: String,
    /// Whose account it concerns.
    #[schema(value_type = Option<String>)]
    account_id: Option<AccountId>,
    /// What that person signs in with.
    username: Option<String>,
    /// How often it was seen within its hour.
    times: i64,
    /// When it was seen first.
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    /// When it was seen last.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
    /// When somebody took note of it.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// Who did.
    #[schema(value_type = Option<String>)]
    acknowledged_by: Option<AccountId>,
    /// What they said of it.
    note: Option<String>,
}

/// Which page of the alerts it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertPaginationOut {
    /// Its number, from 1.
    page: u32,
    /// How many a page has.
    per_page: u32,
    /// How many the filters let through.
    total: u64,
    /// How many pages can be asked for, at most 500.
    pages: u32,
}

/// A page of alerts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertsOut {
    /// The alerts.
    alerts: Vec<AlertOut>,
    /// Which page it is.
    pagination: AlertPaginationOut,
}

impl From<AlertRow> for AlertOut {
    fn from(row: AlertRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            subject: row.subject,
            account_id: row.account_id,
            username: row.username,
            times: row.times,
            first_at: row.first_at,
            last_at: row.last_at,
            acknowledged_at: row.acknowledged_at,
            acknowledged_by: row.acknowledged_by,
            note: row.note,
        }
    }
}

impl From<AlertList> for AlertsOut {
    fn from(list: AlertList) -> Self {
        Self {
            alerts: list.alerts.into_iter().map(AlertOut::from).collect(),
            pagination: AlertPaginationOut {
                page: list.page,
                per_page: list.per_page,
                total: list.total,
                pages: list.pages,
            },
        }
    }
}
