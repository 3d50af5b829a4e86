//! Teams as the API shows them.

use hanok_accounts::AccountId;
use hanok_accounts::organisation::TeamId;
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::service::{Detail, Teams};
use super::store::{Line, MemberRow};
use crate::organisation::department::{LeaderOut, TurnOut};

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamOut {
    /// Its id.
    #[schema(value_type = String)]
    id: TeamId,
    /// What it is called.
    name: String,
    /// Who leads it.
    leader: Option<LeaderOut>,
    /// How many people are in it.
    people: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// Where a list stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamPaginationOut {
    page: u32,
    per_page: u32,
    total: u64,
    pages: u32,
}

/// A page of the teams that I see.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamsOut {
    teams: Vec<TeamOut>,
    pagination: TeamPaginationOut,
}

/// Somebody who is in a team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamMemberOut {
    /// The account's id.
    #[schema(value_type = String)]
    id: AccountId,
    /// The name to sign in with.
    username: String,
    /// The person's name.
    name: String,
    /// The name of the department that they are in.
    department: Option<String>,
    /// Since when they are in the team.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
}

/// A team with its people, by name, and its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamDetailOut {
    /// The team.
    #[serde(flatten)]
    team: TeamOut,
    /// A page of its people.
    members: Vec<TeamMemberOut>,
    /// This page's number.
    page: u32,
    /// How many pages there are.
    pages: u32,
    /// Who came and left last, the newest first; at most 20.
    history: Vec<TurnOut>,
}

impl From<Line> for TeamOut {
    fn from(line: Line) -> Self {
        let named = line.leader_name.zip(line.leader_username);
        let leader = line.leader_id.zip(named);
        Self {
            id: line.id,
            name: line.name,
            leader: leader.map(|(id, (name, username))| LeaderOut { id, username, name }),
            people: line.members,
            created_at: line.created_at,
        }
    }
}

impl From<Teams> for TeamsOut {
    fn from(teams: Teams) -> Self {
        Self {
            teams: teams.lines.into_iter().map(Into::into).collect(),
            pagination: TeamPaginationOut {
                page: teams.page,
                per_page: teams.per_page,
                total: teams.total,
                pages: teams.pages,
            },
        }
    }
}

impl From<MemberRow> for TeamMemberOut {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id,
            username: row.username,
            name: row.name,
            department: row.department,
            joined_at: row.joined_at,
        }
    }
}

impl From<Detail> for TeamDetailOut {
    fn from(detail: Detail) -> Self {
        Self {
            team: detail.line.into(),
            members: detail.members.into_iter().map(Into::into).collect(),
            page: detail.page,
            pages: detail.pages,
            history: detail.history.into_iter().map(Into::into).collect(),
        }
    }
}
