//! Reading one layer: a file, a `.env` file, the environment, the flags.

mod place;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::config::alias::{Alias, aliases};
use crate::config::environment_name;
use crate::config::fault::{Fault, Source};
use crate::config::layer::place::Raw;
use crate::config::merge::Layer;
use crate::config::shape::Shape;

/// Reads layers against a shape and collects what is wrong with them.
pub(crate) struct Reader<'s> {
    shape: &'s Shape,
    faults: Vec<Fault>,
}

impl<'s> Reader<'s> {
    pub(crate) const fn new(shape: &'s Shape) -> Self {
        Self {
            shape,
            faults: Vec::new(),
        }
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    pub(crate) fn defaults(&mut self, text: &str) -> Layer {
        self.toml(text, &Source::Default)
    }

    pub(crate) fn file(&mut self, path: &Path, named: bool) -> Layer {
        let source = Source::File(path.to_owned());
        match fs::read_to_string(path) {
            Ok(text) => self.toml(&text, &source),
            Err(error) if error.kind() == ErrorKind::NotFound && !named => Layer::new(),
            Err(error) => {
                self.fault(&source, "", format!("cannot be read: {error}"));
                Layer::new()
            }
        }
    }

    pub(crate) fn dotenv(&mut self, path: &Path) -> [Layer; 2] {
        let file = Source::File(path.to_owned());
        let lines = match dotenvy::from_path_iter(path) {
            Ok(lines) => lines,
            Err(error) if error.not_found() => return [Layer::new(), Layer::new()],
            Err(error) => {
                self.fault(&file, "", format!("cannot be read: {error}"));
                return [Layer::new(), Layer::new()];
            }
        };
        let mut variables = Vec::new();
        for line in lines {
            match line {
                Ok(variable) => variables.push(variable),
                // The reader's own message repeats the line, which may hold a secret.
                Err(_) => self.fault(&file, "", after(&variables)),
            }
        }
        let path = path.to_owned();
        self.variables(&variables, &|name| Source::Dotenv {
            path: path.clone(),
            name: name.to_owned(),
        })
    }

    pub(crate) fn environment(&mut self, variables: &[(String, String)]) -> [Layer; 2] {
        self.variables(variables, &|name| Source::Environment(name.to_owned()))
    }

    pub(crate) fn flags(&mut self, flags: &[String]) -> Layer {
        let mut layer = Layer::new();
        for flag in flags {
            let Some((key, text)) = flag.split_once('=') else {
                // What was meant as the key may be a secret's text.
                self.fault(&Source::Flag, "", "expected section.key=value");
                continue;
            };
            if self.shape.find(key).is_some_and(|setting| setting.secret) {
                let name = environment_name(key);
                self.fault(
                    &Source::Flag,
                    key,
                    format!("a secret is given by file or environment only: {name} or {name}_FILE"),
                );
                continue;
            }
            self.place(&mut layer, key, Raw::Text(text.to_owned()), &Source::Flag);
        }
        layer
    }

    /// The layer of the aliases and above it that of Hanok's own names.
    fn variables(
        &mut self,
        variables: &[(String, String)],
        source: &dyn Fn(&str) -> Source,
    ) -> [Layer; 2] {
        let by_name: BTreeMap<&str, &str> = variables
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let mut below = Layer::new();
        for alias in aliases() {
            self.alias(&mut below, alias, &by_name, source);
        }
        let mut own = Layer::new();
        for (name, text) in by_name {
            if let Some(path) = name.strip_prefix("HANOK__") {
                let key = path.to_lowercase().replace("__", ".");
                self.place(&mut own, &key, Raw::Text(text.to_owned()), &source(name));
            }
        }
        [below, own]
    }

    fn alias(
        &mut self,
        layer: &mut Layer,
        alias: &Alias,
        variables: &BTreeMap<&str, &str>,
        source: &dyn Fn(&str) -> Source,
    ) {
        if !alias
            .keys()
            .iter()
            .any(|key| self.shape.find(key).is_some())
        {
            return;
        }
        let file_name = format!("{}_FILE", alias.name);
        let given = |name: &str| variables.get(name).copied().filter(|text| !text.is_empty());
        let (text, source) = match (given(alias.name), given(&file_name)) {
            (Some(text), _) => (text.to_owned(), source(alias.name)),
            (None, Some(path)) if alias.secret => {
                match self.secret_file(alias.main_key(), path, &source(&file_name)) {
                    Some(read) => read,
                    None => return,
                }
            }
            _ => return,
        };
        match alias.settings(&text) {
            Ok(settings) => {
                for (key, text) in settings {
                    self.place(layer, key, Raw::Text(text), &source);
                }
            }
            Err(message) => self.fault(&source, alias.main_key(), message),
        }
    }

    fn toml(&mut self, text: &str, source: &Source) -> Layer {
        let mut layer = Layer::new();
        match toml::from_str::<toml::Table>(text) {
            Ok(table) => self.table(&mut layer, "", table, source),
            Err(error) => {
                let line = error.span().map_or(0, |span| {
                    text.bytes()
                        .take(span.start)
                        .filter(|byte| *byte == b'\n')
                        .count()
                        + 1
                });
                self.fault(
                    source,
                    "",
                    format!("is not TOML, line {line}: {}", error.message()),
                );
            }
        }
        layer
    }

    fn fault(&mut self, source: &Source, key: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(source, key, message));
    }
}

fn after(variables: &[(String, String)]) -> String {
    let place = variables.last().map_or_else(
        || "the first setting".to_owned(),
        |(name, _)| format!("a line after {name}"),
    );
    format!("{place} cannot be read, expected NAME=value")
}
