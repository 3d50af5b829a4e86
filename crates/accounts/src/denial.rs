//! Refusals for lack of permission, on the record.

use axum::http::Method;
use futures_util::future::BoxFuture;
use hanok_db::{DbError, Tx};
use hanok_web::{Ctx, Denials};
use serde_json::{Value, json};

use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;

/// Writes an audit row for every 403 `forbidden`: who asked for what.
#[derive(Clone)]
pub struct DenialTrail(pub Accounts);

impl Denials for DenialTrail {
    fn denied(&self, ctx: Ctx, method: Method, route: String) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let asked = json!({ "method": method.as_str(), "route": route });
            self.0.record_refusal(&ctx, asked).await;
        })
    }
}

impl Accounts {
    /// Puts on the record that a caller tried what they may not do, where the answer is no 403 and does not say so.
    /// In a unit of its own, since that of the refused change is taken back.
    pub async fn record_refusal(&self, ctx: &Ctx, tried: Value) {
        let (accounts, origin) = (self.clone(), Origin::from(ctx));
        let entry = Entry::new(Action::PermissionDenied).details(tried);
        let written = self
            .db
            .write(async move |tx: &mut Tx| accounts.audit.record(tx, &origin, entry).await);
        if let Err(error) = written.await.map(|_| ()) as Result<(), DbError> {
            tracing::error!(%error, "a refusal could not be written to the audit trail");
        }
    }
}
