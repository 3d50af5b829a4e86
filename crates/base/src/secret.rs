//! Values that must not be seen, and the digests made of them.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, BufReader};

use aws_lc_rs::{constant_time, digest, hmac};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text that is wiped when dropped and never printed: a password, a token, a connection secret.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself; the name is long so that every use is seen in review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing is set.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "writeOnly": true })
    }
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    exactly_32(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// SHA-256 of all that a reader gives, in pieces.
///
/// # Errors
/// The reader's.
pub fn sha256_of(reader: &mut impl io::Read) -> io::Result<[u8; 32]> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut reader = BufReader::with_capacity(1 << 17, reader);
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(exactly_32(context.finish().as_ref()));
        }
        context.update(piece);
        let read = piece.len();
        reader.consume(read);
    }
}

/// HMAC-SHA256 (RFC 2104) over the parts, one after the other; callers separate parts themselves.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    exactly_32(context.sign().as_ref())
}

/// Whether both are the same, in time that depends only on their lengths.
pub fn constant_time_eq(one: &[u8], other: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

fn exactly_32(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::hex_encode;

    #[test]
    fn digests_match_their_published_vectors() {
        assert_eq!(
            hex_encode(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(sha256_of(&mut b"abc".as_slice()).unwrap(), sha256(b"abc"));
        assert_eq!(
            hex_encode(&hmac_sha256(
                b"Jefe",
                &[b"what do ya want ", b"for nothing?"]
            )),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "[secret]");
    }
}
