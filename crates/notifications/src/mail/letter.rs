//! What letters about notifications say.

use hanok_accounts::mail::{Entry, Fact, Group, Letter, LetterReader};
use hanok_base::i18n::Text;

use super::link::Ends;
use crate::context::Notifications;
use crate::said::called;
use crate::shown::Shown;
use crate::telling::NotificationType;
use crate::{pages, text};

/// How many notifications a letter of the day lists.
const LISTED: usize = 50;

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
            counts_until: None,
        }
    }

    /// The letter of the day about these, of which the first are listed, by type.
    pub(super) fn letter_of_the_day(&self, reader: &LetterReader, shown: &[Shown]) -> Letter {
        let gone = text::notifications::gone_person();
        let gone = self.texts.tell(reader.locale, &gone);
        let mut groups: Vec<(NotificationType, Group)> = Vec::new();
        for one in shown.iter().take(LISTED) {
            let entry = Entry {
                said: one.said(&gone),
                title: one.title.clone(),
                at: one.row.updated_at,
                link: self.address(&one.path),
            };
            match groups.iter_mut().find(|(kind, _)| *kind == one.row.kind) {
                Some((_, group)) => group.entries.push(entry),
                None => groups.push((
                    one.row.kind,
                    Group {
                        heading: called(one.row.kind),
                        entries: vec![entry],
                    },
                )),
            }
        }
        let more = shown.len().saturating_sub(LISTED);
        Letter {
            subject: text::digest::subject(shown.len()),
            name: Some(reader.name.clone()),
            lines: vec![if more == 0 {
                text::digest::line()
            } else {
                text::digest::line_more(LISTED, more)
            }],
            facts: Vec::new(),
            groups: groups.into_iter().map(|(_, group)| group).collect(),
            action: Some((text::digest::open(), self.address(pages::PATH))),
            warning: text::letter::chosen(),
            unsubscribe: Some(self.ended_by(reader, Ends::Digest)),
            counts_until: None,
        }
    }

    /// How its reader ends letters of a sort.
    fn ended_by(&self, reader: &LetterReader, ends: Ends) -> (Text, String) {
        let words = match ends {
            Ends::Type(_) => text::letter::end(),
            Ends::Digest => text::digest::end(),
        };
        (words, self.unsubscribe_link(reader.account, ends))
    }

    /// The whole address of a place of ours.
    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.accounts.origin)
    }
}
