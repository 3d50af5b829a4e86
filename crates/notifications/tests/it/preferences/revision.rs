//! What somebody has changed says what it was made of: nothing that was chosen meanwhile is undone.

use serde_json::json;

use super::{API, PAGE, choose, get, numbered, put, usual};
use crate::{house, signed_in};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn what_was_made_of_an_older_choice_is_refused_and_changes_nothing(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        let client = house.app.client().of(&mina);
        assert_eq!(numbered(&client).await, (usual(), 0));
        let mut chosen = usual();
        chosen["types"]["comment"]["mail"] = json!("now");
        chosen["rev"] = json!(0);
        let kept = client.put(API).json(chosen.clone()).await.assert_status(200).body;
        assert_eq!(kept["rev"], 1);
        // Sent once more it says what is chosen already.
        client.put(API).json(chosen.clone()).await.assert_status(200);
        let mut late = usual();
        late["rev"] = json!(0);
        client.put(API).json(late.clone()).await.assert_problem(409, "stale");
        late["rev"] = json!("0");
        client.put(API).json(late.clone()).await.assert_field("/rev", "expected_integer");
        let stands = numbered(&client).await;
        assert_eq!((&stands.0["types"]["comment"]["mail"], stands.1), (&json!("now"), 1));
        // Whoever does not say what theirs was made of replaces what is there.
        assert_eq!(put(&client, &usual()).await, usual());
        assert_eq!(numbered(&client).await, (usual(), 2));
        let rows = house.audit_of("USER_INFO_UPDATE").await;
        assert_eq!(rows.iter().filter(|row| row.details["field"] == "notifications").count(), 2);
        house.finish().await;
    }

    async fn a_form_that_was_opened_before_a_change_undoes_nothing_and_shows_both(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        let browser = signed_in(&house, "mina").await;
        let page = browser.get(PAGE).await.assert_status(200).text;
        assert!(page.contains("name=\"rev\" value=\"0\""), "{page}");
        // Meanwhile, in another tab or by a letter's link.
        choose(&house, &mina, &[("/types/comment/mail", json!("never")), ("/digest_at", json!("09:00"))]).await;
        let mut form: Vec<(&str, &str)> = ["comment_here", "mention_here", "recommend_here", "must_read_here", "moderation_here", "identity_request_here"].map(|name| (name, "on")).into();
        form.extend(["comment_mail", "reply_mail", "mention_mail", "moderation_mail"].map(|name| (name, "daily")));
        form.extend(["recommend_mail", "identity_request_mail"].map(|name| (name, "never")));
        form.extend([("must_read_mail", "now"), ("quiet_from", "22:00"), ("quiet_to", "07:00"), ("digest_at", "08:00")]);
        let late = [form.as_slice(), &[("rev", "0")]].concat();
        assert_eq!(browser.post(PAGE, &late).await.assert_status(302).header("location"), PAGE);
        let shown = browser.get(PAGE).await.assert_status(200).text;
        assert!(shown.contains("이 화면을 연 뒤에 설정이 바뀌어 저장하지 않았습니다."), "{shown}");
        assert!(shown.contains("name=\"rev\" value=\"1\"") && shown.contains("value=\"09:00\""), "{shown}");
        for refused in ["</strong> 받기, 메일 하루 한 번", "</strong> 받지 않음, 메일 하루 한 번", "저장하지 않은 값: 22:00", "저장하지 않은 값: 07:00", "저장하지 않은 값: 08:00"] {
            assert_eq!(shown.matches(refused).count(), 1, "{refused}: {shown}");
        }
        assert_eq!(get(&house.app.client().of(&mina)).await["types"]["comment"]["mail"], "never");
        let again = [form.as_slice(), &[("rev", "1")]].concat();
        browser.post(PAGE, &again).await.assert_status(302);
        let kept = browser.get(PAGE).await.assert_status(200).text;
        assert!(kept.contains("알림 설정을 저장했습니다.") && !kept.contains("저장하지 않"), "{kept}");
        let now = get(&house.app.client().of(&mina)).await;
        assert_eq!((&now["types"]["reply"]["here"], &now["types"]["comment"]["mail"]), (&json!(false), &json!("daily")));
        assert_eq!((&now["quiet_hours"]["from"], &now["digest_at"]), (&json!("22:00"), &json!("08:00")));
        house.finish().await;
    }
}
