//! The checkpoint file: one line of JSON a checkpoint, appended and never rewritten, so that it can lie
//! on a disk that only appends.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use hanok_base::Timestamp;
use hanok_base::directory::open_private;
use hanok_base::encoding::{hex_decode, hex_encode};
use hanok_db::Db;
use serde::{Deserialize, Serialize};

use crate::audit::AuditError;
use crate::audit::checkpoint::{self, Checkpoint};

/// How much of the end is looked at for the last line.
const TAIL_BYTES: u64 = 64 << 10;

/// Checkpoints read from the table or the file at once.
const PAGE: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Line {
    seq: i64,
    mac: String,
    count: i64,
    at: Timestamp,
    key_version: i64,
    signature: String,
}

impl From<&Checkpoint> for Line {
    fn from(made: &Checkpoint) -> Self {
        Self {
            seq: made.seq,
            mac: hex_encode(&made.mac),
            count: made.count,
            at: made.at,
            key_version: made.key_version,
            signature: hex_encode(&made.signature),
        }
    }
}

/// A line as a checkpoint; `None` for a line that a crash left unfinished.
fn parse(text: &str) -> Option<Checkpoint> {
    let line: Line = serde_json::from_str(text).ok()?;
    Some(Checkpoint {
        seq: line.seq,
        mac: hex_decode(&line.mac)?,
        count: line.count,
        at: line.at,
        key_version: line.key_version,
        signature: hex_decode(&line.signature)?,
    })
}

/// Appends the checkpoints of the table that the file does not have yet.
pub(super) async fn catch_up(db: &Db, path: &Path) -> Result<(), AuditError> {
    loop {
        let known = blocking(path, last_seq).await?;
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let missing = db
            .read(async move |conn| checkpoint::after(conn, known, limit).await)
            .await?;
        let full = missing.len() == PAGE;
        if !missing.is_empty() {
            blocking(path, move |path| append(path, &missing)).await?;
        }
        if !full {
            return Ok(());
        }
    }
}

/// Runs file work on the threads that may wait.
async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, AuditError> {
    let owned = path.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&owned)).await;
    done.map_err(io::Error::other)
        .flatten()
        .map_err(|source| AuditError::file(path, source))
}

/// The highest checkpoint near the end of the file; 0 where there is none.
fn last_seq(path: &Path) -> io::Result<i64> {
    match File::open(path) {
        Ok(mut file) => highest(&mut file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

fn highest(file: &mut File) -> io::Result<i64> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let text = String::from_utf8_lossy(&tail);
    Ok(text
        .lines()
        .filter_map(parse)
        .map(|made| made.seq)
        .max()
        .unwrap_or_default())
}

/// Two processes that append at once take turns, and neither repeats the other's lines.
fn append(path: &Path, made: &[Checkpoint]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    let mut file = open_private(&mut options, path)?;
    file.lock()?;
    let known = highest(&mut file)?;
    let mut text = if ends_in_a_line(&mut file)? {
        String::new()
    } else {
        "\n".to_owned()
    };
    for checkpoint in made.iter().filter(|checkpoint| checkpoint.seq > known) {
        text.push_str(&serde_json::to_string(&Line::from(checkpoint)).map_err(io::Error::other)?);
        text.push('\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

fn ends_in_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The highest checkpoint near the end of the file; `None` when there is no file.
pub(super) async fn newest(path: &Path) -> Result<Option<i64>, AuditError> {
    match length(path).await? {
        Some(_) => blocking(path, last_seq).await.map(Some),
        None => Ok(None),
    }
}

/// How long the file is now; `None` when it is not there.
pub(super) async fn length(path: &Path) -> Result<Option<u64>, AuditError> {
    blocking(path, |path| match std::fs::metadata(path) {
        Ok(found) => Ok(Some(found.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

/// The next checkpoints from byte `from`, but none beyond byte `until`, and where to go on.
pub(super) async fn page(
    path: &Path,
    from: u64,
    until: u64,
) -> Result<(Vec<Checkpoint>, u64), AuditError> {
    blocking(path, move |path| read(path, from, until)).await
}

fn read(path: &Path, from: u64, until: u64) -> io::Result<(Vec<Checkpoint>, u64)> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut lines = BufReader::new(file.take(until.saturating_sub(from)));
    let (mut found, mut at) = (Vec::new(), from);
    let mut line = Vec::new();
    while found.len() < PAGE {
        line.clear();
        let read = lines.read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        at += u64::try_from(read).unwrap_or_default();
        found.extend(parse(&String::from_utf8_lossy(&line)));
    }
    Ok((found, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(seq: i64) -> Checkpoint {
        let at = Timestamp::from_micros(1_795_239_000_123_456);
        Checkpoint {
            seq,
            mac: vec![1; 32],
            count: seq,
            at,
            key_version: 1,
            signature: vec![2; 32],
        }
    }

    #[test]
    fn lines_are_appended_once_and_survive_a_torn_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoints.jsonl");
        assert_eq!(last_seq(&path).unwrap(), 0);
        append(&path, &[made(1), made(2)]).unwrap();
        OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"{\"seq\":3,\"ma")
            .unwrap();
        append(&path, &[made(2), made(3)]).unwrap();
        let length = std::fs::metadata(&path).unwrap().len();
        assert_eq!(
            read(&path, 0, length).unwrap(),
            (vec![made(1), made(2), made(3)], length)
        );
        assert_eq!(last_seq(&path).unwrap(), 3);
    }
}
