//! What is sent to write or edit a post.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{DraftId, Fault, PostId};
use crate::category::CategoryId;
use crate::words::{self, LONGEST_BODY};

/// A post to be written.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct PostIn {
    /// 1 to 200 characters.
    #[schema(required = true)]
    pub(super) title: String,
    /// Markdown, 1 to 50,000 characters.
    #[schema(required = true)]
    pub(super) content: String,
    /// The id of a category; the first that I may write in where none is named.
    pub(super) category_id: Option<String>,
    /// The id of the draft that it is made of, whose files become the post's.
    pub(super) draft_id: Option<String>,
    /// A UUID of your own for this post, so that it is written once: the same sent again answers the post that
    /// is there.
    pub(super) request_id: Option<String>,
}

/// A post as it is to be after an edit.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct PostEdit {
    /// 1 to 200 characters.
    #[schema(required = true)]
    pub(super) title: String,
    /// Markdown, 1 to 50,000 characters.
    #[schema(required = true)]
    pub(super) content: String,
    /// Another category.
    pub(super) category_id: Option<String>,
    /// The `rev` of the text that was edited; another one is 409 `stale`.
    #[schema(required = true)]
    pub(super) rev: i64,
}

/// A post, every field checked but for whether its category may be written in.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) category: Option<CategoryId>,
    pub(super) draft: Option<DraftId>,
    /// The id that its sender has chosen.
    pub(super) id: Option<PostId>,
}

fn check(
    title: &str,
    content: &str,
    category: Option<&str>,
    draft: Option<&str>,
) -> Result<Written, Fault> {
    let mut faults = Vec::new();
    let title = words::title(&mut faults, title);
    let body = words::body(&mut faults, content, LONGEST_BODY);
    if !faults.is_empty() {
        return Err(Fault::fields(faults));
    }
    let category = category.filter(|id| !id.is_empty()).map(str::parse);
    let category = category.transpose();
    Ok(Written {
        title,
        body,
        category: category.map_err(|_| Fault::field("/category_id", "board_category"))?,
        draft: draft.and_then(|id| id.parse().ok()),
        id: None,
    })
}

impl PostIn {
    /// Every field checked.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(&self) -> Result<Written, Fault> {
        let (category, draft) = (self.category_id.as_deref(), self.draft_id.as_deref());
        let id = self.request_id.as_deref().filter(|id| !id.is_empty());
        let id = id.map(str::parse).transpose();
        let id = id.map_err(|_| Fault::field("/request_id", "invalid_value"))?;
        let written = check(&self.title, &self.content, category, draft)?;
        Ok(Written { id, ..written })
    }
}

impl PostEdit {
    /// Every field checked.
    ///
    /// # Errors
    /// Field errors.
    pub(super) fn check(&self) -> Result<Written, Fault> {
        check(
            &self.title,
            &self.content,
            self.category_id.as_deref(),
            None,
        )
    }
}
