//! Verifying an e-mail address: the link, who has the address, and what depends on it.

use std::time::Duration;

use hanok_testkit::{Answer, Browser, PASSWORD, Person, TestApp};
use serde_json::json;

const ASK: &str = "/api/v1/me/email";
const VERIFY: &str = "/account/email/verify";
const ADDRESS: &str = "haneul@example.com";

async fn ask(app: &TestApp, person: &Person, address: &str) -> Answer {
    let caller = app.client().of(person);
    caller.post(ASK).json(json!({ "email": address })).await
}

/// The code of the link in the newest letter to this address.
async fn code(app: &TestApp, address: &str) -> String {
    let link = app.mail_link(address).await;
    link.strip_prefix("/account/email/verify?code=")
        .unwrap()
        .to_owned()
}

/// Follows a link where nobody is signed in; answers the page that tells what came of it.
async fn follow(app: &TestApp, code: &str) -> String {
    let browser = Browser::new(app);
    let done = browser
        .post(VERIFY, &[("code", code)])
        .await
        .assert_status(302);
    assert_eq!(done.header("location"), "/login");
    browser.get("/login").await.assert_status(200).text
}

async fn signs_in(app: &TestApp, name: &str) -> bool {
    app.sign_in(name, PASSWORD).await.status == 200
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn an_address_counts_once_its_link_was_followed(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_pin().await;
        let asked = ask(&app, &haneul, "Haneul@Example.com").await.assert_status(202);
        assert_eq!(asked.body["expires_at"], "2026-11-22T05:30:00.000000Z");
        let code = code(&app, "Haneul@example.com").await;
        let letter = app.mail().await.remove(0);
        assert!(!letter.text.contains("김하늘") && !letter.html.contains("김하늘"), "{}", letter.text);
        for words in ["haneul 계정", "24시간"] {
            assert!(letter.text.contains(words) && letter.html.contains(words), "{}", letter.text);
        }
        assert!(!signs_in(&app, ADDRESS).await);
        let page = Browser::new(&app).get(&format!("{VERIFY}?code={code}")).await.assert_status(200);
        assert!(page.text.contains("haneul") && page.text.contains("H***@example.com"), "{}", page.text);
        assert!(!signs_in(&app, ADDRESS).await);
        assert!(follow(&app, &code).await.contains("이메일 주소를 확인했습니다."));
        assert!(signs_in(&app, ADDRESS).await);
        let me = app.sign_in("haneul", PASSWORD).await;
        let me = app.client().bearer(me.body["access_token"].as_str().unwrap()).get("/api/v1/me").await;
        assert_eq!((&me.body["email"], &me.body["email_verified"]), (&json!("H***@example.com"), &json!(true)));
        let trail = app.verify_audit().await;
        assert!(trail.is_whole() && trail.database_rows == 0, "{trail:?}");
        app.finish().await;
    }

    async fn a_changed_password_voids_the_link_that_somebody_began(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_pin().await;
        ask(&app, &haneul, "thief@example.com").await.assert_status(202);
        let began = code(&app, "thief@example.com").await;
        let change = json!({ "current_password": PASSWORD, "new_password": "Namu-2026-geuneul!" });
        app.client().of(&haneul).put("/api/v1/me/password").json(change).await.assert_status(204);
        assert!(follow(&app, &began).await.contains("시간이 지난 링크"));
        app.finish().await;
    }

    async fn a_link_works_once_and_for_a_day(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").without_pin().await;
        ask(&app, &haneul, ADDRESS).await.assert_status(202);
        let late = code(&app, ADDRESS).await;
        app.clock.advance(Duration::from_hours(24));
        assert!(follow(&app, &late).await.contains("시간이 지난 링크"));
        app.sign_in_again(&mut haneul).await;
        ask(&app, &haneul, ADDRESS).await.assert_status(202);
        let first = code(&app, ADDRESS).await;
        ask(&app, &haneul, ADDRESS).await.assert_status(202);
        let second = code(&app, ADDRESS).await;
        assert!(follow(&app, &first).await.contains("시간이 지난 링크"));
        assert!(follow(&app, &second).await.contains("확인했습니다"));
        assert!(follow(&app, &second).await.contains("시간이 지난 링크"));
        app.finish().await;
    }

    async fn whoever_verifies_an_address_first_has_it_and_only_its_reader_learns_so(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").verified_email(ADDRESS).await;
        let thief = app.person("thief").await;
        let (taken, free) = (ask(&app, &thief, ADDRESS).await, ask(&app, &haneul, "free@example.com").await);
        assert_eq!((taken.status, taken.body), (free.status, free.body));
        let code = code(&app, ADDRESS).await;
        let page = Browser::new(&app).get(&format!("{VERIFY}?code={code}")).await.assert_status(200);
        assert!(page.text.contains("thief"));
        assert!(follow(&app, &code).await.contains("다른 계정에서 이미 인증한 주소"));
        app.person("other").password("Other-tree-8").await;
        let who = app.sign_in(ADDRESS, PASSWORD).await.assert_status(200);
        assert_eq!(who.body["user"]["username"], "haneul");
        app.finish().await;
    }

    async fn another_address_takes_the_place_of_the_old_one_which_is_told(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").verified_email(ADDRESS).await;
        Browser::new(&app).post("/password/reset", &[("user_id", "haneul")]).await.assert_status(302);
        let reset = app.mail_link(ADDRESS).await;
        ask(&app, &haneul, "new@example.com").await.assert_status(202);
        let code = code(&app, "new@example.com").await;
        assert!(signs_in(&app, ADDRESS).await);
        assert!(follow(&app, &code).await.contains("확인했습니다"));
        assert!(signs_in(&app, "new@example.com").await && !signs_in(&app, ADDRESS).await);
        let letters = app.mail().await;
        let told = letters.iter().find(|letter| letter.to == ADDRESS).unwrap();
        assert_eq!((told.subject.as_str(), told.link()), ("[한옥] 이메일 주소가 변경되었습니다", None));
        assert_eq!(Browser::new(&app).get(&reset).await.header("location"), "/password/reset");
        app.person("dallae").verified_email(ADDRESS).await;
        let trail = app.verify_audit().await;
        assert!(trail.is_whole() && trail.database_rows == 0, "{trail:?}");
        app.finish().await;
    }

    async fn an_address_is_asked_for_with_the_password_of_the_last_five_minutes(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        app.clock.advance(Duration::from_mins(5));
        ask(&app, &haneul, ADDRESS).await.assert_problem(403, "password_required");
        let browser = Browser::new(&app);
        browser.post("/login", &[("user_id", "haneul"), ("password", PASSWORD)]).await.assert_status(302);
        browser.post("/account/email", &[("email", ADDRESS)]).await.assert_status(302);
        assert!(browser.get("/account/email").await.text.contains("h***@example.com"));
        app.clock.advance(Duration::from_mins(5));
        let sent = browser.post("/account/email", &[("email", ADDRESS)]).await.assert_status(302);
        assert_eq!(sent.header("location"), "/account/confirm?next=/account/email");
        assert_eq!(app.mail().await.len(), 1);
        app.finish().await;
    }

    async fn what_is_no_address_is_said_at_the_field_and_a_verified_one_is_not_sent_to_again(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").verified_email(ADDRESS).await;
        let told = |answer: Answer| answer.assert_problem(400, "invalid_request").body["errors"][0]["code"].clone();
        assert_eq!(told(ask(&app, &haneul, "haneul").await), "email_format");
        assert_eq!(told(ask(&app, &haneul, "HANEUL@example.com").await), "email_verified_already");
        let browser = Browser::new(&app);
        browser.post("/login", &[("user_id", "haneul"), ("password", PASSWORD)]).await.assert_status(302);
        browser.post("/account/email", &[("email", "haneul@")]).await.assert_status(302);
        let page = browser.get("/account/email").await.text;
        assert!(page.contains("이메일 주소 형식이 아닙니다.") && page.contains("value=\"haneul@\""), "{page}");
        assert_eq!(app.mail().await.len(), 0);
        app.finish().await;
    }

    async fn an_address_gets_three_letters_an_hour_whoever_asks(db: Db) {
        let app = TestApp::builder(db).start().await;
        for (n, name) in ["haneul", "dallae", "somin", "byeol"].into_iter().enumerate() {
            let person = app.person(name).await;
            ask(&app, &person, ADDRESS).await.assert_status(if n < 3 { 202 } else { 429 });
        }
        assert_eq!(app.mail().await.len(), 3);
        app.finish().await;
    }

    async fn registering_sends_the_link_in_the_language_of_who_registers(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").roles(&["super_admin"]).verified_email(ADDRESS).signed_out().await;
        let mut answers = Vec::new();
        for (name, address) in [("dallae", "dallae@example.com"), ("somin", ADDRESS)] {
            let new = json!({ "user_id": name, "name": "달래", "password": "Namu-deul-8!", "email": address });
            let call = app.client().post("/api/v1/auth/register").header("accept-language", "en");
            answers.push(call.json(new).await.assert_status(201).body["email_verified"].clone());
        }
        assert_eq!(answers, [false, false]);
        let letters = app.mail().await;
        let mut subjects: Vec<_> = letters.iter().map(|it| (it.to.as_str(), it.subject.as_str())).collect();
        subjects.sort_unstable();
        let subject = "[Hanok] Confirm your e-mail address";
        assert_eq!(subjects, [("dallae@example.com", subject), (ADDRESS, subject)]);
        assert!(follow(&app, &code(&app, "dallae@example.com").await).await.contains("확인했습니다"));
        app.sign_in("dallae@example.com", "Namu-deul-8!").await.assert_status(200);
        app.finish().await;
    }

    async fn neither_address_nor_link_is_readable_in_the_store(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        ask(&app, &haneul, ADDRESS).await.assert_status(202);
        assert_eq!(app.scan_for(&[ADDRESS]).await, Vec::<String>::new());
        let code = code(&app, ADDRESS).await;
        follow(&app, &code).await;
        assert_eq!(app.scan_for(&[ADDRESS, &code]).await, Vec::<String>::new());
        app.finish().await;
    }
}
