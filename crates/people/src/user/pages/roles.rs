//! The roles of a person, as their page offers them to whoever may change them.

use hanok_accounts::permission::UserManagement;
use hanok_accounts::role;
use hanok_base::i18n::Text;
use hanok_web::{Caller, Permission, PermissionSet};

use super::words::RoleName;
use crate::role::{Roles, line as role_line};
use crate::user::service::UserDetail;

/// A role that may be given or taken, and whether it is held.
pub(super) struct Offer {
    pub(super) role: RoleName,
    pub(super) is_held: bool,
    /// What it is for.
    pub(super) line: Option<Text>,
}

/// What may be done about somebody's roles.
pub(super) struct RoleActs {
    pub(super) offers: Vec<Offer>,
    /// Whether they may be made an admin.
    pub(super) promotes: bool,
    /// Whether they may be made no admin.
    pub(super) demotes: bool,
}

impl RoleActs {
    /// What `caller` may do about the roles of `detail`; `None` where they may not act on the account.
    pub(super) fn of(caller: &Caller, detail: &UserDetail, all: &Roles) -> Option<Self> {
        if !detail.may_act || !caller.permissions.contains(UserManagement::NAME) {
            return None;
        }
        let held = |name: &str| detail.user.roles.iter().any(|role| role == name);
        let offers = all.roles.iter().filter(|role| role.name != role::USER);
        let offers = offers.filter(|role| {
            let grants = if role.is_everything {
                PermissionSet::everything()
            } else {
                role.permissions.iter().map(String::as_str).collect()
            };
            role::may_grant(&caller.permissions, &role.name, &grants)
        });
        let offers = offers.map(|role| Offer {
            role: RoleName::of(&role.name),
            is_held: held(&role.name),
            line: role_line(&role.name),
        });
        let is_chief = caller.permissions.is_everything();
        let is_admin = held(role::ADMIN);
        Some(Self {
            offers: offers.collect(),
            promotes: is_chief && !is_admin && !held(role::SUPER_ADMIN),
            demotes: is_chief && is_admin,
        })
    }
}
