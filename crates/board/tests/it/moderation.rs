//! Moderation: what is reported, hidden and locked, and who is kept from writing.

use std::time::Duration;

use hanok_testkit::{Client, Person, TestApp};
use serde_json::{Value, json};

use crate::comments::{comment, events};
use crate::{app, assert_leads, signed_in, write_post};

const REPORTS: &str = "/api/v1/moderation/reports";
const RESTRICTIONS: &str = "/api/v1/moderation/restrictions";

/// The same person, signed in anew.
pub(crate) async fn again(app: &TestApp, person: &Person) -> Client {
    let mut person = person.clone();
    let answer = app.sign_in(&person.username, &person.password).await;
    person.keep_tokens(&answer.assert_status(200));
    app.client().of(&person)
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn what_is_reported_waits_until_somebody_decides(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").name("김하늘").await;
        let (haneul, bada) = (app.client().of(&haneul), app.client().of(&app.person("bada").await));
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&haneul, "광고", "싸게 팝니다").await;
        let id = comment(&haneul, post, "연락 주세요").await;
        let why = json!({ "reason": "광고입니다" });
        bada.post(&format!("/api/v1/posts/{post}/reports")).json(why.clone()).await.assert_status(204);
        bada.post(&format!("/api/v1/posts/{post}/reports")).json(why.clone()).await.assert_problem(409, "conflict");
        app.clock.advance(Duration::from_secs(1));
        bada.post(&format!("/api/v1/comments/{id}/reports")).json(why.clone()).await.assert_status(204);
        haneul.post(&format!("/api/v1/comments/{id}/reports")).json(why).await.assert_problem(409, "conflict");
        bada.post(&format!("/api/v1/comments/{id}/reports")).json(json!({ "reason": " " })).await.assert_field("/reason", "required");
        bada.get(REPORTS).await.assert_problem(403, "forbidden");
        let open = boss.get(REPORTS).await.assert_status(200).body;
        assert_eq!(open["pagination"]["total"], 2);
        let [of_post, of_comment] = [0, 1].map(|at| open["reports"][at].clone());
        assert_eq!((&of_post["comment_id"], &of_comment["comment_id"]), (&Value::Null, &json!(id)));
        assert_eq!((&of_comment["excerpt"], &of_comment["author"]["name"]), (&json!("연락 주세요"), &json!("김하늘")));
        let dismiss = format!("{REPORTS}/{}/dismiss", of_post["id"].as_str().unwrap());
        assert_eq!(boss.post(&dismiss).await.assert_status(200).body["outcome"], "dismissed");
        boss.post(&dismiss).await.assert_problem(409, "conflict");
        let hide = format!("/api/v1/comments/{id}/hidden");
        bada.put(&hide).json(json!({ "reason": "?" })).await.assert_problem(403, "forbidden");
        boss.put(&hide).json(json!({ "reason": "광고" })).await.assert_status(204);
        boss.put(&hide).json(json!({ "reason": "광고" })).await.assert_problem(409, "conflict");
        assert_eq!(boss.get(REPORTS).await.body["pagination"]["total"], 0);
        let closed = boss.get(&format!("{REPORTS}?state=closed")).await.body;
        assert_eq!(closed["pagination"]["total"], 2);
        assert_eq!((events(&app, "moderation.reported").await.len(), events(&app, "comment.hidden").await.len()), (2, 1));
        let acts: Vec<Value> = app.audit_of("ADMIN_ACTION").await.into_iter().map(|row| row.details["act"].clone()).collect();
        assert!(acts.contains(&json!("dismissed")) && acts.contains(&json!("hidden")), "{acts:?}");
        app.settle().await;
        app.finish().await;
    }

    async fn a_hidden_comment_is_read_by_its_author_and_those_who_moderate(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = (app.client().of(&app.person("haneul").await), app.client().of(&app.person("bada").await));
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&haneul, post, "험한 말").await;
        let path = format!("/api/v1/comments/{id}");
        boss.put(&format!("{path}/hidden")).json(json!({ "reason": "욕설" })).await.assert_status(204);
        let seen = bada.get(&path).await.assert_status(200).body;
        assert_eq!((&seen["hidden"], &seen["content"], &seen["hidden_reason"]), (&json!(true), &Value::Null, &json!("욕설")));
        for reader in [&haneul, &boss] {
            assert_eq!(reader.get(&path).await.body["content"], "험한 말");
        }
        haneul.put(&path).json(json!({ "rev": 1, "content": "고운 말" })).await.assert_problem(409, "conflict");
        let page = signed_in(&app, "bada").await.get(&format!("/post/{post}")).await.assert_status(200).text;
        assert!(page.contains("이유: 욕설") && !page.contains("험한 말"), "{page}");
        bada.delete(&format!("{path}/hidden")).await.assert_problem(403, "forbidden");
        boss.delete(&format!("{path}/hidden")).await.assert_status(204);
        boss.delete(&format!("{path}/hidden")).await.assert_problem(409, "conflict");
        assert_eq!(bada.get(&path).await.body["content"], "험한 말");
        app.settle().await;
        app.finish().await;
    }

    async fn a_hidden_post_is_in_no_list_and_a_locked_one_takes_no_comments(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = (app.client().of(&app.person("haneul").await), app.client().of(&app.person("bada").await));
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&bada, post, "댓글").await;
        let path = format!("/api/v1/posts/{post}");
        boss.put(&format!("{path}/lock")).await.assert_status(204);
        boss.put(&format!("{path}/lock")).await.assert_status(204);
        let body = json!({ "content": "늦은 댓글" });
        bada.post(&format!("{path}/comments")).json(body.clone()).await.assert_problem(409, "conflict");
        bada.put(&format!("/api/v1/comments/{id}")).json(json!({ "rev": 1, "content": "?" })).await.assert_problem(409, "conflict");
        boss.delete(&format!("{path}/lock")).await.assert_status(204);
        bada.post(&format!("{path}/comments")).json(body).await.assert_status(201);
        boss.put(&format!("{path}/hidden")).json(json!({ "reason": "규정 위반" })).await.assert_status(204);
        bada.get(&path).await.assert_problem(404, "not_found");
        bada.get(&format!("{path}/comments")).await.assert_problem(404, "not_found");
        assert_eq!(bada.get("/api/v1/posts").await.assert_status(200).body["posts"], json!([]));
        haneul.get(&path).await.assert_status(200);
        boss.delete(&format!("{path}/hidden")).await.assert_status(204);
        assert_eq!(bada.get("/api/v1/posts").await.body["posts"].as_array().unwrap().len(), 1);
        assert_eq!((events(&app, "moderation.locked").await.len(), events(&app, "moderation.unlocked").await.len()), (1, 1));
        app.settle().await;
        app.finish().await;
    }

    async fn whoever_is_kept_from_writing_reads_and_writes_nothing(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").name("김하늘").await;
        let (client, boss) = (app.client().of(&haneul), app.person("boss").roles(&["admin"]).await);
        let other = app.person("other").roles(&["admin"]).await;
        let boss_client = app.client().of(&boss);
        let post = write_post(&client, "글", "글").await;
        let mine = comment(&client, post, "댓글").await;
        let path = format!("{RESTRICTIONS}/{}", haneul.id);
        client.put(&path).json(json!({ "reason": "?" })).await.assert_problem(403, "forbidden");
        boss_client.put(&path).json(json!({ "reason": "도배", "days": 0 })).await.assert_field("/days", "out_of_range");
        boss_client.put(&path).json(json!({ "reason": "도배", "days": 7 })).await.assert_status(204);
        for higher in [boss.id, other.id] {
            let path = format!("{RESTRICTIONS}/{higher}");
            boss_client.put(&path).json(json!({ "reason": "?" })).await.assert_problem(403, "forbidden");
        }
        let comments = format!("/api/v1/posts/{post}/comments");
        client.post(&comments).json(json!({ "content": "?" })).await.assert_problem(409, "conflict");
        client.post("/api/v1/posts").json(json!({ "title": "글", "content": "글" })).await.assert_problem(409, "conflict");
        client.get(&format!("/api/v1/posts/{post}")).await.assert_status(200);
        client.delete(&format!("/api/v1/comments/{mine}")).await.assert_status(204);
        let list = boss_client.get(RESTRICTIONS).await.assert_status(200).body;
        assert_eq!((&list["restrictions"][0]["account"]["name"], &list["restrictions"][0]["reason"]), (&json!("김하늘"), &json!("도배")));
        app.clock.advance(Duration::from_hours(24 * 7 + 1));
        let client = again(&app, &haneul).await;
        comment(&client, post, "다시").await;
        let boss_client = again(&app, &boss).await;
        assert_eq!(boss_client.get(RESTRICTIONS).await.body["restrictions"], json!([]));
        boss_client.put(&path).json(json!({ "reason": "또" })).await.assert_status(204);
        client.post(&comments).json(json!({ "content": "?" })).await.assert_problem(409, "conflict");
        boss_client.delete(&path).await.assert_status(204);
        boss_client.delete(&path).await.assert_problem(404, "not_found");
        comment(&client, post, "또다시").await;
        assert_eq!((events(&app, "moderation.restricted").await.len(), events(&app, "moderation.released").await.len()), (2, 1));
        app.settle().await;
        app.finish().await;
    }

    async fn a_reason_that_is_refused_stands_in_its_form_again(db: Db) {
        let app = app(db).await;
        app.person("boss").roles(&["admin"]).await;
        let haneul = app.client().of(&app.person("haneul").name("김하늘").await);
        app.person("bada").await;
        let (boss, bada) = (signed_in(&app, "boss").await, signed_in(&app, "bada").await);
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&haneul, post, "댓글").await;
        let page = format!("/post/{post}");
        let at = format!("{page}?comment={id}#comment-{id}");
        let long = "길".repeat(201);
        let field = "id=\"reason\" name=\"reason\" maxlength=\"200\" required autocomplete=\"off\"";
        let refused = format!("value=\"{long}\" aria-invalid=\"true\"");
        for (browser, path, back) in [
            (&bada, format!("{page}/report"), &page),
            (&boss, format!("{page}/hide"), &page),
            (&bada, format!("/comment/{id}/report"), &at),
            (&boss, format!("/comment/{id}/hide"), &at),
        ] {
            assert_leads(&browser.post(&path, &[("reason", &long)]).await, back);
            let shown = browser.get(back.split('#').next().unwrap()).await.assert_status(200).text;
            let (_, form) = shown.split_once(&format!("action=\"{path}\"")).unwrap();
            let (form, _) = form.split_once("</form>").unwrap();
            assert!(form.contains(field) && form.contains(&refused), "{path}: {form}");
            assert_eq!(shown.matches(&long).count(), 1, "in one form alone: {shown}");
            let again = browser.get(&page).await.text;
            assert!(!again.contains(&long), "once: {again}");
        }
        // In the queue it stands in place of the reason of the report.
        let queue = ("next", "/admin/moderation");
        bada.post(&format!("/comment/{id}/report"), &[("reason", "심한 말")]).await.assert_status(302);
        let offered = boss.get("/admin/moderation").await.text;
        assert!(offered.contains("value=\"심한 말\""), "{offered}");
        let sent = boss.post(&format!("/comment/{id}/hide"), &[("reason", &long), queue]).await;
        assert_leads(&sent, "/admin/moderation");
        let shown = boss.get("/admin/moderation").await.text;
        assert!(shown.contains(field) && shown.contains(&refused), "{shown}");
        let restrictions = "/admin/moderation/restrictions";
        let sent = [("username", "haneul"), ("days", "30"), ("reason", &long)];
        assert_leads(&boss.post(restrictions, &sent).await, restrictions);
        let shown = boss.get(restrictions).await.text;
        for typed in ["value=\"haneul\"", "value=\"30\" selected", &format!("value=\"{long}\"")] {
            assert!(shown.contains(typed), "{typed}: {shown}");
        }
        app.settle().await;
        app.finish().await;
    }

    async fn the_pages_of_moderation_show_and_decide(db: Db) {
        let app = app(db).await;
        app.person("boss").roles(&["admin"]).await;
        let haneul = app.client().of(&app.person("haneul").name("김하늘").await);
        app.person("bada").await;
        let (boss, bada) = (signed_in(&app, "boss").await, signed_in(&app, "bada").await);
        let empty = boss.get("/admin/moderation").await.assert_status(200).text;
        assert!(empty.contains("확인할 신고가 없습니다"), "{empty}");
        let post = write_post(&haneul, "광고 글", "싸게 팝니다").await;
        let page = format!("/post/{post}");
        assert_leads(&bada.post(&format!("{page}/report"), &[("reason", "광고")]).await, &page);
        let queue = boss.get("/admin/moderation").await.assert_status(200).text;
        assert!(queue.contains("광고 글") && queue.contains("싸게 팝니다") && queue.contains("김하늘"), "{queue}");
        let hide = [("reason", "광고 금지"), ("next", "/admin/moderation?page=1")];
        assert_leads(&boss.post(&format!("{page}/hide"), &hide).await, "/admin/moderation?page=1");
        bada.get(&page).await.assert_status(404);
        let shown = boss.get("/admin/moderation?state=closed").await.assert_status(200).text;
        assert!(shown.contains("광고 글"), "{shown}");
        let away = [("next", "https://evil.example")];
        assert_leads(&boss.post(&format!("{page}/show"), &away).await, &page);
        assert_leads(&boss.post(&format!("{page}/lock"), &[]).await, &page);
        let locked = bada.get(&page).await.assert_status(200).text;
        assert!(locked.contains("잠긴 글에는 댓글을 남길 수 없습니다"), "{locked}");
        assert_leads(&boss.post(&format!("{page}/unlock"), &[]).await, &page);
        let restrict = [("username", "haneul"), ("days", "7"), ("reason", "광고")];
        assert_leads(&boss.post("/admin/moderation/restrictions", &restrict).await, "/admin/moderation/restrictions");
        let list = boss.get("/admin/moderation/restrictions").await.assert_status(200).text;
        assert!(list.contains("김하늘") && list.contains("글쓰기를 제한했습니다"), "{list}");
        let end = list.split("action=\"").filter_map(|part| part.split('"').next()).find(|path| path.ends_with("/end")).unwrap().to_owned();
        assert_leads(&boss.post(&end, &[]).await, "/admin/moderation/restrictions");
        let nobody = [("username", "nobody"), ("days", "7"), ("reason", "?")];
        boss.post("/admin/moderation/restrictions", &nobody).await.assert_status(302);
        let told = boss.get("/admin/moderation/restrictions").await.text;
        assert!(told.contains("그런 아이디를 가진 사람이 없습니다") && told.contains("value=\"nobody\""), "{told}");
        for path in ["/admin/moderation", "/admin/moderation/restrictions"] {
            bada.get(path).await.assert_status(403);
        }
        boss.get("/admin/moderation?state=gone").await.assert_status(400);
        app.settle().await;
        app.finish().await;
    }
}
