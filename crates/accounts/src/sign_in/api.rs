//! Sign-in over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_base::Secret;
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, SignedIn};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::context::Accounts;
use crate::session::SignInOut;

/// A name and a password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LoginIn {
    /// The name to sign in with; `user_id` and a verified `email` do as well.
    username: Option<String>,
    /// The same as `username`.
    user_id: Option<String>,
    /// A verified e-mail address.
    email: Option<String>,
    /// The password.
    #[schema(value_type = String)]
    password: Option<Secret>,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RefreshIn {
    /// The newest refresh token of the session.
    #[schema(value_type = String)]
    refresh_token: Secret,
}

/// A password, asked again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PasswordIn {
    /// The caller's password.
    #[schema(value_type = String)]
    password: Secret,
}

/// Sign in with a name and a password.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "sign-in", responses((status = 200, body = SignInOut), Error))]
pub async fn login(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Json(input): Json<LoginIn>,
) -> Result<Json<SignInOut>, Error> {
    let name = input
        .username
        .or(input.user_id)
        .or(input.email)
        .filter(|name| !name.trim().is_empty());
    let password = input.password.filter(|password| !password.is_empty());
    match (name, password) {
        (Some(name), Some(password)) => Ok(Json(accounts.sign_in(&ctx, &name, &password).await?)),
        (name, password) => {
            let missing = [
                (name.is_none(), "/username"),
                (password.is_none(), "/password"),
            ];
            let fields = missing.into_iter().filter(|(missing, _)| *missing);
            Err(Error::invalid_request(fields.map(|(_, pointer)| {
                hanok_web::FieldError::new(pointer, "required")
            })))
        }
    }
}

/// Get a new access token for a refresh token, which is used up.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "sign-in", responses((status = 200, body = SignInOut), Error))]
pub async fn refresh(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Json(input): Json<RefreshIn>,
) -> Result<Json<SignInOut>, Error> {
    Ok(Json(accounts.refresh(&ctx, input.refresh_token).await?))
}

/// Sign out: the session ends everywhere at once.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "sign-in", responses((status = 204), Error))]
pub async fn logout(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
) -> Result<StatusCode, Error> {
    accounts.sign_out(&ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give the password again, for what asks for it; it counts for five minutes.
#[utoipa::path(post, path = "/api/v1/me/password/confirm", tag = "me", responses((status = 204), Error))]
pub async fn confirm_password(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Json(input): Json<PasswordIn>,
) -> Result<StatusCode, Error> {
    accounts.confirm_password(&ctx, &input.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A password change.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangePasswordIn {
    /// The password until now.
    #[schema(value_type = String)]
    current_password: Secret,
    /// The new one.
    #[schema(value_type = String)]
    new_password: Secret,
}

/// Change my password; every other session ends.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "me", responses((status = 204), Error))]
pub async fn change_password(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Json(input): Json<ChangePasswordIn>,
) -> Result<StatusCode, Error> {
    accounts
        .change_password(&ctx, &input.current_password, &input.new_password)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
