//! Whether the chain is whole, as the last walk found it.

use std::time::Duration;

use hanok_accounts::audit::Checked;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;

use crate::text::trail_pages as said;

/// What stands above the list.
pub(super) struct Chain {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) role: &'static str,
    pub(super) text: Text,
    /// When that was found out.
    pub(super) checked: Option<(Timestamp, Text)>,
    pub(super) is_broken: bool,
}

impl Chain {
    /// Of the last walk, as it reads at `now`.
    pub(super) fn of(checked: Option<&Checked>, now: Timestamp) -> Self {
        let Some(checked) = checked else {
            return Self {
                class: "alert alert-info",
                icon: "hourglass",
                role: "status",
                text: said::not_checked(),
                checked: None,
                is_broken: false,
            };
        };
        let ago = Some((checked.at, ago(now.since(checked.at))));
        if checked.is_whole() {
            return Self {
                class: "alert alert-success",
                icon: "shield-check",
                role: "status",
                text: said::whole(grouped(checked.until)),
                checked: ago,
                is_broken: false,
            };
        }
        let text = match checked.broken_at {
            _ if !checked.is_ours => said::forged(),
            Some(place) => said::broken_at(grouped(checked.faults), grouped(place)),
            None => said::broken(grouped(checked.faults)),
        };
        Self {
            class: "alert alert-danger",
            icon: "alert-octagon",
            role: "alert",
            text,
            checked: ago,
            is_broken: true,
        }
    }
}

fn ago(time: Duration) -> Text {
    let minutes = time.as_secs() / 60;
    match minutes {
        0 => said::checked_now(),
        1 => said::checked_minute(),
        2..=119 => said::checked_minutes(minutes),
        _ => said::checked_hours(minutes / 60),
    }
}

/// `1,234`, as people write numbers in both languages.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(faults: i64, is_ours: bool) -> Checked {
        Checked {
            at: Timestamp::from_seconds(1_000),
            took: Duration::from_secs(1),
            until: 12_345,
            waiting: 0,
            faults,
            broken_at: (faults > 0).then_some(7),
            is_ours,
        }
    }

    #[test]
    fn a_broken_or_forged_finding_is_never_shown_as_whole() {
        let now = Timestamp::from_seconds(1_200);
        let whole = Chain::of(Some(&checked(0, true)), now);
        assert!(!whole.is_broken && whole.text == said::whole("12,345"));
        assert_eq!(
            whole.checked.map(|(_, ago)| ago),
            Some(said::checked_minutes(3))
        );
        assert!(Chain::of(Some(&checked(2, true)), now).is_broken);
        assert!(Chain::of(Some(&checked(0, false)), now).is_broken);
        assert!(!Chain::of(None, now).is_broken);
    }
}
