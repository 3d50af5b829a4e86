//! What is inside a sealed message.

use crate::clock::Timestamp;

/// How a message is written. One that is written otherwise is not understood.
const FORMAT: &str = "1";

/// A message: `format sender number microseconds text`, the sender in hexadecimal.
pub(super) struct Message<'a> {
    /// The process, by a number that it drew at its start.
    pub(super) sender: u128,
    /// Which of the sender's messages this is, from 1.
    pub(super) number: u64,
    /// When it was sent, by the sender's clock.
    pub(super) at: Timestamp,
    pub(super) text: &'a str,
}

impl<'a> Message<'a> {
    pub(super) fn write(&self) -> String {
        let Self {
            sender,
            number,
            at,
            text,
        } = self;
        let at = at.micros();
        format!("{FORMAT} {sender:032x} {number} {at} {text}")
    }

    pub(super) fn read(plain: &'a [u8]) -> Option<Self> {
        let mut parts = str::from_utf8(plain).ok()?.splitn(5, ' ');
        if parts.next()? != FORMAT {
            return None;
        }
        Some(Self {
            sender: u128::from_str_radix(parts.next()?, 16).ok()?,
            number: parts.next()?.parse().ok()?,
            at: Timestamp::from_micros(parts.next()?.parse().ok()?),
            text: parts.next()?,
        })
    }
}
