//! For build scripts: the messages of a crate as functions, checked in both languages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::{Catalogue, CatalogueError, Locale};

/// Why a crate's messages cannot be made into functions.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A text that is no catalogue.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// What differs between the languages, one line each.
    #[error("{}", .0.join("\n"))]
    Differs(Vec<String>),
}

/// Writes `OUT_DIR/text.rs` from `ko.toml` and `en.toml` in `directory`, which lies in the crate.
///
/// One module per table, one function per message; a message's values are arguments in alphabetical
/// order. What is wrong, a key missing in one language above all, fails the build and is said.
///
/// ```no_run
/// // in the `main` of build.rs
/// hanok_i18n::build::generate("i18n");
/// ```
#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "how cargo and a build script talk to each other"
)]
pub fn generate(directory: &str) {
    let root = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    println!("cargo::rerun-if-changed={directory}");
    if let Err(error) = write(
        &Path::new(&root).join(directory),
        &Path::new(&out).join("text.rs"),
    ) {
        for line in error.to_string().lines() {
            println!("cargo::error={line}");
        }
    }
}

/// Writes the functions of the messages in `directory` to the file `out`.
///
/// # Errors
/// See [`GenerateError`].
pub fn write(directory: &Path, out: &Path) -> Result<(), GenerateError> {
    let read = |locale: Locale| {
        let path = directory.join(format!("{locale}.toml"));
        fs::read_to_string(&path).map_err(|source| GenerateError::File { path, source })
    };
    let (ko, en) = (read(Locale::Ko)?, read(Locale::En)?);
    let source = source(&ko, &en)?;
    fs::write(out, source).map_err(|source| GenerateError::File {
        path: out.to_owned(),
        source,
    })
}

/// The functions of two texts.
fn source(ko: &str, en: &str) -> Result<String, GenerateError> {
    let catalogue = Catalogue::new(&[(Locale::Ko, ko), (Locale::En, en)])?;
    let differs = catalogue.check();
    if !differs.is_empty() {
        return Err(GenerateError::Differs(differs));
    }
    let mut root = Module::default();
    for (key, names) in catalogue.keys() {
        root.add(key, names);
    }
    let mut out = String::new();
    root.write("", &mut out);
    Ok(out)
}

#[derive(Default)]
struct Module<'a> {
    modules: BTreeMap<&'a str, Self>,
    messages: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Module<'a> {
    fn add(&mut self, key: &'a str, names: Vec<&'a str>) {
        let mut steps = key.split('.');
        let last = steps.next_back().unwrap_or(key);
        let module = steps.fold(self, |module, step| module.modules.entry(step).or_default());
        module.messages.insert(last, names);
    }

    fn write(&self, above: &str, out: &mut String) {
        for (name, module) in &self.modules {
            let _ = writeln!(out, "/// The messages `{above}{name}`.");
            let _ = writeln!(out, "pub mod {} {{", identifier(name));
            module.write(&format!("{above}{name}."), out);
            out.push_str("}\n");
        }
        for (name, values) in &self.messages {
            message(&format!("{above}{name}"), name, values, out);
        }
    }
}

/// The path by which every crate of the house knows [`Text`](crate::Text).
const TEXT: &str = "::hanok_base::i18n::Text";

fn message(key: &str, name: &str, values: &[&str], out: &mut String) {
    let arguments: Vec<String> = values
        .iter()
        .map(|value| format!("{}: impl ToString", identifier(value)))
        .collect();
    let mut given = String::new();
    for value in values {
        let _ = write!(given, ".value({value:?}, {})", identifier(value));
    }
    let qualifier = if values.is_empty() { "const " } else { "" };
    let _ = writeln!(
        out,
        "/// The message `{key}`.\npub {qualifier}fn {}({}) -> {TEXT} {{ {TEXT}::new({key:?}){given} }}",
        identifier(name),
        arguments.join(", "),
    );
}

/// A key's last step as a Rust name: keywords get an underscore behind, other marks become one.
fn identifier(name: &str) -> String {
    const KEYWORDS: &[&str] = &[
        "as", "async", "await", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
        "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
        "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
        "Self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe",
        "unsized", "use", "virtual", "where", "while", "yield", "abstract", "become",
    ];
    let mut name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if KEYWORDS.contains(&name.as_str()) {
        name.push('_');
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_becomes_a_function_with_its_values_in_order() {
        let text = "top = \"1\"\n[login]\ntitle = \"2\"\ntype = \"3\"\n[login.hint]\nboth = \"{name} {count}\"\n";
        let source = source(text, text).unwrap();
        for line in [
            "pub const fn top() -> ::hanok_base::i18n::Text { ::hanok_base::i18n::Text::new(\"top\") }",
            "pub mod login {",
            "pub const fn type_() -> ",
            "pub mod hint {",
            "pub fn both(count: impl ToString, name: impl ToString) -> ",
            "::new(\"login.hint.both\").value(\"count\", count).value(\"name\", name) }",
        ] {
            assert!(source.contains(line), "{line} is not in\n{source}");
        }
    }

    #[test]
    fn a_key_that_one_language_lacks_is_refused() {
        let refused = source("a = \"1\"\nb = \"{n}\"", "b = \"{m}\"").unwrap_err();
        let GenerateError::Differs(lines) = refused else {
            panic!("{refused}")
        };
        assert_eq!(lines.len(), 2, "{lines:?}");
    }

    #[test]
    fn the_functions_are_written_beside_what_cargo_builds() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("text.rs");
        assert!(matches!(
            write(place.path(), &out),
            Err(GenerateError::File { .. })
        ));
        for name in ["ko.toml", "en.toml"] {
            fs::write(place.path().join(name), "a = \"1\"").unwrap();
        }
        write(place.path(), &out).unwrap();
        assert!(
            fs::read_to_string(&out)
                .unwrap()
                .contains("pub const fn a()")
        );
    }
}
