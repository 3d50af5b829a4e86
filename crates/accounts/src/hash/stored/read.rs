//! How stored hashes are read, and how much one may cost.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::str::FromStr;

use argon2::{Algorithm, Params, Version};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use base64::alphabet::{BCRYPT, STANDARD};
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine};
use hanok_base::encoding::hex_decode;

use super::{BcryptInput, Function, Method, Stored, StoredFault};
use crate::hash::argon::Cost;

/// The longest text, in bytes: each kind's longest is well below.
const LONGEST: usize = 512;
/// Lengths of a salt, in bytes. Argon2 asks for 8 (RFC 9106, 3.1); none needs more than 64.
const SALTS: RangeInclusive<usize> = 1..=64;
/// Lengths of an Argon2 hash, in bytes.
const ARGON2_OUTPUTS: RangeInclusive<usize> = 16..=64;
/// The most memory of an Argon2 hash, in KiB; Django takes 100 MiB.
const ARGON2_MEMORY: u32 = 128 * 1024;
/// The most memory times passes, in KiB: about a second.
const ARGON2_WORK: u32 = 512 * 1024;
/// The most Argon2 lanes.
const ARGON2_LANES: u32 = 16;
/// The most PBKDF2 iterations; Django 5.2 and Werkzeug 3.1 take a million.
const PBKDF2_ITERATIONS: u32 = 2_000_000;
/// The most scrypt N × r × p (2²⁰: 128 MiB where p is 1); Werkzeug takes a quarter.
const SCRYPT_WORK: u64 = 1 << 20;
/// The length of a Django or Werkzeug scrypt hash, in bytes.
const SCRYPT_OUTPUT: usize = 64;
/// bcrypt costs (log₂ of the rounds); Django takes 12.
const BCRYPT_COSTS: RangeInclusive<u32> = 4..=14;

/// Base64 that is read with or without padding and, as older encoders write it, with stray last bits.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(&BCRYPT, LENIENT);

type Read<T> = Result<T, StoredFault>;

pub fn read(text: &str) -> Read<Stored> {
    if text.len() > LONGEST {
        return Err(StoredFault::Excessive);
    }
    let (kind, rest) = text.split_once('$').ok_or(StoredFault::Unknown)?;
    match kind.split(':').collect::<Vec<_>>().as_slice() {
        [""] => read_crypt(rest),
        ["argon2"] => read_argon2(rest),
        ["bcrypt"] => read_bcrypt(rest.strip_prefix('$'), BcryptInput::Secret),
        ["bcrypt_sha256"] => read_bcrypt(rest.strip_prefix('$'), BcryptInput::HexSha256),
        ["pbkdf2_sha256"] => read_django_pbkdf2("sha256", rest),
        ["pbkdf2_sha1"] => read_django_pbkdf2("sha1", rest),
        ["scrypt"] => read_django_scrypt(rest),
        ["pbkdf2", digest, iterations] => read_werkzeug_pbkdf2(digest, iterations, rest),
        ["scrypt", n, r, p] => read_werkzeug_scrypt([n, r, p], rest),
        _ => Err(StoredFault::Unknown),
    }
}

/// What begins with `$`, without it.
fn read_crypt(text: &str) -> Read<Stored> {
    if text.starts_with("argon2") {
        read_argon2(text)
    } else {
        read_bcrypt(Some(text), BcryptInput::Secret)
    }
}

/// `argon2id$v=19$m=19456,t=2,p=1$salt$hash`; without `v=` it is version 1.0 (16).
fn read_argon2(text: &str) -> Read<Stored> {
    let fields: Vec<&str> = text.split('$').collect();
    let (name, version, costs, salt, output) = match fields.as_slice() {
        [name, version, costs, salt, output] => (name, *version, costs, salt, output),
        [name, costs, salt, output] => (name, "v=16", costs, salt, output),
        _ => return Err(StoredFault::Malformed),
    };
    let algorithm = Algorithm::from_str(name).map_err(|_| StoredFault::Unknown)?;
    let version = labelled(Some(version), "v=")?;
    let version = Version::try_from(version).map_err(|_| StoredFault::Unknown)?;
    let function = Function {
        algorithm,
        version,
        cost: read_argon2_cost(costs)?,
    };
    let (salt, output) = (base64(salt)?, base64(output)?);
    if salt.len() < argon2::MIN_SALT_LEN || !ARGON2_OUTPUTS.contains(&output.len()) {
        return Err(StoredFault::Malformed);
    }
    stored(Method::Argon2(function), salt, output)
}

fn read_argon2_cost(text: &str) -> Read<Cost> {
    let mut fields = text.split(',');
    let memory = labelled(fields.next(), "m=")?;
    let passes = labelled(fields.next(), "t=")?;
    let lanes = labelled(fields.next(), "p=")?;
    if fields.next().is_some() || Params::new(memory, passes, lanes, None).is_err() {
        return Err(StoredFault::Malformed);
    }
    if memory > ARGON2_MEMORY || memory.saturating_mul(passes) > ARGON2_WORK || lanes > ARGON2_LANES
    {
        return Err(StoredFault::Excessive);
    }
    Ok(Cost {
        memory,
        passes,
        lanes,
    })
}

/// `iterations$salt$base64`.
fn read_django_pbkdf2(digest: &str, text: &str) -> Read<Stored> {
    match text.split('$').collect::<Vec<_>>().as_slice() {
        [iterations, salt, output] => read_pbkdf2(digest, iterations, salt, base64(output)?),
        _ => Err(StoredFault::Malformed),
    }
}

/// `salt$hex`.
fn read_werkzeug_pbkdf2(digest: &str, iterations: &str, text: &str) -> Read<Stored> {
    let (salt, output) = text.split_once('$').ok_or(StoredFault::Malformed)?;
    read_pbkdf2(digest, iterations, salt, hex(output)?)
}

fn read_pbkdf2(digest: &str, iterations: &str, salt: &str, output: Vec<u8>) -> Read<Stored> {
    let (algorithm, length): (pbkdf2::Algorithm, usize) = match digest {
        "sha1" => (PBKDF2_HMAC_SHA1, 20),
        "sha256" => (PBKDF2_HMAC_SHA256, 32),
        "sha512" => (PBKDF2_HMAC_SHA512, 64),
        _ => return Err(StoredFault::Unknown),
    };
    let iterations: NonZeroU32 = number(iterations)?;
    if iterations.get() > PBKDF2_ITERATIONS {
        return Err(StoredFault::Excessive);
    }
    if output.len() != length {
        return Err(StoredFault::Malformed);
    }
    let method = Method::Pbkdf2 {
        algorithm,
        iterations,
    };
    stored(method, written_salt(salt)?, output)
}

/// `N$salt$r$p$base64`.
fn read_django_scrypt(text: &str) -> Read<Stored> {
    match text.split('$').collect::<Vec<_>>().as_slice() {
        [n, salt, r, p, output] => read_scrypt([n, r, p], salt, base64(output)?),
        _ => Err(StoredFault::Malformed),
    }
}

/// `salt$hex`.
fn read_werkzeug_scrypt(costs: [&str; 3], text: &str) -> Read<Stored> {
    let (salt, output) = text.split_once('$').ok_or(StoredFault::Malformed)?;
    read_scrypt(costs, salt, hex(output)?)
}

fn read_scrypt([n, r, p]: [&str; 3], salt: &str, output: Vec<u8>) -> Read<Stored> {
    let (n, r, p): (u64, u32, u32) = (number(n)?, number(r)?, number(p)?);
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 || output.len() != SCRYPT_OUTPUT {
        return Err(StoredFault::Malformed);
    }
    let work = n
        .checked_mul(r.into())
        .and_then(|work| work.checked_mul(p.into()));
    if work.is_none_or(|work| work > SCRYPT_WORK) {
        return Err(StoredFault::Excessive);
    }
    let log_n = u8::try_from(n.ilog2()).map_err(|_| StoredFault::Malformed)?;
    let params = scrypt::Params::new(log_n, r, p).map_err(|_| StoredFault::Malformed)?;
    stored(Method::Scrypt(params), written_salt(salt)?, output)
}

/// `2b$12$` with 22 characters of salt and 31 of hash.
fn read_bcrypt(text: Option<&str>, over: BcryptInput) -> Read<Stored> {
    let fields: Vec<&str> = text.unwrap_or_default().split('$').collect();
    let ["2a" | "2b" | "2y", cost, rest] = fields.as_slice() else {
        return Err(StoredFault::Unknown);
    };
    let cost = number(cost)?;
    if cost > *BCRYPT_COSTS.end() {
        return Err(StoredFault::Excessive);
    }
    let (salt, output) = rest.split_at_checked(22).ok_or(StoredFault::Malformed)?;
    let salt = BCRYPT_BASE64
        .decode(salt)
        .ok()
        .and_then(|salt| salt.try_into().ok());
    let output = BCRYPT_BASE64
        .decode(output)
        .ok()
        .filter(|output| output.len() == 23);
    match (BCRYPT_COSTS.contains(&cost), salt, output) {
        (true, Some(salt), Some(output)) => Ok(Stored {
            method: Method::Bcrypt { cost, salt, over },
            salt: Vec::new(),
            output,
        }),
        _ => Err(StoredFault::Malformed),
    }
}

/// A salt that stands as text in the hash: visible ASCII, as all that make such hashes write it. Not every store takes
/// more.
fn written_salt(salt: &str) -> Read<Vec<u8>> {
    let is_visible = salt.bytes().all(|byte| byte.is_ascii_graphic());
    is_visible
        .then(|| salt.into())
        .ok_or(StoredFault::Malformed)
}

fn stored(method: Method, salt: Vec<u8>, output: Vec<u8>) -> Read<Stored> {
    let sound = SALTS.contains(&salt.len());
    sound
        .then_some(Stored {
            method,
            salt,
            output,
        })
        .ok_or(StoredFault::Malformed)
}

fn labelled(text: Option<&str>, label: &str) -> Read<u32> {
    number(
        text.and_then(|text| text.strip_prefix(label))
            .ok_or(StoredFault::Malformed)?,
    )
}

/// A number in digits alone; one that does not fit its type is excessive.
fn number<T: FromStr>(text: &str) -> Read<T> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(StoredFault::Malformed);
    }
    let zero = text.bytes().all(|byte| byte == b'0');
    text.parse().map_err(|_| {
        if zero {
            StoredFault::Malformed
        } else {
            StoredFault::Excessive
        }
    })
}

fn base64(text: &str) -> Read<Vec<u8>> {
    BASE64.decode(text).map_err(|_| StoredFault::Malformed)
}

fn hex(text: &str) -> Read<Vec<u8>> {
    hex_decode(text).ok_or(StoredFault::Malformed)
}
