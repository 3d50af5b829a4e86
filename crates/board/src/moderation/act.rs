//! What forms send to report, hide, lock and leave things as they are: on the page of a post and in the queue.

use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::{BoardModeration, BoardUse};
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::local_path;
use hanok_web::{Allowed, Caller, Ctx, Form, Path, Redirected, Routes};
use serde::Deserialize;

use super::pages::PATH;
use super::reason_field::FORM;
use super::rules::Reason;
use super::service::Thing;
use super::store::ReportId;
use crate::answer::{done, refused};
use crate::category::MODERATION;
use crate::category::right::Viewer;
use crate::comment::at;
use crate::context::Board;
use crate::fault::Fault;
use crate::page::USE;
use crate::post::address;
use crate::text;

/// What the forms send to.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .page(
            Method::POST,
            "/admin/moderation/reports/{id}/dismiss",
            dismiss,
            MODERATION,
        )
        .page(Method::POST, "/post/{id}/report", report_post, USE)
        .page(Method::POST, "/comment/{id}/report", report_comment, USE)
        .page(Method::POST, "/post/{id}/hide", hide_post, MODERATION)
        .page(Method::POST, "/post/{id}/show", show_post, MODERATION)
        .page(Method::POST, "/post/{id}/lock", lock, MODERATION)
        .page(Method::POST, "/post/{id}/unlock", unlock, MODERATION)
        .page(Method::POST, "/comment/{id}/hide", hide_comment, MODERATION)
        .page(Method::POST, "/comment/{id}/show", show_comment, MODERATION)
}

/// What the forms send: why, and where to come back to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ActForm {
    reason: String,
    next: String,
}

impl ActForm {
    /// The page of moderation that it came from.
    fn next(&self) -> Option<&str> {
        local_path(&self.next).filter(|path| path.starts_with(PATH))
    }

    /// The same; else the post.
    fn back(&self, post: i64) -> String {
        self.next().map_or_else(|| address(post), str::to_owned)
    }

    /// Back with a word, or with what was refused: to the form, which shows it again.
    fn answered(
        self,
        post: i64,
        (thing, act): (Thing, &str),
        what: Result<(), Fault>,
        word: Text,
    ) -> Result<Redirected, Error> {
        let Err(fault) = what else {
            return Ok(done(self.back(post), word));
        };
        let back = match (self.next(), thing) {
            (Some(next), _) => next.to_owned(),
            (None, Thing::Post(_)) => address(post),
            (None, Thing::Comment(comment)) => at(post, comment),
        };
        let typed = [("reason", self.reason), (FORM, format!("{thing}/{act}"))];
        refused(&back, fault, typed)
    }
}

impl Board {
    /// The post that a thing belongs to, where the caller sees it: a refusal leads back there.
    async fn post_of(&self, caller: &Caller, thing: Thing) -> Result<i64, Fault> {
        let viewer = Viewer::of(caller);
        match thing {
            Thing::Post(post) => self.must_see_post(viewer, post).await.map(|()| post),
            Thing::Comment(it) => Ok(self.comment(viewer, it).await?.row.post),
        }
    }

    async fn report_by_form(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        thing: Thing,
        form: ActForm,
    ) -> Result<Redirected, Error> {
        let post = self.post_of(caller, thing).await?;
        let reported = match Reason::parse(&form.reason) {
            Ok(reason) => self.report(ctx, caller, thing, reason).await,
            Err(fault) => Err(fault),
        };
        form.answered(
            post,
            (thing, "report"),
            reported,
            text::moderation::reported(),
        )
    }

    async fn hide_by_form(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        thing: Thing,
        form: ActForm,
    ) -> Result<Redirected, Error> {
        let post = self.post_of(caller, thing).await?;
        let hidden = match Reason::parse(&form.reason) {
            Ok(reason) => self.hide(ctx, caller, thing, reason).await,
            Err(fault) => Err(fault),
        };
        form.answered(post, (thing, "hide"), hidden, text::moderation::hidden())
    }

    async fn show_by_form(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        thing: Thing,
        form: ActForm,
    ) -> Result<Redirected, Error> {
        let post = self.post_of(caller, thing).await?;
        let shown = self.show(ctx, caller, thing).await;
        form.answered(post, (thing, "show"), shown, text::moderation::shown())
    }

    async fn lock_by_form(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        (post, is_locked): (i64, bool),
        form: ActForm,
    ) -> Result<Redirected, Error> {
        self.lock(ctx, caller, post, is_locked).await?;
        let word = if is_locked {
            text::moderation::locked()
        } else {
            text::moderation::unlocked()
        };
        Ok(done(form.back(post), word))
    }
}

/// `POST /admin/moderation/reports/{id}/dismiss`.
async fn dismiss(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<ReportId>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    let back = form.next().unwrap_or(PATH);
    match board.dismiss(&ctx, &caller, id).await {
        Ok(()) => Ok(done(back, text::moderation::dismissed())),
        Err(fault) => refused(back, fault, [("", ""); 0]),
    }
}

/// `POST /post/{id}/report`.
async fn report_post(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    let thing = Thing::Post(id);
    board.report_by_form(&ctx, &caller, thing, form).await
}

/// `POST /comment/{id}/report`.
async fn report_comment(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    let thing = Thing::Comment(id);
    board.report_by_form(&ctx, &caller, thing, form).await
}

/// `POST /post/{id}/hide`.
async fn hide_post(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    let thing = Thing::Post(id);
    board.hide_by_form(&ctx, &caller, thing, form).await
}

/// `POST /comment/{id}/hide`.
async fn hide_comment(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    let thing = Thing::Comment(id);
    board.hide_by_form(&ctx, &caller, thing, form).await
}

/// `POST /post/{id}/show`.
async fn show_post(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    let thing = Thing::Post(id);
    board.show_by_form(&ctx, &caller, thing, form).await
}

/// `POST /comment/{id}/show`.
async fn show_comment(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    let thing = Thing::Comment(id);
    board.show_by_form(&ctx, &caller, thing, form).await
}

/// `POST /post/{id}/lock`.
async fn lock(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    board.lock_by_form(&ctx, &caller, (id, true), form).await
}

/// `POST /post/{id}/unlock`.
async fn unlock(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(id): Path<i64>,
    Form(form): Form<ActForm>,
) -> Result<Redirected, Error> {
    board.lock_by_form(&ctx, &caller, (id, false), form).await
}
