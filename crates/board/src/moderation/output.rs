//! Reports and restrictions as the interface tells of them.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::queue::ReportList;
use super::restriction::RestrictionRow;
use super::rules::Outcome;
use super::store::{ReportId, ReportRow};

/// Somebody, as a list of moderation names them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModeratedPersonOut {
    /// Their account.
    #[schema(value_type = String)]
    id: AccountId,
    /// What they are called; nothing where their account is erased.
    name: Option<String>,
}

/// That somebody reported a post or a comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModerationReportOut {
    /// Its id.
    #[schema(value_type = String)]
    id: ReportId,
    /// The number of the post.
    post_id: i64,
    /// The number of the comment, where it is about one.
    comment_id: Option<i64>,
    /// The post's title.
    title: String,
    /// The first 300 characters of what was reported.
    excerpt: String,
    /// Who wrote that.
    author: ModeratedPersonOut,
    /// Who reported it.
    reporter: ModeratedPersonOut,
    /// Why.
    reason: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Whether it is hidden now.
    hidden: bool,
    /// Whether it is deleted now.
    deleted: bool,
    /// Whether the post is locked now.
    locked: bool,
    /// When somebody decided on it.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
    /// What they are called.
    closed_by: Option<String>,
    /// `hidden` or `dismissed`.
    #[schema(value_type = Option<String>)]
    outcome: Option<Outcome>,
}

/// Which page of a list of moderation it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModerationPaginationOut {
    /// Its number, from 1.
    pub(super) page: u32,
    /// How many a page has.
    pub(super) per_page: u32,
    /// How many there are.
    pub(super) total: u64,
    /// How many pages can be asked for, at most 500.
    pub(super) pages: u32,
}

/// A page of reports: of the open ones the oldest first, of the closed ones the newest.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportsOut {
    /// The reports.
    reports: Vec<ModerationReportOut>,
    /// Which page it is.
    pagination: ModerationPaginationOut,
}

/// Somebody who may write nothing for a while.
#[derive(Debug, Serialize, ToSchema)]
pub struct RestrictionOut {
    /// Who.
    account: ModeratedPersonOut,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Until when; nothing: until it is lifted.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Why.
    reason: String,
    /// Who said so.
    restricted_by: Option<String>,
}

/// A page of those who may write nothing, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RestrictionsOut {
    /// They.
    pub(super) restrictions: Vec<RestrictionOut>,
    /// Which page it is.
    pub(super) pagination: ModerationPaginationOut,
}

impl From<ReportRow> for ModerationReportOut {
    fn from(row: ReportRow) -> Self {
        let person = |id, name| ModeratedPersonOut { id, name };
        Self {
            id: row.id,
            post_id: row.post,
            comment_id: row.comment,
            title: row.title,
            excerpt: row.text,
            author: person(row.author_id, row.author),
            reporter: person(row.reporter_id, row.reporter),
            reason: row.reason,
            created_at: row.created_at,
            hidden: row.hidden_at.is_some(),
            deleted: row.deleted_at.is_some(),
            locked: row.locked_at.is_some(),
            closed_at: row.closed_at,
            closed_by: row.closed_by,
            outcome: row.outcome,
        }
    }
}

impl From<ReportList> for ReportsOut {
    fn from(list: ReportList) -> Self {
        Self {
            reports: list
                .reports
                .into_iter()
                .map(ModerationReportOut::from)
                .collect(),
            pagination: ModerationPaginationOut {
                page: list.page,
                per_page: list.per_page,
                total: list.total,
                pages: list.pages,
            },
        }
    }
}

impl From<RestrictionRow> for RestrictionOut {
    fn from(row: RestrictionRow) -> Self {
        Self {
            account: ModeratedPersonOut {
                id: row.account_id,
                name: Some(row.name),
            },
            since: row.since,
            until: row.until,
            reason: row.reason,
            restricted_by: row.restricted_by,
        }
    }
}
