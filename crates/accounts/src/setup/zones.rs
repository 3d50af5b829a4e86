//! The time zones that a form offers.

use hanok_web::page::time_zone;

/// Where the first organisations are.
pub(super) const FIRST: &str = "Asia/Seoul";

/// The names of places, Seoul first; a system without a database of zones knows Seoul and UTC.
pub(super) fn offered() -> Vec<String> {
    let known = jiff::tz::db().available();
    let mut names: Vec<String> = known
        .map(|name| name.as_str().to_owned())
        .filter(|name| is_a_place(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let first = [FIRST, "UTC"];
    let first = first.into_iter().filter(|name| time_zone(name).is_some());
    first.map(str::to_owned).chain(names).collect()
}

/// Whether a zone's name is a place's: not a country's old name, an abbreviation or an offset.
fn is_a_place(name: &str) -> bool {
    const AREAS: [&str; 10] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let area = name.split('/').next().unwrap_or_default();
    name != FIRST && name.contains('/') && AREAS.contains(&area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seoul_comes_first_and_every_zone_offered_is_one() {
        let offered = offered();
        assert_eq!(offered.first().map(String::as_str), Some(FIRST));
        let unknown: Vec<_> = offered
            .iter()
            .filter(|name| time_zone(name).is_none())
            .collect();
        assert_eq!(unknown, Vec::<&String>::new());
        let mut once = offered.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), offered.len());
    }
}
