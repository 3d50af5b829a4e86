//! The floors of the house: a crate imports only crates below it, and apps never import each other.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Every crate of ours on its floor; crates of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["hanok-i18n"],
    &["hanok-base"],
    &["hanok-db", "hanok-redis"],
    &["hanok-events", "hanok-web"],
    &["hanok-accounts", "hanok-kafka"],
    &["hanok-notifications"],
    &[
        "hanok-testkit",
        "hanok-operator",
        "hanok-people",
        "hanok-identity",
        "hanok-board",
    ],
    &["hanok-demo"],
    &["hanok"],
];

/// Built in the workspace, part of no floor: they know no crate of the house.
const OUTSIDE: &[&str] = &["hanok-bench-load"];

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

#[test]
fn every_arrow_points_down() {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .expect("cargo metadata runs");
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let own = package.name.as_str();
        let Some(own_floor) = floor(own) else {
            assert!(
                OUTSIDE.contains(&own),
                "{own} stands on no floor: say on which in this test"
            );
            continue;
        };
        // Tests may be handed anything below the binary; the house itself may not.
        let kinds = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal);
        for dependency in kinds {
            if let Some(other) = floor(&dependency.name)
                && other >= own_floor
            {
                wrong.push(format!("{own} → {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that go up or sideways: {wrong:?}");
}

#[test]
fn only_the_store_names_a_driver() {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .expect("cargo metadata runs");
    let drivers = [
        "rusqlite",
        "tokio-postgres",
        "deadpool-postgres",
        "refinery-core",
    ];
    let users: BTreeMap<&str, Vec<&str>> = metadata
        .packages
        .iter()
        .filter(|package| package.name.as_str() != "hanok-db")
        .map(|package| {
            let named = package
                .dependencies
                .iter()
                .map(|dependency| dependency.name.as_str());
            (
                package.name.as_str(),
                named
                    .filter(|name| drivers.contains(name))
                    .collect::<Vec<_>>(),
            )
        })
        .filter(|(_, named)| !named.is_empty())
        .collect();
    assert!(
        users.is_empty(),
        "crates that know which engine runs: {users:?}"
    );
}
