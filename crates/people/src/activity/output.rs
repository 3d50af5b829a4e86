//! Activities as the interface tells of them.

use hanok_accounts::activity::ActivityType;
use hanok_base::Timestamp;
use hanok_db::Page;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::store::{ActivityId, ActivityRow};

/// Something that a person did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityOut {
    /// Its id.
    #[schema(value_type = String)]
    id: ActivityId,
    /// What the person signs in with.
    user_id: String,
    /// `sign_in`, `sign_out`, `identity_answer`, `post_written`, `comment_written`, `board_change`, `account_change` or
    /// `administration`.
    #[schema(value_type = String)]
    activity_type: ActivityType,
    /// When it was.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// What it was: `action` as the audit trail names it, `act`, `by`, `target` with `target_id`, `outcome`.
    #[schema(value_type = Object)]
    details: Value,
    /// The client's address, where it is known.
    ip_address: Option<String>,
    /// What the client calls itself, where it is known.
    user_agent: Option<String>,
}

/// Activities, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivitiesOut {
    /// The activities.
    activities: Vec<ActivityOut>,
    /// The `cursor` of the older page.
    next: Option<String>,
    /// The `cursor` of the newer page.
    previous: Option<String>,
}

impl From<ActivityRow> for ActivityOut {
    fn from(row: ActivityRow) -> Self {
        Self {
            id: row.id,
            user_id: row.username,
            activity_type: row.activity_type,
            timestamp: row.at,
            details: serde_json::from_str(&row.details).unwrap_or_default(),
            ip_address: row.address,
            user_agent: row.agent,
        }
    }
}

impl From<Page<ActivityRow>> for ActivitiesOut {
    fn from(page: Page<ActivityRow>) -> Self {
        Self {
            activities: page.items.into_iter().map(ActivityOut::from).collect(),
            next: page.next,
            previous: page.previous,
        }
    }
}
