//! An app's routes: handlers, their OpenAPI and who may call them, collected together.

use std::time::Duration;

use axum::Router;
use axum::handler::Handler;
use axum::http::{Method, Uri};
use axum::response::Redirect;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, OpenApiBuilder, RefOr, Schema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::access::{Access, Guard, MarkPage};
use crate::{moved, openapi};

/// One route, as the access table sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteEntry {
    /// The method.
    pub method: Method,
    /// The path as it is matched: `/api/v1/providers/{id}`.
    pub path: String,
    /// Who may call it.
    pub access: Access,
}

/// A route whose body may be longer than others, and come slower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteBody {
    /// The path as it is matched; POST is meant.
    pub path: String,
    /// The most bytes; more answer 413.
    pub bytes: u64,
    /// How long the body may take to come; longer answers 408.
    pub time: Duration,
}

/// The routes of an app over its state `S`.
pub struct Routes<S = ()> {
    router: OpenApiRouter<S>,
    entries: Vec<RouteEntry>,
    bodies: Vec<RouteBody>,
    /// Names that stand for two different schemas.
    twice_named: Vec<String>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    pub fn new() -> Self {
        let document = OpenApiBuilder::new().build();
        Self {
            router: OpenApiRouter::with_openapi(document),
            entries: Vec::new(),
            bodies: Vec::new(),
            twice_named: Vec::new(),
        }
    }

    /// Adds `routes!(handler, …)` that `access` may call.
    ///
    /// The check runs before the handler, for [`Access::SignedIn`] and [`Access::Permission`]; the
    /// document gets the security requirement and the shared problem answers.
    #[must_use]
    pub fn add(mut self, routes: UtoipaMethodRouter<S>, access: Access) -> Self {
        let (schemas, mut paths, handlers) = routes;
        self.compare(schemas.iter().map(|(name, schema)| (name, schema)));
        for (path, item) in &mut paths.paths {
            for (method, operation) in operations(item) {
                operation.operation_id = Some(openapi::operation_id(&method, path));
                openapi::describe_access(operation, access);
                self.entries.push(RouteEntry {
                    method,
                    path: path.clone(),
                    access,
                });
            }
        }
        self.router = self
            .router
            .routes((schemas, paths, guarded(handlers, access)));
        self
    }

    /// Adds a route that the OpenAPI document leaves out: health, pages, development aids.
    #[must_use]
    pub fn undocumented(
        mut self,
        method: Method,
        path: &str,
        handler: MethodRouter<S>,
        access: Access,
    ) -> Self {
        self.router = self.router.route(path, guarded(handler, access));
        self.entries.push(RouteEntry {
            method,
            path: path.to_owned(),
            access,
        });
        self
    }

    /// Adds a page, or what a form of one posts to. The OpenAPI document leaves it out; refusals and
    /// faults are pages too, and 401 leads to `/login`, which leads back.
    #[must_use]
    pub fn page<H, T>(mut self, method: Method, path: &str, handler: H, access: Access) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        let handlers = guarded(on(filter, handler), access).route_layer(MarkPage);
        self.router = self.router.route(path, handlers);
        self.entries.push(RouteEntry {
            method,
            path: path.to_owned(),
            access,
        });
        self
    }

    /// Leads from an older address to a page for good (308): with the same query, and with the same
    /// parameters where `to` names those of `from`.
    #[must_use]
    pub fn moved(self, from: &'static str, to: &'static str) -> Self {
        let lead = async move |sent: Uri| Redirect::permanent(&moved::target(from, to, &sent));
        self.undocumented(Method::GET, from, get(lead), Access::Public)
    }

    /// Lets what is posted to `path` have so many bytes and take so long to come, whatever `[web]` says of others.
    #[must_use]
    pub fn body(mut self, path: &str, bytes: u64, time: Duration) -> Self {
        self.bodies.push(RouteBody {
            path: path.to_owned(),
            bytes,
            time,
        });
        self
    }

    /// Adds all of `other`'s routes.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.compare(other.openapi().components.iter().flat_map(|it| &it.schemas));
        self.twice_named.extend(other.twice_named);
        self.router = self.router.merge(other.router);
        self.entries.extend(other.entries);
        self.bodies.extend(other.bodies);
        self
    }

    /// Gives the handlers their state.
    #[must_use]
    pub fn with_state<S2: Clone + Send + Sync + 'static>(self, state: S) -> Routes<S2> {
        Routes {
            router: self.router.with_state(state),
            entries: self.entries,
            bodies: self.bodies,
            twice_named: self.twice_named,
        }
    }

    /// Every route, in the order they were added.
    pub fn entries(&self) -> &[RouteEntry] {
        &self.entries
    }

    /// The routes whose bodies have bounds of their own.
    pub fn bodies(&self) -> &[RouteBody] {
        &self.bodies
    }

    /// The names that stand for two different schemas: the document can hold one of them alone.
    pub fn twice_named(&self) -> &[String] {
        &self.twice_named
    }

    /// Notes which of these have a name that stands for another already.
    fn compare<'a>(&mut self, schemas: impl Iterator<Item = (&'a String, &'a RefOr<Schema>)>) {
        let Some(known) = &self.router.get_openapi().components else {
            return;
        };
        let differs = |(name, schema): &(&String, &RefOr<Schema>)| {
            known.schemas.get(*name).is_some_and(|it| it != *schema)
        };
        let names = schemas.filter(differs).map(|(name, _)| name.clone());
        self.twice_named.extend(names);
    }

    /// The routes' part of the OpenAPI document; [`openapi::document`] completes it.
    pub fn openapi(&self) -> &OpenApi {
        self.router.get_openapi()
    }

    /// The bare router.
    pub fn into_router(self) -> Router<S> {
        self.router.split_for_parts().0
    }
}

fn guarded<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
    access: Access,
) -> MethodRouter<S> {
    match access {
        Access::SignedIn | Access::Permission(_) | Access::AnyOf(_) | Access::AllOf(_) => {
            handlers.route_layer(Guard(access))
        }
        Access::Public | Access::Client | Access::Device => handlers,
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem {
        get,
        put,
        post,
        delete,
        options,
        head,
        patch,
        trace,
        ..
    } = item;
    [
        (Method::GET, get),
        (Method::PUT, put),
        (Method::POST, post),
        (Method::DELETE, delete),
        (Method::OPTIONS, options),
        (Method::HEAD, head),
        (Method::PATCH, patch),
        (Method::TRACE, trace),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

#[cfg(test)]
mod tests {
    use axum::Json;
    use utoipa::{ToSchema, openapi::OpenApi};
    use utoipa_axum::routes;

    use super::*;

    mod ours {
        use super::*;

        #[derive(serde::Serialize, ToSchema)]
        pub struct ReportOut {
            number: u32,
        }

        #[utoipa::path(get, path = "/ours", responses((status = 200, body = ReportOut)))]
        pub async fn ours() -> Json<ReportOut> {
            Json(ReportOut { number: 1 })
        }
    }

    mod theirs {
        use super::*;

        #[derive(serde::Serialize, ToSchema)]
        pub struct ReportOut {
            name: &'static str,
        }

        #[utoipa::path(get, path = "/theirs", responses((status = 200, body = ReportOut)))]
        pub async fn theirs() -> Json<ReportOut> {
            Json(ReportOut { name: "one" })
        }
    }

    fn schemas(document: &OpenApi) -> usize {
        document
            .components
            .as_ref()
            .map_or(0, |it| it.schemas.len())
    }

    #[test]
    fn a_name_of_two_schemas_is_noted_wherever_they_meet() {
        let ours = || Routes::<()>::new().add(routes!(ours::ours), Access::Public);
        assert_eq!(ours().twice_named(), [""; 0]);
        let both = ours().add(routes!(theirs::theirs), Access::Public);
        assert_eq!(
            (both.twice_named(), schemas(both.openapi())),
            (&["ReportOut".to_owned()][..], 1)
        );
        let theirs = Routes::<()>::new().add(routes!(theirs::theirs), Access::Public);
        let merged = ours().merge(theirs).with_state::<()>(());
        assert_eq!(merged.twice_named(), ["ReportOut"]);
    }
}
