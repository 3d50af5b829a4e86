//! The walker names every line that is wrong.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use hanok_testkit::TestApp;
use hanok_testkit::access::assert_access;

const TABLE: &str = r#"
    roles = ["nobody", "user", "super_admin"]

    [routes]
    "GET /api/v1/me" = "401 ok ok"
    "PATCH /api/v1/me" = "401 ok ok"
    "POST /api/v1/auth/logout" = "401 ok ok"
"#;

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_table_that_agrees_passes_and_each_difference_is_named(db: Db) {
        let app = TestApp::builder(db).start().await;
        let of = |paths: &[&str]| {
            let entries = app.entries.iter().filter(|entry| paths.contains(&entry.path.as_str()));
            entries.cloned().collect::<Vec<_>>()
        };
        assert_access(&app, &of(&["/api/v1/me", "/api/v1/auth/logout"]), TABLE).await;

        let wrong = TABLE.replace("GET /api/v1/me\" = \"401 ok ok", "GET /api/v1/me\" = \"401 403 ok").replace("/logout", "/gone");
        let both = of(&["/api/v1/me", "/api/v1/auth/logout"]);
        let again = wrong.replace("super_admin", "admin").replace("\"user\"", "\"auditor\"");
        let failed = AssertUnwindSafe(assert_access(&app, &both, &again)).catch_unwind().await.unwrap_err();
        let told = failed.downcast_ref::<String>().unwrap();
        for part in ["\"GET /api/v1/me\" = \"401 403 ok\"", "logout\" is missing", "gone\" is no route"] {
            assert!(told.contains(part), "{told}");
        }
        app.finish().await;
    }
}
