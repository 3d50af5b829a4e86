//! What ends a session, and how fast.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Person, TestApp};
use serde_json::json;

use crate::login::set_status;

const ME: &str = "/api/v1/me";

async fn status_of_me(app: &TestApp, person: &Person) -> u16 {
    app.client().of(person).get(ME).await.status.as_u16()
}

/// The same person, signed in once more.
async fn elsewhere(app: &TestApp, person: &Person) -> Person {
    let mut other = person.clone();
    app.sign_in_again(&mut other).await;
    other
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn signing_out_takes_effect_at_once_and_here_only(db: Db) {
        let app = TestApp::builder(db).start().await;
        let here = app.person("haneul").await;
        let there = elsewhere(&app, &here).await;
        app.client().of(&here).post("/api/v1/auth/logout").await.assert_status(204);
        assert_eq!((status_of_me(&app, &here).await, status_of_me(&app, &there).await), (401, 200));
        let refresh = json!({ "refresh_token": here.refresh_token });
        app.client().post("/api/v1/auth/refresh").json(refresh).await.assert_problem(401, "unauthorized");
        app.client().of(&here).post("/api/v1/auth/logout").await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn another_process_learns_of_it_within_two_seconds(db: Db) {
        let one = TestApp::builder(db.clone()).start().await;
        let two = TestApp::builder(db).beside(&one).start().await;
        for by_reading in [true, false] {
            let name = format!("person-{by_reading}");
            let person = two.person(&name).await;
            assert_eq!(status_of_me(&two, &person).await, 200);
            set_status(&one, &person, AccountStatus::Disabled).await;
            if by_reading {
                two.run_duties().await;
            } else {
                two.clock.advance(Duration::from_secs(2));
            }
            assert_eq!(status_of_me(&two, &person).await, 401, "{name}");
        }
        one.finish().await;
        two.finish().await;
    }

    async fn what_was_withdrawn_while_a_process_could_not_read_the_store_ends_there_afterwards(db: Db) {
        const ENDED: &str = "UPDATE session SET ended_at = created_at";
        let app = TestApp::builder(db.clone()).alone("it is about what one process knows").start().await;
        for could_not in ["failed", "did not look"] {
            let person = app.person(&could_not.replace(' ', "-")).await;
            app.accounts.read_revocations().await.unwrap();
            if could_not == "failed" {
                db.hand_written("ALTER TABLE revocation RENAME TO revocation_away").await.unwrap();
                assert!(app.accounts.read_revocations().await.is_err());
                db.hand_written("ALTER TABLE revocation_away RENAME TO revocation").await.unwrap();
            } else {
                app.clock.advance(Duration::from_secs(11));
            }
            let mut socket = Wire::of(&app, &person).await;
            assert_eq!(status_of_me(&app, &person).await, 200);
            // The store has forgotten that it was withdrawn, and the clock stands still: it would count for ever.
            db.hand_written(ENDED).await.unwrap();
            assert_eq!(status_of_me(&app, &person).await, 200);
            app.accounts.read_revocations().await.unwrap();
            assert_eq!(status_of_me(&app, &person).await, 401, "{could_not}");
            assert_eq!(socket.hear().await, Heard::Closed, "{could_not}");
        }
        app.finish().await;
    }

    async fn a_look_reads_what_was_withdrawn_since_half_a_minute_before_the_last_one(db: Db) {
        let app = TestApp::builder(db.clone()).alone("it is about what one process knows").start().await;
        let person = app.person("haneul").await;
        let late = app.clock.now().minus(Duration::from_secs(25)).micros();
        app.accounts.read_revocations().await.unwrap();
        app.clock.advance(Duration::from_secs(9));
        assert_eq!(status_of_me(&app, &person).await, 200);
        // A unit that took its time to commit, by a clock that is behind.
        let withdrawn = format!("INSERT INTO revocation (id, at, account_id, session_id) SELECT id, {late}, account_id, id FROM session");
        db.hand_written(&withdrawn).await.unwrap();
        db.hand_written("UPDATE session SET ended_at = created_at").await.unwrap();
        assert_eq!(status_of_me(&app, &person).await, 200);
        app.accounts.read_revocations().await.unwrap();
        assert_eq!(status_of_me(&app, &person).await, 401);
        app.finish().await;
    }

    async fn a_token_that_one_process_gave_counts_in_another_that_has_read_the_account_before(db: Db) {
        let one = TestApp::builder(db.clone()).start().await;
        let two = TestApp::builder(db).beside(&one).start().await;
        let mut haneul = one.person("haneul").await;
        assert_eq!(status_of_me(&two, &haneul).await, 200);
        let pin = json!({ "pin_code": "739154", "current_pin": haneul.pin });
        one.client().of(&haneul).put("/api/v1/me/pin").json(pin).await.assert_status(204);
        let refresh = json!({ "refresh_token": haneul.refresh_token });
        haneul.keep_tokens(&one.client().post("/api/v1/auth/refresh").json(refresh).await.assert_status(200));
        assert_eq!(status_of_me(&two, &haneul).await, 200);
        one.settle().await;
        one.finish().await;
        two.finish().await;
    }

    async fn a_change_of_roles_makes_tokens_invalid_and_a_refresh_knows_the_new_ones(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        assert_eq!(status_of_me(&app, &haneul).await, 200);
        app.grant(haneul.id, "auditor").await;
        assert_eq!(status_of_me(&app, &haneul).await, 401);
        let refresh = json!({ "refresh_token": haneul.refresh_token });
        haneul.keep_tokens(&app.client().post("/api/v1/auth/refresh").json(refresh).await.assert_status(200));
        let me = app.client().of(&haneul).get(ME).await.assert_status(200);
        assert_eq!(me.body["roles"], json!(["auditor", "user"]));
        app.finish().await;
    }

    async fn locking_or_disabling_an_account_ends_its_sessions_at_once(db: Db) {
        let app = TestApp::builder(db).start().await;
        for status in [AccountStatus::Locked, AccountStatus::Disabled] {
            let person = app.person(status.as_str()).await;
            assert_eq!(status_of_me(&app, &person).await, 200);
            set_status(&app, &person, status).await;
            assert_eq!(status_of_me(&app, &person).await, 401, "{status}");
        }
        app.finish().await;
    }

    async fn an_access_token_lives_an_hour(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        app.clock.advance(Duration::from_hours(1) - Duration::from_micros(1));
        assert_eq!(status_of_me(&app, &haneul).await, 200);
        app.clock.advance(Duration::from_micros(1));
        assert_eq!(status_of_me(&app, &haneul).await, 401);
        app.finish().await;
    }

    async fn a_further_sign_in_ends_the_oldest_session(db: Db) {
        let app = TestApp::builder(db).config(|settings| settings.accounts.sessions_max = 2).start().await;
        let first = app.person("haneul").without_pin().await;
        app.clock.advance(Duration::from_secs(5));
        let second = elsewhere(&app, &first).await;
        app.clock.advance(Duration::from_secs(5));
        let third = elsewhere(&app, &first).await;
        let alive = [status_of_me(&app, &first).await, status_of_me(&app, &second).await, status_of_me(&app, &third).await];
        assert_eq!(alive, [401, 200, 200]);
        app.finish().await;
    }

    async fn one_s_account_is_at_both_addresses_and_masked(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").phone("010-4829-7316").email("haneul@example.com").birthdate("1987-06-25").await;
        let client = app.client().of(&haneul);
        let me = client.get(ME).await.assert_status(200);
        for path in ["/api/v1/me/", "/api/v1/auth/me", "/api/v1/auth/me/"] {
            assert_eq!(client.get(path).await.assert_status(200).body, me.body, "{path}");
        }
        assert_eq!(me.body["phone_number"], "010-****-7316");
        assert_eq!(me.body["email"], "h***@example.com");
        assert_eq!(me.body["last_login_at"], "2026-11-21T05:30:00.000000Z");
        for hidden in ["4829", "haneul@", "1987"] {
            assert!(!me.text.contains(hidden), "{}", me.text);
        }
        app.client().get(ME).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }
}
