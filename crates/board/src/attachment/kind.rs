//! What a file is by its bytes; what its name or its sender says counts for nothing, and may not contradict.

use super::name::ending;

/// How much of a file's beginning is looked at, in bytes.
pub(super) const HEAD: usize = 16 * 1024;
/// What is shown as a page or a drawing where nobody forbids it.
const HTML: &str = "text/html";
const SVG: &str = "image/svg+xml";
const TEXT: &str = "text/plain";
/// What runs on the machine of whoever opens it.
const PROGRAMS: [&str; 14] = [
    "application/wasm",
    "application/x-executable",
    "application/vnd.microsoft.portable-executable",
    "application/java",
    "application/x-llvm",
    "application/x-mach-binary",
    "application/vnd.android.dex",
    "application/vnd.android.dey",
    "application/x-shockwave-flash",
    "application/x-google-chrome-extension",
    "application/vnd.debian.binary-package",
    "application/x-rpm",
    "text/x-shellscript",
    "application/x-ms-shortcut",
];
/// Endings that say what a file is, and what it then must be: `(ending, the beginnings of its media type)`.
const MEANT: [(&str, &[&str]); 18] = [
    ("png", &["image/png"]),
    ("jpg", &["image/jpeg"]),
    ("jpeg", &["image/jpeg"]),
    ("gif", &["image/gif"]),
    ("webp", &["image/webp"]),
    ("svg", &[SVG]),
    ("pdf", &["application/pdf"]),
    ("zip", &["application/"]),
    ("docx", &["application/"]),
    ("xlsx", &["application/"]),
    ("pptx", &["application/"]),
    ("hwp", &["application/"]),
    ("hwpx", &["application/"]),
    ("mp4", &["video/"]),
    ("mov", &["video/"]),
    ("txt", &["text/"]),
    ("csv", &["text/"]),
    ("md", &["text/"]),
];
/// Endings of what Windows runs, whatever its bytes are.
const RUN: [&str; 16] = [
    "exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "js", "jse", "wsf", "hta",
    "lnk", "jar", "apk",
];

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A picture, which is made anew.
    Picture(Picture),
    /// Anything else, of this media type: it is downloaded, never shown.
    Other(&'static str),
}

/// The kinds of pictures that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Picture {
    Jpeg,
    Png,
    Gif,
    Webp,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is a program.
    Program,
    /// It is not what its name says.
    Misnamed,
}

impl Refused {
    /// The word of the catalogue.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Program => "file_program",
            Self::Misnamed => "file_misnamed",
        }
    }
}

/// What a file is by its beginning, where one of this name may be it.
pub(super) fn judge(head: &[u8], name: &str) -> Result<Kind, Refused> {
    let media_type = media_type(head);
    let ending = ending(name).unwrap_or_default();
    if PROGRAMS.contains(&media_type) || RUN.contains(&ending.as_str()) {
        return Err(Refused::Program);
    }
    let meant = MEANT.iter().find(|(known, _)| *known == ending);
    let is_meant = |begins: &[&str]| begins.iter().any(|begin| media_type.starts_with(begin));
    if meant.is_some_and(|(_, begins)| !is_meant(begins)) {
        return Err(Refused::Misnamed);
    }
    Ok(match media_type {
        "image/jpeg" => Kind::Picture(Picture::Jpeg),
        "image/png" => Kind::Picture(Picture::Png),
        "image/gif" => Kind::Picture(Picture::Gif),
        "image/webp" => Kind::Picture(Picture::Webp),
        other => Kind::Other(other),
    })
}

fn media_type(head: &[u8]) -> &'static str {
    if head.starts_with(b"L\0\0\0\x01\x14\x02\0") {
        return "application/x-ms-shortcut";
    }
    if head.starts_with(b"\x7fELF") {
        return "application/x-executable";
    }
    let found = infer::get(head).map(|found| found.mime_type());
    let is_words = !head.contains(&0);
    match found {
        // Markup says by its first tag what it is, and infer knows only some of them.
        Some(HTML | "text/xml") | None if is_words => words(head),
        Some(found) => found,
        None => "application/octet-stream",
    }
}

/// The kind of a text: one that a browser could take for a page or a drawing is called so, and never shown.
fn words(head: &[u8]) -> &'static str {
    let begin = String::from_utf8_lossy(head).to_ascii_lowercase();
    if begin.contains("<svg") {
        return SVG;
    }
    let marks = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<iframe",
        "<style",
        "<title",
    ];
    if marks.iter().any(|mark| begin.contains(mark)) {
        HTML
    } else {
        TEXT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0";

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (head, name, kind) in [
            (PNG, "a.png", Kind::Picture(Picture::Png)),
            (PNG, "그림", Kind::Picture(Picture::Png)),
            (
                b"\xff\xd8\xff\xe0\0\x10JFIF",
                "a.JPG",
                Kind::Picture(Picture::Jpeg),
            ),
            (b"GIF89a\x01\0\x01\0", "a.gif", Kind::Picture(Picture::Gif)),
            (
                b"RIFF\x24\0\0\0WEBPVP8 ",
                "a.webp",
                Kind::Picture(Picture::Webp),
            ),
            (b"%PDF-1.7\n", "a.pdf", Kind::Other("application/pdf")),
            (ZIP, "a.zip", Kind::Other("application/zip")),
            ("안녕\n".as_bytes(), "a.txt", Kind::Other(TEXT)),
            (b"\xc8\xb8\xc0\xc7\n", "cp949.csv", Kind::Other(TEXT)),
            (
                b"<?xml version=\"1.0\"?><SVG onload=x>",
                "a.svg",
                Kind::Other(SVG),
            ),
            (b"<svg xmlns='x'><script>", "picture", Kind::Other(SVG)),
            (
                b"<!-- x --><script>alert(1)</script>",
                "a.htm",
                Kind::Other(HTML),
            ),
            (b"hello <ScRiPt>", "a.txt", Kind::Other(HTML)),
            (
                b"\0\x01\x02\x03",
                "a.dat",
                Kind::Other("application/octet-stream"),
            ),
        ] {
            assert_eq!(judge(head, name), Ok(kind), "{name}");
        }
    }

    #[test]
    fn programs_and_what_is_called_something_else_are_refused() {
        for (head, name, refused) in [
            (b"MZ\x90\0\x03\0\0\0".as_slice(), "a.pdf", Refused::Program),
            (b"\x7fELF\x02\x01\x01\0", "a", Refused::Program),
            (b"#!/bin/sh\nrm", "a.txt", Refused::Program),
            (b"L\0\0\0\x01\x14\x02\0", "a", Refused::Program),
            (b"alert(1)", "a.JS", Refused::Program),
            (ZIP, "a.jar", Refused::Program),
            (b"<script>", "a.png", Refused::Misnamed),
            (PNG, "a.jpg", Refused::Misnamed),
            (PNG, "a.pdf", Refused::Misnamed),
            (b"\0\x01", "a.txt", Refused::Misnamed),
            (b"", "a.png", Refused::Misnamed),
            (b"text", "a.svg", Refused::Misnamed),
        ] {
            assert_eq!(judge(head, name), Err(refused), "{name}");
        }
    }
}
