//! How often one may try to sign in.

use std::time::Duration;

use hanok_testkit::{PASSWORD, TestApp};

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_name_signs_in_five_times_a_minute_from_one_address(db: Db) {
        let app = TestApp::builder(db).with_limits().start().await;
        app.person("haneul").signed_out().await;
        for name in ["haneul", "Haneul", " haneul", "HANEUL ", "haneul"] {
            app.sign_in(name, PASSWORD).await.assert_status(200);
        }
        let before = app.accounts.hashes.hashes();
        let refused = app.sign_in("haneul", PASSWORD).await.assert_problem(429, "rate_limited");
        assert_eq!(refused.retry_after(), Some(60));
        assert_eq!(app.accounts.hashes.hashes(), before, "a refusal hashes nothing");
        app.sign_in("somebody-else", PASSWORD).await.assert_problem(401, "invalid_credentials");
        app.clock.advance(Duration::from_secs(59));
        assert_eq!(app.sign_in("haneul", PASSWORD).await.assert_status(429).retry_after(), Some(1));
        app.clock.advance(Duration::from_secs(1));
        app.sign_in("haneul", PASSWORD).await.assert_status(200);
        app.finish().await;
    }

    async fn an_address_fails_sixty_times_a_minute(db: Db) {
        let app = TestApp::builder(db).with_limits().start().await;
        app.person("haneul").signed_out().await;
        for number in 0..60 {
            app.sign_in(&format!("person-{number}"), PASSWORD).await.assert_problem(401, "invalid_credentials");
        }
        let refused = app.sign_in("haneul", PASSWORD).await.assert_problem(429, "rate_limited");
        assert_eq!(refused.retry_after(), Some(60));
        app.clock.advance(Duration::from_mins(1));
        app.sign_in("haneul", PASSWORD).await.assert_status(200);
        app.finish().await;
    }
}
