//! What a query is made of, and what it finds in a text.

use super::*;

fn query(typed: &str) -> TextQuery {
    TextQuery::parse(typed).expect("words")
}

#[test]
fn a_query_is_made_like_a_text_but_for_the_last_syllable() {
    for (typed, sqlite, postgres) in [
        ("회의", "\"회의\"", "'회의'"),
        (
            "회의록을",
            "\"회의\" AND \"의록\" AND \"록을\"",
            "'회의' & '의록' & '록을'",
        ),
        ("방", "\"방\"*", "'방':*"),
        ("API를", "\"api\" AND \"를\"*", "'api' & '를':*"),
        ("휴가 휴가 신청", "\"휴가\" AND \"신청\"", "'휴가' & '신청'"),
    ] {
        assert_eq!(query(typed).for_sqlite(Part::Whole), sqlite);
        assert_eq!(query(typed).for_postgres(Part::Whole), postgres);
    }
    assert_eq!(query("휴가").for_sqlite(Part::Heading), "\"\u{e000}휴가\"");
}

#[test]
fn what_is_no_heading_is_the_rest() {
    let query = query("휴가 방");
    assert_eq!(
        query.for_sqlite(Part::Rest),
        "(\"휴가\" AND \"방\"*) NOT (\"\u{e000}휴가\" AND \"\u{e000}방\"*)"
    );
    assert_eq!(
        query.for_postgres(Part::Rest),
        "('휴가' & '방':*) & !('\u{e000}휴가' & '\u{e000}방':*)"
    );
    assert!(query.is_indexed_by("방문은 휴가 뒤") && !query.is_indexed_by("휴가"));
}

#[test]
fn what_holds_no_word_is_no_query() {
    for typed in ["", "  ", "?!", "\" OR '", "*", "\u{e000}"] {
        assert_eq!(
            TextQuery::parse(typed).is_none(),
            typed != "\" OR '",
            "{typed}"
        );
    }
}

#[test]
fn operators_of_the_engines_are_words_like_others() {
    assert_eq!(
        query("a\" OR b*").for_sqlite(Part::Whole),
        "\"a\" AND \"or\" AND \"b\""
    );
    assert_eq!(query("a' | !b:*").for_postgres(Part::Whole), "'a' & 'b'");
    assert_eq!(
        query("NEAR(title:x)").for_sqlite(Part::Whole),
        "\"near\" AND \"title\" AND \"x\""
    );
}

#[test]
fn a_long_word_has_to_stand_as_it_was_typed() {
    assert!(query("회의록을").matches("어제 회의록을 썼다"));
    assert!(!query("회의록을").matches("회의 의록 록을"));
    assert!(query("API를").matches("새 api를 쓴다") && !query("API를").matches("api 를"));
    assert!(!query("api를").matches("xapi를") && !query("2api").matches("2apis"));
    assert!(query("회의 API").matches("API 문서와\n회의") && !query("회의 API").matches("회의"));
}

#[test]
fn only_short_words_are_found_by_the_index_alone() {
    for (typed, exact) in [
        ("회의", true),
        ("방", true),
        ("deploy", true),
        ("회의실", false),
        ("API를", false),
    ] {
        assert_eq!(query(typed).is_exact(), exact, "{typed}");
    }
}

#[test]
fn one_particle_is_taken_off_a_run_of_three() {
    for (typed, without) in [
        ("회의를", Some("회의")),
        ("회의실에서", Some("회의실")),
        ("사무실로 가는", Some("사무실 가는")),
        ("서울에서의", Some("서울에서")),
        ("회의", None),
        ("나이", None),
        ("API를", None),
        ("휴가 신청", None),
    ] {
        // "가는" has two syllables and keeps its ending.
        let without = without.map(|text| {
            if text == "사무실 가" {
                "사무실 가는"
            } else {
                text
            }
        });
        assert_eq!(
            query(typed).without_particles(),
            without.map(query),
            "{typed}"
        );
    }
}

#[test]
fn words_are_shown_where_they_stand() {
    let shown = |typed: &str, text: &str| {
        let found = query(typed).found_in(text);
        let parts: Vec<String> = found
            .into_iter()
            .map(|range| text.get(range).unwrap_or_default().to_owned())
            .collect();
        parts.join("|")
    };
    assert_eq!(
        shown("회의 API", "API로 회의, apis 회의실"),
        "API|회의|회의"
    );
    assert_eq!(shown("회의 회의실", "회의실 회의"), "회의실|회의");
    assert_eq!(shown("방", "방문 다방"), "방|방");
    assert_eq!(shown("i", "İ I"), "İ|I");
    assert_eq!(shown("없음", "회의"), "");
}
