//! Fifty people comment while a broker, Redis and one of two servers are killed: whoever wrote the post is told of each
//! comment once, in order, and their count is right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use hanok_base::Random;
use hanok_redis::testing::Server as RedisOfOwn;
use hanok_testkit::{Client, Sink};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::{Duration, sleep, timeout};
use uuid::{Builder, Uuid};

use crate::away::Neighbour;
use crate::broker_of_own::BrokerOfOwn;
use crate::house::House;
use crate::installation::{Installation, PATIENCE, Server};
use crate::store::Store;

/// How many people comment side by side; the first of them wrote a post each.
const PEOPLE: usize = 50;
const POSTS: usize = 4;
/// How many comments each of them writes, and how many they are together.
const EACH: usize = 20;
const ALL: usize = PEOPLE * EACH;
/// After how many comments each is killed, and after how many it is there again.
const BROKER: [usize; 2] = [100, 250];
const REDIS: [usize; 2] = [350, 500];
const SERVER: [usize; 2] = [600, 800];
/// How many are written before everybody is there again and those who were told have read it.
const BEFORE: usize = 850;

/// The comments of others, each with whom it is told to: serial, post, source, the post's author, the comment's.
const COMMENTS: &str = "SELECT m.serial, m.post, m.id, p.author_id, m.author_id FROM board_comment m \
     JOIN board_post p ON p.serial = m.post WHERE m.author_id <> p.author_id ORDER BY m.serial";
type Comment = (i64, i64, Uuid, Uuid, Uuid);

/// What was told of comments: the notification, its number, whose it is, what about, and one of its sources.
const TOLD: &str = "SELECT n.id, n.seq, n.account_id, n.subject_id, s.source FROM notification_source s \
     JOIN notification n ON n.id = s.notification_id WHERE n.type = 'comment' AND n.withdrawn_at IS NULL";
type Told = (Uuid, i64, Uuid, String, String);

/// The events of comments that a handler has still to hear of; what became a dead letter.
const LEFT: &str = "SELECT COUNT(*) FROM outbox o WHERE o.event_type = 'post.commented' AND NOT EXISTS \
     (SELECT 1 FROM processed d WHERE d.event_id = o.event_id AND d.consumer = 'board.notices')";
/// How many posts there are of which somebody was told.
const POSTS_TOLD: &str =
    "SELECT COUNT(DISTINCT subject_id) FROM notification WHERE type = 'comment'";
const DEAD: &str = "SELECT item_type, consumer FROM dead_letter";

/// Each person's numbers beside what they are to be: the last number, how often something was told; the unread, counted.
const NUMBERS: &str = "SELECT c.seq, (SELECT COUNT(*) FROM notification_source s WHERE s.account_id = c.account_id), \
     c.unread, (SELECT COUNT(*) FROM notification n WHERE n.account_id = c.account_id \
     AND n.read_at IS NULL AND n.withdrawn_at IS NULL) FROM notification_counter c";
type Numbers = (i64, i64, i64, i64);

/// A notification as the store has it: its number, whose it is, the post, and its comments with who wrote them.
#[derive(Default)]
struct Burst {
    seq: i64,
    account: Uuid,
    post: i64,
    comments: BTreeMap<i64, Uuid>,
}

/// Two servers, and posts that people comment on.
struct Talk {
    house: House,
    posts: Vec<i64>,
    /// How many comments may still be written.
    room: Semaphore,
    written: AtomicUsize,
}

impl Talk {
    async fn begin(house: House) -> Self {
        let mut talk = Self {
            house,
            posts: Vec::new(),
            room: Semaphore::new(BEFORE),
            written: AtomicUsize::new(0),
        };
        for who in 0..POSTS {
            let body = json!({ "title": format!("{who}번 글"), "content": "한마디씩 남겨 주세요" });
            let post = talk.person(who).post("/api/v1/posts").json(body);
            let made = post.await.assert_status(201);
            talk.posts.push(made.body["id"].as_i64().unwrap());
        }
        talk
    }

    /// A person at the server whose turn it is.
    fn person(&self, who: usize) -> Client {
        let person = &self.house.people[who];
        self.house.next_client().bearer(&person.token)
    }

    /// Writes a comment until it is answered: sent again it is the same one.
    async fn comment(&self, who: usize, number: usize) {
        self.room.acquire().await.unwrap().forget();
        let id = Builder::from_random_bytes(Random::system().bytes()).into_uuid();
        let body = json!({ "content": format!("{who}의 {number}번째"), "request_id": id });
        let path = format!(
            "/api/v1/posts/{}/comments",
            self.posts[(who + number) % POSTS]
        );
        loop {
            let sent = self.person(who).post(&path).json(body.clone());
            match sent.try_send().await {
                Some(answer) => break drop(answer.assert_status(201)),
                None => sleep(Duration::from_millis(20)).await,
            }
        }
        self.written.fetch_add(1, Ordering::Relaxed);
    }

    /// Everybody comments, one after the other of their own.
    async fn everybody_comments(&self) {
        let people = (0..PEOPLE).map(|who| async move {
            for number in 0..EACH {
                self.comment(who, number).await;
            }
        });
        join_all(people).await;
    }

    /// Waits until so many comments were answered.
    async fn until(&self, written: usize) {
        let reached = timeout(PATIENCE, async {
            while self.written.load(Ordering::Relaxed) < written {
                sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(reached.await.is_ok(), "{}", self.house.installed.logged());
    }

    /// Waits until a question to the store has this answer.
    async fn until_found(&self, sql: &'static str, wanted: i64) {
        let found = timeout(PATIENCE, async {
            while self.house.rows::<i64>(sql).await != [wanted] {
                sleep(Duration::from_millis(50)).await;
            }
        });
        assert!(found.await.is_ok(), "{}", self.house.installed.logged());
    }

    /// Whoever wrote a post reads all that they were told, so that what comes is told anew.
    async fn read_all(&self) {
        for who in 0..POSTS {
            let read = || self.person(who).post("/api/v1/notifications/read-all");
            let answer = loop {
                if let Some(answer) = read().try_send().await {
                    break answer;
                }
            };
            answer.assert_status(204);
        }
    }

    /// One after the other is killed and comes back; then there is room for the rest of the comments.
    async fn kill_each(
        &self,
        mut neighbours: [(&mut dyn Neighbour, [usize; 2]); 2],
        server: &mut Server,
    ) {
        for (neighbour, [down, up]) in &mut neighbours {
            self.until(*down).await;
            neighbour.cut();
            self.read_all().await;
            self.until(*up).await;
            neighbour.up();
        }
        let [down, up] = SERVER;
        self.until(down).await;
        server.kill();
        self.read_all().await;
        self.until(up).await;
        *server = self.house.installed.serve(0).await;
        self.until(BEFORE).await;
        self.until_found(POSTS_TOLD, i64::try_from(POSTS).unwrap())
            .await;
        self.read_all().await;
        self.room.add_permits(ALL - BEFORE);
    }

    /// Waits until nothing is under way any more.
    async fn settle(&self) {
        self.house.assert_told_in_order().await;
        self.until_found(LEFT, 0).await;
        // What was told of them waits in the outbox itself.
        self.house.assert_told_in_order().await;
        let dead: Vec<(String, String)> = self.house.rows(DEAD).await;
        assert!(dead.is_empty(), "{dead:?}");
    }

    /// What was told of comments, after it was found to be each comment once, to whoever wrote its post.
    async fn bursts(&self) -> BTreeMap<Uuid, Burst> {
        let comments: Vec<Comment> = self.house.rows(COMMENTS).await;
        let told: Vec<Told> = self.house.rows(TOLD).await;
        let sources: BTreeMap<String, &Comment> = comments
            .iter()
            .map(|comment| (format!("comment:{}", comment.2), comment))
            .collect();
        assert_eq!(told.len(), comments.len(), "each once");
        let mut bursts: BTreeMap<Uuid, Burst> = BTreeMap::new();
        for (id, seq, account, subject, source) in told {
            let (serial, post, _, author, actor) = *sources[&source];
            assert_eq!((&subject, account), (&post.to_string(), author), "{source}");
            let burst = bursts.entry(id).or_default();
            (burst.seq, burst.account, burst.post) = (seq, account, post);
            let twice = burst.comments.insert(serial, actor);
            assert_eq!(twice, None, "{source} twice");
        }
        bursts
    }

    /// All is told: once, in order, and counted right.
    async fn assert_all_is_told(&self) {
        let written: Vec<i64> = self.house.rows("SELECT COUNT(*) FROM board_comment").await;
        assert_eq!(written, [i64::try_from(ALL).unwrap()]);
        let bursts = self.bursts().await;
        for post in &self.posts {
            let mut of_post: Vec<&Burst> = bursts.values().filter(|it| it.post == *post).collect();
            of_post.sort_unstable_by_key(|burst| burst.seq);
            assert!(of_post.len() > 1, "what is read is told anew");
            // A notification ends where its reader has read it: the next has later comments alone, and higher numbers.
            let serials = of_post.iter().flat_map(|burst| burst.comments.keys());
            assert!(serials.is_sorted(), "the comments of {post}");
        }
        // Every telling took one number, and none took two.
        let numbers: Vec<Numbers> = self.house.rows(NUMBERS).await;
        for (seq, told, unread, counted) in numbers {
            assert_eq!((seq, unread), (told, counted));
        }
        for who in 0..POSTS {
            self.assert_history(who, &bursts).await;
        }
    }

    /// What somebody reads of comments is what the store has, with the newest comment and how many others wrote.
    async fn assert_history(&self, who: usize, bursts: &BTreeMap<Uuid, Burst>) {
        let path = "/api/v1/notifications?limit=100";
        let list = self.person(who).get(path).await.assert_status(200).body;
        assert_eq!(list["next"], Value::Null, "more than a page");
        let items = list["notifications"].as_array().unwrap();
        let unread = items.iter().filter(|item| item["read"] == false).count();
        assert_eq!(list["unread"], unread);
        let mut shown = BTreeMap::new();
        for item in items.iter().filter(|item| item["type"] == "comment") {
            let id: Uuid = item["id"].as_str().unwrap().parse().unwrap();
            let what = ["seq", "post_id", "comment_id", "others"].map(|name| item[name].as_i64());
            assert_eq!(shown.insert(id, what), None, "{id} stands there twice");
        }
        let mine = bursts.iter().filter(|(_, it)| it.post == self.posts[who]);
        let mine = mine.map(|(id, burst)| {
            let newest = burst.comments.keys().max().copied();
            let people: BTreeSet<&Uuid> = burst.comments.values().collect();
            let others = i64::try_from(people.len() - 1).unwrap();
            (
                *id,
                [Some(burst.seq), Some(burst.post), newest, Some(others)],
            )
        });
        assert_eq!(shown, mine.collect());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_comments_are_each_told_once_whoever_is_killed_meanwhile() {
    let (broker, redis) = (BrokerOfOwn::start(), RedisOfOwn::start().unwrap());
    let (Some(store), Some(mut broker), Some(mut redis)) = (Store::postgres().await, broker, redis)
    else {
        println!(
            "not run: comments told while neighbours are killed (Kafka or Redis is not there)"
        );
        return;
    };
    let sink = Sink::start().await;
    let config = store.config.clone();
    let mut installed = Installation::new(store, 2);
    for (key, value) in [
        ("identity.callback_allow_hosts", sink.origin().to_owned()),
        ("kafka.bootstrap_servers", broker.address()),
        ("kafka.send_timeout_ms", "2000".to_owned()),
        ("kafka.session_timeout_ms", "6000".to_owned()),
        ("events.retry_max_seconds", "2".to_owned()),
        ("redis.url", redis.url()),
        ("limits.board_write_per_minute", "0".to_owned()),
    ] {
        installed.set(key, &value);
    }
    let house = House::in_place(installed, &config, &sink, PEOPLE).await;
    let mut servers = house.serve_all().await;
    let talk = Talk::begin(house).await;
    // The server that began first relays, seals and runs schedules.
    let neighbours: [(&mut dyn Neighbour, _); 2] = [(&mut broker, BROKER), (&mut redis, REDIS)];
    let killing = talk.kill_each(neighbours, &mut servers[0]);
    tokio::join!(talk.everybody_comments(), killing);
    talk.settle().await;
    talk.assert_all_is_told().await;
}
