//! What `web/` builds: scripts, styles and icons, and under which names they are served.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use rust_embed::RustEmbed;
use serde::Deserialize;

/// Where Vite says what it built.
const MANIFEST: &str = ".vite/manifest.json";

/// `web/dist`: part of the program in a release build, read from disk in others. It may be missing.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// The built scripts, styles and icons. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Assets(Arc<Source>);

#[derive(Debug)]
struct Source {
    directory: Option<PathBuf>,
    fixed: OnceLock<Arc<Manifest>>,
}

impl Default for Assets {
    fn default() -> Self {
        Self::built()
    }
}

impl Assets {
    /// What `make assets` built.
    pub fn built() -> Self {
        Self::from(None)
    }

    /// What lies in another directory, for tests.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self::from(Some(directory.into()))
    }

    fn from(directory: Option<PathBuf>) -> Self {
        let fixed = OnceLock::new();
        Self(Arc::new(Source { directory, fixed }))
    }

    /// A file by its path in `web/dist`.
    pub(super) fn file(&self, path: &str) -> Option<Bytes> {
        match &self.0.directory {
            Some(directory) => fs::read(directory.join(path)).ok().map(Bytes::from),
            None => Built::get(path).map(|file| match file.data {
                Cow::Borrowed(data) => Bytes::from_static(data),
                Cow::Owned(data) => Bytes::from(data),
            }),
        }
    }

    /// What was built: read once in a release build, else anew for every page, so that a build shows at once.
    pub(super) fn manifest(&self) -> Arc<Manifest> {
        let read = || Arc::new(self.read());
        if cfg!(debug_assertions) {
            read()
        } else {
            Arc::clone(self.0.fixed.get_or_init(read))
        }
    }

    fn read(&self) -> Manifest {
        let Some(bytes) = self.file(MANIFEST) else {
            return Manifest::default();
        };
        let files = serde_json::from_slice(&bytes).unwrap_or_else(|fault| {
            tracing::error!(%fault, "the list of built assets is not as expected: run `make assets`");
            BTreeMap::new()
        });
        Manifest { files }
    }
}

/// What Vite built, by source.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    files: BTreeMap<String, Chunk>,
}

/// One built file and what it needs.
#[derive(Debug, Default, Deserialize)]
struct Chunk {
    file: String,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

/// What a page loads, as addresses.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Loads {
    pub(super) styles: Vec<String>,
    pub(super) scripts: Vec<String>,
    /// Scripts that those import, to be fetched along with them.
    pub(super) imports: Vec<String>,
}

impl Manifest {
    /// Whether nothing was built.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Where the sprite of icons lies.
    pub(super) fn icons(&self) -> Option<String> {
        self.files
            .get("icons.svg")
            .map(|chunk| address(&chunk.file))
    }

    /// What the entries `names` need; an entry that was not built needs nothing.
    pub(super) fn loads<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Loads {
        let mut loads = Loads::default();
        for name in names {
            let Some(chunk) = self.files.get(&format!("src/entries/{name}.ts")) else {
                continue;
            };
            push(&mut loads.scripts, &chunk.file);
            self.follow(chunk, &mut loads);
        }
        loads
    }

    fn follow(&self, chunk: &Chunk, loads: &mut Loads) {
        for style in &chunk.css {
            push(&mut loads.styles, style);
        }
        for import in chunk.imports.iter().filter_map(|key| self.files.get(key)) {
            if push(&mut loads.imports, &import.file) {
                self.follow(import, loads);
            }
        }
    }
}

fn address(file: &str) -> String {
    ["/", file].concat()
}

/// Adds the address of `file`; says whether it is new.
fn push(to: &mut Vec<String>, file: &str) -> bool {
    let address = address(file);
    let is_new = !to.contains(&address);
    if is_new {
        to.push(address);
    }
    is_new
}
