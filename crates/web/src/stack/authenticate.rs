//! Who is calling.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, StatusCode, Uri};
use hanok_base::secret::sha256;

use crate::error::Error;
use crate::exchange::Exchange;
use crate::extract::read_body;
use crate::principal::{Authenticate, Principal, RequestHead};

const X_DEVICE_ID: HeaderName = HeaderName::from_static("x-device-id");

/// Asks the authenticators in turn. A phone signs the body, so that it is read and hashed before.
pub(super) async fn authenticate(
    authenticators: &[Arc<dyn Authenticate>],
    exchange: &Exchange,
    request: Request,
    sent: &Uri,
) -> Result<(Principal, Request), Error> {
    let is_signed = request.headers().contains_key(X_DEVICE_ID);
    let (request, body_sha256) = if is_signed {
        hash_body(request).await?
    } else {
        (request, None)
    };
    let head = RequestHead {
        method: request.method(),
        target: sent.path_and_query().map_or("/", |target| target.as_str()),
        headers: request.headers(),
        address: exchange.address,
        agent: &exchange.agent,
        request_id: &exchange.request_id,
        now: exchange.now,
        body_sha256,
    };
    for authenticator in authenticators {
        match authenticator.authenticate(head).await {
            Ok(Principal::Nobody) => {}
            Ok(known) => return Ok((known, request)),
            Err(refused) if refused.status() == StatusCode::UNAUTHORIZED && !is_signed => {
                exchange.keep_refusal(refused);
            }
            Err(refused) => return Err(refused),
        }
    }
    Ok((Principal::Nobody, request))
}

async fn hash_body(request: Request) -> Result<(Request, Option<[u8; 32]>), Error> {
    let (parts, body) = request.into_parts();
    let bytes = read_body(body).await?;
    let hash = sha256(&bytes);
    Ok((Request::from_parts(parts, Body::from(bytes)), Some(hash)))
}
