//! `/account/devices`: the paired phones, a QR code for a new one, and letting one go.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use hanok_base::{Secret, Timestamp};
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Access, Ctx, Page, Path, Redirected, Routes, SignedIn};

use super::qr::Qr;
use super::store::{DeviceId, DeviceRow};
use crate::account::my::{NOTHING, Standing, Tab};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::text;

/// Where a code for a new phone is made.
const PAIR: &str = "/account/devices/pair";

/// The pages about one's own phones.
pub(crate) fn routes() -> Routes<Accounts> {
    let path = Tab::Devices.path();
    Routes::new()
        .page(Method::GET, path, show, Access::SignedIn)
        .page(Method::GET, PAIR, back, Access::SignedIn)
        .page(Method::POST, PAIR, pair, Access::SignedIn)
        .page(
            Method::POST,
            "/account/devices/{id}/revoke",
            revoke,
            Access::SignedIn,
        )
}

/// Whether a phone can be paired now.
enum Way {
    /// A fresh password reset holds changes back.
    Held,
    /// The number must be proven first.
    Unproven,
    /// As many phones are paired as may be.
    Full,
    /// The password must be given first.
    Unconfirmed,
    /// A code can be made.
    Open,
}

#[derive(Template)]
#[template(path = "account/devices.html")]
struct DevicesBody {
    tab: Tab,
    devices: Vec<DeviceRow>,
    way: Way,
    has_pin: bool,
    confirm: String,
}

/// `GET /account/devices`.
async fn show(State(accounts): State<Accounts>, ctx: Ctx, _: SignedIn) -> Result<Page, Error> {
    let standing = accounts.my_standing(&ctx).await?;
    let body = DevicesBody {
        tab: Tab::Devices,
        devices: accounts.my_devices(&ctx).await?,
        way: accounts.pairing_way(&standing),
        has_pin: standing.has_pin(),
        confirm: Tab::Devices.confirm(),
    };
    Ok(Tab::page(
        text::my::devices::title(),
        text::my::devices::purpose(),
        body,
    ))
}

#[derive(Template)]
#[template(path = "account/pair.html")]
struct PairBody {
    tab: Tab,
    qr: Qr,
    address: String,
    code: Secret,
    expires_at: Timestamp,
    is_secure: bool,
    /// The phone that was paired last, for the script that waits for another.
    newest: String,
}

/// `GET /account/devices/pair`: a code is shown once; who asks again is led back.
async fn back(_: SignedIn) -> Redirected {
    Redirected::to(Tab::Devices.path())
}

/// `POST /account/devices/pair`: the code, shown this once.
async fn pair(State(accounts): State<Accounts>, ctx: Ctx, _: SignedIn) -> Result<Response, Error> {
    let (code, expires_at) = match accounts.start_pairing(&ctx, None).await {
        Ok(made) => made,
        Err(fault) => return Ok(Tab::Devices.refused(fault, NOTHING).into_response()),
    };
    let newest = accounts.my_devices(&ctx).await?.into_iter().next();
    let newest = newest.map(|device| device.id.to_string());
    let body = PairBody::new(&accounts.origin, code, expires_at, newest)?;
    let title = text::my::devices::pairing();
    let page = Tab::page(title, text::my::devices::pairing_purpose(), body);
    Ok(page.into_response())
}

impl PairBody {
    fn new(
        origin: &str,
        code: Secret,
        expires_at: Timestamp,
        newest: Option<String>,
    ) -> Result<Self, Fault> {
        let address = format!("{origin}/phone#pair={}", code.expose());
        let qr = Qr::of(&address).ok_or_else(|| Fault::Internal("no QR code".to_owned()))?;
        Ok(Self {
            tab: Tab::Devices,
            qr,
            address,
            code,
            expires_at,
            is_secure: origin.starts_with("https://"),
            newest: newest.unwrap_or_default(),
        })
    }
}

/// `POST /account/devices/{id}/revoke`: the phone is let go at once.
async fn revoke(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Path(id): Path<DeviceId>,
) -> Redirected {
    match accounts.revoke_device(&ctx, id).await {
        // What is gone already is as it was wished.
        Ok(()) | Err(Fault::NotFound) => Tab::Devices.done(text::my::devices::revoked()),
        Err(fault) => Tab::Devices.refused(fault, NOTHING),
    }
}

impl Accounts {
    fn pairing_way(&self, standing: &Standing) -> Way {
        let most = usize::try_from(self.config.devices_max).unwrap_or(usize::MAX);
        if standing.is_held {
            Way::Held
        } else if !standing.is_proven() {
            Way::Unproven
        } else if standing.devices >= most {
            Way::Full
        } else if standing.is_confirmed {
            Way::Open
        } else {
            Way::Unconfirmed
        }
    }
}
