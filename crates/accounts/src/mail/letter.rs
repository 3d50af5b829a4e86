//! What a letter says, and its two forms: text, and HTML that mail programs show without asking anything of a network.

use std::sync::Arc;

use askama::Template;
use hanok_base::Timestamp;
use hanok_base::i18n::{Catalogue, Locale, Text};
use hanok_web::page::{Labels, Organisation, View, filters};

use crate::fault::Fault;
use crate::text;

/// What a letter says, in no language yet.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its subject, and its heading.
    pub subject: Text,
    /// Whom it greets; nobody where the address may be a stranger's, who is not to read what others call themselves.
    pub name: Option<String>,
    /// Its sentences.
    pub lines: Vec<Text>,
    /// When and where it happened.
    pub facts: Vec<(Text, Fact)>,
    /// The one thing to do, and the address that does it.
    pub action: Option<(Text, String)>,
    /// What it lists, in groups; most letters list nothing.
    pub groups: Vec<Group>,
    /// What to do if this was not asked for.
    pub warning: Text,
    /// How its reader ends letters of this sort, and the address that does it (RFC 8058); none of what everybody is to
    /// know of their account.
    pub unsubscribe: Option<(Text, String)>,
    /// Until when the link in it counts, where that ends: it is not sent any later.
    pub counts_until: Option<Timestamp>,
}

/// Some of what a letter lists.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they have in common.
    pub heading: Text,
    /// In their order.
    pub entries: Vec<Entry>,
}

/// One of what a letter lists.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What happened.
    pub said: Text,
    /// What it is about, as it is called.
    pub title: String,
    /// When.
    pub at: Timestamp,
    /// The address where it is seen.
    pub link: String,
}

/// Something to know.
#[derive(Clone, Debug)]
pub enum Fact {
    /// A moment, told in the organisation's time zone.
    At(Timestamp),
    /// Words as they are.
    Words(String),
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    letter: &'a Letter,
    locale: Locale,
    house: &'a str,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Plain<'a> {
    letter: &'a Letter,
    house: &'a str,
}

/// A letter in its reader's language.
pub(super) struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The address that ends letters of this sort.
    pub unsubscribe: Option<String>,
    /// Until when its link counts.
    pub counts_until: Option<Timestamp>,
}

impl Letter {
    /// Writes the letter in a language, signed by the organisation where it has a name.
    pub(super) fn write(
        &self,
        locale: Locale,
        catalogue: &Arc<Catalogue>,
        organisation: &Organisation,
    ) -> Result<Written, Fault> {
        let facts = organisation.get();
        let view = View {
            locale,
            catalogue: Arc::clone(catalogue),
            zone: facts.zone.clone(),
            icons: None,
            labels: Labels::default(),
        };
        let product = view.tell(&text::mail::house());
        let house = facts.name.as_deref().unwrap_or(&product);
        let html = Html {
            letter: self,
            locale,
            house,
        };
        let plain = Plain {
            letter: self,
            house,
        };
        Ok(Written {
            subject: format!("[{house}] {}", view.tell(&self.subject)),
            text: plain.render_with_values(&view).map_err(unwritable)?,
            html: html.render_with_values(&view).map_err(unwritable)?,
            unsubscribe: self.unsubscribe.as_ref().map(|(_, link)| link.clone()),
            counts_until: self.counts_until,
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn unwritable(error: askama::Error) -> Fault {
    Fault::Internal(format!("a letter cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(name: &str) -> Letter {
        Letter {
            subject: text::mail::reset::subject(),
            name: Some(name.to_owned()),
            lines: vec![text::mail::reset::line(30, "haneul")],
            facts: vec![
                (
                    text::mail::at(),
                    Fact::At(Timestamp::from_seconds(1_795_239_000)),
                ),
                (text::mail::place(), Fact::Words("127.0.0.1".to_owned())),
            ],
            action: Some((
                text::mail::reset::action(),
                "https://id.example/password/reset?a=1&code=x".to_owned(),
            )),
            groups: Vec::new(),
            warning: text::mail::reset::warning(),
            unsubscribe: None,
            counts_until: None,
        }
    }

    fn written(locale: Locale, name: &str) -> Written {
        let catalogue = Arc::new(Catalogue::new(&crate::MESSAGES).unwrap());
        let house = Organisation::default();
        letter(name).write(locale, &catalogue, &house).unwrap()
    }

    #[test]
    fn a_letter_speaks_its_reader_s_language_in_both_forms() {
        let (ko, en) = (written(Locale::Ko, "김하늘"), written(Locale::En, "김하늘"));
        assert_eq!(ko.subject, "[한옥] 비밀번호 재설정");
        assert_eq!(en.subject, "[Hanok] Reset your password");
        for form in [&ko.text, &ko.html] {
            assert!(
                form.contains("김하늘 님") && form.contains("2026년 11월 21일 (토) 14:30"),
                "{form}"
            );
        }
        for form in [&en.text, &en.html] {
            assert!(form.contains("Sat 21 Nov 2026, 14:30"), "{form}");
        }
        assert!(ko.html.contains("<html lang=\"ko\">") && en.html.contains("<html lang=\"en\">"));
    }

    #[test]
    fn the_link_stands_whole_on_a_line_of_the_text() {
        let (text, link) = (
            written(Locale::Ko, "김하늘").text,
            "https://id.example/password/reset?a=1&code=x",
        );
        assert!(text.lines().any(|line| line == link), "{text}");
        assert!(!text.contains("\n\n\n"), "{text}");
    }

    #[test]
    fn a_name_is_no_markup_and_asks_the_network_for_nothing() {
        let html = written(Locale::En, "<img src=//evil.example onerror=x>").html;
        assert!(
            html.contains("&#60;img src=//evil.example onerror=x&#62;"),
            "{html}"
        );
        for word in ["<img", "<script", "<link", "url(", "@import", " src="] {
            assert!(
                !html.replace("&#60;img src=", "").contains(word),
                "{word}: {html}"
            );
        }
    }
}
