//! What accounts promises, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod api_keys;
mod audit;
mod browser;
mod doors;
mod email;
mod guards;
mod home;
mod imports;
mod life;
mod limits;
mod locks;
mod login;
mod mail;
mod my;
mod neighbours;
mod pairing;
mod password;
mod password_reset;
mod phone;
mod pin;
mod refresh;
mod register;
mod sessions;
mod setup;
mod signature;
mod sweep;
