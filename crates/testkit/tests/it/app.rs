//! Starting, acting, ending.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use hanok_testkit::{PIN, TestApp};
use serde_json::json;

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_person_signs_in_pairs_a_phone_and_reads_their_account(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let me = app.client().of(&haneul).get("/api/v1/me").await.assert_status(200);
        assert_eq!(me.body["username"], "haneul");
        assert_eq!(me.body["pin_set"], true);
        let phone = app.pair(&haneul).await;
        let devices = app.client().of(&haneul).get("/api/v1/me/devices").await.assert_status(200);
        assert_eq!(devices.body["devices"][0]["id"], phone.device_id());
        assert!(app.verify_audit().await.is_whole());
        assert_eq!(app.scan_for(&[&haneul.phone, &haneul.password, PIN, &haneul.token]).await, Vec::<String>::new());
        app.finish().await;
    }

    async fn a_process_beside_another_knows_the_same_people(db: Db) {
        let one = TestApp::builder(db.clone()).start().await;
        let two = TestApp::builder(db).beside(&one).start().await;
        let haneul = one.person("haneul").await;
        let answer = two.sign_in("haneul", &haneul.password).await.assert_status(200);
        assert_eq!(answer.body["user"]["id"], haneul.id.to_string());
        one.finish().await;
        two.finish().await;
    }

    async fn a_test_that_leaves_a_job_undone_fails(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_phone().await;
        let sent = json!({ "phone_number": "010-5555-0001" });
        app.client().of(&haneul).post("/api/v1/me/phone").json(sent).await.assert_status(202);
        app.db.hand_written("UPDATE job SET kind = 'nobody.does_this'").await.unwrap();
        let ended = AssertUnwindSafe(app.finish()).catch_unwind().await;
        assert!(ended.is_err());
    }

    async fn what_lies_in_a_table_is_found(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").name("찾아 보세요").await;
        let found = app.scan_for(&["찾아 보세요"]).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("account.name"), "{found:?}");
        app.finish().await;
    }
}
