//! Who calls the small app.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hanok_base::secret::sha256;
use hanok_base::{Id, Timestamp};
use hanok_web::{
    Authenticate, Caller, DeviceCaller, Error, Locale, PermissionSet, Principal, RequestHead, Via,
    codes,
};
use uuid::Uuid;

/// Knows the cookie `session=kim`, the tokens `kim`, `english`, `manager` and `stale`, the keys
/// `server`, and phones whose signature is the body's hash.
pub struct Callers;

pub fn kim() -> Caller {
    Caller {
        account: Id::from_uuid(Uuid::from_u128(1)),
        name: "김하늘".into(),
        session: None,
        api_key: None,
        via: Via::Bearer,
        permissions: PermissionSet::default(),
        roles: Arc::default(),
        version: 1,
        password_confirmed_at: None,
        locale: None,
        theme: None,
    }
}

fn who(head: RequestHead<'_>) -> Result<Principal, Error> {
    if let Some(signature) = head.header("x-device-signature") {
        let hash = head.body_sha256.unwrap();
        let signed = format!("{} {}", head.target, hash[0]);
        return if signature == signed {
            Ok(phone())
        } else {
            Err(Error::new(codes::INVALID_DEVICE))
        };
    }
    let caller = match (head.header("authorization"), head.cookie("session")) {
        (Some("Bearer kim"), _) => kim(),
        (Some("Bearer english"), _) => Caller {
            locale: Some(Locale::En),
            ..kim()
        },
        (Some("Bearer manager"), _) => Caller {
            permissions: ["manage"].into_iter().collect(),
            ..kim()
        },
        (Some("Bearer super"), _) => Caller {
            permissions: PermissionSet::everything(),
            ..kim()
        },
        (Some("Bearer server"), _) => Caller {
            via: Via::ApiKey,
            api_key: Some(Uuid::from_u128(7)),
            ..kim()
        },
        (Some("Bearer away"), _) => return Err(Error::unavailable("no database")),
        (Some(_), _) => return Err(Error::unauthorized().detail("error.invalid_credentials")),
        (None, Some("kim")) => Caller {
            via: Via::Cookie,
            ..kim()
        },
        (None, _) => return Ok(Principal::Nobody),
    };
    Ok(Principal::Account(caller))
}

fn phone() -> Principal {
    Principal::Device(DeviceCaller {
        account: kim().account,
        device: Uuid::from_u128(2),
        version: 1,
        nonce: "n".to_owned(),
        signed_at: Timestamp::default(),
        locale: None,
    })
}

impl Authenticate for Callers {
    fn authenticate<'a>(
        &'a self,
        head: RequestHead<'a>,
    ) -> BoxFuture<'a, Result<Principal, Error>> {
        async move { who(head) }.boxed()
    }
}

/// What a phone of the tests signs: the target as sent and the first byte of the body's hash.
pub fn signature(target: &str, body: &str) -> String {
    format!("{target} {}", sha256(body.as_bytes())[0])
}
