//! `/post/new` and `/post/{id}/edit`: the form in which posts are written.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::page::{Choice, TextArea, filters};
use hanok_web::{Allowed, Caller, Ctx, Field, Flash, Flashed, Form, Page, Path, Query, Redirected};
use serde::Deserialize;

use super::PATH;
use crate::answer::{done, refused};
use crate::category::Listed;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;
use crate::page::{self, Part};
use crate::post::input::{PostEdit, PostIn};
use crate::post::{DraftRow, Kept, Opened, PostId, address, number};
use crate::{attachment, text};

#[derive(Template)]
#[template(path = "posts/form.html")]
struct FormBody {
    action: String,
    back: String,
    category: Choice,
    title: Field,
    content: TextArea,
    /// The post that it is an edit of.
    post: Option<Opened>,
    /// Which text of the post the edit is made of.
    rev: i64,
    /// The id under which a new post is written, so that the form sent twice writes it once.
    request: PostId,
    draft: Option<DraftRow>,
    /// Whether somebody has changed the post since the text in the form was begun.
    is_stale: bool,
    attachments: Option<Part>,
}

/// The category that is to be chosen at first.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewIn {
    category: Option<String>,
}

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::post) struct PostForm {
    title: String,
    content: String,
    category_id: String,
    draft_id: String,
    request_id: String,
    rev: i64,
    /// `draft` keeps the text, `drop` throws the draft away; anything else publishes it.
    act: String,
}

impl PostForm {
    fn input(&self) -> PostIn {
        PostIn {
            title: self.title.clone(),
            content: self.content.clone(),
            category_id: Some(self.category_id.clone()),
            draft_id: Some(self.draft_id.clone()),
            request_id: Some(self.request_id.clone()),
        }
    }

    fn edit(&self) -> PostEdit {
        PostEdit {
            title: self.title.clone(),
            content: self.content.clone(),
            category_id: Some(self.category_id.clone()),
            rev: self.rev,
        }
    }

    fn typed(self) -> [(&'static str, String); 4] {
        [
            ("title", self.title),
            ("content", self.content),
            ("category_id", self.category_id),
            ("rev", self.rev.to_string()),
        ]
    }
}

impl FormBody {
    /// What was typed stands in the form; else the draft; else the text as it stands.
    fn new(
        action: String,
        back: String,
        (draft, stood): (Option<DraftRow>, (String, String)),
        request: PostId,
        flash: &Flash,
    ) -> Self {
        let kept = draft.as_ref().map(|it| (it.title.clone(), it.body.clone()));
        let (title, content) = kept.unwrap_or(stood);
        Self {
            action,
            back,
            category: Choice::new("category_id", text::posts::category()),
            title: Field::new("title", text::posts::title())
                .longest(200)
                .required()
                .value(title)
                .filled(flash),
            content: TextArea::new("content", text::posts::content())
                .rows(16)
                .longest(50_000)
                .required()
                .hint(text::posts::content_hint())
                .value(content)
                .filled(flash),
            post: None,
            rev: 0,
            request,
            draft,
            is_stale: false,
            attachments: None,
        }
    }
}

/// `GET /post/new`.
pub(super) async fn new(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Flashed(flash): Flashed,
    Query(input): Query<NewIn>,
) -> Result<Page, Error> {
    let viewer = Viewer::of(&caller);
    let writable = board.writable_categories(viewer).await?;
    let draft = board.draft(viewer, None).await?;
    let files = attachment::form_part(&board, viewer, draft.as_ref().map(|it| it.id), None);
    let attachments = files.await?;
    let stood = (String::new(), String::new());
    let mut body = FormBody::new(
        "/post/new".to_owned(),
        PATH.to_owned(),
        (draft, stood),
        board.new_post_id(),
        &flash,
    );
    let first = input
        .category
        .or_else(|| kept_category(body.draft.as_ref()));
    body.category = category(&writable, first, &flash);
    body.attachments = attachments;
    let page = page::page(text::posts::write(), body);
    Ok(page.purpose(text::posts::write_purpose()).entry("board"))
}

/// `GET /post/{id}/edit`.
pub(super) async fn edit(
    State(board): State<Board>,
    caller: Allowed<BoardUse>,
    Flashed(flash): Flashed,
    Path(id): Path<String>,
) -> Result<Page, Error> {
    let (viewer, serial) = (Viewer::of(&caller), number(&id)?);
    let post = board.look_at_post(viewer, serial).await?.post;
    let writable = board.writable_categories(viewer).await?;
    let may = writable.iter().any(|it| it.id == post.category_id);
    if !may || !post.is_of(viewer) {
        return Err(Fault::forbidden().into());
    }
    let draft = board.draft(viewer, Some(serial)).await?;
    let files = attachment::form_part(&board, viewer, draft.as_ref().map(|it| it.id), Some(serial));
    let attachments = files.await?;
    let action = format!("{}/edit", address(serial));
    let stood = (post.title.clone(), post.body.clone());
    let begun = draft.as_ref().and_then(|it| it.rev).unwrap_or(post.rev);
    let request = board.new_post_id();
    let mut body = FormBody::new(action, address(serial), (draft, stood), request, &flash);
    let stands = Some(post.category_id.to_string());
    body.category = category(&writable, stands, &flash);
    // What was sent and refused has been shown beside what stands there, so the next one may replace that.
    let sent = flash.values.get("rev");
    body.rev = sent.map_or(begun, |_| post.rev);
    let made_of = sent.map_or(begun.to_string(), ToString::to_string);
    body.is_stale = made_of != post.rev.to_string();
    body.attachments = attachments;
    body.post = Some(post);
    let page = page::page(text::posts::edit_title(), body);
    Ok(page.purpose(text::posts::edit_purpose()).entry("board"))
}

/// `POST /post/new`.
pub(super) async fn create(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Form(form): Form<PostForm>,
) -> Result<Redirected, Error> {
    if let Some(kept) = keep(&board, &ctx, &caller, &form, None).await? {
        return Ok(kept);
    }
    let made = match form.input().check() {
        Ok(written) => board.write_post(&ctx, &caller, written).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(_) => Ok(done(PATH, text::posts::written())),
        Err(fault) => refused("/post/new", fault, form.typed()),
    }
}

/// `POST /post/{id}/edit`.
pub(super) async fn change(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Form(form): Form<PostForm>,
) -> Result<Redirected, Error> {
    let serial = number(&id)?;
    if let Some(kept) = keep(&board, &ctx, &caller, &form, Some(serial)).await? {
        return Ok(kept);
    }
    let edited = match form.edit().check() {
        Ok(written) => {
            board
                .edit_post(&ctx, &caller, serial, form.rev, written)
                .await
        }
        Err(fault) => Err(fault),
    };
    match edited {
        Ok(()) => Ok(done(address(serial), text::posts::edited_now())),
        Err(fault) => refused(&format!("{}/edit", address(serial)), fault, form.typed()),
    }
}

/// Keeps or drops the draft where the form asks for that; answers where it then leads.
async fn keep(
    board: &Board,
    ctx: &Ctx,
    caller: &Caller,
    form: &PostForm,
    post: Option<i64>,
) -> Result<Option<Redirected>, Error> {
    let back = post.map_or("/post/new".to_owned(), |it| format!("{}/edit", address(it)));
    match form.act.as_str() {
        "draft" => {
            let kept = Kept {
                post,
                rev: post.map(|_| form.rev),
                request: form.request_id.parse().ok(),
                in_passing: false,
                category: form.category_id.parse().ok(),
                title: form.title.clone(),
                body: form.content.clone(),
            };
            board.keep_draft(ctx, caller, kept).await?;
            Ok(Some(done(back, text::posts::draft_kept())))
        }
        "drop" => {
            board.drop_draft(ctx, caller, post).await?;
            Ok(Some(done(back, text::posts::draft_dropped())))
        }
        _ => Ok(None),
    }
}

fn kept_category(draft: Option<&DraftRow>) -> Option<String> {
    draft
        .and_then(|draft| draft.category_id)
        .map(|id| id.to_string())
}

fn category(writable: &[Listed], first: Option<String>, flash: &Flash) -> Choice {
    let choice = Choice::new("category_id", text::posts::category()).required();
    let offers = writable.iter();
    let choice = offers.fold(choice, |choice, one| {
        choice.named(one.id.to_string(), one.name.clone())
    });
    let first = first.unwrap_or_default();
    let typed = flash.value("category_id");
    // A browser sends the first offer where none is chosen, so what is not offered is never the one to be chosen.
    let is_offered = writable.iter().any(|one| one.id.to_string() == typed);
    if is_offered || typed.is_empty() {
        choice.value(first).filled(flash)
    } else {
        choice.filled(flash).value(first)
    }
}
