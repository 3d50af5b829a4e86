//! The words of a text without its marks: for searching, excerpts and letters.

use pulldown_cmark::{Event, TagEnd};

use super::events;

/// What somebody reads of a text: no marks, no addresses behind links; a line for each paragraph, item and row.
pub(crate) fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for event in events(text) {
        match event {
            Event::Text(part) | Event::Code(part) | Event::Html(part) | Event::InlineHtml(part) => {
                words.push_str(&part);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => end_line(&mut words),
            Event::End(TagEnd::TableCell) => words.push(' '),
            Event::End(tag) if is_block(tag) => end_line(&mut words),
            _ => {}
        }
    }
    words.truncate(words.trim_end().len());
    words
}

fn is_block(tag: TagEnd) -> bool {
    !matches!(
        tag,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
    )
}

fn end_line(words: &mut String) {
    words.truncate(words.trim_end_matches(' ').len());
    if !words.is_empty() && !words.ends_with('\n') {
        words.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_remain_and_marks_go() {
        let text = "# 회의록\n\n**중요**: `deploy`는 [문서](https://example.com/secret)를 ~~보고~~ 한다.\n둘째 줄\n\n\
                    - 하나\n- [x] 둘\n\n| 이름 | 값 |\n|---|---|\n| 가 | 나 |\n\n![그림](/post/1/file/x/a.png)\n<b>굵게</b>";
        assert_eq!(
            plain(text),
            "회의록\n중요: deploy는 문서를 보고 한다.\n둘째 줄\n하나\n둘\n이름 값\n가 나\n그림\n<b>굵게</b>"
        );
        assert_eq!(plain("  \n\n"), "");
    }
}
