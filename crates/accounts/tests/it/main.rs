//! What accounts promises, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod audit;
mod browser;
mod doors;
mod guards;
mod imports;
mod life;
mod limits;
mod locks;
mod login;
mod pairing;
mod password;
mod phone;
mod pin;
mod refresh;
mod register;
mod sessions;
mod signature;
