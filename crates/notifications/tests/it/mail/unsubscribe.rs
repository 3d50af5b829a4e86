//! Ending letters by the link in one of them.

use hanok_testkit::Browser;
use serde_json::json;

use super::{letters, people};
use crate::{House, comment, house};

/// The path of the link that ends letters, out of the first of them.
async fn link(house: &House) -> String {
    let letters = letters(house).await;
    let link = letters.first().unwrap().unsubscribe.clone().unwrap();
    let path = link.strip_prefix(&house.settings.web.public_url);
    path.unwrap().to_owned()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn one_click_of_a_mail_program_ends_letters_of_that_type_once(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        let link = link(&house).await;
        for _ in 0..2 {
            let click = house.client().post(&link).form(&[("List-Unsubscribe", "One-Click")]);
            let done = click.await.assert_status(200);
            assert_eq!(done.header("referrer-policy"), "same-origin");
        }
        comment(&house, &mina, &bada, "2", 1).await;
        assert_eq!(letters(&house).await.len(), 1);
        let trail = house.audit_of("USER_INFO_UPDATE").await;
        let ended = trail.iter().filter(|line| line.details["field"] == "notifications");
        let ended: Vec<_> = ended.map(|line| (line.subject, line.details["now"].clone())).collect();
        let never = json!({ "comment": { "here": true, "mail": "never" } });
        assert_eq!(ended, [(Some(mina.id.uuid()), never)]);
        house.finish().await;
    }

    async fn a_mail_program_may_send_its_click_as_parts_and_a_person_by_the_button(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        let link = link(&house).await;
        let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        let click = house.client().post(&link).text("multipart/form-data; boundary=x", parts);
        click.await.assert_status(200);
        let browser = Browser::new(&house);
        let done = browser.post(&link, &[("List-Unsubscribe", "One-Click")]).await.assert_status(200);
        assert!(done.text.contains("내 글에 달린 댓글"), "{}", done.text);
        house.finish().await;
    }

    async fn opening_the_link_changes_nothing_and_shows_what_would_end(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        let link = link(&house).await;
        let page = Browser::new(&house).get(&link).await.assert_status(200);
        assert!(page.text.contains("내 글에 달린 댓글"), "{}", page.text);
        assert!(page.text.contains(&format!("action=\"{link}\"")), "{}", page.text);
        assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("same-origin", "no-store"));
        comment(&house, &mina, &bada, "2", 1).await;
        assert_eq!(letters(&house).await.len(), 2);
        house.finish().await;
    }

    async fn a_link_that_is_none_of_ours_ends_nothing_and_says_so(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        let link = link(&house).await;
        let cut = link.split_at(link.len() - 4).0;
        for wrong in [cut, "/notifications/unsubscribe/AAAA", "/notifications/unsubscribe/%20"] {
            let page = Browser::new(&house).get(wrong).await.assert_status(404);
            assert!(page.text.contains("쓸 수 없는 주소입니다"), "{}", page.text);
            house.client().post(wrong).form(&[("List-Unsubscribe", "One-Click")]).await.assert_status(404);
        }
        comment(&house, &mina, &bada, "2", 1).await;
        assert_eq!(letters(&house).await.len(), 2);
        house.finish().await;
    }

    async fn the_link_is_in_no_row_topic_or_log(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        let link = link(&house).await;
        Browser::new(&house).get(&link).await.assert_status(200);
        house.client().post(&link).await.assert_status(200);
        let token = link.rsplit('/').next().unwrap();
        assert_eq!(house.scan_for(&[token]).await, Vec::<String>::new());
        house.finish().await;
    }
}
