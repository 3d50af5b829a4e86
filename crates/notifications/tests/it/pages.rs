//! `/notifications` as a person without script uses it.

use std::time::Duration;

use crate::{comment, house, signed_in, told};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_click_reads_a_notification_and_leads_to_the_very_place(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").name("김바다").await);
        let browser = signed_in(&house, "mina").await;
        let empty = browser.get("/notifications").await.assert_status(200).text;
        assert!(empty.contains("알림이 없습니다"), "{empty}");
        comment(&house, &mina, &bada, "1", 7).await;
        let page = browser.get("/notifications").await.assert_status(200).text;
        assert!(page.contains("김바다 님이 댓글을 남겼습니다."), "{page}");
        let id = told(&house, &mina).await["notifications"][0]["id"].as_str().unwrap().to_owned();
        let form = format!("/notifications/{id}/read");
        assert!(page.contains(&format!("action=\"{form}\"")), "{page}");
        let sent = browser.post(&form, &[]).await.assert_status(302);
        assert_eq!(sent.header("location"), "/things/1#comment-7");
        assert_eq!(told(&house, &mina).await["unread"], 0);
        house.hide("1", mina.id);
        let gone = browser.post(&form, &[]).await.assert_status(302);
        assert_eq!(gone.header("location"), "/notifications");
        let page = browser.get("/notifications").await.assert_status(200).text;
        assert!(page.contains("더 이상 볼 수 없습니다"), "{page}");
        house.finish().await;
    }

    async fn the_list_has_its_days_and_all_of_it_is_read_at_once(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        comment(&house, &mina, &bada, "첫째 <날>", 1).await;
        house.clock.advance(Duration::from_hours(10));
        comment(&house, &mina, &bada, "둘째 날", 1).await;
        let browser = signed_in(&house, "mina").await;
        let page = browser.get("/notifications").await.assert_status(200).text;
        let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
        assert!(place("2026년 11월 22일") < place("둘째 날"));
        assert!(place("둘째 날") < place("2026년 11월 21일"));
        assert!(place("2026년 11월 21일") < place("첫째 &#60;날&#62;"), "{page}");
        comment(&house, &mina, &bada, "셋째", 1).await;
        browser.post("/notifications/read-all", &[("upto", "-1")]).await.assert_status(400);
        let first = browser.get("/notifications?limit=1").await.assert_status(200).text;
        assert!(first.contains("/notifications?limit=1&#38;page=2"), "{first}");
        let sent = browser.post("/notifications/read-all", &[("upto", "2")]).await.assert_status(302);
        assert_eq!(sent.header("location"), "/notifications");
        let unread = browser.get("/notifications?unread=1").await.assert_status(200).text;
        assert!(unread.contains("셋째") && !unread.contains("둘째 날"), "{unread}");
        house.finish().await;
    }

    async fn whoever_has_left_has_no_name_there(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").name("김바다").await);
        comment(&house, &mina, &bada, "1", 1).await;
        crate::leaving::leave(&house, &bada).await;
        let browser = signed_in(&house, "mina").await;
        let page = browser.get("/notifications").await.assert_status(200).text;
        assert!(page.contains("탈퇴한 사람 님이 댓글을 남겼습니다.") && !page.contains("김바다"), "{page}");
        house.finish().await;
    }
}
