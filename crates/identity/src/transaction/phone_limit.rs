//! How often a phone may be asked for: exact sliding windows, kept in rows that make requests queue.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{DbError, Tx, params};
use uuid::Uuid;

use crate::config::IdentityConfig;
use crate::fault::Fault;
use crate::provider::ProviderId;

const TEN_MINUTES: Duration = Duration::from_mins(10);
const DAY: Duration = Duration::from_hours(24);

/// At most `count` in any `window`.
type Window = (u32, Duration);

/// Counts a request for a phone, unknown numbers included; the first thing that a request's unit writes.
///
/// # Errors
/// [`Fault::TooManyForPhone`] with the time until the next is allowed.
pub(super) async fn count(
    tx: &mut Tx,
    phone_index: &[u8; 32],
    provider: ProviderId,
    config: &IdentityConfig,
    now: Timestamp,
) -> Result<(), Fault> {
    let everybody = [(config.per_phone_10min, TEN_MINUTES)];
    let one = [
        (config.per_phone_provider_10min, TEN_MINUTES),
        (config.per_phone_provider_day, DAY),
    ];
    take(tx, phone_index, Uuid::nil(), &everybody, now).await?;
    take(tx, phone_index, provider.uuid(), &one, now).await
}

async fn take(
    tx: &mut Tx,
    phone_index: &[u8; 32],
    provider: Uuid,
    windows: &[Window],
    now: Timestamp,
) -> Result<(), Fault> {
    // Nearly every phone is new, and RETURNING costs SQLite a table of its own each time.
    const FIRST: &str = "INSERT INTO phone_limit (phone_index, provider_id, times, updated_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (phone_index, provider_id) DO NOTHING";
    // The upsert locks the row, so that what is read and written below is one step.
    const LOCK: &str = "INSERT INTO phone_limit (phone_index, provider_id, times, updated_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (phone_index, provider_id) \
        DO UPDATE SET updated_at = $4 RETURNING times";
    const STORE: &str =
        "UPDATE phone_limit SET times = $3 WHERE phone_index = $1 AND provider_id = $2";
    let first = encode(&[now]);
    let values = params![phone_index, provider, first, now];
    if tx.execute(FIRST, values).await? == 1 {
        return Ok(());
    }
    let (stored,): (Vec<u8>,) = tx.one(LOCK, values).await?;
    if stored == first {
        // Swept just now, or once in a lifetime the very same microsecond, which counts as the same request.
        return Ok(());
    }
    let times = counted(&decode(&stored), windows, now).map_err(Fault::TooManyForPhone)?;
    let times = encode(&times);
    tx.execute(STORE, params![phone_index, provider, times])
        .await?;
    Ok(())
}

/// The moments with `now` added, or how long to wait.
fn counted(
    times: &[Timestamp],
    windows: &[Window],
    now: Timestamp,
) -> Result<Vec<Timestamp>, Duration> {
    let longest = windows
        .iter()
        .map(|(_, window)| *window)
        .max()
        .unwrap_or_default();
    let mut kept: Vec<Timestamp> = times
        .iter()
        .copied()
        .filter(|at| now.since(*at) < longest)
        .collect();
    for (count, window) in windows {
        let within: Vec<&Timestamp> = kept.iter().filter(|at| now.since(**at) < *window).collect();
        let count = usize::try_from(*count).unwrap_or(usize::MAX);
        if within.len() >= count {
            let oldest = within
                .get(within.len() - count.max(1))
                .map_or(now, |at| **at);
            return Err(oldest.plus(*window).since(now));
        }
    }
    kept.push(now);
    Ok(kept)
}

fn encode(times: &[Timestamp]) -> Vec<u8> {
    times
        .iter()
        .flat_map(|at| at.micros().to_be_bytes())
        .collect()
}

fn decode(bytes: &[u8]) -> Vec<Timestamp> {
    let (moments, _) = bytes.as_chunks::<8>();
    moments
        .iter()
        .map(|moment| Timestamp::from_micros(i64::from_be_bytes(*moment)))
        .collect()
}

/// Forgets phones that were not asked for in a day; a duty of every hour.
pub(super) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM phone_limit WHERE updated_at < $1",
        params![now.minus(DAY)],
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn the_sixth_in_ten_minutes_waits_until_the_first_is_ten_minutes_old() {
        let windows = [(5, TEN_MINUTES), (20, DAY)];
        let times: Vec<Timestamp> = (0..5).map(|minute| at(minute * 60)).collect();
        assert_eq!(
            counted(&times, &windows, at(300)),
            Err(Duration::from_mins(5))
        );
        assert_eq!(
            counted(&times, &windows, at(600)).map(|times| times.len()),
            Ok(6)
        );
    }

    #[test]
    fn the_twenty_first_of_a_day_waits_until_tomorrow() {
        let windows = [(5, TEN_MINUTES), (20, DAY)];
        let times: Vec<Timestamp> = (0..20).map(|hour| at(hour * 3_600)).collect();
        assert_eq!(
            counted(&times, &windows, at(20 * 3_600)),
            Err(Duration::from_hours(4))
        );
        assert!(counted(&times, &windows, at(24 * 3_600)).is_ok());
    }

    #[test]
    fn moments_survive_their_stored_form() {
        let times = [at(1), at(2)];
        assert_eq!(decode(&encode(&times)), times);
    }
}
