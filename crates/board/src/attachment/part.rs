//! The files as pages show them: below a post, and in the form of one.

use askama::Template;
use hanok_web::page::filters;

use super::read::address;
use super::store::AttachmentRow;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;
use crate::page::Part;
use crate::post::{DraftId, Opened};
use crate::text;

/// A file as a page shows it.
struct Line {
    id: String,
    name: String,
    href: String,
    size: String,
    is_picture: bool,
}

#[derive(Template)]
#[template(path = "attachment/list.html")]
struct ListBody {
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "attachment/form.html")]
struct FormBody {
    /// `new`, or the number of the post.
    post: String,
    lines: Vec<Line>,
    mib: u32,
}

impl From<AttachmentRow> for Line {
    fn from(row: AttachmentRow) -> Self {
        Self {
            id: row.id.to_string(),
            href: address(&row),
            size: size(row.size),
            is_picture: row.width.is_some(),
            name: row.name,
        }
    }
}

/// Bytes as people say them: `312 B`, `4.2 KB`, `1.3 MB`.
fn size(bytes: i64) -> String {
    let tenths = |unit: i64| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", tenths(1024)),
        _ => format!("{} MB", tenths(1_048_576)),
    }
}

/// What a post's page shows of its files; `None` where there are none.
///
/// # Errors
/// The store's.
pub(crate) async fn part(
    board: &Board,
    _viewer: Viewer,
    post: &Opened,
) -> Result<Option<Part>, Fault> {
    let rows = board.attached(Some(post.serial), None).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let lines = rows.into_iter().map(Line::from).collect();
    Ok(Some(Box::new(ListBody { lines })))
}

/// What the form of a post shows of the files of it and of its draft: the list and the upload.
///
/// # Errors
/// The store's.
pub(crate) async fn form_part(
    board: &Board,
    _viewer: Viewer,
    draft: Option<DraftId>,
    post: Option<i64>,
) -> Result<Option<Part>, Fault> {
    let rows = board.attached(post, draft).await?;
    Ok(Some(Box::new(FormBody {
        post: post.map_or_else(|| "new".to_owned(), |it| it.to_string()),
        lines: rows.into_iter().map(Line::from).collect(),
        mib: board.config.attachment_mib,
    })))
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_said_as_people_say_it() {
        for (bytes, said) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.0 KB"),
            (4_300, "4.1 KB"),
            (1_048_575, "1023.9 KB"),
            (10_485_760, "10.0 MB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }
}
