//! The client of the SMS gateway: an address that the operator configured, not one that others chose.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Secret;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;

use super::{HttpSms, Pending, Post, Sms};
use crate::config::AccountsConfig;

const TIMEOUT: Duration = Duration::from_secs(10);

struct Gateway(Client);

impl Post for Gateway {
    fn post<'a>(
        &'a self,
        url: &'a str,
        bearer: &'a Secret,
        json: &'a str,
    ) -> Pending<'a, Result<u16, String>> {
        Box::pin(async move {
            let request = self
                .0
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .body(json.to_owned());
            let request = if bearer.is_empty() {
                request
            } else {
                request.bearer_auth(bearer.expose())
            };
            let answer = request
                .send()
                .await
                .map_err(|error| error.without_url().to_string())?;
            Ok(answer.status().as_u16())
        })
    }
}

/// The sender of `accounts.sms = "http"`.
///
/// # Errors
/// When the client cannot be made.
pub fn gateway(config: &AccountsConfig) -> Result<Arc<dyn Sms>, reqwest::Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the operator's own gateway may lie in a private network"
    )]
    let client = Client::builder()
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .build()?;
    let url = config.sms_url.clone().unwrap_or_default();
    let token = config.sms_token.clone().unwrap_or_default();
    Ok(Arc::new(HttpSms::new(Gateway(client), url, token)))
}
