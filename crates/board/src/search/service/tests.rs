//! What is found, on both engines: the table of queries over a made corpus, the orders, the pages, the rights.

use hanok_db::{Db, DbError, params};
use uuid::Uuid;

use super::corpus::{MEETING, OPEN, SKY, fill, sets, viewer, write};
use super::{Results, found};
use crate::category::right::Viewer;
use crate::search::index;
use crate::search::rules::SearchIn;

/// What is typed, the posts and the comments that are found, in their order.
type Query = (&'static str, &'static [i64], &'static [i64]);

/// 7 is written by somebody whose name holds 회의: names count as a whole query. Behind the bar of 20 exact hits stand
/// those without the particle: for 회의를 all with 회의 but 9, which is exact.
const QUERIES: &[Query] = &[
    ("회의", &[12, 11, 10, 9, 7, 2, 1], &[3, 1]),
    ("회의를", &[9, 12, 11, 10, 2, 1], &[3, 1]),
    ("회의실", &[1], &[1]),
    ("회의실에서", &[1], &[1]),
    ("회의록을", &[2], &[]),
    ("공지사항", &[3], &[]),
    ("휴가 신청", &[8, 4], &[]),
    ("서버 장애", &[5], &[]),
    ("연말정산", &[3], &[]),
    ("deploy", &[4], &[]),
    ("Deployment", &[8], &[]),
    ("API를", &[5], &[4]),
    ("api", &[12, 5], &[4]),
    ("방", &[7, 4, 3], &[]),
    ("뷁스러운", &[11], &[]),
    ("회의 API", &[12], &[]),
    ("어디에도없는말", &[], &[]),
    ("국밥 회의", &[], &[3]),
    ("wiki", &[], &[]),
    ("하늘", &[12, 11, 10, 9, 8, 5, 4, 3, 2, 1], &[]),
    ("이회의", &[7], &[]),
    ("%", &[], &[]),
    ("*", &[], &[]),
    ("회의\" OR \"방", &[], &[]),
];

async fn search(db: &Db, viewer: Viewer, input: &SearchIn) -> Result<Results, DbError> {
    let asked = input
        .check()
        .map_err(|fault| DbError::Other(fault.to_string()))?;
    db.report(async move |conn| found(conn, viewer, asked).await)
        .await
}

fn typed(q: &str, sort: &str, limit: u32) -> SearchIn {
    SearchIn {
        q: q.to_owned(),
        sort: Some(sort.to_owned()),
        cursor: None,
        limit: Some(limit),
    }
}

fn serials(found: &Results) -> (Vec<i64>, Vec<i64>) {
    (
        found.posts.iter().map(|(row, _)| row.serial).collect(),
        found.comments.iter().map(|(row, _)| row.serial).collect(),
    )
}

/// All pages of so many, one after the other.
async fn leafed(
    db: &Db,
    viewer: Viewer,
    q: &str,
    sort: &str,
    limit: u32,
) -> Result<(Vec<i64>, Vec<i64>), DbError> {
    let mut input = typed(q, sort, limit);
    let mut all = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        let found = search(db, viewer, &input).await?;
        let (posts, comments) = serials(&found);
        let most = usize::try_from(limit).unwrap();
        assert!(posts.len() <= most && comments.len() <= most);
        all.0.extend(posts);
        all.1.extend(comments);
        match found.next {
            Some(next) => input.cursor = Some(next.to_string()),
            None => return Ok(all),
        }
    }
    panic!("the list of {q} does not end");
}

hanok_db::both_engines! {
    sets(&sets());

    async fn a_page_looks_at_so_much_text_and_goes_on_from_there(db: Db) {
        fill(&db).await?;
        let body: &'static str = format!("가나 {} 나다", "x ".repeat(24_000)).leak();
        db.write(async move |tx: &mut hanok_db::Tx| {
            for at in 13..113 {
                write(tx, (at, SKY, OPEN, "제목", body)).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
        let first = search(&db, viewer(SKY, false), &typed("가나다", "new", 20)).await?;
        assert_eq!(serials(&first), (vec![], vec![]));
        assert!(first.next.is_some(), "not all of it was looked at");
        let all = leafed(&db, viewer(SKY, false), "가나다", "new", 20).await?;
        assert_eq!(all, (vec![], vec![]));
    }

    async fn each_query_finds_what_holds_it_in_order_and_nothing_else(db: Db) {
        fill(&db).await?;
        for (q, posts, comments) in QUERIES {
            let found = search(&db, viewer(SKY, false), &typed(q, "new", 50)).await?;
            assert_eq!(serials(&found), (posts.to_vec(), comments.to_vec()), "{q}");
            assert_eq!(found.next, None, "{q}");
        }
    }

    async fn pages_of_any_size_are_the_same_list(db: Db) {
        fill(&db).await?;
        for (q, posts, comments) in QUERIES {
            for limit in [1, 2, 3] {
                let all = leafed(&db, viewer(SKY, false), q, "new", limit).await?;
                assert_eq!(all, (posts.to_vec(), comments.to_vec()), "{q} by {limit}");
            }
        }
    }

    async fn titles_come_first_where_that_is_asked_for(db: Db) {
        fill(&db).await?;
        for (q, posts) in [
            ("회의", &[11, 9, 2, 1, 12, 10, 7][..]),
            ("회의를", &[9, 12, 11, 10, 2, 1]),
            ("api", &[12, 5]),
            ("휴가 신청", &[4, 8]),
            ("방", &[4, 7, 3]),
            ("하늘", &[12, 11, 10, 9, 8, 5, 4, 3, 2, 1]),
        ] {
            for limit in [1, 2, 50] {
                let (found, _) = leafed(&db, viewer(SKY, false), q, "title", limit).await?;
                assert_eq!(found, posts, "{q} by {limit}");
            }
        }
    }

    async fn what_may_not_be_read_is_not_found(db: Db) {
        fill(&db).await?;
        let found = search(&db, viewer(SKY, true), &typed("회의", "new", 50)).await?;
        assert_eq!(serials(&found), (vec![12, 11, 10, 9, 7, 6, 2, 1], vec![3, 2, 1]));
        let none = search(&db, viewer(SKY, false), &typed("비밀", "new", 50)).await?;
        assert_eq!(serials(&none), (vec![], vec![]));
        let grant = "INSERT INTO role_assignment (account_id, role, assigned_at) VALUES ($1, 'lab', 1)";
        let granted = db.write::<_, DbError, _>(async move |tx| {
            tx.execute(grant, params![Uuid::from_u128(MEETING)]).await
        }).await;
        assert_eq!(granted, Ok(1));
        let theirs = search(&db, viewer(MEETING, false), &typed("비밀", "new", 50)).await?;
        assert_eq!(serials(&theirs), (vec![6], vec![2]));
    }

    async fn what_is_hidden_or_deleted_is_not_found_with_its_comments(db: Db) {
        fill(&db).await?;
        for (change, posts, comments) in [
            ("UPDATE board_post SET hidden_at = 1 WHERE serial = 1", &[12, 11, 10, 9, 7, 2][..], &[3][..]),
            ("UPDATE board_post SET deleted_at = 1 WHERE serial = 7", &[12, 11, 10, 9, 2], &[]),
            ("UPDATE board_post SET hidden_at = NULL, deleted_at = NULL", &[12, 11, 10, 9, 7, 2, 1], &[3, 1]),
            ("UPDATE board_comment SET hidden_at = 1 WHERE serial = 3", &[12, 11, 10, 9, 7, 2, 1], &[1]),
            ("UPDATE board_comment SET deleted_at = 1", &[12, 11, 10, 9, 7, 2, 1], &[]),
        ] {
            db.write::<_, DbError, _>(async move |tx| tx.execute(change, &[]).await).await?;
            let found = search(&db, viewer(MEETING, false), &typed("회의", "new", 50)).await?;
            assert_eq!(serials(&found), (posts.to_vec(), comments.to_vec()), "{change}");
        }
    }

    async fn an_edit_and_a_removal_are_in_the_index_at_once(db: Db) {
        fill(&db).await?;
        db.write::<_, DbError, _>(async |tx| {
            tx.execute("UPDATE board_post SET title = '점심' WHERE serial = 9", &[]).await?;
            index::post(tx, 9, "점심", "금요일로").await?;
            index::remove_post(tx, 12).await?;
            index::remove_comment(tx, 1).await?;
            index::remove_post(tx, 11).await?;
            index::restore_post(tx, 11).await?;
            index::forget_comments(tx, 7, 500).await?;
            index::remove_post(tx, 7).await
        }).await?;
        let found = search(&db, viewer(SKY, false), &typed("회의", "new", 50)).await?;
        // 7 is found by its author's name, not by the index.
        assert_eq!(serials(&found), (vec![11, 10, 7, 2, 1], vec![]));
    }

    async fn with_twenty_exact_hits_none_stand_behind_them(db: Db) {
        fill(&db).await?;
        db.write::<_, DbError, _>(async |tx| {
            for at in 13..=31_i64 {
                write(tx, (at, SKY, OPEN, "또", "회의를 합니다")).await?;
            }
            Ok(())
        }).await?;
        // 9 and 13 to 31: twenty.
        let mut exact: Vec<i64> = (13..=31).rev().collect();
        exact.push(9);
        for limit in [7, 20, 50] {
            let (found, _) = leafed(&db, viewer(SKY, false), "회의를", "new", limit).await?;
            assert_eq!(found, exact, "{limit}");
        }
        db.write::<_, DbError, _>(async |tx| index::remove_post(tx, 31).await).await?;
        let fewer: Vec<i64> = [&exact[1..], &[12, 11, 10, 2, 1]].concat();
        for limit in [7, 19, 50] {
            let (found, _) = leafed(&db, viewer(SKY, false), "회의를", "new", limit).await?;
            assert_eq!(found, fewer, "{limit}");
        }
    }

    async fn a_made_corpus_is_found_as_a_reader_finds_it(db: Db) {
        fill(&db).await?;
        let texts = made_texts();
        let stored = texts.clone();
        db.write::<_, DbError, _>(async move |tx| {
            for (at, text) in (13_i64..).zip(&stored) {
                let id = Uuid::from_u128(0xB000_0000 + u128::from(at.unsigned_abs()));
                let (open, sky) = (Uuid::from_u128(OPEN), Uuid::from_u128(SKY));
                let values = params![id, open, sky, "-", text, at];
                let insert = "INSERT INTO board_post (id, category_id, author_id, title, body, created_at) \
                    VALUES ($1, $2, $3, $4, $5, $6)";
                tx.execute(insert, values).await?;
                index::post(tx, at, "-", text).await?;
            }
            Ok(())
        }).await?;
        for q in ["가나", "나다", "가나다", "가", "다라마", "ab", "abc", "가 ab", "가나 다라", "ab가", "나가ab"] {
            let (found, _) = leafed(&db, viewer(SKY, false), q, "new", 50).await?;
            let found: Vec<i64> = found.into_iter().filter(|serial| *serial > 12).collect();
            let all = (13_i64..).zip(&texts);
            let mut read: Vec<i64> = all.filter(|(_, text)| holds(text, q)).map(|(at, _)| at).collect();
            read.reverse();
            assert_eq!(found, read, "{q}");
            assert!(!read.is_empty() && read.len() < texts.len(), "{q} tells nothing");
        }
    }
}

/// Three hundred texts of a few syllables, letters and spaces.
fn made_texts() -> Vec<String> {
    let mut seed = 7_u64;
    let mut next = move |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let pieces = [
        "가", "나", "다", "라", "마", "ab", "c", " ", "/", "가나", "다라",
    ];
    let made = |_| {
        let length = 4 + next(9);
        let piece = |_| pieces[usize::try_from(next(11)).unwrap()];
        let text: String = (0..length).map(piece).collect();
        format!("x {text}")
    };
    (0..300).map(made).collect()
}

/// Whether somebody who reads the text would say that it holds all words: letters as whole words.
fn holds(text: &str, q: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    q.split(' ').all(|word| {
        text.match_indices(word).any(|(at, _)| {
            let (before, rest) = text.split_at(at);
            let after = rest.strip_prefix(word).unwrap_or_default();
            let goes_back = is_letter(word.chars().next()) && is_letter(before.chars().next_back());
            let goes_on = is_letter(word.chars().next_back()) && is_letter(after.chars().next());
            !goes_back && !goes_on
        })
    })
}
