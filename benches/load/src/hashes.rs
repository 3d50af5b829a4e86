//! Bare Argon2id at the cost of Hanok's defaults, as the measure of what a check of a PIN may cost.

use std::error::Error;
use std::fs;
use std::time::Instant;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::Serialize;

/// `argon2_memory_kib`, `argon2_iterations`, `argon2_parallelism` of config.default.toml.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// What one hash took on one thread.
#[derive(Debug, Serialize)]
pub struct Hashes {
    count: u32,
    cpu_ms: f64,
    wall_ms: f64,
}

/// Hashes so many times, into the same memory as a thread of the pool does.
pub fn measure(hashes: u32) -> Result<Hashes, Box<dyn Error>> {
    let (memory, iterations, lanes) = COST;
    let params =
        Params::new(memory, iterations, lanes, Some(32)).map_err(|error| error.to_string())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut blocks = vec![Block::default(); params.block_count()];
    let mut output = [0; 32];
    let (started, before) = (Instant::now(), cpu_ms()?);
    for number in 0..hashes {
        let salt = [u8::try_from(number % 256)?; 16];
        argon2
            .hash_password_into_with_memory(b"730461", &salt, &mut output, &mut blocks)
            .map_err(|error| error.to_string())?;
    }
    let each = |all: f64| all / f64::from(hashes);
    Ok(Hashes {
        count: hashes,
        cpu_ms: each(cpu_ms()? - before),
        wall_ms: each(started.elapsed().as_secs_f64() * 1e3),
    })
}

/// User and system time of this process, from /proc, whose unit is 10 ms.
fn cpu_ms() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u32>().ok())
        .sum();
    Ok(f64::from(ticks) * 10.0)
}
