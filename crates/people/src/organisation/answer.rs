//! How a form of the console answers.

use hanok_web::error::Error;
use hanok_web::{Redirected, codes};

use crate::fault::Fault;

/// Back to the form, which shows what is wrong and what was typed. Whoever may not do it at all is told so by the
/// answer itself, which is on the record.
///
/// # Errors
/// A refusal that no other input would change.
pub(super) fn refused<N: Into<String>, V: Into<String>>(
    back: &str,
    fault: Fault,
    typed: impl IntoIterator<Item = (N, V)>,
) -> Result<Redirected, Error> {
    let error = Error::from(fault);
    let by_input = [
        codes::INVALID_REQUEST,
        codes::UNPROCESSABLE,
        codes::CONFLICT,
        codes::BUSY,
    ];
    if by_input.contains(&error.code()) {
        Ok(Redirected::failed(back, error, typed))
    } else {
        Err(error)
    }
}
