//! Every refusal's stable code, status and English title: one table, so that every app says the same.

use axum::http::StatusCode;

/// What a refusal is: a stable machine word, its HTTP status and its stable English title.
///
/// The text in the caller's language is the catalogue's `error.<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable machine word, `snake_case`: the problem's `code`.
    pub name: &'static str,
    /// The HTTP status it is answered with.
    pub status: StatusCode,
    /// The stable English title: the problem's `title` and `error`.
    pub title: &'static str,
}

impl Code {
    /// What an answer that gives no code of its own means by its status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let plain = [
            UNAUTHORIZED,
            FORBIDDEN,
            NOT_FOUND,
            METHOD_NOT_ALLOWED,
            NOT_ACCEPTABLE,
            REQUEST_TIMEOUT,
            CONFLICT,
            BODY_TOO_LARGE,
            URI_TOO_LONG,
            UNSUPPORTED_MEDIA_TYPE,
            RATE_LIMITED,
            HEADERS_TOO_LARGE,
            UNAVAILABLE,
        ];
        let other = if status.is_server_error() {
            INTERNAL
        } else {
            INVALID_REQUEST
        };
        plain
            .into_iter()
            .find(|code| code.status == status)
            .unwrap_or(other)
    }
}

macro_rules! codes {
    ($($constant:ident $name:literal $status:ident $title:literal;)+) => {
        $(
            #[doc = concat!("`", $name, "`: ", $title, ".")]
            pub const $constant: Code =
                Code { name: $name, status: StatusCode::$status, title: $title };
        )+

        /// Every code of this table.
        pub const ALL: &[Code] = &[$($constant),+];
    };
}

codes! {
    ALREADY_PROCESSED "already_processed" BAD_REQUEST "Already processed";
    BINDING_MISMATCH "binding_mismatch" BAD_REQUEST "Binding mismatch";
    INVALID_REQUEST "invalid_request" BAD_REQUEST "Invalid request";
    NOT_COMPLETED "not_completed" BAD_REQUEST "Not completed";
    TRANSACTION_EXPIRED "transaction_expired" BAD_REQUEST "Transaction expired";
    INVALID_CLIENT "invalid_client" UNAUTHORIZED "Invalid client";
    INVALID_CREDENTIALS "invalid_credentials" UNAUTHORIZED "Invalid credentials";
    INVALID_DEVICE "invalid_device" UNAUTHORIZED "Invalid device";
    INVALID_PIN "invalid_pin" UNAUTHORIZED "Invalid PIN";
    UNAUTHORIZED "unauthorized" UNAUTHORIZED "Unauthorized";
    ACCOUNT_DISABLED "account_disabled" FORBIDDEN "Account disabled";
    CROSS_SITE "cross_site" FORBIDDEN "Cross-site request";
    DEVICE_REQUIRED "device_required" FORBIDDEN "Device required";
    FORBIDDEN "forbidden" FORBIDDEN "Forbidden";
    IP_NOT_ALLOWED "ip_not_allowed" FORBIDDEN "Address not allowed";
    PASSWORD_REQUIRED "password_required" FORBIDDEN "Password required";
    PASSWORD_CHANGE_REQUIRED "password_change_required" FORBIDDEN "Password change required";
    PROVIDER_INACTIVE "provider_inactive" FORBIDDEN "Provider inactive";
    NOT_FOUND "not_found" NOT_FOUND "Not found";
    UNKNOWN_TRANSACTION "unknown_transaction" NOT_FOUND "Unknown transaction";
    UNKNOWN_USER "unknown_user" NOT_FOUND "Unknown user";
    METHOD_NOT_ALLOWED "method_not_allowed" METHOD_NOT_ALLOWED "Method not allowed";
    NOT_ACCEPTABLE "not_acceptable" NOT_ACCEPTABLE "Not acceptable";
    REQUEST_TIMEOUT "request_timeout" REQUEST_TIMEOUT "Request timeout";
    CONFLICT "conflict" CONFLICT "Conflict";
    STALE "stale" CONFLICT "Stale";
    RESULT_GONE "result_gone" GONE "Result gone";
    BODY_TOO_LARGE "body_too_large" PAYLOAD_TOO_LARGE "Body too large";
    URI_TOO_LONG "uri_too_long" URI_TOO_LONG "URI too long";
    UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "Unsupported media type";
    UNPROCESSABLE "unprocessable" UNPROCESSABLE_ENTITY "Cannot be done as asked";
    IDEMPOTENCY_CONFLICT "idempotency_conflict" UNPROCESSABLE_ENTITY "Idempotency conflict";
    ACCOUNT_LOCKED "account_locked" LOCKED "Account locked";
    RATE_LIMITED "rate_limited" TOO_MANY_REQUESTS "Rate limited";
    TOO_MANY_REQUESTS_FOR_PHONE "too_many_requests_for_phone" TOO_MANY_REQUESTS "Too many requests for this phone";
    HEADERS_TOO_LARGE "headers_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE "Request header fields too large";
    INTERNAL "internal" INTERNAL_SERVER_ERROR "Internal error";
    BUSY "busy" SERVICE_UNAVAILABLE "Busy";
    UNAVAILABLE "unavailable" SERVICE_UNAVAILABLE "Unavailable";
    TIMED_OUT "timed_out" SERVICE_UNAVAILABLE "Timed out";
}
