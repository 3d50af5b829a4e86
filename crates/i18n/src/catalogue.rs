//! All messages, by language and key.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::template::Template;
use crate::{Locale, Text};

/// Why the text of a catalogue cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The text is not TOML.
    #[error("{locale}: {message}")]
    NotToml {
        /// The text's language.
        locale: Locale,
        /// What the reader says.
        message: String,
    },
    /// A value is neither text nor a table.
    #[error("{locale}: {key}: expected text")]
    NotText {
        /// The text's language.
        locale: Locale,
        /// The key.
        key: String,
    },
    /// A brace is not closed, or what it holds is no name.
    #[error("{locale}: {key}: expected {{name}} or {{name|이/가}} in braces")]
    Braces {
        /// The text's language.
        locale: Locale,
        /// The key.
        key: String,
    },
    /// Two texts have the same key.
    #[error("{locale}: {key} is there twice")]
    Twice {
        /// The text's language.
        locale: Locale,
        /// The key.
        key: String,
    },
}

/// The messages of the program in every language.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    messages: BTreeMap<Locale, HashMap<String, Template>>,
}

impl Catalogue {
    /// Reads TOML texts, any number per language.
    ///
    /// # Errors
    /// For the first text that is not a catalogue, and for a key that is there twice.
    pub fn new(texts: &[(Locale, &str)]) -> Result<Self, CatalogueError> {
        let mut catalogue = Self::default();
        for (locale, text) in texts {
            let table =
                toml::from_str::<toml::Table>(text).map_err(|error| CatalogueError::NotToml {
                    locale: *locale,
                    message: error.to_string(),
                })?;
            catalogue.add(*locale, "", table)?;
        }
        Ok(catalogue)
    }

    /// The message of a key with its values. In a language that lacks it the other's is taken, and
    /// where none has it the key itself; [`check`](Self::check) finds both in a test.
    pub fn text(&self, locale: Locale, key: &str, values: &[(&str, &str)]) -> String {
        let other = Locale::ALL.into_iter().filter(|other| *other != locale);
        std::iter::once(locale)
            .chain(other)
            .find_map(|locale| self.messages.get(&locale)?.get(key))
            .map_or_else(|| key.to_owned(), |template| template.fill(values))
    }

    /// A message in a language.
    pub fn tell(&self, locale: Locale, text: &Text) -> String {
        let values: Vec<(&str, &str)> = text
            .values
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        self.text(locale, &text.key, &values)
    }

    /// Every key, with the names of the values its message asks for in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let messages: BTreeMap<&str, Vec<&str>> = self
            .messages
            .values()
            .flatten()
            .map(|(key, template)| (key.as_str(), template.names().into_iter().collect()))
            .collect();
        messages.into_iter()
    }

    /// Whether any language has the key.
    pub fn has(&self, key: &str) -> bool {
        self.messages
            .values()
            .any(|messages| messages.contains_key(key))
    }

    /// What differs between the languages: keys that one lacks, and messages that ask for other values.
    pub fn check(&self) -> Vec<String> {
        let keys: BTreeSet<&String> = self.messages.values().flat_map(HashMap::keys).collect();
        keys.into_iter()
            .flat_map(|key| self.check_key(key))
            .collect()
    }

    fn check_key(&self, key: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut asked: Vec<BTreeSet<&str>> = Vec::new();
        for locale in Locale::ALL {
            match self
                .messages
                .get(&locale)
                .and_then(|messages| messages.get(key))
            {
                Some(template) => asked.push(template.names()),
                None => found.push(format!("{key} is missing in {locale}")),
            }
        }
        if asked.windows(2).any(|pair| pair.first() != pair.last()) {
            found.push(format!("{key} asks for other values: {asked:?}"));
        }
        found
    }

    fn add(
        &mut self,
        locale: Locale,
        above: &str,
        table: toml::Table,
    ) -> Result<(), CatalogueError> {
        for (name, value) in table {
            let key = if above.is_empty() {
                name
            } else {
                format!("{above}.{name}")
            };
            match value {
                toml::Value::Table(table) => self.add(locale, &key, table)?,
                toml::Value::String(text) => self.message(locale, key, &text)?,
                _ => return Err(CatalogueError::NotText { locale, key }),
            }
        }
        Ok(())
    }

    fn message(&mut self, locale: Locale, key: String, text: &str) -> Result<(), CatalogueError> {
        let Some(template) = Template::read(text) else {
            return Err(CatalogueError::Braces { locale, key });
        };
        let messages = self.messages.entry(locale).or_default();
        if messages.contains_key(&key) {
            return Err(CatalogueError::Twice { locale, key });
        }
        messages.insert(key, template);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KO: &str = "[request]\nasks = \"{who|이/가} {minutes}분 안의 확인을 요청합니다\"\nonly_ko = \"한국어\"\n";
    const EN: &str = "[request]\nasks = \"{who} asks; answer within {minutes} min\"\n";

    fn both() -> Catalogue {
        Catalogue::new(&[(Locale::Ko, KO), (Locale::En, EN)]).unwrap()
    }

    #[test]
    fn a_message_takes_its_values_and_particles() {
        let values = [("who", "A 쇼핑몰"), ("minutes", "3")];
        let catalogue = both();
        assert_eq!(
            catalogue.text(Locale::Ko, "request.asks", &values),
            "A 쇼핑몰이 3분 안의 확인을 요청합니다"
        );
        assert_eq!(
            catalogue.text(Locale::En, "request.asks", &values),
            "A 쇼핑몰 asks; answer within 3 min"
        );
        assert_eq!(
            catalogue.text(Locale::En, "request.asks", &[("who", "B")]),
            "B asks; answer within {minutes} min"
        );
    }

    #[test]
    fn a_value_is_never_read_as_a_message() {
        let text = both().text(
            Locale::En,
            "request.asks",
            &[("who", "{minutes}"), ("minutes", "3")],
        );
        assert_eq!(text, "{minutes} asks; answer within 3 min");
    }

    #[test]
    fn what_one_language_lacks_is_taken_from_the_other() {
        let catalogue = both();
        assert_eq!(catalogue.text(Locale::En, "request.only_ko", &[]), "한국어");
        assert_eq!(
            catalogue.text(Locale::En, "nobody.knows", &[]),
            "nobody.knows"
        );
        assert!(catalogue.has("request.only_ko") && !catalogue.has("nobody.knows"));
    }

    #[test]
    fn the_check_finds_missing_keys_and_other_values() {
        let other = EN.replace("{minutes}", "{seconds}");
        let catalogue = Catalogue::new(&[(Locale::Ko, KO), (Locale::En, &other)]).unwrap();
        assert_eq!(
            catalogue.check(),
            [
                "request.asks asks for other values: [{\"minutes\", \"who\"}, {\"seconds\", \"who\"}]",
                "request.only_ko is missing in en",
            ]
        );
    }

    #[test]
    fn a_text_that_is_no_catalogue_is_refused() {
        let error = |text: &str| Catalogue::new(&[(Locale::Ko, text)]).unwrap_err();
        let key = || "a".to_owned();
        assert!(matches!(error("a ="), CatalogueError::NotToml { .. }));
        assert_eq!(
            error("a = 1"),
            CatalogueError::NotText {
                locale: Locale::Ko,
                key: key()
            }
        );
        for text in [
            "a = \"{name\"",
            "a = \"name}\"",
            "a = \"{}\"",
            "a = \"{name|이}\"",
            "a = \"{na me}\"",
        ] {
            assert_eq!(
                error(text),
                CatalogueError::Braces {
                    locale: Locale::Ko,
                    key: key()
                },
                "{text}"
            );
        }
        let twice = Catalogue::new(&[(Locale::Ko, "a = \"1\""), (Locale::Ko, "a = \"2\"")]);
        assert_eq!(
            twice.unwrap_err(),
            CatalogueError::Twice {
                locale: Locale::Ko,
                key: key()
            }
        );
    }
}
