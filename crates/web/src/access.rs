//! Who may call what: named once per route, checked before the handler, and again by its argument.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;
use std::task::{Context, Poll};

use axum::extract::{FromRequestParts, Request};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::Either;
use tower::{Layer, Service};

use crate::ctx::exchange;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::moved;
use crate::principal::{Caller, Principal};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Anybody.
    Public,
    /// Any account, by session, token or API key.
    SignedIn,
    /// An account that holds this permission.
    Permission(&'static str),
    /// An account that holds one of these permissions at least.
    AnyOf(&'static [&'static str]),
    /// An account that holds all of these permissions.
    AllOf(&'static [&'static str]),
    /// A provider by its client credentials, which the handler checks.
    Client,
    /// A paired phone by its signature, or where the app's rules allow it the account's session; the handler checks.
    Device,
}

impl Access {
    /// Whether what a signed-in caller holds is enough for it.
    pub fn is_held_by(self, caller: &Caller) -> bool {
        match self {
            Self::Permission(name) => caller.permissions.contains(name),
            Self::AnyOf(names) => names.iter().any(|name| caller.permissions.contains(name)),
            Self::AllOf(names) => names.iter().all(|name| caller.permissions.contains(name)),
            Self::Public | Self::SignedIn | Self::Client | Self::Device => true,
        }
    }
}

/// A permission, as a type: `Allowed<P>` in a handler's arguments asks for it.
pub trait Permission: Send + Sync + 'static {
    /// Its name, as roles list it.
    const NAME: &'static str;
}

/// Several permissions, as a type: `AllowedAny<G>` in a handler's arguments asks for one of them, `AllowedAll<G>` for
/// all.
pub trait PermissionGroup: Send + Sync + 'static {
    /// Their names, as roles list them.
    const NAMES: &'static [&'static str];
}

/// The caller, who is signed in; 401 for anybody else.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Caller);

/// The caller, who holds `P`; 401 for nobody, 403 for others.
#[derive(Debug)]
pub struct Allowed<P>(pub Caller, PhantomData<fn() -> P>);

/// The caller, who holds a permission of `G` at least; 401 for nobody, 403 for others.
#[derive(Debug)]
pub struct AllowedAny<G>(pub Caller, PhantomData<fn() -> G>);

/// The caller, who holds every permission of `G`; 401 for nobody, 403 for others.
#[derive(Debug)]
pub struct AllowedAll<G>(pub Caller, PhantomData<fn() -> G>);

impl<G> Deref for AllowedAny<G> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<G> Deref for AllowedAll<G> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl Deref for SignedIn {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P> Deref for Allowed<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let exchange = exchange(parts)?;
        check(Access::SignedIn, &exchange).map(|caller| Self(caller.clone()))
    }
}

impl<S: Send + Sync, P: Permission> FromRequestParts<S> for Allowed<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let exchange = exchange(parts)?;
        let caller = check(Access::Permission(P::NAME), &exchange)?;
        Ok(Self(caller.clone(), PhantomData))
    }
}

impl<S: Send + Sync, G: PermissionGroup> FromRequestParts<S> for AllowedAny<G> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let exchange = exchange(parts)?;
        let caller = check(Access::AnyOf(G::NAMES), &exchange)?;
        Ok(Self(caller.clone(), PhantomData))
    }
}

impl<S: Send + Sync, G: PermissionGroup> FromRequestParts<S> for AllowedAll<G> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let exchange = exchange(parts)?;
        let caller = check(Access::AllOf(G::NAMES), &exchange)?;
        Ok(Self(caller.clone(), PhantomData))
    }
}

/// The caller, where `access` (a session's) lets them in.
fn check(access: Access, exchange: &Exchange) -> Result<&Caller, Error> {
    let Principal::Account(caller) = exchange.principal() else {
        return Err(exchange.refusal());
    };
    if access.is_held_by(caller) {
        Ok(caller)
    } else {
        Err(Error::forbidden())
    }
}

/// Puts the check of a route's [`Access`] in front of it.
#[derive(Clone, Copy)]
pub(crate) struct Guard(pub(crate) Access);

/// A route behind its [`Guard`].
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    access: Access,
    inner: S,
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            access: self.0,
            inner,
        }
    }
}

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let checked = Exchange::of(request.extensions())
            .and_then(|exchange| check(self.access, exchange).map(|_| ()));
        match checked {
            Ok(()) => Either::Right(self.inner.call(request)),
            Err(refused) => Either::Left(ready(Ok(refused.into_response()))),
        }
    }
}

/// Notes in the exchange that the route is a page's, and leads there from its address with a trailing slash.
#[derive(Clone, Copy)]
pub(crate) struct MarkPage;

/// A page's route, which notes that it is one.
#[derive(Clone)]
pub(crate) struct PageMarked<S>(S);

impl<S> Layer<S> for MarkPage {
    type Service = PageMarked<S>;

    fn layer(&self, inner: S) -> PageMarked<S> {
        PageMarked(inner)
    }
}

impl<S> Service<Request> for PageMarked<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if let Ok(exchange) = Exchange::of(request.extensions()) {
            exchange.note_page();
            let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
            if let Some(page) = moved::without_slash(&exchange.target).filter(|_| is_read) {
                let lead = Redirect::permanent(&page).into_response();
                return Either::Left(ready(Ok(lead)));
            }
        }
        Either::Right(self.0.call(request))
    }
}
