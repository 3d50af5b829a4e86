//! What letters about notifications say.

use hanok_accounts::mail::{Fact, Letter, LetterReader};
use hanok_base::i18n::Text;

use super::link::Ends;
use crate::context::Notifications;
use crate::shown::Shown;
use crate::text;

impl Notifications {
    /// The letter about one notification.
    pub(super) fn letter_about(&self, reader: &LetterReader, shown: &Shown) -> Letter {
        let gone = text::notifications::gone_person();
        let gone = self.texts.tell(reader.locale, &gone);
        Letter {
            subject: shown.said(&gone),
            name: Some(reader.name.clone()),
            lines: vec![text::letter::about(&shown.title)],
            facts: vec![(text::letter::at(), Fact::At(shown.row.updated_at))],
            groups: Vec::new(),
            action: Some((text::letter::open(), self.address(&shown.path))),
            warning: text::letter::chosen(),
            unsubscribe: Some(self.ended_by(reader, Ends::Type(shown.row.kind))),
        }
    }

    /// How its reader ends letters of a sort.
    fn ended_by(&self, reader: &LetterReader, ends: Ends) -> (Text, String) {
        let link = self.unsubscribe_link(reader.account, ends);
        (text::letter::end(), link)
    }

    /// The whole address of a place of ours.
    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.accounts.origin)
    }
}
