//! Ten thousand searches, eight at a time, beside people who write: whatever was gone, or was not theirs to read, when
//! a search began is not in its answer, and what was there is.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use futures_util::future::join_all;
use hanok_accounts::App;
use hanok_db::Conn;
use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::corpus::sets;
use super::{Results, found};
use crate::category::right::Viewer;
use crate::search::rules::{Asked, SearchIn};
use crate::{Board, BoardApp, BoardParts};

/// How many searches there are, and how many at a time.
const SEARCHES: usize = 10_000;
const AT_ONCE: usize = 8;
/// How many posts stay at most: all that is there stands on a page.
const STAY: usize = 20;
/// What everybody looks for, in a title, a text and a comment; one is more than a page of the index alone.
const QUERIES: [(&str, &str); 4] = [
    ("회의", "new"),
    ("회의", "title"),
    ("회의를", "new"),
    ("회의 비밀", "new"),
];

/// What is certain of posts and comments between two steps.
#[derive(Clone, Default)]
struct Known {
    /// Every search finds these.
    there: HashSet<i64>,
    /// No search finds these.
    gone: HashSet<i64>,
    /// Nor these comments.
    unsaid: HashSet<i64>,
}

/// Two who write: one who moderates, and reads what the reader may not.
struct Writers {
    boss: Client,
    closed: String,
    known: Mutex<Known>,
    done: AtomicUsize,
}

/// What is found, however often was asked before.
async fn found_by(board: &Board, viewer: Viewer, asked: Asked) -> Results {
    let db = &board.accounts.db;
    let read = db.report(async move |conn: &mut Conn| found(conn, viewer, asked).await);
    read.await.unwrap()
}

async fn told(call: hanok_testkit::Call, status: u16) -> Value {
    call.await.assert_status(status).body
}

impl Writers {
    fn now(&self) -> Known {
        self.known.lock().unwrap().clone()
    }

    fn know(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.lock().unwrap());
    }

    /// A post with the word, and its path.
    async fn write(&self, title: &str, body: Value) -> (i64, String) {
        let mut post = json!({ "title": title, "content": "회의 본문" });
        if let (Some(post), Value::Object(more)) = (post.as_object_mut(), body) {
            post.extend(more);
        }
        let made = told(self.boss.post("/api/v1/posts").json(post), 201).await;
        let id = made["id"].as_i64().unwrap();
        (id, format!("/api/v1/posts/{id}"))
    }

    /// One post, from its beginning to what becomes of it.
    async fn step(&self, number: usize) {
        let (id, at) = self.write(&format!("회의 {number}"), json!({})).await;
        match number % 7 {
            0 => {
                told(self.boss.delete(&at), 204).await;
                self.is_gone(id);
            }
            1 => {
                self.edit(&at, json!({ "title": "점심", "rev": 1 })).await;
                self.is_gone(id);
            }
            2 => self.hide_and_show(id, &at).await,
            3 => {
                let moved = json!({ "title": "회의 옮김", "rev": 1, "category_id": self.closed });
                self.edit(&at, moved).await;
                self.is_gone(id);
            }
            4 => {
                self.comment(&at).await;
                self.stays(id).await;
            }
            5 => {
                let secret = json!({ "category_id": self.closed });
                let (secret, _) = self.write("회의 비밀", secret).await;
                self.is_gone(secret);
            }
            _ => {
                told(self.boss.delete(&at), 204).await;
                self.comes_back(id);
                told(self.boss.post(&format!("{at}/restore")), 200).await;
                self.stays(id).await;
            }
        }
    }

    fn is_gone(&self, id: i64) {
        self.know(|known| {
            known.gone.insert(id);
        });
    }

    fn comes_back(&self, id: i64) {
        self.know(|known| {
            known.gone.remove(&id);
        });
    }

    async fn edit(&self, at: &str, mut edit: Value) {
        edit["content"] = json!("다른 말");
        told(self.boss.put(at).json(edit), 200).await;
    }

    async fn hide_and_show(&self, id: i64, at: &str) {
        let hidden = format!("{at}/hidden");
        let reason = json!({ "reason": "광고" });
        told(self.boss.put(&hidden).json(reason), 204).await;
        self.is_gone(id);
        // Whoever searches at this moment is told that it is not there.
        tokio::task::yield_now().await;
        self.comes_back(id);
        told(self.boss.delete(&hidden), 204).await;
        self.stays(id).await;
    }

    /// A comment with the word, which loses it, is deleted or hidden with its post.
    async fn comment(&self, at: &str) {
        let said = json!({ "content": "회의를 합시다" });
        let made = told(self.boss.post(&format!("{at}/comments")).json(said), 201).await;
        let id = made["id"].as_i64().unwrap();
        let comment = format!("/api/v1/comments/{id}");
        if id % 2 == 0 {
            told(self.boss.delete(&comment), 204).await;
        } else {
            let other = json!({ "content": "점심", "rev": 1 });
            told(self.boss.put(&comment).json(other), 200).await;
        }
        self.know(|known| {
            known.unsaid.insert(id);
        });
    }

    /// A post stays, and the oldest that does goes.
    async fn stays(&self, id: i64) {
        self.know(|known| {
            known.there.insert(id);
        });
        let there = self.now().there;
        let oldest = there.iter().min().copied();
        let Some(oldest) = oldest.filter(|_| there.len() > STAY) else {
            return;
        };
        self.know(|known| {
            known.there.remove(&oldest);
        });
        told(self.boss.delete(&format!("/api/v1/posts/{oldest}")), 204).await;
        self.is_gone(oldest);
    }

    async fn write_while_others_search(&self) {
        let mut number = 0;
        while self.done.load(Ordering::Relaxed) < SEARCHES {
            self.step(number).await;
            number += 1;
        }
        assert!(number > 7, "something was written meanwhile");
    }

    async fn search(&self, board: &Board, viewer: Viewer) {
        let mut at = self.done.fetch_add(1, Ordering::Relaxed);
        while at < SEARCHES {
            let (q, sort) = QUERIES[at % QUERIES.len()];
            let asked = SearchIn {
                q: q.to_owned(),
                sort: Some(sort.to_owned()),
                cursor: None,
                limit: Some(50),
            };
            let before = self.now();
            let found = found_by(board, viewer, asked.check().unwrap()).await;
            let after = self.now();
            let posts: HashSet<i64> = found.posts.iter().map(|(row, _)| row.serial).collect();
            let stale: Vec<&i64> = before
                .gone
                .intersection(&after.gone)
                .filter(|id| posts.contains(id))
                .collect();
            assert!(stale.is_empty(), "{q}: {stale:?} were gone");
            for (row, _) in &found.posts {
                assert!(
                    row.title != "점심" && row.category != "임원",
                    "{q}: {row:?}"
                );
            }
            for (row, _) in &found.comments {
                assert!(!before.unsaid.contains(&row.serial), "{q}: {row:?}");
            }
            if q != "회의 비밀" {
                let lost: Vec<&i64> = before
                    .there
                    .intersection(&after.there)
                    .filter(|id| !posts.contains(id))
                    .collect();
                assert!(lost.is_empty(), "{q}: {lost:?} were there");
            }
            at = self.done.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn start(db: hanok_db::Db) -> (TestApp, Board) {
    let made = OnceLock::new();
    let apps = |accounts: &hanok_accounts::Accounts, kit: &hanok_testkit::Kit| {
        let board = Board::new(BoardParts {
            accounts: accounts.clone(),
            notifications: crate::context::notifications(accounts),
            config: kit.section("board"),
            // Nothing is attached here.
            blobs: PathBuf::from("nowhere"),
        });
        made.get_or_init(|| board.clone());
        vec![Arc::new(BoardApp(board)) as Arc<dyn App>]
    };
    let app = TestApp::builder(db).apps(apps).start().await;
    let board = made.get().unwrap().clone();
    (app, board)
}

hanok_db::both_engines! {
    sets(&sets());

    async fn ten_thousand_searches_beside_writers_find_nothing_stale_and_nothing_forbidden(db: Db) {
        let (app, board) = start(db).await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let reader = app.person("haneul").await;
        let boss = app.client().of(&boss);
        let only = json!({ "roles": ["admin"], "teams": [], "departments": [] });
        let category = json!({ "name": "임원", "readers": only, "writers": only });
        let closed = told(boss.post("/api/v1/categories").json(category), 201).await;
        let writers = Writers {
            closed: closed["id"].as_str().unwrap().to_owned(),
            boss,
            known: Mutex::default(),
            done: AtomicUsize::new(0),
        };
        let viewer = Viewer { account: reader.id, is_moderator: false };
        let searches = (0..AT_ONCE).map(|_| writers.search(&board, viewer));
        tokio::join!(writers.write_while_others_search(), join_all(searches));
        assert!(!writers.now().there.is_empty() && !writers.now().gone.is_empty());
        app.finish().await;
    }
}
