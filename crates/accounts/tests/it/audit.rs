//! The audit trail: it holds, and whoever goes around its guards is named.

mod guards;
mod keeping;
mod sealing;
mod tampering;
mod trail;
