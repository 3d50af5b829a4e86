//! A ZIP archive of a few files, in memory.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs files of these names, deflated. Their time is the format's first moment: nothing is told by it.
///
/// # Errors
/// Where a name stands twice, or a file is larger than 4 GiB.
pub(super) fn archive(files: &[(&str, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn every_file_comes_out_whole_under_its_name() {
        let files = [
            ("account.json", "{\"name\":\"김\"}".as_bytes().to_vec()),
            ("records.json", vec![b'x'; 10_000]),
        ];
        let packed = archive(&files).unwrap();
        assert!(packed.len() < 1_000, "{}", packed.len());
        let mut read = ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(read.len(), 2);
        for (name, bytes) in &files {
            let mut out = Vec::new();
            let mut file = read.by_name(name).unwrap();
            file.read_to_end(&mut out).unwrap();
            assert_eq!(&out, bytes);
        }
    }

    #[test]
    fn the_same_files_are_the_same_archive() {
        let files = [("account.json", b"{}".to_vec())];
        assert_eq!(archive(&files).unwrap(), archive(&files).unwrap());
    }
}
