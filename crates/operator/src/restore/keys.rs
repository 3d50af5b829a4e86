//! Which key ring opens the backup, and whether it has to be put in place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hanok_accounts::command::{Failure, Settings};
use hanok_base::directory::{make_private_within, write_private};
use hanok_base::keyring::find_ring;
use hanok_base::{Clock, KeyRing};

use crate::backup::copies::RING;

/// A ring, and where its file goes.
pub(super) struct Keys {
    pub(super) ring: KeyRing,
    install: Option<(PathBuf, PathBuf)>,
}

impl Keys {
    /// The ring in place; else the one that is named; else the one in the backup; else the one of SECRET_KEY.
    pub(super) fn find(
        settings: &Settings,
        named: Option<&Path>,
        backup: &Path,
    ) -> Result<Self, Failure> {
        let to = settings.keys.ring_file(&settings.server.data_dir);
        let named = named.map(ring_of);
        if settings.keys.ring.is_some() || to.exists() {
            return Self::in_place(settings, named.as_deref(), &to);
        }
        let inside = backup.join(RING);
        match named.or_else(|| inside.exists().then_some(inside)) {
            Some(from) => Ok(Self {
                ring: KeyRing::open(&from).map_err(Failure::failed)?,
                install: Some((from, to)),
            }),
            None => Self::in_place(settings, None, &to),
        }
    }

    fn in_place(settings: &Settings, named: Option<&Path>, to: &Path) -> Result<Self, Failure> {
        let found = find_ring(&settings.keys, &settings.server.data_dir, &Clock::system());
        let ring = found.map_err(Failure::failed)?.ok_or_else(|| {
            Failure::failed(format!(
                "the backup holds no keys: say where they were saved (--keys DIR), or put the ring at {}",
                to.display()
            ))
        })?;
        if let Some(named) = named.filter(|named| !same(named, to)) {
            let used = ring
                .path()
                .map_or("keys.ring".to_owned(), |path| path.display().to_string());
            return Err(Failure::failed(format!(
                "{used} is the key ring in place, and {} is another: move one of them away",
                named.display()
            )));
        }
        Ok(Self {
            ring,
            install: None,
        })
    }

    /// Puts the ring in place, where it is not; says what was made.
    pub(super) fn install(&self) -> io::Result<Option<&Path>> {
        let Some((from, to)) = &self.install else {
            return Ok(None);
        };
        let text = fs::read_to_string(from)?;
        to.parent()
            .map(make_private_within)
            .transpose()
            .map_err(|error| error.source)?;
        write_private(to, &text)?;
        Ok(Some(to))
    }
}

/// The ring's file, where the directory that it was saved in is named, or the file itself.
fn ring_of(named: &Path) -> PathBuf {
    if named.is_dir() {
        named.join(RING)
    } else {
        named.to_owned()
    }
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}
