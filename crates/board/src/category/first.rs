//! The first categories: one for notices and one to talk in, made when the board is used for the first time.

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::organisation::GroupName;
use hanok_accounts::role;
use hanok_base::i18n::Locale;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx};
use serde_json::json;

use super::store::{self, Facts};
use super::subjects::{Rights, Subject};
use super::{CategoryId, Kind};
use crate::context::Board;
use crate::event::{AboutCategory, CategoryCreated};
use crate::fault::Fault;

/// As the audit trail names it.
const JOB: &str = "board.first_categories";

impl Board {
    /// Makes the first categories where there are none, named in the organisation's language.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn first_categories(&self) -> Result<(), Fault> {
        if self.has_categories() {
            return Ok(());
        }
        let count = self
            .accounts
            .db
            .read(async |conn: &mut Conn| store::count(conn).await);
        if count.await.map_err(|error: DbError| error)? == 0 {
            self.make_first_categories().await?;
        }
        self.note_categories();
        Ok(())
    }

    async fn make_first_categories(&self) -> Result<(), Fault> {
        let (board, now) = (self.clone(), self.accounts.clock.now());
        let locale = self.accounts.organisation.get().locale;
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            if store::lock_all(tx).await?.is_empty() {
                for (kind, name, description) in words(locale) {
                    board.make_first(tx, kind, name, description, now).await?;
                }
            }
            Ok::<_, Fault>(())
        });
        made.await
    }

    async fn make_first(
        &self,
        tx: &mut Tx,
        kind: Kind,
        name: &str,
        description: &str,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let id: CategoryId = Id::new(&self.accounts.clock, &self.accounts.random);
        let name = GroupName::parse(name).map_err(|fault| Fault::field("/name", fault.code()))?;
        let facts = Facts {
            name,
            description: description.to_owned(),
            kind,
        };
        // Another process may have made it in the meantime.
        if !store::insert(tx, id, &facts, now).await? {
            return Ok(());
        }
        let writers = match kind {
            Kind::Free => Vec::new(),
            Kind::Notice => vec![Subject::Role(role::ADMIN.to_owned())],
        };
        let rights = Rights {
            writers,
            ..Rights::default()
        };
        store::set_rights(tx, id, &rights).await?;
        let entry = Entry::new(Action::AdminAction)
            .target("category", id.uuid())
            .details(json!({ "act": "created" }));
        let origin = Origin::system(JOB);
        self.accounts.audit.record(tx, &origin, entry).await?;
        let about = AboutCategory {
            category_id: id,
            actor_id: None,
        };
        Ok(self.publish(tx, CategoryCreated(about)).await?)
    }
}

/// In the order in which they are listed. These are data, which people rename, and no texts of pages.
const fn words(locale: Locale) -> [(Kind, &'static str, &'static str); 2] {
    match locale {
        Locale::Ko => [
            (Kind::Notice, "공지", "모두에게 알리는 글입니다."),
            (Kind::Free, "자유 게시판", "무엇이든 이야기하는 곳입니다."),
        ],
        Locale::En => [
            (Kind::Notice, "Notices", "What everybody should know."),
            (Kind::Free, "Talk", "A place to talk about anything."),
        ],
    }
}
