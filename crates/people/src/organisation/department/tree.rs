//! The tree of departments: its order, and where in it one may be put.

use std::collections::{HashMap, HashSet};

use hanok_accounts::organisation::DepartmentId;

use super::store::Line;

/// How many departments can stand below each other.
pub(super) const DEEPEST: usize = 8;
/// How many departments an organisation has at most: the tree is read as a whole.
pub(super) const MOST: usize = 1_000;

/// A department in its place in the tree.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) line: Line,
    /// The names of the departments above it that are seen, the highest first.
    pub(crate) above: Vec<String>,
    /// The people in it and in those below it.
    pub(crate) people_below: i64,
    /// How many departments are directly below it.
    pub(crate) children: usize,
}

impl Place {
    /// How far below the highest that is seen.
    pub(crate) fn depth(&self) -> usize {
        self.above.len()
    }

    /// Its name behind those above it.
    pub(crate) fn path(&self) -> String {
        let names = self.above.iter().map(String::as_str);
        let names: Vec<&str> = names.chain([self.line.name.as_str()]).collect();
        names.join(" › ")
    }
}

/// The departments of `lines`, each before those below it; one whose parent is not among them stands at the top.
pub(super) fn ordered(lines: Vec<Line>) -> Vec<Place> {
    let seen: HashSet<DepartmentId> = lines.iter().map(|line| line.id).collect();
    let mut below: HashMap<Option<DepartmentId>, Vec<Line>> = HashMap::new();
    for mut line in lines {
        line.parent_id = line.parent_id.filter(|parent| seen.contains(parent));
        below.entry(line.parent_id).or_default().push(line);
    }
    let mut places = Vec::with_capacity(seen.len());
    walk(&mut below, None, &mut Vec::new(), &mut places);
    places
}

/// Adds what is below `parent`, and gives how many people are there.
fn walk(
    below: &mut HashMap<Option<DepartmentId>, Vec<Line>>,
    parent: Option<DepartmentId>,
    above: &mut Vec<String>,
    into: &mut Vec<Place>,
) -> (i64, usize) {
    let here = below.remove(&parent).unwrap_or_default();
    let children = here.len();
    let mut people = 0;
    for line in here {
        let (id, name, own) = (line.id, line.name.clone(), line.people);
        let place = into.len();
        into.push(Place {
            line,
            above: above.clone(),
            people_below: own,
            children: 0,
        });
        above.push(name);
        let (further, grandchildren) = walk(below, Some(id), above, into);
        above.pop();
        if let Some(place) = into.get_mut(place) {
            place.people_below += further;
            place.children = grandchildren;
        }
        people += own + further;
    }
    (people, children)
}

/// Why a department cannot be put somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misplaced {
    /// There is no such department.
    Unknown,
    /// It would be below itself.
    Cycle,
    /// There would be more than [`DEEPEST`] below each other.
    TooDeep,
}

impl Misplaced {
    /// The stable name of this fault.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "department_unknown",
            Self::Cycle => "department_cycle",
            Self::TooDeep => "department_too_deep",
        }
    }
}

/// The departments above each.
pub(super) type Parents = HashMap<DepartmentId, Option<DepartmentId>>;

/// Whether the department `id`, or a new one where that is none, may be put below `parent`.
///
/// # Errors
/// Why not.
pub(super) fn check(
    parents: &Parents,
    id: Option<DepartmentId>,
    parent: DepartmentId,
) -> Result<(), Misplaced> {
    if !parents.contains_key(&parent) {
        return Err(Misplaced::Unknown);
    }
    let line = upwards(parents, parent);
    if id.is_some_and(|id| line.contains(&id)) {
        return Err(Misplaced::Cycle);
    }
    let height = id.map_or(1, |id| height(parents, id));
    if line.len() + height > DEEPEST {
        return Err(Misplaced::TooDeep);
    }
    Ok(())
}

/// A department and those above it.
fn upwards(parents: &Parents, from: DepartmentId) -> Vec<DepartmentId> {
    let above = |id: &DepartmentId| parents.get(id).copied().flatten();
    std::iter::successors(Some(from), above)
        .take(parents.len())
        .collect()
}

/// How many stand below each other from `id` down, itself included.
fn height(parents: &Parents, id: DepartmentId) -> usize {
    let from = |leaf: &DepartmentId| {
        let line = upwards(parents, *leaf);
        line.iter()
            .position(|above| *above == id)
            .map(|place| place + 1)
    };
    parents.keys().filter_map(from).max().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use hanok_base::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> DepartmentId {
        DepartmentId::from_uuid(Uuid::from_u128(number))
    }

    fn line(number: u128, parent: Option<u128>, name: &str, people: i64) -> Line {
        Line {
            id: id(number),
            parent_id: parent.map(id),
            name: name.to_owned(),
            manager_id: None,
            manager_name: None,
            manager_username: None,
            people,
            created_at: Timestamp::from_micros(1),
        }
    }

    fn parents(pairs: &[(u128, Option<u128>)]) -> Parents {
        pairs
            .iter()
            .map(|(child, parent)| (id(*child), parent.map(id)))
            .collect()
    }

    #[test]
    fn every_department_stands_before_those_below_it_and_counts_their_people() {
        let lines = vec![
            line(1, None, "본사", 1),
            line(2, None, "공장", 2),
            line(3, Some(1), "개발", 4),
            line(4, Some(3), "서버", 8),
            line(5, Some(1), "영업", 16),
        ];
        let places = ordered(lines);
        let seen: Vec<(String, i64, usize)> = places
            .iter()
            .map(|place| (place.path(), place.people_below, place.children))
            .collect();
        assert_eq!(
            seen,
            [
                ("본사".to_owned(), 29, 2),
                ("본사 › 개발".to_owned(), 12, 1),
                ("본사 › 개발 › 서버".to_owned(), 8, 0),
                ("본사 › 영업".to_owned(), 16, 0),
                ("공장".to_owned(), 2, 0),
            ]
        );
    }

    #[test]
    fn what_is_above_the_part_that_is_seen_is_not_told() {
        let places = ordered(vec![
            line(3, Some(1), "개발", 4),
            line(4, Some(3), "서버", 8),
        ]);
        let seen: Vec<(usize, bool)> = places
            .iter()
            .map(|place| (place.depth(), place.line.parent_id.is_some()))
            .collect();
        assert_eq!(seen, [(0, false), (1, true)]);
    }

    #[test]
    fn nothing_comes_below_itself() {
        let tree = parents(&[(1, None), (2, Some(1)), (3, Some(2)), (4, None)]);
        assert_eq!(check(&tree, Some(id(1)), id(1)), Err(Misplaced::Cycle));
        assert_eq!(check(&tree, Some(id(1)), id(3)), Err(Misplaced::Cycle));
        assert_eq!(check(&tree, Some(id(3)), id(4)), Ok(()));
        assert_eq!(check(&tree, Some(id(4)), id(9)), Err(Misplaced::Unknown));
    }

    #[test]
    fn the_tree_grows_no_deeper_than_it_may() {
        let chain: Vec<(u128, Option<u128>)> = (1..=8)
            .map(|number| (number, (number > 1).then(|| number - 1)))
            .chain([(20, None), (21, Some(20))])
            .collect();
        let tree = parents(&chain);
        assert_eq!(check(&tree, None, id(7)), Ok(()));
        assert_eq!(check(&tree, None, id(8)), Err(Misplaced::TooDeep));
        assert_eq!(check(&tree, Some(id(20)), id(6)), Ok(()));
        assert_eq!(check(&tree, Some(id(20)), id(7)), Err(Misplaced::TooDeep));
    }
}
