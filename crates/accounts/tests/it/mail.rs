//! Letters on their way: notices, one delivery each, and what a real SMTP server gets of them.

mod outage;
mod server;

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::email::EmailAddress;
use hanok_accounts::mail::{
    Mail, MailConfig, MailFault, MailMode, MailSecurity, Outgoing, SmtpMail,
};
use hanok_base::{Secret, Timestamp};
use hanok_testkit::{Browser, PASSWORD, TestApp};
use serde_json::json;
use uuid::Uuid;

use server::{Answers, Server};

const ADDRESS: &str = "haneul@example.com";

fn config(port: u16) -> MailConfig {
    MailConfig {
        mode: MailMode::Smtp,
        from: Some("hanok@id.example".to_owned()),
        host: Some("127.0.0.1".to_owned()),
        port,
        security: MailSecurity::None,
        username: None,
        password: None,
        timeout_seconds: 5,
    }
}

fn letter() -> Outgoing {
    Outgoing {
        id: Uuid::from_u128(7),
        written_at: Timestamp::from_seconds(1_795_239_000),
        to: EmailAddress::parse(ADDRESS).unwrap(),
        subject: "[한옥] 비밀번호 재설정".to_owned(),
        text: "김하늘 님, 안녕하세요.\n.\nhttps://id.example/a?code=x".to_owned(),
        html: "<p>김하늘 님, 안녕하세요.</p>".to_owned(),
        unsubscribe: None,
    }
}

async fn sent(
    answers: Answers,
    change: impl FnOnce(&mut MailConfig),
) -> (Result<(), MailFault>, Vec<String>) {
    let server = Server::start(answers).await;
    let mut config = config(server.port());
    change(&mut config);
    let sent = SmtpMail::new(&config).unwrap().send(&letter()).await;
    (sent, server.stop().await)
}

#[tokio::test]
async fn a_letter_that_its_reader_may_end_says_so_in_its_headers_and_no_other_does() {
    let link = format!("https://id.example/end/{}", "A1b_-".repeat(40));
    let server = Server::start(Answers::Well).await;
    let mail = SmtpMail::new(&config(server.port())).unwrap();
    let ended = Outgoing {
        unsubscribe: Some(link.clone()),
        ..letter()
    };
    mail.send(&ended).await.unwrap();
    let heard = server.stop().await;
    for line in [
        format!("List-Unsubscribe: <{link}>"),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned(),
    ] {
        assert!(heard.contains(&line), "{line}: {}", heard.join("\n"));
    }
    let (_, heard) = sent(Answers::Well, |_| ()).await;
    assert!(!heard.iter().any(|line| line.starts_with("List-")));
}

#[tokio::test]
async fn a_server_gets_the_letter_as_text_and_as_html_once() {
    let (sent, heard) = sent(Answers::Well, |_| ()).await;
    assert_eq!(sent, Ok(()));
    let all = heard.join("\n");
    for line in [
        "EHLO id.example",
        "MAIL FROM:<hanok@id.example>",
        "RCPT TO:<haneul@example.com>",
        "Message-ID: <00000000-0000-0000-0000-000000000007@id.example>",
        "Date: Sat, 21 Nov 2026 05:30:00 +0000",
        "Auto-Submitted: auto-generated",
        "From: hanok@id.example",
        "To: haneul@example.com",
        "QUIT",
    ] {
        assert!(heard.iter().any(|it| it.starts_with(line)), "{line}: {all}");
    }
    assert_eq!(all.matches("RCPT TO").count(), 1);
    assert!(
        all.contains("multipart/alternative") && all.contains("text/html; charset=utf-8"),
        "{all}"
    );
    assert!(all.contains("Subject: =?utf-8?b?"), "{all}");
}

#[tokio::test]
async fn what_a_server_says_no_to_is_told_by_its_code_alone() {
    let refused = sent(
        Answers::ToRecipient("550 5.1.1 <haneul@example.com> unknown"),
        |_| (),
    )
    .await
    .0;
    assert_eq!(refused, Err(MailFault::Refused("550".to_owned())));
    let later = sent(
        Answers::ToRecipient("451 greylisted haneul@example.com"),
        |_| (),
    )
    .await
    .0;
    assert_eq!(later, Err(MailFault::Later("451".to_owned())));
    assert!(later.unwrap_err().may_pass());
}

#[tokio::test]
async fn a_server_that_is_silent_or_speaks_otherwise_or_is_away_is_unreachable() {
    let silent = sent(Answers::Silent, |config| config.timeout_seconds = 1)
        .await
        .0;
    assert!(
        matches!(silent, Err(MailFault::Unreachable(_))),
        "{silent:?}"
    );
    let other = sent(Answers::Otherwise, |_| ()).await.0;
    assert!(matches!(other, Err(MailFault::Unreachable(_))), "{other:?}");
    let server = Server::start(Answers::Well).await;
    let port = server.port();
    server.stop().await;
    let away = SmtpMail::new(&config(port)).unwrap().send(&letter()).await;
    assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
}

#[tokio::test]
async fn no_password_and_no_letter_leave_where_the_server_offers_no_tls() {
    let (sent, heard) = sent(Answers::Well, |config| {
        config.security = MailSecurity::Starttls;
        config.username = Some("hanok".to_owned());
        config.password = Some(Secret::new("Mail-secret-1".to_owned()));
    })
    .await;
    assert!(matches!(sent, Err(MailFault::Unreachable(_))), "{sent:?}");
    let all = heard.join("\n");
    assert!(!all.contains("AUTH") && !all.contains("MAIL FROM"), "{all}");
}

#[tokio::test]
async fn a_password_is_given_where_the_server_asks_for_it() {
    let (sent, heard) = sent(Answers::Well, |config| {
        config.username = Some("hanok".to_owned());
        config.password = Some(Secret::new("Mail-secret-1".to_owned()));
    })
    .await;
    assert_eq!(sent, Ok(()));
    // "\0hanok\0Mail-secret-1"
    let given = "AUTH PLAIN AGhhbm9rAE1haWwtc2VjcmV0LTE=";
    assert!(heard.iter().any(|line| line == given), "{heard:?}");
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_letter_reaches_the_server_once_and_is_erased(db: Db) {
        let server = Server::start(Answers::Well).await;
        let mailer: Arc<dyn Mail> = Arc::new(SmtpMail::new(&config(server.port())).unwrap());
        let app = TestApp::builder(db).mailer(mailer).start().await;
        let haneul = app.person("haneul").await;
        app.client().of(&haneul).post("/api/v1/me/email").json(json!({ "email": ADDRESS })).await.assert_status(202);
        app.settle().await;
        app.settle().await;
        let kept = app.db.dump_text().await.unwrap();
        let row: Vec<_> = kept.iter().filter(|(place, _)| place.contains("mail_message")).collect();
        assert!(row.iter().any(|(place, _)| place.contains("sent_at")), "{row:?}");
        app.finish().await;
        let heard = server.stop().await.join("\n");
        assert_eq!(heard.matches("RCPT TO:<haneul@example.com>").count(), 1, "{heard}");
    }

    async fn a_server_that_cannot_now_is_tried_again_until_it_can(db: Db) {
        let server = Server::start(Answers::LaterTwice).await;
        let mailer: Arc<dyn Mail> = Arc::new(SmtpMail::new(&config(server.port())).unwrap());
        let app = TestApp::builder(db).mailer(mailer).start().await;
        let haneul = app.person("haneul").await;
        app.client().of(&haneul).post("/api/v1/me/email").json(json!({ "email": ADDRESS })).await.assert_status(202);
        for wait in [0, 5, 10] {
            app.clock.advance(Duration::from_secs(wait));
            app.settle().await;
        }
        app.finish().await;
        let heard = server.stop().await.join("\n");
        assert_eq!(heard.matches("RCPT TO").count(), 3, "{heard}");
        assert_eq!(heard.matches("Message-ID").count(), 1, "{heard}");
    }

    async fn a_server_that_will_never_take_it_is_asked_once_and_an_operator_is_told_without_the_address(db: Db) {
        let server = Server::start(Answers::ToRecipient("550 no haneul@example.com here")).await;
        let mailer: Arc<dyn Mail> = Arc::new(SmtpMail::new(&config(server.port())).unwrap());
        let mut app = TestApp::builder(db).mailer(mailer).start().await;
        let haneul = app.person("haneul").await;
        app.client().of(&haneul).post("/api/v1/me/email").json(json!({ "email": ADDRESS })).await.assert_status(202);
        app.settle().await;
        assert_eq!(app.backlog().await.dead_letters, 1);
        assert_eq!(app.scan_for(&[ADDRESS]).await, Vec::<String>::new());
        app.leave_undone();
        app.finish().await;
        assert_eq!(server.stop().await.join("\n").matches("RCPT TO").count(), 1);
    }

    async fn a_changed_password_and_a_new_phone_are_told(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").verified_email(ADDRESS).await;
        let change = json!({ "current_password": PASSWORD, "new_password": "Other-tree-8" });
        app.client().of(&haneul).put("/api/v1/me/password").json(change).await.assert_status(204);
        "Other-tree-8".clone_into(&mut haneul.password);
        app.sign_in_again(&mut haneul).await;
        app.pair(&haneul).await;
        let mut told: Vec<String> = app.mail().await.into_iter().map(|letter| letter.subject).collect();
        told.sort();
        assert_eq!(told, ["[한옥] 비밀번호가 변경되었습니다", "[한옥] 새 휴대폰이 연결되었습니다"]);
        app.finish().await;
    }

    async fn a_sign_in_from_a_new_place_is_told_once_with_what_it_was(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).signed_out().await;
        let with = |agent: &str| Browser::new(&app).header("user-agent", agent);
        let fields = [("user_id", "haneul"), ("password", PASSWORD)];
        for agent in ["Firefox/140.0 (Linux)", "Firefox/141.0 (Linux)", "Whale/4.1 (Windows)", "Whale/4.2 (Windows)"] {
            with(agent).post("/login", &fields).await.assert_status(302);
        }
        let letters = app.mail().await;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].subject, "[한옥] 새로운 곳에서 로그인했습니다");
        for word in ["Whale/4.1 (Windows)", "127.0.0.1", "2026년 11월 21일 (토) 14:30", "haneul"] {
            assert!(letters[0].text.contains(word) && letters[0].html.contains(word), "{word}");
        }
        app.finish().await;
    }

    async fn whoever_has_verified_no_address_is_told_nothing(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").email(ADDRESS).await;
        app.pair(&haneul).await;
        let change = json!({ "current_password": PASSWORD, "new_password": "Other-tree-8" });
        app.client().of(&haneul).put("/api/v1/me/password").json(change).await.assert_status(204);
        Browser::new(&app).header("user-agent", "Whale").post("/login", &[("user_id", "haneul"), ("password", "Other-tree-8")]).await.assert_status(302);
        assert_eq!(app.mail().await.len(), 0);
        app.finish().await;
    }
}
