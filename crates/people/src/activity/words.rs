//! What people read for an activity.

use hanok_accounts::activity::ActivityType;
use hanok_accounts::audit::Action;
use hanok_accounts::audit::words;
use hanok_accounts::session::agent;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use serde_json::Value;

use super::store::ActivityRow;
use crate::text::activity as said;

/// What people read for a kind of activity.
pub(super) const fn of_type(kind: ActivityType) -> Text {
    match kind {
        ActivityType::SignIn => said::sign_in(),
        ActivityType::SignOut => said::sign_out(),
        ActivityType::IdentityAnswer => said::identity_answer(),
        ActivityType::PostWritten => said::post_written(),
        ActivityType::CommentWritten => said::comment_written(),
        ActivityType::BoardChange => said::board_change(),
        ActivityType::AccountChange => said::account_change(),
        ActivityType::Administration => said::administration(),
    }
}

/// An activity, as a page shows it.
pub(super) struct Line {
    /// What they are called, what they sign in with, and where their page is.
    pub(super) person: (String, String, String),
    pub(super) kind: Text,
    /// What more is known of it.
    pub(super) note: Option<Text>,
    pub(super) at: Timestamp,
    pub(super) address: Option<String>,
    pub(super) agent: Option<String>,
}

impl Line {
    pub(super) fn of(row: ActivityRow) -> Self {
        let path = format!("/admin/people/{}", row.account_id);
        Self {
            kind: of_type(row.activity_type),
            note: note(row.activity_type, &row.details),
            person: (row.name, row.username, path),
            at: row.at,
            address: row.address,
            agent: row.agent.map(|agent| agent::told(&agent)),
        }
    }
}

fn note(kind: ActivityType, details: &str) -> Option<Text> {
    let details: Value = serde_json::from_str(details).ok()?;
    let word = |name: &str| details.get(name).and_then(Value::as_str);
    match kind {
        ActivityType::SignIn
        | ActivityType::SignOut
        | ActivityType::PostWritten
        | ActivityType::CommentWritten => None,
        ActivityType::BoardChange => words::of_target(word("target")?),
        ActivityType::IdentityAnswer
        | ActivityType::AccountChange
        | ActivityType::Administration => {
            let action: Action = word("action")?.parse().ok()?;
            Some(words::told(action, &details))
        }
    }
}
