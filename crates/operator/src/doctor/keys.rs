//! The key ring: whether there is one, whole, in a good place and not too old.

use std::path::Path;

use hanok_accounts::command::Settings;
use hanok_base::config::Environment;
use hanok_base::keyring::{KeyInfo, KeyKind, KeyRingError, RingFault, find_ring};
use hanok_base::{Clock, KeyRing, Timestamp};

use super::begun::{MADE_BY, is_begun};
use super::finding::Finding;

const CHECK: &str = "keys";

const DAY_SECONDS: u64 = 86_400;

/// The ring, for the checks that need it.
pub(super) fn find(settings: &Settings, clock: &Clock) -> Result<Option<KeyRing>, RingFault> {
    find_ring(&settings.keys, &settings.server.data_dir, clock)
}

/// What is to be said of it; `has_tables` says whether the store was written to before.
pub(super) fn judge(
    settings: &Settings,
    clock: &Clock,
    ring: Result<Option<KeyRing>, RingFault>,
    has_tables: bool,
) -> Finding {
    match ring {
        Ok(Some(ring)) => Ring {
            settings,
            ring: &ring,
        }
        .judge(clock.now()),
        Ok(None) if !has_tables && !is_begun(settings) => Finding::skipped(CHECK, MADE_BY),
        Ok(None) => missing(settings),
        Err(error) => unusable(&error),
    }
}

fn missing(settings: &Settings) -> Finding {
    let file = settings.keys.ring_file(&settings.server.data_dir);
    Finding::failed(
        CHECK,
        format!("there is no key ring at {}", file.display()),
        "put the key ring of this database back from its backup, or name where it lies (keys.directory, --data-dir): \
         without it nothing sealed can be opened",
    )
}

fn unusable(fault: &RingFault) -> Finding {
    let remedy = match fault {
        RingFault::Directory(_) | RingFault::Ring(KeyRingError::File { .. }) => {
            "give the user that runs hanok the right to read it"
        }
        RingFault::Ring(KeyRingError::SecretTooShort) => "set SECRET_KEY to at least 32 bytes",
        RingFault::Ring(_) => {
            "put the key ring back from its backup; without it nothing sealed can be opened"
        }
    };
    Finding::failed(CHECK, fault, remedy)
}

struct Ring<'a> {
    settings: &'a Settings,
    ring: &'a KeyRing,
}

impl Ring<'_> {
    fn judge(&self, now: Timestamp) -> Finding {
        let keys = self.ring.list();
        let Some(sealing) = keys
            .iter()
            .find(|key| key.kind == KeyKind::Sealing && key.active)
        else {
            return Finding::failed(CHECK, "no sealing key is in use", "run `hanok keys rotate`");
        };
        let days = now.since(sealing.created_at).as_secs() / DAY_SECONDS;
        let found = format!(
            "{} keys in {}; the sealing key is {days} days old",
            keys.len(),
            self.place()
        );
        let most = u64::from(self.settings.keys.warn_after_days);
        if let Some(early) = keys.iter().find(|key| key.created_at > now) {
            return Finding::warning(
                CHECK,
                from_the_future(early),
                "correct this machine's clock",
            );
        }
        if days >= most {
            return Finding::warning(
                CHECK,
                format!("{found} (more than {most})"),
                "run `hanok keys rotate`: older values are sealed anew in the background",
            );
        }
        match self.lies_beside_its_data() {
            Some(directory) => Finding::warning(
                CHECK,
                format!("{found}, beside the data that they open"),
                format!(
                    "move {} to another disk and name it in keys.directory: a copy of the data directory is \
                     then of no use alone",
                    directory.display()
                ),
            ),
            None => Finding::ok(CHECK, found),
        }
    }

    fn place(&self) -> String {
        self.ring.path().map_or_else(
            || "a secret of the configuration".to_owned(),
            |path| path.display().to_string(),
        )
    }

    /// The ring's directory, where people depend on this installation and it lies in the data directory.
    fn lies_beside_its_data(&self) -> Option<&Path> {
        let directory = self.ring.path()?.parent()?;
        let beside = directory.starts_with(&self.settings.server.data_dir);
        let matters = self.settings.environment == Environment::Production;
        (matters && beside).then_some(directory)
    }
}

fn from_the_future(key: &KeyInfo) -> String {
    format!(
        "version {} of the {:?} key was made at {}, which is yet to come",
        key.version,
        key.kind,
        key.created_at.to_rfc3339()
    )
}
