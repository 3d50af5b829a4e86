//! A disk that takes nothing more, one server on a directory, and files that belong to whom they should.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use hanok_testkit::{Client, free_port};

use crate::on_both;
use crate::place::{Place, Told, chmod, until};

const FULL: &str = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON lease FOR EACH ROW EXECUTE FUNCTION full_disk();
    CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON doctor_probe FOR EACH ROW EXECUTE FUNCTION full_disk()";
const FREE: &str = "DROP TRIGGER full_disk ON lease; DROP TRIGGER full_disk ON doctor_probe";

/// A small disk of its own for a data directory; it goes when this is dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs"]);
        let mounted = mount.arg(at).status().is_ok_and(|status| status.success());
        mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Has the server's units hear that the disk is full; says what undoes it.
async fn fill(place: &Place) {
    if !place.is_sqlite() {
        place.by_hand("", FULL).await;
        return;
    }
    let filled = fs::write(place.file("filler"), vec![0; 25 << 20]);
    assert_eq!(filled.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
}

on_both! {
    #[expect(clippy::print_stdout, reason = "a test that does not run must not look as if it had")]
    async fn a_server_that_can_write_nothing_is_not_ready_until_it_can(place) {
        let disk = place.is_sqlite().then(|| Disk::mount(&place.file("")));
        if matches!(disk, Some(None)) {
            println!("not run: a full disk under SQLite (this user may mount none)");
            return;
        }
        let server = place.serve().await;
        fill(&place).await;
        let client = Client::new(&format!("http://127.0.0.1:{}", place.port));
        until(async || client.get("/health/ready").await.status == 503).await;
        let told = client.get("/health/ready").await;
        assert_eq!(told.body["status"], "unavailable");
        assert!(told.body["checks"][0]["fault"].as_str().unwrap().contains("full"));
        assert_eq!(client.get("/health/live").await.status, 200);
        if place.is_sqlite() {
            Told::by(&place, &[]).is("space", "failed", &["0 MB of 25 MB free"]);
            fs::remove_file(place.file("filler")).unwrap();
        } else {
            place.by_hand("", FREE).await;
        }
        until(async || client.get("/health/ready").await.status == 200).await;
        server.stop();
    }

    async fn a_second_server_on_a_directory_needs_postgres(place) {
        place.done(&["migrate"]);
        let first = place.serve().await;
        let port = free_port();
        if place.is_sqlite() {
            place.set("server.port", &port.to_string());
            let second = place.run(&["serve"]);
            assert_eq!(second.status.code(), Some(1));
            let told = String::from_utf8_lossy(&second.stderr);
            let pid = first.pid().to_string();
            for word in [&*pid, "hanok serve", "one server", "--data-dir", "PostgreSQL"] {
                assert!(told.contains(word), "{word:?} is not in {told}");
            }
        } else {
            place.serve_on(port).await.stop();
        }
        // Commands work beside a running server.
        place.done(&["keys", "list"]);
        first.stop();
        place.serve().await.stop();
    }

    async fn what_is_made_in_a_directory_of_others_is_private(place) {
        fs::create_dir(place.file("")).unwrap();
        chmod(&place.file(""), 0o755);
        place.done(&["migrate"]);
        place.done(&["log", "set", "hanok_web=warn"]);
        let server = place.serve().await;
        until(async || place.file("audit-checkpoints.jsonl").exists()).await;
        for path in below(&place.file("")) {
            let right = if path.is_dir() { 0o700 } else { 0o600 };
            let mode = fs::metadata(&path).unwrap().mode() & 0o777;
            assert_eq!(mode, right, "{}: {mode:o}", path.display());
        }
        server.stop();
    }

    #[expect(clippy::print_stdout, reason = "a test that does not run must not look as if it had")]
    async fn what_root_makes_and_changes_belongs_to_the_directorys_owner(place) {
        const SERVICE: u32 = 54_321;
        fs::create_dir(place.file("")).unwrap();
        chmod(&place.file(""), 0o700);
        if chown(place.file(""), Some(SERVICE), Some(SERVICE)).is_err() {
            println!("not run: files of another user (this user is not root)");
            return;
        }
        place.done(&["migrate"]);
        place.done(&["keys", "rotate"]);
        place.serve().await.stop();
        place.done(&["keys", "rotate", "--kind", "token"]);
        for path in below(&place.file("")) {
            let found = fs::metadata(&path).unwrap();
            assert_eq!((found.uid(), found.gid()), (SERVICE, SERVICE), "{}", path.display());
        }
        Told::by(&place, &[]).is("permissions", "ok", &["one owner"]);
        let ring = place.file("keys/key-ring.json");
        chown(&ring, Some(12_345), Some(12_345)).unwrap();
        place.done(&["keys", "rotate"]);
        assert_eq!(fs::metadata(&ring).unwrap().uid(), 12_345);
    }
}

/// Everything in a directory and below it.
fn below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            let inside = if path.is_dir() {
                below(&path)
            } else {
                Vec::new()
            };
            [path].into_iter().chain(inside)
        })
        .collect()
}
