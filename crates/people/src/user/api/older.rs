//! The older addresses `/api/admin/users…`: the same handlers, and so the same answers.

use axum::http::Method;
use axum::routing::{delete, get, patch, post, put};
use hanok_web::Routes;

use super::{MANAGING, READING, act};
use crate::context::People;

/// The older addresses.
pub(super) fn routes() -> Routes<People> {
    const ALL: &str = "/api/admin/users";
    const ONE: &str = "/api/admin/users/{id}";
    const ROLES: &str = "/api/admin/users/{id}/roles";
    let acts = [
        ("/api/admin/users/{id}/promote", post(act::promote)),
        ("/api/admin/users/{id}/demote", post(act::demote)),
        ("/api/admin/users/{id}/unlock", post(act::unlock)),
        ("/api/admin/users/{id}/password/reset", post(act::reset)),
        ("/api/admin/users/{id}/reveal", post(act::reveal)),
    ];
    let routes = Routes::new()
        .undocumented(Method::GET, ALL, get(super::list), READING)
        .undocumented(Method::POST, ALL, post(super::create), MANAGING)
        .undocumented(Method::GET, ONE, get(super::show), READING)
        .undocumented(Method::PUT, ONE, put(super::replace), MANAGING)
        .undocumented(Method::PATCH, ONE, patch(super::change), MANAGING)
        .undocumented(Method::DELETE, ONE, delete(super::remove), MANAGING)
        .undocumented(Method::GET, ROLES, get(act::roles), MANAGING)
        .undocumented(Method::PUT, ROLES, put(act::set_roles), MANAGING)
        .undocumented(Method::POST, ROLES, post(act::add_roles), MANAGING)
        .undocumented(
            Method::DELETE,
            "/api/admin/users/{id}/roles/{role}",
            delete(act::take_role),
            MANAGING,
        )
        .undocumented(
            Method::DELETE,
            "/api/admin/users/{id}/sessions",
            delete(act::end_sessions),
            MANAGING,
        );
    let add = |routes: Routes<People>, (path, handler)| {
        routes.undocumented(Method::POST, path, handler, MANAGING)
    };
    acts.into_iter().fold(routes, add)
}
