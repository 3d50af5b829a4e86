//! How a form of the board answers.

use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::{Flash, Redirected, codes};

use crate::fault::Fault;

/// On to a page that says what was done.
pub(crate) fn done(to: impl Into<String>, word: Text) -> Redirected {
    Redirected::to(to).flash(Flash::success(word))
}

/// Back to the form, which shows what is wrong and what was typed. Whoever may not do it at all is told so by the answer
/// itself, which is on the record.
///
/// # Errors
/// A refusal that no other input would change.
pub(crate) fn refused<N: Into<String>, V: Into<String>>(
    back: &str,
    fault: Fault,
    typed: impl IntoIterator<Item = (N, V)>,
) -> Result<Redirected, Error> {
    let error = Error::from(fault);
    let by_input = [
        codes::INVALID_REQUEST,
        codes::UNPROCESSABLE,
        codes::CONFLICT,
        codes::STALE,
        codes::RATE_LIMITED,
        codes::BUSY,
    ];
    if by_input.contains(&error.code()) {
        Ok(Redirected::failed(back, error, typed))
    } else {
        Err(error)
    }
}
