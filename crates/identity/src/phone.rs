//! `/phone`: the paired phone, or the place where a browser becomes one.
//!
//! The page holds nothing of a person: its shell is kept by a service worker, and the key in the browser is
//! what signs in. What it shows of requests, its script asks the phone's own API for.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_base::i18n::Text;
use hanok_web::page::filters;
use hanok_web::{Access, Layout, Page, Routes};

use crate::context::Identity;
use crate::text;

/// The page, and what it needs of nobody.
pub(crate) fn routes() -> Routes<Identity> {
    Routes::new().page(Method::GET, "/phone", show, Access::Public)
}

#[derive(Template)]
#[template(path = "phone.html")]
struct PhoneBody {
    origin: String,
    is_demo: bool,
    texts: &'static [(&'static str, Text)],
}

async fn show(State(identity): State<Identity>) -> Page {
    let body = PhoneBody {
        origin: identity.accounts.origin.clone(),
        is_demo: identity.demo,
        texts: TEXTS,
    };
    let page = Page::new(text::phone_page::title(), body)
        .layout(Layout::Bare)
        .entry("phone");
    // The demo shows it beside the shop.
    if identity.demo {
        page.framed_by_self()
    } else {
        page
    }
}

/// The script's texts by its own names. It fills in their values itself, so that they are given none here.
macro_rules! texts {
    ($($name:ident)*) => {
        &[$({
            #[expect(unused_imports, reason = "a name that the catalogue has not fails the build")]
            use crate::text::phone_page::$name as _;
            (stringify!($name), Text::new(concat!("phone_page.", stringify!($name))))
        }),*]
    };
}

const TEXTS: &[(&str, Text)] = texts! {
    title demo online connecting offline sound_on sound_off retry unsupported_title unsupported_note
    pair_title pair_note pair_replaces pair_code pair_name pair_name_hint pair_submit pair_sending pair_cancel
    pair_code_missing pair_name_missing name_iphone name_android name_other
    idle_title idle_note idle_phone forget forget_sure forget_yes forget_no
    asks asked_at arrived time_left choose choose_first
    pin pin_entered pin_digit pin_delete pin_clear pin_wrong pin_first
    sign_in_asks sign_in_from sign_in_beware sign_in_arrived sign_in_approved_note sign_in_denied_note
    approve approving deny denying others show_other ok
    approved_title approved_note denied_title denied_note expired_title expired_note ended_title ended_note
    elsewhere_title elsewhere_note revoked_title revoked_note pair_again refused_title
    error_already_processed error_transaction_expired error_binding_mismatch error_invalid_pin
    error_account_locked error_account_disabled error_provider_inactive error_unknown_transaction
    error_device_required error_invalid_device error_invalid_request error_rate_limited error_busy
    error_unavailable error_network error_unknown
};
