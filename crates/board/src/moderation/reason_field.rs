//! The field in which somebody types why they report or hide something: what was refused stands in it again.

use hanok_web::Flash;

/// Under this name a refusal keeps which form it was, by what it sends to: a page has many that ask for a reason.
pub(super) const FORM: &str = "form";
/// As the summary of errors above a page links to the field.
const REFUSED: &str = "reason";

/// The field, as a template shows it.
pub(crate) struct ReasonField {
    pub(crate) id: String,
    pub(crate) value: String,
    /// Whether what was typed in it was refused.
    pub(crate) is_refused: bool,
}

impl ReasonField {
    /// The empty field of the form that sends to `action`, or what was refused in it.
    pub(crate) fn new(flash: &Flash, action: &str) -> Self {
        if flash.value(FORM) == action {
            return Self::refused(flash);
        }
        Self {
            id: action.trim_start_matches('/').replace('/', "-"),
            value: String::new(),
            is_refused: false,
        }
    }

    /// A field in which a reason is offered.
    pub(super) const fn offering(id: String, value: String) -> Self {
        Self {
            id,
            value,
            is_refused: false,
        }
    }

    /// The field with what was refused in it.
    pub(super) fn refused(flash: &Flash) -> Self {
        Self {
            id: REFUSED.to_owned(),
            value: flash.value("reason").to_owned(),
            is_refused: true,
        }
    }
}
