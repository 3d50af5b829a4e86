//! Who came to a department or a team and who left it.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;

/// How many turns of its history a page shows.
pub(super) const SHOWN: u32 = 20;

/// A stay that began or ended, as it is read: who, their name, when.
pub(super) type TurnRow = (AccountId, String, Timestamp);

/// Somebody came or left.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) at: Timestamp,
    pub(crate) has_left: bool,
}

/// The newest of both, the newest first.
pub(super) fn turns(came: Vec<TurnRow>, left: Vec<TurnRow>) -> Vec<Turn> {
    let turn = |has_left| {
        move |(account, name, at): TurnRow| Turn {
            account,
            name,
            at,
            has_left,
        }
    };
    let mut turns: Vec<Turn> = came.into_iter().map(turn(false)).collect();
    turns.extend(left.into_iter().map(turn(true)));
    // Of one moment, what is newer stands first: whoever left had come before.
    turns.sort_by_key(|turn| std::cmp::Reverse((turn.at, turn.has_left)));
    turns.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    turns
}
