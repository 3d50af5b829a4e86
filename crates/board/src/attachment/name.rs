//! What a file is called: as its person named it, without what would deceive others.

use std::fmt::Write;

use hanok_web::error::FieldError;
use unicode_normalization::UnicodeNormalization;

/// The longest name, in characters.
const LONGEST: usize = 150;
/// The longest ending that stays when a name is cut, in characters.
const LONGEST_ENDING: usize = 12;
/// A file that came without a name.
const NAMELESS: &str = "file";

/// The name that a file is kept under: the last part of a path, composed (macOS sends Hangul in pieces), without
/// control characters and those that turn the direction of writing, at most 150 characters with its ending.
pub(super) fn clean(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.nfc().filter(|c| !deceives(*c)).collect();
    let name = name.trim().trim_start_matches('.');
    let name = if name.is_empty() { NAMELESS } else { name };
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let ending = ending(name).map_or_else(String::new, |ending| format!(".{ending}"));
    let kept = LONGEST - ending.chars().count();
    name.chars().take(kept).chain(ending.chars()).collect()
}

/// Characters that are not seen, or make others look to stand elsewhere.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// What stands behind the last dot, in lower case, where it is short.
pub(super) fn ending(name: &str) -> Option<String> {
    let (before, ending) = name.rsplit_once('.')?;
    let fits = !before.is_empty() && (1..LONGEST_ENDING).contains(&ending.chars().count());
    fits.then(|| ending.to_lowercase())
}

/// The name with another ending, where its own does not say what the file has become.
pub(super) fn with_ending(name: &str, endings: &[&str]) -> String {
    let Some(first) = endings.first() else {
        return name.to_owned();
    };
    match ending(name) {
        Some(own) if endings.contains(&own.as_str()) => name.to_owned(),
        Some(_) => {
            let before = name.rsplit_once('.').map_or(name, |(before, _)| before);
            format!("{before}.{first}")
        }
        None => format!("{name}.{first}"),
    }
}

/// A name as part of a path: percent-encoded (RFC 3986), and of no special meaning.
pub(super) fn in_path(name: &str) -> String {
    encoded(name)
}

/// The value of `Content-Disposition` (RFC 6266), the name as RFC 8187 writes it (formerly RFC 5987), and once more in
/// ASCII for older clients.
pub(super) fn disposition(is_inline: bool, name: &str) -> String {
    let kind = if is_inline { "inline" } else { "attachment" };
    let plain: String = name.chars().map(plain).collect();
    format!(
        "{kind}; filename=\"{plain}\"; filename*=UTF-8''{}",
        encoded(name)
    )
}

fn plain(c: char) -> char {
    match c {
        '"' | '\\' | '%' => '_',
        c if c == ' ' || c.is_ascii_graphic() => c,
        _ => '_',
    }
}

/// All but what every grammar of names and paths takes as it is.
fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len() * 2);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// What is wrong with the file of a form.
pub(super) fn fault(code: &'static str) -> FieldError {
    FieldError::new("/file", code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_is_its_own() {
        for (sent, kept) in [
            ("회의록.pdf", "회의록.pdf"),
            ("\u{1112}\u{116c}\u{110b}\u{1174}.txt", "회의.txt"),
            ("C:\\Users\\a\\사진.png", "사진.png"),
            ("../../etc/passwd", "passwd"),
            ("..", "file"),
            ("", "file"),
            (".htaccess", "htaccess"),
            ("a\u{202E}gpj.exe", "agpj.exe"),
            ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
            ("<script>.html", "<script>.html"),
        ] {
            assert_eq!(clean(sent), kept, "{sent:?}");
        }
        let long = format!("{}.hwpx", "가".repeat(300));
        let kept = clean(&long);
        assert_eq!(kept.chars().count(), LONGEST);
        assert!(kept.ends_with("가.hwpx"), "{kept}");
    }

    #[test]
    fn a_header_names_a_file_in_both_ways() {
        assert_eq!(
            disposition(false, "회의 \"록\"%41\\.pdf"),
            "attachment; filename=\"__ ____41_.pdf\"; \
             filename*=UTF-8''%ED%9A%8C%EC%9D%98%20%22%EB%A1%9D%22%2541%5C.pdf"
        );
        assert_eq!(
            disposition(true, "a.png"),
            "inline; filename=\"a.png\"; filename*=UTF-8''a.png"
        );
        assert_eq!(
            in_path("a b/?#\"<가>.png"),
            "a%20b%2F%3F%23%22%3C%EA%B0%80%3E.png"
        );
    }

    #[test]
    fn the_ending_says_what_a_file_has_become() {
        assert_eq!(with_ending("사진.WEBP", &["jpg", "jpeg"]), "사진.jpg");
        assert_eq!(with_ending("사진.JPEG", &["jpg", "jpeg"]), "사진.JPEG");
        assert_eq!(with_ending("사진", &["png"]), "사진.png");
        assert_eq!(with_ending("a.b", &[]), "a.b");
    }
}
