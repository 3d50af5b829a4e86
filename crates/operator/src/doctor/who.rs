//! Users and groups by the names that this machine's files know.

use std::fs;
use std::path::Path;

use rustix::process::{getegid, geteuid};

/// The user that runs this command.
pub(super) fn me() -> u32 {
    geteuid().as_raw()
}

/// That user and its group, as `chown` takes them.
pub(super) fn my_names() -> String {
    names(me(), getegid().as_raw())
}

/// User and group as `chown` takes them.
pub(super) fn names(uid: u32, gid: u32) -> String {
    format!("{}:{}", user(uid), group(gid))
}

/// The user's name; its number where it has none here.
pub(super) fn user(uid: u32) -> String {
    named(Path::new("/etc/passwd"), uid)
}

fn group(gid: u32) -> String {
    named(Path::new("/etc/group"), gid)
}

/// The first field of the line whose third is the number: both files are made so.
fn named(file: &Path, number: u32) -> String {
    let wanted = number.to_string();
    let text = fs::read_to_string(file).unwrap_or_default();
    let found = text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == wanted).then(|| name.to_owned())
    });
    found.unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_name_where_it_has_one() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("passwd");
        fs::write(
            &file,
            "root:x:0:0::/root:/bin/sh\nhanok:x:998:997::/:/bin/sh\n",
        )
        .unwrap();
        assert_eq!(named(&file, 998), "hanok");
        assert_eq!(named(&file, 997), "997");
        assert_eq!(named(&directory.path().join("none"), 0), "0");
    }
}
