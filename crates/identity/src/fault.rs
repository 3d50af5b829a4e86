//! Why a use case of identity refuses; knows no HTTP but for the one conversion at the end.

use std::time::Duration;

use hanok_accounts::command::Failure;
use hanok_db::DbError;
use hanok_web::codes;
use hanok_web::error::{Error, FieldError};

/// Why a use case refuses.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Not pending any more, or no attempt left.
    #[error("the transaction has ended")]
    AlreadyProcessed,
    /// Its time has passed.
    #[error("the transaction has expired")]
    Expired,
    /// The person picked another number than the provider shows.
    #[error("another number was picked")]
    BindingMismatch,
    /// No result yet.
    #[error("the transaction is not completed")]
    NotCompleted,
    /// Unknown client or wrong secret: one answer.
    #[error("unknown client or wrong secret")]
    InvalidClient,
    /// The provider is switched off.
    #[error("the provider is not active")]
    ProviderInactive,
    /// The provider's list has not this address.
    #[error("this address is not on the provider's list")]
    AddressNotAllowed,
    /// No such transaction, or another's.
    #[error("no such transaction")]
    UnknownTransaction,
    /// A transaction of another person, who alone may answer it; told as one that is not there.
    #[error("another person's transaction")]
    AnothersTransaction,
    /// Nobody has this number.
    #[error("nobody has this number")]
    UnknownUser,
    /// Fetched before, or its time has passed.
    #[error("the result is gone")]
    ResultGone,
    /// It would tell who the person is, whose account is erased.
    #[error("the person is erased")]
    PersonErased,
    /// The same key with another body.
    #[error("the idempotency key was used for another request")]
    IdempotencyConflict,
    /// A paired phone must confirm.
    #[error("a paired phone must confirm")]
    DeviceRequired,
    /// Too many requests for this phone.
    #[error("too many requests for this phone")]
    TooManyForPhone(Duration),
    /// Asked again before the interval was over.
    #[error("polled too fast")]
    PolledTooFast(Duration),
    /// What is there stands against it; this text of the catalogue says what.
    #[error("{0}")]
    Conflict(&'static str),
    /// What accounts refused.
    #[error(transparent)]
    Accounts(#[from] hanok_accounts::Fault),
}

impl Fault {
    /// One wrong field.
    pub fn field(pointer: &'static str, code: &'static str) -> Self {
        Self::Accounts(hanok_accounts::Fault::field(pointer, code))
    }

    /// Wrong fields.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self::Accounts(hanok_accounts::Fault::Fields(fields))
    }

    /// Something that cannot be.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::Accounts(hanok_accounts::Fault::Internal(what.into()))
    }

    /// No such thing, or none that the caller may know of.
    pub const fn not_found() -> Self {
        Self::Accounts(hanok_accounts::Fault::NotFound)
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        Self::Accounts(error.into())
    }
}

impl From<hanok_base::keyring::SealError> for Fault {
    fn from(error: hanok_base::keyring::SealError) -> Self {
        Self::Accounts(error.into())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::AlreadyProcessed => Self::new(codes::ALREADY_PROCESSED),
            Fault::Expired => Self::new(codes::TRANSACTION_EXPIRED),
            Fault::BindingMismatch => Self::new(codes::BINDING_MISMATCH),
            Fault::NotCompleted => Self::new(codes::NOT_COMPLETED),
            Fault::InvalidClient => Self::invalid_client(),
            Fault::ProviderInactive => Self::new(codes::PROVIDER_INACTIVE),
            Fault::AddressNotAllowed => Self::new(codes::IP_NOT_ALLOWED),
            Fault::UnknownTransaction | Fault::AnothersTransaction => {
                Self::new(codes::UNKNOWN_TRANSACTION)
            }
            Fault::UnknownUser => Self::new(codes::UNKNOWN_USER),
            Fault::ResultGone | Fault::PersonErased => Self::new(codes::RESULT_GONE),
            Fault::IdempotencyConflict => Self::new(codes::IDEMPOTENCY_CONFLICT),
            Fault::DeviceRequired => Self::new(codes::DEVICE_REQUIRED),
            Fault::TooManyForPhone(wait) => {
                Self::new(codes::TOO_MANY_REQUESTS_FOR_PHONE).retry_after(wait)
            }
            Fault::PolledTooFast(wait) => Self::rate_limited(wait),
            Fault::Conflict(text) => Self::new(codes::CONFLICT).detail(text),
            Fault::Accounts(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Accounts(hanok_accounts::Fault::Fields(fields)) => {
                Self::fields(&fields, &crate::MESSAGES)
            }
            Fault::Accounts(fault) => fault.into(),
            other => Self::failed(other),
        }
    }
}
