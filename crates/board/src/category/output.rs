//! Categories as the API shows them.

use hanok_base::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::service::{Managed, Seen};
use super::store::Listed;
use super::subjects::Subject;
use super::{CategoryId, Kind};

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryOut {
    /// Its id.
    #[schema(value_type = String)]
    id: CategoryId,
    /// What it is called.
    name: String,
    /// What it is for.
    description: String,
    /// `free` or `notice`.
    #[schema(value_type = String)]
    kind: Kind,
    /// How many posts its list shows.
    posts: i64,
    /// Whether I may write there.
    may_write: bool,
    /// When it was closed: nobody writes there, and only moderators read.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

/// The categories that I may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoriesOut {
    categories: Vec<CategoryOut>,
}

/// Whom a right is given to; all empty: everyone.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct SubjectsOut {
    /// Names of roles.
    roles: Vec<String>,
    /// Ids of teams.
    teams: Vec<Uuid>,
    /// Ids of departments; each with those below it.
    departments: Vec<Uuid>,
}

/// A category with its rights.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedCategoryOut {
    /// The category.
    #[serde(flatten)]
    category: CategoryOut,
    /// Who reads; empty: every member.
    readers: SubjectsOut,
    /// Who writes, and so reads; empty: everyone who reads.
    writers: SubjectsOut,
    /// Its place in the order.
    position: i64,
}

fn out(listed: Listed, may_write: bool) -> CategoryOut {
    CategoryOut {
        id: listed.id,
        name: listed.name,
        description: listed.description,
        kind: listed.kind,
        posts: listed.post_count,
        may_write,
        closed_at: listed.closed_at,
    }
}

impl From<Vec<Seen>> for CategoriesOut {
    fn from(seen: Vec<Seen>) -> Self {
        let categories = seen.into_iter();
        Self {
            categories: categories.map(|it| out(it.listed, it.may_write)).collect(),
        }
    }
}

impl From<&Vec<Subject>> for SubjectsOut {
    fn from(subjects: &Vec<Subject>) -> Self {
        let mut out = Self::default();
        for subject in subjects {
            match subject {
                Subject::Role(name) => out.roles.push(name.clone()),
                Subject::Team(id) => out.teams.push(*id),
                Subject::Department(id) => out.departments.push(*id),
            }
        }
        out
    }
}

impl From<Managed> for ManagedCategoryOut {
    fn from(managed: Managed) -> Self {
        Self {
            readers: (&managed.rights.readers).into(),
            writers: (&managed.rights.writers).into(),
            position: managed.listed.position,
            // Whoever manages categories moderates, and moderators write wherever it is open.
            category: {
                let is_open = managed.listed.closed_at.is_none();
                out(managed.listed, is_open)
            },
        }
    }
}
