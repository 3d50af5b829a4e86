//! `/account/privacy/download`: all that is kept of me, as JSON files in a ZIP archive.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hanok_db::Tx;
use hanok_web::error::Error;
use hanok_web::{Ctx, Redirected, SignedIn};
use serde::Serialize;
use serde_json::{Value, json};

use super::api::MyRecordsOut;
use super::service::RecordIn;
use super::zip;
use crate::AccountId;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::session::confirm::in_person;
use crate::sign_in::my_pages;

/// The most pages of a hundred rows that are taken along: whoever has more finds them on the page.
const MOST_PAGES: usize = 200;
/// How many rows a page has.
const AT_ONCE: u32 = 100;

/// `GET /account/privacy/download`: asks for the password, and is on the record.
pub(super) async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
) -> Result<Response, Error> {
    match accounts.my_data(&ctx).await {
        Ok(archive) => {
            let name = format!("hanok-{}.zip", accounts.today(ctx.now));
            let headers = [
                (CONTENT_TYPE, "application/zip".to_owned()),
                (
                    CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{name}\""),
                ),
                (CACHE_CONTROL, "no-store".to_owned()),
            ];
            Ok((headers, archive).into_response())
        }
        Err(Fault::PasswordRequired) => Ok(Redirected::to(confirm()).into_response()),
        Err(fault) => Err(fault.into()),
    }
}

/// Where the password is given; the file comes behind it, without being asked for again.
fn confirm() -> String {
    format!("{}?next=/account/privacy/download", my_pages::CONFIRM)
}

impl Accounts {
    /// All that is kept of the caller, each app's part in a file of its own; CI and DI, which are nobody's to carry
    /// about, are not in it.
    ///
    /// # Errors
    /// [`Fault::PasswordRequired`]; the store's.
    async fn my_data(&self, ctx: &Ctx) -> Result<Vec<u8>, Fault> {
        let account = in_person(ctx)?.account;
        self.note_download(ctx, account).await?;
        let mut files = vec![
            file("account.json", &self.facts_of(account).await?)?,
            file("records.json", &self.my_records(ctx).await?)?,
        ];
        for part in self.leaving.data() {
            let read = (part.read)(account).await;
            files.push(file(part.file, &read.map_err(Fault::Internal)?)?);
        }
        zip::archive(&files).map_err(|error| Fault::Internal(error.to_string()))
    }

    async fn note_download(&self, ctx: &Ctx, account: AccountId) -> Result<(), Fault> {
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                accounts.require_password(tx, &ctx).await?;
                let entry = Entry::new(Action::DataExport)
                    .subject(account)
                    .details(json!({ "export": "my_data" }));
                let origin = Origin::from(&ctx);
                accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(())
            })
            .await
    }

    /// The rows of the trail about the caller, the newest first, as `/api/v1/me/audit-logs` tells of them, and whether
    /// there are older ones.
    async fn my_records(&self, ctx: &Ctx) -> Result<Value, Fault> {
        let mut rows = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let asked = RecordIn {
                cursor,
                limit: Some(AT_ONCE),
                ..RecordIn::default()
            };
            let record = self.my_record(ctx, false, asked.page()?, false).await?;
            let page = serde_json::to_value(MyRecordsOut::from(record));
            let mut page = page.map_err(|error| Fault::Internal(error.to_string()))?;
            let found = page.get_mut("records").map(Value::take);
            if let Some(Value::Array(found)) = found {
                rows.extend(found);
            }
            cursor = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        Ok(json!({ "truncated": cursor.is_some(), "records": rows }))
    }
}

fn file(name: &'static str, content: &impl Serialize) -> Result<(&'static str, Vec<u8>), Fault> {
    let bytes = serde_json::to_vec_pretty(content);
    Ok((
        name,
        bytes.map_err(|error| Fault::Internal(error.to_string()))?,
    ))
}
