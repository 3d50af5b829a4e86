//! `/admin/system`: who opens it, and what is done about what was given up.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use hanok_accounts::{Accounts, App};
use hanok_base::i18n::Locale;
use hanok_db::{DbError, MigrationSet, Tx, params};
use hanok_events::{Job, JobHandler, NewJob, Outcome};
use hanok_operator::{System, SystemApp};
use hanok_testkit::{Browser, PASSWORD, TestApp};
use hanok_web::Routes;
use serde_json::json;

const SYSTEM: &str = "/admin/system";
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
    let mended = Arc::clone(mended);
    let apps = move |accounts: &Accounts, _: &hanok_testkit::Kit| -> Vec<Arc<dyn App>> {
        let system = System::new(accounts.clone(), None);
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
