//! People who come from another system, with the hashes it made.

use hanok_accounts::AccountId;
use hanok_db::{Db, params};
use hanok_testkit::{PASSWORD, TestApp};
use hanok_web::Ctx;

/// Hashes of [`PASSWORD`], made by Python's `hashlib` and the C library's `crypt`.
const HASHES: [(&str, &str); 4] = [
    (
        "django",
        "pbkdf2_sha256$1000$saltsalt$dw4bs/cp6OsNNV73CS0XT0cFeW+d98pa10G3d5sC21Q=",
    ),
    (
        "werkzeug",
        "pbkdf2:sha256:1000$saltsalt$770e1bb3f729e8eb0d355ef7092d174f4705796f9df7ca5ad741b7779b02db54",
    ),
    (
        "scrypt",
        "scrypt:1024:8:1$saltsalt$b41b830374677496ba689a14b1c5a0779f5fffc1ac3ec7f2f16ef20c713d7915\
         7b5f6adf12f053b1d74c5122a0f4285a06ae37ef840d4f502d4a65abe8848e98",
    ),
    (
        "bcrypt",
        "$2b$04$abcdefghijklmnopqrstuu9GdOi1zaSZ/eTJjZcLWo16du8gE.Gp6",
    ),
];

async fn stored(db: &Db, id: AccountId) -> String {
    let read = db.read(async move |conn| {
        conn.one(
            "SELECT password_hash FROM account WHERE id = $1",
            params![id],
        )
        .await
    });
    let found: Result<(String,), hanok_db::DbError> = read.await;
    found.unwrap().0
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_foreign_hash_signs_in_and_is_upgraded_by_that(db: Db) {
        let app = TestApp::builder(db).start().await;
        for (name, hash) in HASHES {
            let person = app.person(name).imported_hash(PASSWORD, hash).signed_out().await;
            app.sign_in(name, "Wrong-tree-7").await.assert_problem(401, "invalid_credentials");
            assert_eq!(stored(&app.db, person.id).await, hash, "{name}");
            app.sign_in(name, PASSWORD).await.assert_status(200);
            assert!(stored(&app.db, person.id).await.starts_with("$argon2id$v=19$"), "{name}");
            app.sign_in(name, PASSWORD).await.assert_status(200);
        }
        app.finish().await;
    }

    async fn a_file_makes_every_account_that_is_right_and_names_every_line_that_is_not(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("taken").phone("010-4829-7316").await;
        let file = format!(
            "username,name,password_hash,email,birthdate,phone_number,phone_proven,ci,department,roles\n\
             haneul,김하늘,{hash},h@example.com,1987-06-25,010-4829-7317,true,,개발팀,Manager auditor\n\
             bada, 이바다 ,,,,,,,,\n\
             TAKEN,또하나,,,,,,,,\n\
             number,번호,,,,010-4829-7316,true,,,\n\
             hash,해시,md5$abc,,,,,,,\n\
             role,역할,,,,,,,,king\n\
             day,생일,,,1987-02-30,,,,,\n\
             short,짧다\n\
             maybe,아마,,,,,perhaps,,,\n",
            hash = HASHES[0].1,
        );
        let ctx = Ctx::program("hanok account import", app.clock.now());
        let report = app.accounts.import(&ctx, file.as_bytes()).await.unwrap();
        let refused: Vec<String> = report.refused.iter().map(|(line, at, code)| format!("{line} {at} {code}")).collect();
        assert_eq!((report.created, refused), (2, vec![
            "4 /user_id username_taken".to_owned(), "5 /phone_number phone_taken".to_owned(),
            "6 password_hash password_hash_unknown".to_owned(), "7 roles role_unknown".to_owned(),
            "8 birthdate birthdate_not_real".to_owned(), "9  csv_unequal_lengths".to_owned(),
            "10  csv_unknown_column_or_value".to_owned(),
        ]));
        let haneul = app.sign_in("haneul", PASSWORD).await.assert_status(200);
        assert_eq!(haneul.body["user"]["roles"], serde_json::json!(["manager", "auditor", "user"]));
        assert_eq!(haneul.body["user"]["department"], "개발팀");
        app.sign_in("bada", "").await.assert_status(400);
        app.sign_in("bada", PASSWORD).await.assert_problem(401, "invalid_credentials");
        let made = app.audit_of("USER_INFO_UPDATE").await;
        assert!(made.iter().any(|row| row.details["phone_taken_as_proven"] == true && row.details["roles"][0] == "manager"));
        app.finish().await;
    }
}
