//! How a form of the console answers.

use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::{Flash, Redirected, codes};

use crate::fault::Fault;

/// On to a page that says what was done.
pub(crate) fn done(to: String, word: Text) -> Redirected {
    Redirected::to(to).flash(Flash::success(word))
}

/// Where the password is given again before `next`.
pub(crate) fn confirm(next: &str) -> String {
    format!("/account/confirm?next={next}")
}

/// Back to the form, which shows what is wrong and what was typed; to where the password is given, where that is what
/// is missing. Whoever may not do it at all is told so by the answer itself, which is on the record.
///
/// # Errors
/// A refusal that no other input would change.
pub(crate) fn refused<N: Into<String>, V: Into<String>>(
    back: &str,
    fault: Fault,
    typed: impl IntoIterator<Item = (N, V)>,
) -> Result<Redirected, Error> {
    let error = Error::from(fault);
    if error.code() == codes::PASSWORD_REQUIRED {
        return Ok(Redirected::to(confirm(back)));
    }
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

/// What became of bringing the person of this username in: `came` where they were not there before.
///
/// # Errors
/// A refusal that no other input would change.
pub(crate) fn brought_in(
    came: Result<bool, Fault>,
    back: String,
    username: String,
    (new, there_already): (Text, Text),
) -> Result<Redirected, Error> {
    let fault = match came {
        Ok(true) => return Ok(done(back, new)),
        Ok(false) => return Ok(done(back, there_already)),
        Err(Fault::Accounts(hanok_accounts::Fault::NotFound)) => {
            Fault::field("/username", "account_unknown")
        }
        Err(fault) => fault,
    };
    refused(&back, fault, [("username", username)])
}
