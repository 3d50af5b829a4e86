//! What a file may belong to: a post or a draft of one's own that is not locked and has not too many yet.

use hanok_base::Id;
use hanok_db::{Conn, DbError, Tx};
use uuid::Uuid;

use super::AttachmentId;
use super::store::{self, AttachmentRow};
use crate::audit::Target;
use crate::category::right::Viewer;
use crate::fault::Fault;
use crate::post::{self, DraftId, Opened};

/// The most files of a post, those of its draft among them.
const MOST: i64 = 30;

/// What a file belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner {
    /// A post.
    Post(i64),
    /// A draft.
    Draft(DraftId),
}

impl Owner {
    pub(super) const fn post(self) -> Option<i64> {
        match self {
            Self::Post(serial) => Some(serial),
            Self::Draft(_) => None,
        }
    }

    pub(super) const fn draft(self) -> Option<DraftId> {
        match self {
            Self::Draft(id) => Some(id),
            Self::Post(_) => None,
        }
    }
}

/// The files of a draft become those of the post that is made of it or edited by it, in its unit, in which the post is
/// held; which they are.
///
/// # Errors
/// `Conflict("too_many_files")` where the post would have too many; the store's.
pub(crate) async fn adopt(
    tx: &mut Tx,
    draft: DraftId,
    post: i64,
) -> Result<Vec<AttachmentId>, Fault> {
    // A file that is being attached to the draft comes along.
    store::lock_draft(tx, draft).await?;
    if store::count(tx, Some(post), Some(draft)).await? > MOST {
        return Err(Fault::Conflict("too_many_files"));
    }
    Ok(store::adopt(tx, draft, post).await?)
}

/// Holds what a file is to belong to: the post before all else, as every unit does, then the draft, then the person.
pub(super) async fn lock(tx: &mut Tx, viewer: Viewer, owner: Owner) -> Result<(), DbError> {
    let post = match owner {
        Owner::Post(serial) => Some(serial),
        Owner::Draft(draft) => {
            let edited = store::edited_by(tx, draft, viewer.account).await?;
            edited.and_then(|(_, post)| post)
        }
    };
    if let Some(serial) = post {
        post::lock(tx, serial).await?;
    }
    if let Owner::Draft(draft) = owner {
        store::lock_draft(tx, draft).await?;
    }
    store::lock_owner(tx, viewer.account).await
}

/// What a file belongs to, as it was found: the post, unless it is a draft.
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) post: Option<Opened>,
}

impl Place {
    fn of_post(post: Opened) -> Self {
        Self {
            target: Target::Post(post.id.uuid()),
            post: Some(post),
        }
    }

    const fn of_draft(id: Uuid) -> Self {
        Self {
            target: Target::Post(id),
            post: None,
        }
    }
}

/// What the file is to belong to, where the caller may add one to it.
pub(super) async fn held(conn: &mut Conn, viewer: Viewer, owner: Owner) -> Result<Place, Fault> {
    let (place, there) = match owner {
        Owner::Post(serial) => {
            let post = own_post(conn, viewer, serial).await?;
            let there = store::count(conn, Some(serial), None).await?;
            (Place::of_post(post), there)
        }
        Owner::Draft(draft) => {
            let edited = store::edited_by(conn, draft, viewer.account).await?;
            let (_, edited) = edited.ok_or_else(Fault::not_found)?;
            if let Some(serial) = edited {
                own_post(conn, viewer, serial).await?;
            }
            let there = store::count(conn, edited, Some(draft)).await?;
            (Place::of_draft(draft.uuid()), there)
        }
    };
    (there < MOST)
        .then_some(place)
        .ok_or(Fault::Conflict("too_many_files"))
}

/// A post whose files the viewer may change.
async fn own_post(conn: &mut Conn, viewer: Viewer, serial: i64) -> Result<Opened, Fault> {
    let post = post::open(conn, viewer, serial).await?;
    let post = post.ok_or_else(Fault::not_found)?;
    let may = post.is_of(viewer) && store::is_writable(conn, viewer, serial).await?;
    may.then_some(()).ok_or_else(Fault::forbidden)?;
    must_be_unlocked(&post, viewer)?;
    Ok(post)
}

fn must_be_unlocked(post: &Opened, viewer: Viewer) -> Result<(), Fault> {
    if post.locked_at.is_some() && !viewer.is_moderator {
        return Err(Fault::Conflict("post_locked"));
    }
    Ok(())
}

/// What a file belongs to that the viewer may take away.
pub(super) async fn place_of(
    conn: &mut Conn,
    viewer: Viewer,
    row: &AttachmentRow,
) -> Result<Place, Fault> {
    let post = match row.post {
        Some(serial) => post::open(conn, viewer, serial).await?,
        None => None,
    };
    let Some(post) = post else {
        return Ok(Place::of_draft(row.draft.map_or(row.id.uuid(), Id::uuid)));
    };
    must_be_unlocked(&post, viewer)?;
    Ok(Place::of_post(post))
}
