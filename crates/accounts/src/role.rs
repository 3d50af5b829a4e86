//! Roles: named sets of permissions. The built-in ones are here; an organisation's own are rows.

mod follow;
mod holders;
mod store;

use hanok_web::PermissionSet;

pub use follow::FollowRole;
pub(crate) use follow::Followers;
pub use store::{assign, holders_of, of_account, withdraw};

/// A role that every installation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name, lower case.
    pub name: &'static str,
    /// Its own permissions, beside those of the roles it includes.
    own: &'static [&'static str],
    /// The roles whose permissions it holds too.
    includes: &'static [&'static str],
}

/// The built-in roles, the highest first.
pub const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "super_admin",
        own: &[],
        includes: &[],
    },
    BuiltIn {
        name: "admin",
        own: &[
            "user_management",
            "provider_management",
            "system_configuration",
            "data_export",
            "reports_generation",
            "api_access",
            "board_moderation",
            "alert_acknowledge",
        ],
        includes: &["service_admin", "manager", "auditor", "user"],
    },
    BuiltIn {
        name: "service_admin",
        own: &[
            "provider_management",
            "provider_statistics",
            "audit_read",
            "people_read",
        ],
        includes: &["user"],
    },
    BuiltIn {
        name: "manager",
        own: &[
            "team_management",
            "team_reports",
            "user_monitoring",
            "data_export",
        ],
        includes: &["user"],
    },
    BuiltIn {
        name: "auditor",
        own: &["audit_read"],
        includes: &["user"],
    },
    BuiltIn {
        name: "user",
        own: &[
            "personal_dashboard",
            "personal_reports",
            "focus_sessions",
            "board",
        ],
        includes: &[],
    },
];

/// The role that every account holds.
pub const USER: &str = "user";
/// The role that may do everything.
pub const SUPER_ADMIN: &str = "super_admin";
/// The role over the whole organisation.
pub const ADMIN: &str = "admin";
/// The role that runs its own providers.
pub const SERVICE_ADMIN: &str = "service_admin";

/// The built-in role of this name, in either case.
pub fn built_in(name: &str) -> Option<&'static BuiltIn> {
    BUILT_IN
        .iter()
        .find(|role| role.name.eq_ignore_ascii_case(name))
}

/// The permissions of built-in roles and of own ones (`own`: the permissions their rows list).
pub fn permissions(roles: &[String], own: &[String]) -> PermissionSet {
    if roles.iter().any(|role| role == SUPER_ADMIN) {
        return PermissionSet::everything();
    }
    let mut names: Vec<&str> = own.iter().map(String::as_str).collect();
    collect(USER, &mut names);
    roles.iter().for_each(|role| collect(role, &mut names));
    names.into_iter().collect()
}

fn collect(name: &str, into: &mut Vec<&str>) {
    if let Some(role) = built_in(name) {
        into.extend(role.own);
        role.includes
            .iter()
            .for_each(|included| collect(included, into));
    }
}

/// Sorts role names the highest first: built-in ones by rank, then own ones by name, then `user`.
pub fn sort(roles: &mut [String]) {
    let rank = |name: &str| {
        BUILT_IN
            .iter()
            .position(|role| role.name == name && name != USER)
    };
    roles.sort_by(|one, other| {
        let key = |name: &str| (name == USER, rank(name).unwrap_or(BUILT_IN.len()));
        key(one).cmp(&key(other)).then_with(|| one.cmp(other))
    });
}

/// Whether someone with these roles may grant or take `role`: nobody gives what they lack, and only a
/// super_admin gives `admin` and `super_admin`.
pub fn may_grant(held: &PermissionSet, role: &str, grants: &PermissionSet) -> bool {
    held.is_everything() || (!matches!(role, SUPER_ADMIN | ADMIN) && held.covers(grants))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(roles: &[&str]) -> PermissionSet {
        permissions(
            &roles
                .iter()
                .map(|role| (*role).to_owned())
                .collect::<Vec<_>>(),
            &[],
        )
    }

    #[test]
    fn an_admin_holds_all_that_the_roles_below_hold() {
        let admin = of(&["admin"]);
        for below in ["service_admin", "manager", "auditor", "user"] {
            assert!(admin.covers(&of(&[below])), "{below}");
        }
        assert!(!admin.contains("provider.ci_entitled"));
        assert!(!admin.contains("full_user_info"));
        assert!(of(&["super_admin"]).contains("full_user_info"));
    }

    #[test]
    fn every_account_holds_the_user_role() {
        assert!(of(&[]).contains("personal_dashboard"));
        assert!(!of(&[]).contains("audit_read"));
    }

    #[test]
    fn nobody_grants_what_they_lack() {
        assert!(!may_grant(&of(&["admin"]), "admin", &of(&["admin"])));
        assert!(may_grant(&of(&["super_admin"]), "admin", &of(&["admin"])));
        assert!(may_grant(&of(&["admin"]), "manager", &of(&["manager"])));
        assert!(!may_grant(
            &of(&["service_admin"]),
            "manager",
            &of(&["manager"])
        ));
    }

    #[test]
    fn the_highest_role_stands_first() {
        let mut roles = ["user", "own", "manager", "admin"]
            .map(str::to_owned)
            .to_vec();
        sort(&mut roles);
        assert_eq!(roles, ["admin", "manager", "own", "user"]);
    }
}
