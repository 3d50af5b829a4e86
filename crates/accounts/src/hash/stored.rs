//! Stored hashes: ours, and those of Django, Werkzeug and bcrypt.

mod read;

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use hanok_base::encoding::hex_encode;
use hanok_base::secret::sha256;
use zeroize::Zeroizing;

use super::HashFault;
use super::argon::{self, Cost, Function, Memory, OUTPUT, SALT};

/// The most bytes of a key that bcrypt reads.
const BCRYPT_KEY: usize = 72;

/// Why a stored hash is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoredFault {
    /// Of a kind this program does not know.
    #[error("unknown kind of password hash")]
    Unknown,
    /// Of a known kind, but damaged.
    #[error("damaged password hash")]
    Malformed,
    /// It would take more time or memory than a sign-in may.
    #[error("password hash with excessive parameters")]
    Excessive,
}

/// A stored hash with what is needed to make it again.
pub struct Stored {
    method: Method,
    salt: Vec<u8>,
    output: Vec<u8>,
}

enum Method {
    Argon2(Function),
    Pbkdf2 {
        algorithm: pbkdf2::Algorithm,
        iterations: NonZeroU32,
    },
    Scrypt(scrypt::Params),
    Bcrypt {
        cost: u32,
        salt: [u8; 16],
        over: BcryptInput,
    },
}

/// What bcrypt is given: the secret, or (Django's `bcrypt_sha256`) the hex of its SHA-256.
#[derive(Clone, Copy)]
enum BcryptInput {
    Secret,
    HexSha256,
}

impl Stored {
    /// Reads a stored hash. The kinds:
    /// - `$argon2id$v=19$m=…,t=…,p=…$salt$hash` (also `argon2i`, `argon2d`) and `argon2` before it (Django);
    /// - `pbkdf2_sha256$iterations$salt$base64` and `pbkdf2_sha1` (Django);
    /// - `pbkdf2:sha256:iterations$salt$hex`, also `sha1` and `sha512` (Werkzeug);
    /// - `scrypt:N:r:p$salt$hex` (Werkzeug), `scrypt$N$salt$r$p$base64` (Django);
    /// - `$2b$…`, `$2a$…`, `$2y$…`, and `bcrypt$` or `bcrypt_sha256$` before it (Django).
    pub fn parse(text: &str) -> Result<Self, StoredFault> {
        read::read(text)
    }

    /// Whether it is what a new hash would be, at this cost.
    pub fn is_current(&self, cost: Cost) -> bool {
        matches!(self.method, Method::Argon2(function) if function == Function::current(cost))
            && self.output.len() == OUTPUT
            && self.salt.len() >= SALT
    }

    /// The hash itself, to be compared with [`compute`](Self::compute) in constant time.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// Makes the hash of `secret` in this one's way.
    pub fn compute(
        &self,
        secret: &[u8],
        memory: &mut Memory,
    ) -> Result<Zeroizing<Vec<u8>>, HashFault> {
        let mut output = argon::output(self.output.len());
        match &self.method {
            Method::Argon2(function) => {
                function.compute(secret, &self.salt, &mut output, memory)?;
            }
            Method::Pbkdf2 {
                algorithm,
                iterations,
            } => {
                pbkdf2::derive(*algorithm, *iterations, &self.salt, secret, &mut output);
            }
            Method::Scrypt(params) => {
                scrypt::scrypt(secret, &self.salt, params, &mut output)
                    .map_err(|_| HashFault::Lost)?;
            }
            Method::Bcrypt { cost, salt, over } => {
                bcrypt_of(secret, *cost, *salt, *over, &mut output);
            }
        }
        Ok(output)
    }
}

/// bcrypt reads the first 72 bytes, ended by a zero where there are fewer.
fn bcrypt_of(secret: &[u8], cost: u32, salt: [u8; 16], over: BcryptInput, output: &mut [u8]) {
    let digest = match over {
        BcryptInput::Secret => None,
        BcryptInput::HexSha256 => Some(Zeroizing::new(hex_encode(&sha256(secret)))),
    };
    let input = digest.as_ref().map_or(secret, |hex| hex.as_bytes());
    let mut key = Zeroizing::new(Vec::with_capacity(BCRYPT_KEY));
    key.extend(input.iter().chain(&[0]).take(BCRYPT_KEY));
    let hash = Zeroizing::new(bcrypt::bcrypt(cost, salt, &key));
    output
        .iter_mut()
        .zip(hash.iter())
        .for_each(|(to, from)| *to = *from);
}
