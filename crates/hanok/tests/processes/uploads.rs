//! The server is killed while a file is being attached: no row names a file that is not whole, nothing of half a file
//! is served, and what was left on the disk goes.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use hanok_base::Clock;
use hanok_base::encoding::hex_encode;
use hanok_base::secret::sha256;
use hanok_db::{DbError, params};
use hanok_testkit::{Client, Sink};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::house::House;
use crate::installation::{PATIENCE, Server};
use crate::store::Store;

const MIB: usize = 1024 * 1024;
/// What a file has in these tests.
const SIZE: usize = 6 * MIB;
/// How much of it is sent before the server is killed; then all of it, with so many milliseconds to bring it home.
const SENT: [(usize, u64); 6] = [
    (MIB, 0),
    (5 * MIB, 0),
    (SIZE, 0),
    (SIZE, 10),
    (SIZE, 40),
    (SIZE, 160),
];
/// Older than anything that is still being sent.
const TWO_DAYS: Duration = Duration::from_hours(48);

/// The server, where its files lie, and a post.
struct Desk {
    house: House,
    folder: PathBuf,
    post: i64,
}

/// The bytes of the file with this number.
fn bytes(number: usize) -> Vec<u8> {
    let line = format!("file {number} ");
    line.bytes().cycle().take(SIZE).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}

impl Desk {
    async fn of(store: Store) -> (Self, Server) {
        let sink = Sink::start().await;
        let house = House::prepare(store, 1, &sink, 1).await;
        let server = house.installed.serve(0).await;
        let folder = house.installed.place().join("data-0/blobs");
        let mut desk = Self {
            house,
            folder,
            post: 0,
        };
        let body = json!({ "title": "자료", "content": "첨부합니다" });
        let made = desk.client().post("/api/v1/posts").json(body).await;
        desk.post = made.assert_status(201).body["id"].as_i64().unwrap();
        (desk, server)
    }

    fn client(&self) -> Client {
        let client = self.house.installed.client(0);
        client.bearer(&self.house.people[0].token)
    }

    fn path(&self) -> String {
        format!("/api/v1/posts/{}/attachments", self.post)
    }

    /// Begins to attach a file and sends so much of it; the connection stays open.
    fn begin(&self, number: usize, sent: usize) -> TcpStream {
        let head = format!(
            "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{number}.txt\"\r\n\
             Content-Type: text/plain\r\n\r\n"
        );
        let tail = "\r\n--b1--\r\n";
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n\
             Content-Type: multipart/form-data; boundary=b1\r\nContent-Length: {}\r\n\r\n{head}",
            self.path(),
            self.house.people[0].token,
            head.len() + SIZE + tail.len(),
        );
        let mut stream = TcpStream::connect(self.house.installed.address(0)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(&bytes(number)[..sent]).unwrap();
        if sent == SIZE {
            stream.write_all(tail.as_bytes()).unwrap();
        }
        stream
    }

    /// How many bytes lie there, of whole files and of others.
    fn on_disk(&self) -> u64 {
        let incoming = files(&self.folder.join("incoming"));
        let all = incoming.into_iter().chain(files(&self.folder));
        // A file may just get its name.
        all.filter_map(|path| Some(fs::metadata(path).ok()?.len()))
            .sum()
    }

    /// Waits until something of a new file is on the disk.
    async fn until_written(&self, before: u64) {
        let written = async {
            while self.on_disk() <= before {
                sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(PATIENCE, written).await.unwrap();
    }

    /// Each row names a file, and each file that is named is whole; how many there are.
    async fn rows_name_whole_files(&self) -> usize {
        const SQL: &str = "SELECT b.sha256, b.size, a.name FROM board_blob b \
            LEFT JOIN board_attachment a ON a.sha256 = b.sha256";
        let read = self
            .house
            .db
            .read::<_, DbError, _>(async |conn| conn.all(SQL, params![]).await);
        let rows: Vec<(Vec<u8>, i64, Option<String>)> = read.await.unwrap();
        for (sha256, size, name) in &rows {
            let kept = fs::read(self.folder.join(hex_encode(sha256))).unwrap();
            assert_eq!(i64::try_from(kept.len()).unwrap(), *size);
            let name = name.as_ref().expect("a file that is named is attached");
            let number: usize = name.trim_end_matches(".txt").parse().unwrap();
            assert!(kept == bytes(number), "{name} is another file");
        }
        rows.len()
    }

    /// Whoever reads the post gets each of its files whole.
    async fn serves_whole_files(&self, count: usize) {
        let list = self.client().get(&self.path()).await.assert_status(200);
        let list = list.body["attachments"].as_array().unwrap().clone();
        assert_eq!(list.len(), count);
        for file in &list {
            let text = |field: &str| file[field].as_str().unwrap();
            let number: usize = text("name").trim_end_matches(".txt").parse().unwrap();
            assert_eq!(file["size"], Value::from(SIZE));
            let served = self.client().get(text("url")).await.assert_status(200);
            assert!(served.text.as_bytes() == bytes(number), "{number}");
        }
    }

    /// What was left is older than a day, and the sweep is due.
    async fn let_time_pass(&self) {
        let now = Clock::system().now().minus(TWO_DAYS);
        let old = UNIX_EPOCH + Duration::from_micros(now.micros().unsigned_abs());
        for path in files(&self.folder.join("incoming"))
            .iter()
            .chain(&files(&self.folder))
        {
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(old).unwrap();
        }
        let due = "UPDATE schedule SET next_at = 0 WHERE name = 'board.sweep_files'";
        let unit = self
            .house
            .db
            .write::<_, DbError, _>(async move |tx| tx.execute(due, &[]).await);
        assert_eq!(unit.await.unwrap(), 1);
    }

    /// A whole file that no row names goes when its hour of the day comes, which the sweep's own tests show.
    async fn until_swept(&self, count: usize) {
        let incoming = self.folder.join("incoming");
        let swept = async {
            while !files(&incoming).is_empty() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let swept = timeout(PATIENCE, swept).await;
        assert!(swept.is_ok(), "{:?}", files(&incoming));
        let kept = files(&self.folder);
        assert!(kept.len() >= count, "what is named stays");
        for path in kept {
            let name = path.file_name().unwrap().to_str().unwrap();
            let whole = hex_encode(&sha256(&fs::read(&path).unwrap()));
            assert_eq!(name, whole, "half a file has a name");
        }
    }
}

async fn survives(store: Store) {
    let (desk, mut server) = Desk::of(store).await;
    let mut half = 0;
    for (number, (sent, wait)) in SENT.into_iter().enumerate() {
        let before = desk.on_disk();
        let stream = desk.begin(number, sent);
        desk.until_written(before).await;
        sleep(Duration::from_millis(wait)).await;
        server.kill();
        drop(stream);
        half += usize::from(sent < SIZE);
        let named = desk.rows_name_whole_files().await;
        assert!(named <= number + 1 - half, "a row of half a file");
        server = desk.house.installed.serve(0).await;
        desk.serves_whole_files(named).await;
    }
    assert!(
        !files(&desk.folder.join("incoming")).is_empty(),
        "something was cut off"
    );
    // One that is let through, after all that.
    let last = desk.begin(SENT.len(), SIZE);
    let arrived = async {
        while desk.client().get(&desk.path()).await.body["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .all(|file| file["name"] != format!("{}.txt", SENT.len()))
        {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, arrived).await.unwrap();
    drop(last);
    let named = desk.rows_name_whole_files().await;
    server.kill();
    desk.let_time_pass().await;
    let _server = desk.house.installed.serve(0).await;
    desk.until_swept(named).await;
    desk.serves_whole_files(named).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_a_file_comes_serves_no_half_of_it_on_sqlite() {
    survives(Store::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_a_file_comes_serves_no_half_of_it_on_postgresql() {
    if let Some(store) = Store::postgres().await {
        survives(store).await;
    }
}
