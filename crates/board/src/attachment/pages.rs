//! The form of a post takes files and lets go of them: what else is typed in it is kept as the draft.

use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Caller, Ctx, Form, FormStream, Path, Redirected};
use serde::Deserialize;

use super::AttachmentId;
use super::place::Owner;
use super::read::address;
use super::receive::{Received, Stopped, refused};
use super::store::AttachmentRow;
use crate::answer::{self, done};
use crate::context::Board;
use crate::fault::Fault;
use crate::post::{self, Kept, number};
use crate::text::attachments as said;

/// What else the form holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    title: String,
    content: String,
    category_id: String,
}

impl Typed {
    fn kept(self, post: Option<i64>) -> Kept {
        Kept {
            post,
            category: self.category_id.parse().ok(),
            title: self.title,
            body: self.content,
            ..Kept::default()
        }
    }
}

/// The post of an address; `new` is none yet.
fn post_of(id: &str) -> Result<Option<i64>, Fault> {
    match id {
        "new" => Ok(None),
        id => number(id).map(Some),
    }
}

/// Where the form stands.
fn form_of(post: Option<i64>) -> String {
    post.map_or_else(
        || "/post/new".to_owned(),
        |it| format!("{}/edit", post::address(it)),
    )
}

/// `POST /post/{id}/file`: the file belongs to the draft until the post is saved.
pub(super) async fn attach(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    form: FormStream,
) -> Result<Redirected, Error> {
    let post = post_of(&id)?;
    // Before anything is read: what is typed is kept all the same, but no work is done for the file.
    let may = match board.may_attach_in_form(&ctx, &caller, post).await {
        Err(fault) if is_final(&fault) => return Err(fault.into()),
        other => other,
    };
    let (typed, received) = board.read_form(&caller, form, may).await?;
    let kept = typed.kept(post);
    let draft = match board.keep_draft(&ctx, &caller, kept.clone()).await {
        Ok(draft) => draft,
        // Nothing of theirs is kept here; what was typed is shown again.
        Err(fault) => {
            let typed = [
                ("title", kept.title.as_str()),
                ("content", kept.body.as_str()),
            ];
            return answer::refused(&form_of(post), fault, typed);
        }
    };
    let attached = match received {
        Ok(received) => {
            let owner = Owner::Draft(draft.id);
            board.attach(&ctx, &caller, owner, received).await
        }
        Err(stopped) => Err(stopped.at_field()?),
    };
    match attached {
        Ok(row) => {
            if let Some(kept) = shown_in(kept, &row) {
                board.keep_draft(&ctx, &caller, kept).await?;
            }
            Ok(done(form_of(post), said::attached()))
        }
        Err(fault) => answer::refused(&form_of(post), fault, [("", ""); 0]),
    }
}

/// Whether no form would change it.
const fn is_final(fault: &Fault) -> bool {
    use hanok_accounts::Fault::{Forbidden, NotFound};
    matches!(fault, Fault::Accounts(Forbidden | NotFound))
}

/// A picture appears where the text ends; where else it is to stand, its author moves the line.
fn shown_in(mut kept: Kept, row: &AttachmentRow) -> Option<Kept> {
    row.width?;
    let name: String = row.name.chars().filter(|c| !"[]\\".contains(*c)).collect();
    let body = kept.body.trim_end();
    let gap = if body.is_empty() { "" } else { "\n\n" };
    kept.body = format!("{body}{gap}![{name}]({})", address(row));
    Some(kept)
}

/// `POST /post/{id}/file/{attachment}/delete`.
pub(super) async fn remove(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path((id, attachment)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Redirected, Error> {
    let post = post_of(&id)?;
    let attachment: AttachmentId = attachment.parse().map_err(|_| Fault::not_found())?;
    if !typed.title.is_empty() || !typed.content.is_empty() {
        board.keep_draft(&ctx, &caller, typed.kept(post)).await?;
    }
    match board.remove_attachment(&ctx, &caller, attachment).await {
        Ok(()) => Ok(done(form_of(post), said::removed())),
        Err(fault) => answer::refused(&form_of(post), fault, [("", ""); 0]),
    }
}

impl Board {
    /// The fields of the form, and the file or what is wrong with it: one file, where the caller may attach any.
    async fn read_form(
        &self,
        caller: &Caller,
        mut form: FormStream,
        may: Result<(), Fault>,
    ) -> Result<(Typed, Result<Received, Stopped>), Error> {
        let mut typed = Typed::default();
        let mut received = may.err().map(|fault| Err(Stopped::Refused(fault)));
        while let Some(part) = form.next().await? {
            match part.name() {
                "title" => typed.title = part.text().await?,
                "content" => typed.content = part.text().await?,
                "category_id" => typed.category_id = part.text().await?,
                "file" if part.file_name().is_some_and(|name| !name.is_empty()) => {
                    received = Some(match received {
                        None => self.receive(part, caller.account).await,
                        Some(Ok(_)) => Err(Stopped::Refused(refused("file_second"))),
                        Some(fault) => fault,
                    });
                }
                _ => {}
            }
        }
        let missing = || Err(Stopped::Refused(refused("file_missing")));
        Ok((typed, received.unwrap_or_else(missing)))
    }
}
