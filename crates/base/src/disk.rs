//! What the system says of a file system and of the right to a file.

use std::io;
use std::path::Path;

use rustix::fs::{Access, access, statvfs};

/// The room of the file system that a path lies on, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// What this user may still fill.
    pub free: u64,
    /// All of it.
    pub total: u64,
}

/// The room of the file system that `path` lies on.
///
/// # Errors
/// What the system says, as where there is no such path.
pub fn space(path: &Path) -> io::Result<Space> {
    let found = statvfs(path)?;
    Ok(Space {
        free: found.f_bavail.saturating_mul(found.f_frsize),
        total: found.f_blocks.saturating_mul(found.f_frsize),
    })
}

/// Whether this user may read and write `path`.
///
/// # Errors
/// What the system says where it may not, or there is no such path.
pub fn writable(path: &Path) -> io::Result<()> {
    Ok(access(path, Access::READ_OK | Access::WRITE_OK)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_and_rights_are_those_of_the_path() {
        let directory = tempfile::tempdir().unwrap();
        let room = space(directory.path()).unwrap();
        assert!(room.free <= room.total && room.total > 0, "{room:?}");
        assert!(writable(directory.path()).is_ok());
        let nowhere = directory.path().join("nowhere");
        assert_eq!(space(&nowhere).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(
            writable(&nowhere).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
