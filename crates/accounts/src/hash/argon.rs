//! Argon2 (RFC 9106): its costs, its memory, and the text form of a hash.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::{Zeroizing, optimization_barrier};

use super::HashFault;

/// The length of a new salt, in bytes.
pub const SALT: usize = 16;
/// The length of a new hash, in bytes.
pub const OUTPUT: usize = 32;

/// What an Argon2 hash costs: memory in KiB, passes, lanes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory: u32,
    pub passes: u32,
    pub lanes: u32,
}

/// One Argon2 function: which, of which version, at which cost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Function {
    pub algorithm: Algorithm,
    pub version: Version,
    pub cost: Cost,
}

impl Function {
    /// Argon2id 1.3, which new hashes are made with.
    pub const fn current(cost: Cost) -> Self {
        Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            cost,
        }
    }

    /// Fills `out`. A cost, salt or length that Argon2 does not allow is [`HashFault::Lost`]; settings
    /// and stored hashes were checked before.
    pub fn compute(
        &self,
        secret: &[u8],
        salt: &[u8],
        out: &mut [u8],
        memory: &mut Memory,
    ) -> Result<(), HashFault> {
        let Cost {
            memory: kib,
            passes,
            lanes,
        } = self.cost;
        let params = Params::new(kib, passes, lanes, None).map_err(|_| HashFault::Lost)?;
        let argon2 = Argon2::new(self.algorithm, self.version, params);
        let blocks = usize::try_from(kib).map_err(|_| HashFault::OutOfMemory)?;
        memory.lend(blocks, |blocks| {
            argon2
                .hash_password_into_with_memory(secret, salt, out, blocks)
                .map_err(|_| HashFault::Lost)
        })?
    }

    /// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`
    /// (<https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md>).
    pub fn phc(&self, salt: &[u8], output: &[u8]) -> String {
        let Cost {
            memory,
            passes,
            lanes,
        } = self.cost;
        let (name, version) = (self.algorithm.as_str(), u32::from(self.version));
        let (salt, output) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output));
        format!("${name}$v={version}$m={memory},t={passes},p={lanes}${salt}${output}")
    }
}

/// The memory of one hash at a time, kept for the next and wiped after each.
pub struct Memory {
    kept: Vec<Block>,
    most_kept: usize,
}

impl Memory {
    /// Takes nothing yet; keeps up to `kib` blocks of 1 KiB once they were lent.
    pub const fn keeping(kib: u32) -> Self {
        Self {
            kept: Vec::new(),
            most_kept: kib as usize,
        }
    }

    /// Lends `count` blocks to `work` and wipes them after it, also where it panics. More than are kept
    /// are taken for this once.
    pub fn lend<T>(
        &mut self,
        count: usize,
        work: impl FnOnce(&mut [Block]) -> T,
    ) -> Result<T, HashFault> {
        if count > self.most_kept {
            return Ok(work(Wiped(&mut blocks(count)?).0));
        }
        if self.kept.is_empty() {
            self.kept = blocks(self.most_kept)?;
        }
        let lent = self.kept.get_mut(..count).ok_or(HashFault::OutOfMemory)?;
        let wiped = Wiped(lent);
        Ok(work(&mut *wiped.0))
    }

    #[cfg(test)]
    pub fn is_clean(&self) -> bool {
        self.kept
            .iter()
            .all(|block| block.as_ref().iter().all(|word| *word == 0))
    }
}

fn blocks(count: usize) -> Result<Vec<Block>, HashFault> {
    let mut blocks = Vec::new();
    blocks
        .try_reserve_exact(count)
        .map_err(|_| HashFault::OutOfMemory)?;
    blocks.resize(count, Block::new());
    Ok(blocks)
}

struct Wiped<'a>(&'a mut [Block]);

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        // Plain writes and a barrier: volatile ones, word by word, cost a tenth of the hash.
        self.0.fill(Block::new());
        optimization_barrier(self.0);
    }
}

/// A buffer for a hash of `length` bytes.
pub fn output(length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0; length])
}
