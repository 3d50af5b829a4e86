//! Telling what the shop learned.

use hanok_accounts::command::Failure;
use serde_json::Value;

use super::paint::Paint;
use crate::opened;
use crate::shop::DemoFile;

/// What the shop was told.
pub(super) struct Told(Value);

/// Opens the answer to a request.
pub(super) fn open(jwe: &str, file: &DemoFile, transaction_id: &str) -> Result<Told, Failure> {
    opened::open_for(transaction_id, jwe, file, super::now())
        .map(Told)
        .map_err(Failure::failed)
}

const MEANINGS: [(&str, &str); 8] = [
    ("status", "the person approved"),
    ("jti", "the request it answers"),
    ("state", "what the shop sent along"),
    ("di", "DI: this person at this shop, the same the next time"),
    (
        "ci",
        "CI: this person everywhere; only for an entitled provider",
    ),
    ("ci_synthetic", "of the demo: nobody issued this CI"),
    ("auth_code", "a code of one use"),
    ("completed_at", "when"),
];

/// Tells what the shop finds in the answer.
pub(super) fn show(paint: &Paint, told: &Told) {
    paint.came("decrypted with the shop's key (AES-256-GCM); the shop learns:");
    for (name, meaning) in MEANINGS {
        if let Some(value) = told.0.get(name) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            paint.meaning(name, &value, meaning);
        }
    }
}
