//! Departments as the API shows them.

use hanok_accounts::AccountId;
use hanok_accounts::organisation::DepartmentId;
use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::service::Detail;
use super::store::MemberRow;
use super::tree::Place;
use crate::organisation::history::Turn;

/// Who leads a department or a team.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeaderOut {
    /// The account's id.
    #[schema(value_type = String)]
    pub(in crate::organisation) id: AccountId,
    /// The name to sign in with.
    pub(in crate::organisation) username: String,
    /// The person's name.
    pub(in crate::organisation) name: String,
}

/// A department in its place in the tree.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentOut {
    /// Its id.
    #[schema(value_type = String)]
    id: DepartmentId,
    /// What it is called.
    name: String,
    /// The department that it is part of, where I see that.
    #[schema(value_type = Option<String>)]
    parent_id: Option<DepartmentId>,
    /// The names of those above it that I see, the highest first, and its own.
    path: Vec<String>,
    /// Who leads it and what is below it.
    manager: Option<LeaderOut>,
    /// How many people are in it.
    people: i64,
    /// How many people are in it and in those below it.
    people_below: i64,
    /// How many departments are directly below it.
    children: usize,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// The departments that I see, each before those below it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentsOut {
    departments: Vec<DepartmentOut>,
    /// How many there are.
    total: usize,
}

/// Somebody who is in a department.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentMemberOut {
    /// The account's id.
    #[schema(value_type = String)]
    id: AccountId,
    /// The name to sign in with.
    username: String,
    /// The person's name.
    name: String,
    /// Since when they are there.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// Somebody came or left.
#[derive(Debug, Serialize, ToSchema)]
pub struct TurnOut {
    /// The account's id.
    #[schema(value_type = String)]
    id: AccountId,
    /// The person's name.
    name: String,
    /// `came` or `left`.
    what: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// A department with its people, who came last first, and its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentDetailOut {
    /// The department.
    #[serde(flatten)]
    department: DepartmentOut,
    /// A page of its people.
    members: Vec<DepartmentMemberOut>,
    /// This page's number.
    page: u32,
    /// How many pages there are, at most 500.
    pages: u32,
    /// Who came and left last, the newest first; at most 20.
    history: Vec<TurnOut>,
}

impl From<Place> for DepartmentOut {
    fn from(place: Place) -> Self {
        let Place {
            line,
            above,
            people_below,
            children,
        } = place;
        let named = line.manager_name.zip(line.manager_username);
        let manager = line.manager_id.zip(named);
        Self {
            id: line.id,
            parent_id: line.parent_id,
            path: above.into_iter().chain([line.name.clone()]).collect(),
            name: line.name,
            manager: manager.map(|(id, (name, username))| LeaderOut { id, username, name }),
            people: line.people,
            people_below,
            children,
            created_at: line.created_at,
        }
    }
}

impl From<Vec<Place>> for DepartmentsOut {
    fn from(places: Vec<Place>) -> Self {
        Self {
            total: places.len(),
            departments: places.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<MemberRow> for DepartmentMemberOut {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id,
            username: row.username,
            name: row.name,
            since: row.since,
        }
    }
}

impl From<Turn> for TurnOut {
    fn from(turn: Turn) -> Self {
        Self {
            id: turn.account,
            name: turn.name,
            what: if turn.has_left { "left" } else { "came" },
            at: turn.at,
        }
    }
}

impl From<Detail> for DepartmentDetailOut {
    fn from(detail: Detail) -> Self {
        Self {
            department: detail.place.into(),
            members: detail.members.into_iter().map(Into::into).collect(),
            page: detail.page,
            pages: detail.pages,
            history: detail.history.into_iter().map(Into::into).collect(),
        }
    }
}
