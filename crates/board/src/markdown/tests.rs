//! Payloads that have run scripts on other sites: none becomes more than words here.

use super::address::{is_attachment, place};
use super::{plain, render};

/// One a line; `\n` and `\0` stand for a line's end and for NUL.
const PAYLOADS: &str = include_str!("payloads.txt");

fn payloads() -> impl Iterator<Item = String> {
    let lines = PAYLOADS.lines();
    lines.map(|line| line.replace("\\n", "\n").replace("\\0", "\0"))
}

/// A tag of HTML that the sanitiser wrote: its name, and its attributes with their values.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

/// The tags that are opened, read as a browser reads what stands between `<` and `>`.
fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, tail)) = rest.split_once('<') {
        let quoted_end = end_of_tag(tail);
        let (inside, after) = tail.split_at(quoted_end);
        rest = after;
        if !inside.starts_with('/') {
            found.push(tag(inside));
        }
    }
    found
}

fn end_of_tag(tail: &str) -> usize {
    let mut is_quoted = false;
    let end = tail.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '"';
        *c == '>' && !is_quoted
    });
    end.expect("a tag ends").0
}

fn tag(inside: &str) -> Tag {
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    while let Some((attribute, tail)) = rest.split_once("=\"") {
        let (value, after) = tail.split_once('"').expect("a value ends");
        attributes.push((attribute.trim().to_owned(), value.replace("&amp;", "&")));
        rest = after;
    }
    assert_eq!(rest, "", "attributes have values: {inside}");
    Tag {
        name: name.to_owned(),
        attributes,
    }
}

const PLAIN_TAGS: [&str; 23] = [
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// What is wrong with HTML that is to be shown.
fn danger(html: &str) -> Option<String> {
    tags(html).iter().find_map(danger_of)
}

fn danger_of(tag: &Tag) -> Option<String> {
    let fault = |what: &str| Some(format!("{what} in <{}> {:?}", tag.name, tag.attributes));
    let known: &[&str] = match tag.name.as_str() {
        "a" => &["href", "rel", "target"],
        "img" => &["src", "alt", "title", "loading"],
        "div" => &["class"],
        "ol" => &["start"],
        name if PLAIN_TAGS.contains(&name) => &[],
        _ => return fault("a tag"),
    };
    for (name, value) in &tag.attributes {
        let is_good = match name.as_str() {
            "href" => place(value).is_some(),
            "src" => is_attachment(value),
            "class" => value == "table-wrap",
            "start" => value.bytes().all(|b| b.is_ascii_digit()),
            other => known.contains(&other),
        };
        if !is_good || !known.contains(&name.as_str()) {
            return fault(name);
        }
    }
    None
}

#[test]
fn no_payload_survives() {
    assert!(payloads().count() > 140);
    for payload in payloads() {
        let html = render(&payload).to_string();
        assert_eq!(danger(&html), None, "{payload:?} became {html}");
    }
}

#[test]
fn no_payload_survives_among_other_marks() {
    for (before, after) in [
        ("**", "**"),
        ("> - ", ""),
        ("| a |\n|---|\n| ", " |"),
        ("[", "](/post/1)"),
        ("![", "](/x)"),
    ] {
        for payload in payloads() {
            let text = format!("{before}{payload}{after}");
            let html = render(&text).to_string();
            assert_eq!(danger(&html), None, "{text:?} became {html}");
        }
    }
}

#[test]
fn the_guard_of_these_tests_sees_what_would_be_dangerous() {
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">",
        "<img src=\"https://evil.example/x.png\">",
        "<a href=\"javascript:x\">",
        "<a href=\"//evil.example\">",
        "<div class=\"alert\">",
    ] {
        assert!(danger(html).is_some(), "{html}");
    }
}

#[test]
fn raw_html_is_shown_as_it_was_typed() {
    let text = "<b onclick=\"x\">굵게</b>";
    assert_eq!(
        render(text).to_string(),
        "<p>&lt;b onclick=\"x\"&gt;굵게&lt;/b&gt;</p>\n"
    );
    assert_eq!(plain(text), text);
}

#[test]
fn what_people_write_looks_as_they_meant_it() {
    let file = "/post/1/file/01890a5d-ac96-774b-bcce-b302099a8057/a.png";
    for (text, html) in [
        ("# 제목", "<h2>제목</h2>\n".to_owned()),
        ("###### 여섯", "<h6>여섯</h6>\n".to_owned()),
        ("한 줄\n두 줄", "<p>한 줄<br>\n두 줄</p>\n".to_owned()),
        ("- 하나\n- [x] 둘", "<ul>\n<li>하나</li>\n<li>☑ 둘</li>\n</ul>\n".to_owned()),
        ("3. 셋", "<ol start=\"3\">\n<li>셋</li>\n</ol>\n".to_owned()),
        ("[글](/post/3)", "<p><a href=\"/post/3\">글</a></p>\n".to_owned()),
        ("[x](post/3)", "<p>x</p>\n".to_owned()),
        (
            "https://example.com/a?b=1&c=2를",
            "<p><a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"noopener nofollow\" target=\"_blank\">\
             https://example.com/a?b=1&amp;c=2</a>를</p>\n"
                .to_owned(),
        ),
        ("`https://example.com`", "<p><code>https://example.com</code></p>\n".to_owned()),
        ("![표](FILE)", format!("<p><img src=\"{file}\" alt=\"표\" loading=\"lazy\"></p>\n")),
        (
            "![표](https://example.com/a.png)",
            "<p><a href=\"https://example.com/a.png\" rel=\"noopener nofollow\" target=\"_blank\">표</a></p>\n".to_owned(),
        ),
        (
            "![](https://example.com/a.png)",
            "<p><a href=\"https://example.com/a.png\" rel=\"noopener nofollow\" target=\"_blank\">\
             https://example.com/a.png</a></p>\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(render(&text.replace("FILE", file)).to_string(), html, "{text}");
    }
}

#[test]
fn what_is_nested_without_end_is_shown_flat() {
    let text = ">".repeat(5_000) + " 안녕";
    let html = render(&text).to_string();
    assert_eq!(html.matches("<blockquote>").count(), 24);
    assert!(html.contains("안녕"), "{html}");
    assert_eq!(danger(&html), None);
}

#[test]
fn a_wide_table_is_not_filled_up_without_end() {
    // Beyond so many cells the renderer itself ends the table.
    let (wide, rows) = (500, 500);
    let head = format!("|{}\n|{}\n", "a|".repeat(wide), "-|".repeat(wide));
    let text = format!("{head}{}", "|b|\n".repeat(rows));
    let html = render(&text).to_string();
    assert_eq!(html.matches("<td>b</td>").count(), rows);
    assert_eq!(html.matches("<td></td>").count(), super::cells::MOST);
    assert!(plain(&text).len() <= text.len() + super::cells::MOST);
    // What people leave out is filled up.
    let text = "| 이름 | 값 | 뜻 |\n|---|:-:|---|\n| 가 |\n| | | 나 |";
    let html = render(text).to_string();
    assert!(html.contains("<td>가</td><td></td><td></td>"), "{html}");
    assert!(html.contains("<td></td><td></td><td>나</td>"), "{html}");
}

#[test]
fn no_text_becomes_many_times_as_long() {
    let table = format!(
        "|{}\n|{}\n{}",
        "a|".repeat(500),
        "-|".repeat(500),
        "|b|\n".repeat(9_000)
    );
    let reference = format!("[a]: https://example.com/{}\n\n", "x".repeat(1_000));
    for text in [
        table,
        format!("{reference}{}", "[a]".repeat(12_000)),
        "http://a ".repeat(5_000),
        "[](/a)".repeat(8_000),
        "![](/a)".repeat(7_000),
        "-\n".repeat(20_000),
        "&\"<>".repeat(10_000),
        "# \n".repeat(15_000),
        "|\n|-|\n".repeat(6_000),
    ] {
        let html = render(&text).to_string();
        let (start, most) = (text.chars().take(20).collect::<String>(), 20 * text.len());
        assert!(
            html.len() <= most,
            "{start}: {} became {}",
            text.len(),
            html.len()
        );
    }
}
