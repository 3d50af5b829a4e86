//! What becomes of letters while the mail server is away for long.

use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hanok_accounts::mail::{Mail, MailFault, Outgoing};
use hanok_accounts::sms::Pending;
use hanok_db::Db;
use hanok_testkit::{Browser, PASSWORD, TestApp};
use serde_json::json;

use super::ADDRESS;

const HALF_AN_HOUR: Duration = Duration::from_mins(30);

/// A mail server that is away until it comes back; keeps what it was asked to take.
#[derive(Default)]
struct Away(Mutex<State>);

#[derive(Default)]
struct State {
    is_back: bool,
    tried: usize,
    taken: Vec<String>,
}

impl Away {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn comes_back(&self) {
        self.state().is_back = true;
    }

    fn tried(&self) -> usize {
        self.state().tried
    }

    fn taken(&self) -> Vec<String> {
        self.state().taken.clone()
    }
}

impl Mail for Away {
    fn send<'a>(&'a self, mail: &'a Outgoing) -> Pending<'a, Result<(), MailFault>> {
        let mut state = self.state();
        state.tried += 1;
        // By turns nobody listens and somebody cannot now.
        let answer = match (state.is_back, state.tried % 2) {
            (true, _) => {
                state.taken.push(mail.subject.clone());
                Ok(())
            }
            (false, 0) => Err(MailFault::Later("421".to_owned())),
            (false, _) => Err(MailFault::Unreachable("connection refused".to_owned())),
        };
        Box::pin(ready(answer))
    }
}

async fn app(db: Db) -> (TestApp, Arc<Away>) {
    let away = Arc::new(Away::default());
    let mailer: Arc<dyn Mail> = Arc::<Away>::clone(&away);
    (TestApp::builder(db).mailer(mailer).start().await, away)
}

/// Has a letter written whose link never ends: that a password was changed.
async fn noticed(app: &TestApp) {
    let haneul = app.person("haneul").verified_email(ADDRESS).await;
    let change = json!({ "current_password": PASSWORD, "new_password": "Other-tree-8" });
    let path = "/api/v1/me/password";
    let changed = app.client().of(&haneul).put(path).json(change).await;
    changed.assert_status(204);
    app.settle().await;
}

async fn pass(app: &TestApp, time: Duration) {
    app.clock.advance(time);
    app.settle().await;
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_letter_outlasts_an_outage_and_leaves_within_half_an_hour_of_its_end(db: Db) {
        let (app, away) = app(db).await;
        noticed(&app).await;
        assert_eq!(away.tried(), 1);
        for times in 2..=20 {
            pass(&app, HALF_AN_HOUR).await;
            assert_eq!(away.tried(), times);
        }
        pass(&app, Duration::from_hours(36)).await;
        assert_eq!((away.tried(), app.backlog().await.dead_letters), (21, 0));
        away.comes_back();
        pass(&app, HALF_AN_HOUR).await;
        assert_eq!(away.taken(), ["[한옥] 비밀번호가 변경되었습니다"]);
        app.finish().await;
    }

    async fn after_four_days_it_is_given_up_and_nothing_is_kept_of_it(db: Db) {
        let (mut app, away) = app(db).await;
        noticed(&app).await;
        pass(&app, Duration::from_mins(96 * 60 - 1)).await;
        assert_eq!(app.backlog().await.dead_letters, 0);
        pass(&app, Duration::from_mins(1)).await;
        assert_eq!((away.tried(), app.backlog().await.dead_letters), (3, 1));
        away.comes_back();
        pass(&app, HALF_AN_HOUR).await;
        assert_eq!(away.taken(), Vec::<String>::new());
        let kept = app.db.dump_text().await.unwrap();
        let of_letters: Vec<_> = kept.iter().filter(|(place, _)| place.contains("mail_message")).collect();
        assert!(of_letters.iter().any(|(place, _)| place.contains("failed_at")), "{of_letters:?}");
        assert!(!of_letters.iter().any(|(place, _)| place.ends_with("letter")), "{of_letters:?}");
        app.leave_undone();
        app.finish().await;
    }

    async fn a_letter_is_tried_to_the_last_minute_that_its_link_counts(db: Db) {
        let (app, away) = app(db).await;
        let bada = app.person("bada").verified_email("bada@example.com").await;
        Browser::new(&app).post("/password/reset", &[("user_id", &bada.username)]).await.assert_status(302);
        app.settle().await;
        // Twice as long each time; after the last the next would be behind the half hour.
        for seconds in [5, 10, 20, 40, 80, 160, 320, 640] {
            pass(&app, Duration::from_secs(seconds)).await;
        }
        assert_eq!((away.tried(), app.backlog().await.dead_letters), (9, 0));
        away.comes_back();
        pass(&app, Duration::from_secs(464)).await;
        assert_eq!(away.tried(), 9);
        pass(&app, Duration::from_secs(1)).await;
        assert_eq!((away.tried(), away.taken().len()), (10, 1), "a minute before it ends");
        app.finish().await;
    }

    async fn a_letter_whose_link_counts_no_more_is_not_sent(db: Db) {
        let (mut app, away) = app(db).await;
        let haneul = app.person("haneul").await;
        let bada = app.person("bada").verified_email("bada@example.com").await;
        app.client().of(&haneul).post("/api/v1/me/email").json(json!({ "email": ADDRESS })).await.assert_status(202);
        Browser::new(&app).post("/password/reset", &[("user_id", &bada.username)]).await.assert_status(302);
        app.settle().await;
        assert_eq!(away.tried(), 2);
        // The link of a reset counts for half an hour, that of an address for a day.
        pass(&app, Duration::from_mins(29)).await;
        assert_eq!((away.tried(), app.backlog().await.dead_letters), (4, 0));
        pass(&app, Duration::from_mins(1)).await;
        assert_eq!((away.tried(), app.backlog().await.dead_letters), (5, 1));
        away.comes_back();
        pass(&app, Duration::from_hours(24)).await;
        assert_eq!((away.taken(), app.backlog().await.dead_letters), (Vec::new(), 2));
        app.leave_undone();
        app.finish().await;
    }
}
