//! What has had its time is forgotten, and nothing before it.

use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_db::{DbError, params};
use hanok_testkit::{Person, TestApp};
use serde_json::json;
use uuid::Uuid;

const PROOFS: [&str; 2] = ["phone_proof", "email_proof"];
const MESSAGES: [&str; 2] = ["sms_message", "mail_message"];

/// Days and minutes pass, and the duties come round.
async fn pass(app: &TestApp, days: u32, minutes: u64) {
    app.clock
        .advance(Duration::from_hours(u64::from(days) * 24) + Duration::from_mins(minutes));
    app.run_schedules().await;
}

/// Begins to prove a number and an address; code and link are sent.
async fn begin(app: &TestApp, name: &str) -> Person {
    let person = app.person(name).without_phone().await;
    for (path, body) in [
        ("phone", json!({ "phone_number": "010-4829-7316" })),
        ("email", json!({ "email": "haneul@example.com" })),
    ] {
        let call = app.client().of(&person).post(&format!("/api/v1/me/{path}"));
        call.json(body).await.assert_status(202);
    }
    app.settle().await;
    person
}

/// Whose rows are left in a table.
async fn left(app: &TestApp, table: &str) -> Vec<AccountId> {
    let sql = format!("SELECT account_id FROM {table}");
    let read = app.db.read::<_, DbError, _>(async move |conn| {
        conn.all::<(AccountId,)>(&sql, params![])
            .await
            .map(|rows| rows.into_iter().map(|(account,)| account).collect())
    });
    read.await.unwrap()
}

/// How many refresh tokens there are.
async fn tokens(app: &TestApp) -> i64 {
    let count = "SELECT COUNT(*) FROM refresh_token";
    let read = app
        .db
        .read::<_, DbError, _>(async move |conn| conn.one::<(i64,)>(count, params![]).await);
    read.await.unwrap().0
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn what_nobody_finished_goes_after_its_time_and_what_is_fresh_stays(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = begin(&app, "haneul").await;
        pass(&app, 0, 1).await;
        for table in PROOFS.into_iter().chain(MESSAGES) {
            assert_eq!(left(&app, table).await, [haneul.id], "{table}");
        }
        pass(&app, 1, 3).await;
        assert_eq!(left(&app, "phone_proof").await, [haneul.id]);
        pass(&app, 0, 2).await;
        assert_eq!(left(&app, "phone_proof").await, []);
        pass(&app, 28, 0).await;
        for table in MESSAGES {
            assert_eq!(left(&app, table).await, [haneul.id], "{table}");
        }
        app.clock.advance(Duration::from_hours(24));
        let dallae = begin(&app, "dallae").await;
        pass(&app, 0, 1).await;
        for table in PROOFS.into_iter().chain(MESSAGES) {
            assert_eq!(left(&app, table).await, [dallae.id], "{table}");
        }
        app.finish().await;
    }

    async fn a_session_that_lives_on_leaves_no_endless_row_of_tokens(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        let first = tokens(&app).await;
        for (day, left) in [(6, first + 1), (12, first + 2), (18, first + 3), (24, first + 4),
            (30, first + 5), (36, first + 6), (42, 7), (48, 7)] {
            app.clock.advance(Duration::from_hours(6 * 24));
            let body = json!({ "refresh_token": haneul.refresh_token });
            haneul.keep_tokens(&app.client().post("/api/v1/auth/refresh").json(body).await.assert_status(200));
            app.run_schedules().await;
            assert_eq!(tokens(&app).await, left, "day {day}");
        }
        app.client().of(&haneul).get("/api/v1/me").await.assert_status(200);
        app.finish().await;
    }

    async fn a_message_that_never_left_goes_too_and_a_long_backlog_in_one_run(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let (id, at) = (haneul.id, app.clock.now());
        let insert = app.db.write::<_, DbError, _>(async move |tx| {
            let sql = "INSERT INTO sms_message (id, account_id, phone, text, created_at) VALUES ($1, $2, $3, $3, $4)";
            for n in 0..501 {
                tx.execute(sql, params![Uuid::from_u128(n), id, b"sealed".as_slice(), at]).await?;
            }
            Ok(())
        });
        insert.await.unwrap();
        // This duty alone: the re-seal would stumble over what is not sealed.
        app.clock.advance(Duration::from_hours(30 * 24));
        app.accounts.sweep().await.unwrap();
        assert_eq!(left(&app, "sms_message").await.len(), 501);
        app.clock.advance(Duration::from_secs(1));
        app.accounts.sweep().await.unwrap();
        assert_eq!(left(&app, "sms_message").await, []);
        app.finish().await;
    }

    async fn of_earlier_passwords_only_those_that_are_refused_are_kept(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        let dallae = app.person("dallae").await;
        for number in 1..=6 {
            app.clock.advance(Duration::from_secs(1));
            let new = format!("Sarang-room-{number}");
            let body = json!({ "current_password": haneul.password, "new_password": new });
            app.client().of(&haneul).put("/api/v1/me/password").json(body).await.assert_status(204);
            haneul.password = new;
            app.sign_in_again(&mut haneul).await;
        }
        let kept = left(&app, "password_history").await;
        let of = |person: &Person| kept.iter().filter(|account| **account == person.id).count();
        assert_eq!((of(&haneul), of(&dallae)), (5, 1));
        app.finish().await;
    }
}
