//! A past that is written at once is like one that people have written.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hanok_accounts::{AccountId, App};
use hanok_board::{Board, BoardApp, BoardParts, FilledCategory, PastComment, PastPost, PastUnit};
use hanok_db::{Conn, Db, DbError, params};
use hanok_testkit::TestApp;
use uuid::Uuid;

use crate::blobs;

const CATEGORIES: &[FilledCategory] = &[FilledCategory {
    name: "업무 공유",
    description: "",
    team: None,
}];

/// The board, and an app that serves it.
async fn served(db: Db) -> (Board, TestApp) {
    let made = Arc::new(OnceLock::new());
    let kept = Arc::clone(&made);
    let board = move |accounts: &hanok_accounts::Accounts, kit: &hanok_testkit::Kit| {
        let parts = BoardParts {
            accounts: accounts.clone(),
            notifications: crate::notifications(accounts),
            config: kit.section("board"),
            blobs: blobs(),
        };
        let board = kept.get_or_init(|| Board::new(parts)).clone();
        vec![Arc::new(BoardApp(board)) as Arc<dyn App>]
    };
    let app = TestApp::builder(db).apps(board).start().await;
    (made.get().unwrap().clone(), app)
}

/// Eighty posts: the first has three comments, of which the last answers the first.
fn posts(author: AccountId, reader: AccountId, now: hanok_base::Timestamp) -> Vec<PastPost> {
    let comment = |number: u128, body: &str, answers| PastComment {
        id: Uuid::from_u128(0xC0 + number),
        author: reader,
        body: body.to_owned(),
        at: now,
        answers,
    };
    let post = |number: u128| PastPost {
        id: Uuid::from_u128(0xB00 + number),
        category: 1,
        author,
        title: format!("회의 {number}"),
        body: "**서버** 장애".to_owned(),
        at: now.minus(Duration::from_mins(5)),
        readers: vec![reader],
        recommending: usize::from(number == 0),
        comments: match number {
            0 => vec![
                comment(0, "국밥", None),
                comment(1, "확인했습니다", None),
                comment(2, "국밥이 좋아요", Some(0)),
            ],
            _ => Vec::new(),
        },
    };
    (0..80).map(post).collect()
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.read::<_, DbError, _>(async move |conn: &mut Conn| conn.one(sql, params![]).await)
        .await
        .unwrap()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn what_is_filled_is_listed_read_and_found(db: Db) {
        let (board, app) = served(db.clone()).await;
        let author = app.person("haneul").await;
        let reader = app.person("doyun").await;
        let client = app.client().of(&reader);
        let past = board.past(CATEGORIES).await.unwrap();
        past.write(PastUnit::new(posts(author.id, reader.id, board.accounts.clock.now()))).await.unwrap();

        let list = client.get("/api/v1/posts?page=4").await.assert_status(200).body;
        assert_eq!(list["total"], 80);
        let oldest = &list["posts"][19];
        assert_eq!((oldest["title"].as_str(), oldest["is_unread"].as_bool()), (Some("회의 0"), Some(false)));
        let number = oldest["id"].as_i64().unwrap();
        let post = client.get(&format!("/api/v1/posts/{number}")).await.assert_status(200).body;
        assert_eq!((post["comments"].as_i64(), post["recommendations"].as_i64(), post["is_recommended"].as_bool()),
            (Some(3), Some(1), Some(true)));
        let said = client.get(&format!("/api/v1/posts/{number}/comments")).await.assert_status(200).body;
        let texts: Vec<&str> = said["comments"].as_array().unwrap().iter()
            .map(|one| one["content"].as_str().unwrap()).collect();
        assert_eq!(texts, ["국밥", "국밥이 좋아요", "확인했습니다"]);

        let found = client.get("/api/v1/search?q=%EA%B5%AD%EB%B0%A5").await.assert_status(200).body;
        assert_eq!(found["comments"].as_array().unwrap().len(), 2);
        let found = client.get("/api/v1/search?q=%EC%9E%A5%EC%95%A0&limit=50").await.assert_status(200).body;
        assert_eq!(found["posts"].as_array().unwrap().len(), 50);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM board_reading").await, 160);
        assert!(board.past(CATEGORIES).await.is_err(), "it is filled once");
        app.finish().await;
    }
}
