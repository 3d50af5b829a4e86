//! `/admin/system`: who opens it, and what is done about what was given up.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_accounts::{Accounts, App};
use hanok_base::i18n::Locale;
use hanok_db::{DbError, MigrationSet, Tx, params};
use hanok_events::{EventId, Job, JobHandler, NewJob, Outcome};
use hanok_operator::{GroupLag, Lags, System, SystemApp};
use hanok_testkit::{Browser, PASSWORD, TestApp};
use hanok_web::Routes;
use serde_json::json;

const SYSTEM: &str = "/admin/system";
const EVENTS: &str = "/admin/system/events";
const KIND: &str = "broken.job";

/// An app whose job is given up until it is mended.
struct Broken(Arc<AtomicBool>);

impl App for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        Vec::new()
    }

    fn routes(&self) -> Routes {
        Routes::new()
    }

    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![Arc::new(Given(Arc::clone(&self.0)))]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        [(Locale::Ko, ""), (Locale::En, "")]
    }
}

struct Given(Arc<AtomicBool>);

impl JobHandler for Given {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, _: &'a Job) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if self.0.load(Ordering::SeqCst) {
                return Outcome::Done;
            }
            let reason = "the other side is <away>".to_owned();
            Outcome::Dead { reason }
        })
    }
}

async fn app(db: hanok_db::Db, mended: &Arc<AtomicBool>) -> TestApp {
    app_over(db, mended, None).await
}

/// With brokers, where there are lags.
async fn app_over(db: hanok_db::Db, mended: &Arc<AtomicBool>, lags: Option<Lags>) -> TestApp {
    let mended = Arc::clone(mended);
    let apps = move |accounts: &Accounts, _: &hanok_testkit::Kit| -> Vec<Arc<dyn App>> {
        let system = System::new(accounts.clone(), None, lags.clone());
        vec![
            Arc::new(SystemApp(system)),
            Arc::new(Broken(Arc::clone(&mended))),
        ]
    };
    TestApp::builder(db).apps(apps).start().await
}

async fn enqueue(app: &TestApp) {
    let (jobs, now) = (app.accounts.jobs.clone(), app.clock.now());
    let unit = app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
        let job = NewJob {
            kind: KIND,
            lane: "broken".to_owned(),
            payload: json!({}),
            run_at: now,
        };
        jobs.enqueue(tx, job).await.map(|_| ())
    });
    unit.await.unwrap();
    app.settle().await;
}

async fn signed_in(app: &TestApp, name: &str, role: &str) -> Browser {
    let person = app.person(name).roles(&[role]).without_phone();
    person.signed_out().await;
    let browser = Browser::new(app);
    let form = [("user_id", name), ("password", PASSWORD)];
    browser.post("/login", &form).await.assert_status(302);
    browser
}

/// The path of the first form whose action ends so.
fn action(page: &str, end: &str) -> String {
    let parts = page.split("action=\"").skip(1);
    let mut actions = parts.filter_map(|part| part.split('"').next());
    actions.find(|path| path.ends_with(end)).unwrap().to_owned()
}

/// The newest letter on the page, as the form to throw all away names it.
async fn newest(browser: &Browser) -> String {
    let page = browser.get(EVENTS).await.assert_status(200).text;
    let (_, value) = page.split_once("name=\"newest\" value=\"").unwrap();
    value.split('"').next().unwrap().to_owned()
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn only_who_configures_the_system_sees_it(db: Db) {
        let app = app(db, &Arc::default()).await;
        signed_in(&app, "desk", "admin").await.get(SYSTEM).await.assert_status(200);
        for (name, role) in [("ara", "auditor"), ("bora", "service_admin"), ("chan", "manager")] {
            signed_in(&app, name, role).await.get(SYSTEM).await.assert_status(403);
        }
        app.finish().await;
    }

    async fn what_was_given_up_is_replayed_on_the_record(db: Db) {
        let mended = Arc::new(AtomicBool::new(false));
        let app = app(db, &mended).await;
        let browser = signed_in(&app, "desk", "admin").await;
        enqueue(&app).await;
        let page = browser.get(SYSTEM).await.assert_status(200).text;
        assert!(page.contains(KIND) && page.contains("the other side is &#60;away&#62;"), "{page}");
        mended.store(true, Ordering::SeqCst);
        let replay = action(&page, "/replay");
        browser.post(&replay, &[]).await.assert_status(302);
        app.settle().await;
        let backlog = app.backlog().await;
        assert_eq!((backlog.dead_letters, backlog.jobs_due), (0, 0));
        let rows = app.audit_of("ADMIN_ACTION").await;
        assert!(rows.iter().any(|row| row.details == json!({ "replayed": KIND })), "{rows:#?}");
        let again = browser.post(&replay, &[]).await.assert_status(302);
        assert_eq!(again.header("location"), SYSTEM);
        let page = browser.get(SYSTEM).await.assert_status(200).text;
        assert!(page.contains("이미 처리되었습니다"), "{page}");
        app.finish().await;
    }

    async fn what_was_given_up_is_thrown_away_on_the_record(db: Db) {
        let app = app(db, &Arc::default()).await;
        let browser = signed_in(&app, "desk", "admin").await;
        enqueue(&app).await;
        let page = browser.get(SYSTEM).await.assert_status(200).text;
        browser.post(&action(&page, "/discard"), &[]).await.assert_status(302);
        assert_eq!(app.backlog().await.dead_letters, 0);
        let rows = app.audit_of("ADMIN_ACTION").await;
        assert!(rows.iter().any(|row| row.details == json!({ "discarded": KIND })), "{rows:#?}");
        app.finish().await;
    }

    async fn only_who_configures_the_system_sees_how_events_flow(db: Db) {
        let app = app(db, &Arc::default()).await;
        signed_in(&app, "desk", "admin").await.get(EVENTS).await.assert_status(200);
        for (name, role) in [("ara", "auditor"), ("bora", "service_admin"), ("chan", "manager")] {
            let browser = signed_in(&app, name, role).await;
            browser.get(EVENTS).await.assert_status(403);
            browser.post(&format!("{EVENTS}/replay"), &[]).await.assert_status(403);
            browser.post(&format!("{EVENTS}/discard"), &[("source", "job")]).await.assert_status(403);
        }
        app.finish().await;
    }

    async fn what_waits_on_a_topic_and_how_its_handlers_stand_is_shown(db: Db) {
        let app = app(db, &Arc::default()).await;
        let browser = signed_in(&app, "desk", "admin").await;
        app.settle().await;
        let now = app.clock.now();
        let (clock, random) = (app.clock.clone(), app.accounts.random.clone());
        let id = move || EventId::new(&clock, &random);
        app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            const HANDLED: &str = "INSERT INTO processed (consumer, event_id, handled_at) VALUES ($1, $2, $3)";
            const WAITS: &str = "INSERT INTO outbox (event_id, topic, event_key, event_type, version, payload, occurred_at, next_at) \
                VALUES ($1, 'notifications', 'a', 'test.waits', 1, '{}', $2, $3)";
            const ASIDE: &str = "INSERT INTO event_retry (consumer, event_id, topic, event_key, event_type, version, payload, occurred_at, attempts, next_at) \
                VALUES ('shop.late', $1, 'domain_events', 'a', 'test.aside', 1, '{}', $2, 1, $3)";
            for consumer in ["shop.mail", "shop.mail", "shop.stock"] {
                tx.execute(HANDLED, params![consumer, id(), now]).await?;
            }
            let later = now.plus(Duration::from_hours(1));
            tx.execute(WAITS, params![id(), now.minus(Duration::from_secs(90)), later]).await?;
            tx.execute(ASIDE, params![id(), now, later]).await.map(|_| ())
        }).await?;
        let page = browser.get(EVENTS).await.assert_status(200).text;
        for shown in ["domain_events", "user_activities", "shop.mail", "shop.stock", "shop.late", "90초"] {
            assert!(page.contains(&format!("{shown}<")), "{shown}: {page}");
        }
        assert_eq!(page.matches("<code>shop.mail</code>").count(), 1);
        assert!(!page.contains("Kafka에서 읽을 것"), "events travel inside the program: {page}");
        app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            tx.execute("DELETE FROM event_retry", params![]).await?;
            tx.execute("DELETE FROM outbox WHERE event_type = 'test.waits'", params![]).await.map(|_| ())
        }).await?;
        app.finish().await;
    }

    async fn what_the_brokers_say_of_the_readers_is_shown_or_why_they_do_not(db: Db) {
        let is_away = Arc::new(AtomicBool::new(false));
        let away = Arc::clone(&is_away);
        let lags: Lags = Arc::new(move || {
            if away.load(Ordering::SeqCst) {
                return Err("1/1 brokers are <down>".to_owned());
            }
            let (group, topic) = ("hanok.board".to_owned(), "hanok.domain_events".to_owned());
            let (others, theirs) = ("hanok.feed".to_owned(), "hanok.notifications".to_owned());
            Ok(vec![
                GroupLag { group, topic, messages: Some(1_234), unknown: 2 },
                GroupLag { group: others, topic: theirs, messages: None, unknown: 3 },
            ])
        });
        let app = app_over(db, &Arc::default(), Some(lags)).await;
        let browser = signed_in(&app, "desk", "admin").await;
        let page = browser.get(EVENTS).await.assert_status(200).text;
        for shown in ["Kafka에서 읽을 것", "<code>hanok.board</code>", "<code>hanok.domain_events</code>", ">1,234<"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(page.contains("모르는 파티션 2개") && page.contains("모르는 파티션 3개"), "{page}");
        assert_eq!(page.matches("<div>모름").count(), 1, "what is not known is not nothing: {page}");
        is_away.store(true, Ordering::SeqCst);
        let page = browser.get(EVENTS).await.assert_status(200).text;
        assert!(page.contains("Kafka가 응답하지 않아") && page.contains("1/1 brokers are &#60;down&#62;"), "{page}");
        assert!(!page.contains("hanok.board"), "{page}");
        app.finish().await;
    }

    async fn all_that_was_given_up_is_replayed_or_thrown_away_at_once_on_the_record(db: Db) {
        let mended = Arc::new(AtomicBool::new(false));
        let app = app(db, &mended).await;
        let browser = signed_in(&app, "desk", "admin").await;
        for _ in 0..3 {
            enqueue(&app).await;
        }
        assert_eq!(app.backlog().await.dead_letters, 3);
        let page = browser.get(EVENTS).await.assert_status(200).text;
        let one = browser.post(&action(&page, "/discard"), &[("next", EVENTS)]).await.assert_status(302);
        assert_eq!((one.header("location"), app.backlog().await.dead_letters), (EVENTS, 2));
        let newest = newest(&browser).await;
        let form = [("source", "event"), ("newest", newest.as_str())];
        let none = browser.post(&format!("{EVENTS}/discard"), &form).await.assert_status(302);
        assert_eq!((none.header("location"), app.backlog().await.dead_letters), (EVENTS, 2));
        mended.store(true, Ordering::SeqCst);
        browser.post(&format!("{EVENTS}/replay"), &[]).await.assert_status(302);
        app.settle().await;
        let rows = app.audit_of("ADMIN_ACTION").await;
        assert_eq!(rows.iter().filter(|row| row.details == json!({ "replayed": KIND })).count(), 2);
        mended.store(false, Ordering::SeqCst);
        enqueue(&app).await;
        let newest = self::newest(&browser).await;
        let form = [("source", "job"), ("newest", newest.as_str())];
        browser.post(&format!("{EVENTS}/discard"), &form).await.assert_status(302);
        assert_eq!(app.backlog().await.dead_letters, 0);
        let rows = app.audit_of("ADMIN_ACTION").await;
        let told = json!({ "discarded_of": "job", "count": 1, "of": { KIND: 1 }, "first": newest, "last": newest });
        assert!(rows.iter().any(|row| row.details == told), "{rows:#?}");
        app.finish().await;
    }

    async fn what_was_given_up_after_the_page_was_made_is_not_thrown_away_with_it(db: Db) {
        let app = app(db, &Arc::default()).await;
        let browser = signed_in(&app, "desk", "admin").await;
        for _ in 0..2 {
            enqueue(&app).await;
            app.clock.advance(Duration::from_secs(1));
        }
        let seen = newest(&browser).await;
        enqueue(&app).await;
        let discard = format!("{EVENTS}/discard");
        for wrong in [&[("source", "job")][..], &[("source", "job"), ("newest", "all")], &[("newest", &seen)]] {
            assert_eq!(browser.post(&discard, wrong).await.status, 400, "{wrong:?}");
        }
        assert_eq!(app.backlog().await.dead_letters, 3);
        let form = [("source", "job"), ("newest", seen.as_str())];
        browser.post(&discard, &form).await.assert_status(302);
        assert_eq!(app.backlog().await.dead_letters, 1);
        let left = newest(&browser).await;
        assert!(left > seen, "the one that nobody had seen");
        browser.post(&discard, &form).await.assert_status(302);
        assert_eq!(app.backlog().await.dead_letters, 1, "a form that is sent again takes no more");
        let rows = app.audit_of("ADMIN_ACTION").await;
        let told: Vec<_> = rows.iter().filter(|row| row.details.get("discarded_of").is_some()).collect();
        let [one] = told.as_slice() else { panic!("{rows:#?}") };
        let details = &one.details;
        assert_eq!((&details["count"], &details["of"], &details["last"]), (&json!(2), &json!({ KIND: 2 }), &json!(seen)));
        assert!(details["first"].as_str().is_some_and(|first| first < seen.as_str()));
        browser.post(&discard, &[("source", "job"), ("newest", left.as_str())]).await.assert_status(302);
        assert_eq!(app.backlog().await.dead_letters, 0);
        app.finish().await;
    }

    async fn a_level_that_an_operator_set_is_shown(db: Db) {
        let app = app(db, &Arc::default()).await;
        let browser = signed_in(&app, "desk", "admin").await;
        let now = app.clock.now();
        app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            const SQL: &str = "INSERT INTO log_level (target, level, set_at) VALUES ($1, $2, $3)";
            tx.execute(SQL, params!["hanok_db", "warn", now]).await.map(|_| ())
        }).await?;
        let page = browser.get(SYSTEM).await.assert_status(200).text;
        assert!(page.contains("<code>hanok_db</code>") && page.contains("<code>warn</code>"), "{page}");
        assert!(page.contains("점검할 수 없습니다"), "{page}");
        app.finish().await;
    }
}
