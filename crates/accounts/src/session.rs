//! Sessions: where an account is signed in, its tokens, and how fast a change reaches every process.

pub mod agent;
pub(crate) mod api;
mod authenticate;
mod browser;
pub(crate) mod cache;
pub(crate) mod confirm;
pub mod device;
mod issue;
mod neighbours;
mod new_place;
pub(crate) mod pages;
mod places;
pub(crate) mod read_tokens;
mod refresh;
pub(crate) mod revocation;
mod seat;
pub(crate) mod store;
mod token;

pub use agent::told as agent_in_words;
pub use authenticate::AccountsAuthenticator;
pub(crate) use authenticate::locale;
pub use browser::{SESSION_PATH, SignedInBy};
pub use issue::{Grant, SignInOut, UserOut};
pub use store::{PlaceRow, SessionId, SessionKind};

/// When a session last proved the password; `None` where it never did or has ended.
///
/// # Errors
/// The store's.
pub async fn password_given_at(
    conn: &mut hanok_db::Conn,
    session: uuid::Uuid,
    account: crate::AccountId,
) -> Result<Option<hanok_base::Timestamp>, hanok_db::DbError> {
    let id = SessionId::from_uuid(session);
    Ok(store::confirmed_at(conn, id, account).await?.flatten())
}
