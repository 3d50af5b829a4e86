//! `/history` and `/history/{id}` in a browser.

use std::time::Duration;

use hanok_testkit::{Browser, Person};
use serde_json::json;

use crate::kit::{Asked, House, Shop};

/// A browser in which the person is signed in.
async fn browser(house: &House, person: &Person) -> Browser {
    let browser = Browser::new(&house.app);
    let form = [
        ("user_id", person.username.as_str()),
        ("password", person.password.as_str()),
    ];
    browser.post("/login", &form).await.assert_status(302);
    browser
}

/// A person without a phone, signed in, whom a shop asks.
async fn asked(db: hanok_db::Db) -> (House, Person, Shop, Browser, Asked) {
    let house = House::start(db, &[]).await;
    let shop = house.polling_shop("A 쇼핑몰").await;
    let person = house.app.person("haneul").await;
    let browser = browser(&house, &person).await;
    let asked = shop.ask(&person).await;
    (house, person, shop, browser, asked)
}

/// What the page of a request says.
async fn detail(browser: &Browser, asked: &Asked) -> String {
    let path = format!("/history/{}", asked.id);
    browser.get(&path).await.assert_status(200).text
}

/// Sends an answer; the way back is the request itself, which is opened.
async fn answer(browser: &Browser, asked: &Asked, what: &str, number: &str, pin: &str) -> String {
    let path = format!("/history/{}/{what}", asked.id);
    let form = [("binding_code", number), ("pin_code", pin)];
    let sent = browser.post(&path, &form).await.assert_status(302);
    assert_eq!(sent.header("location"), format!("/history/{}", asked.id));
    detail(browser, asked).await
}

fn assert_says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word} is missing in {page}");
    }
}

fn assert_not(page: &str, words: &[&str]) {
    for word in words {
        assert!(!page.contains(word), "{word} is in {page}");
    }
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_list_names_who_asked_and_leads_to_each_request(db: Db) {
        let (house, person, _, browser, asked) = asked(db).await;
        house.later(180);
        let two = house.polling_shop("B 은행").await;
        let body = json!({ "user_phone_number": person.phone, "binding_message": "결제 12,000원" });
        two.request_with(body).await.assert_status(201);
        let page = browser.get("/history").await.assert_status(200).text;
        let link = format!("href=\"/history/{}\"", asked.id);
        assert_says(&page, &["A 쇼핑몰", "B 은행", "결제 12,000원", "대기 중", "만료", &link, "전체 2건"]);
        assert_says(&page, &["2026년 11월 21일 (토) 14:30", "aria-current=\"page\""]);
        assert_not(&page, &["binding_code", ">PENDING<", ">EXPIRED<"]);
        let english = browser.clone().header("accept-language", "en").get("/history").await.text;
        assert_says(&english, &["History", "Waiting", "2 in all", "Sat 21 Nov 2026, 14:30"]);
        house.app.finish().await;
    }

    async fn a_filter_stays_in_its_form_and_in_the_way_to_the_next_page(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A & <쇼핑몰>").await;
        let person = house.app.person("haneul").await;
        for minute in 0..25 {
            let at = house.app.clock.now().plus(Duration::from_mins(minute));
            house.expired_at(&person, &shop, at).await;
        }
        let browser = browser(&house, &person).await;
        let query = format!("state=EXPIRED&provider={}&from=2026-11-01", shop.id);
        let page = browser.get(&format!("/history?{query}&to=")).await.assert_status(200).text;
        let next = format!("href=\"/history?{}&#38;page=2\"", query.replace('&', "&#38;"));
        assert_says(&page, &[
            "<option value=\"EXPIRED\" selected>", "value=\"2026-11-01\"", "A &#38; &#60;쇼핑몰&#62;",
            "전체 25건", "1 / 2쪽", &next,
        ]);
        let second = browser.get(&format!("/history?{query}&page=2")).await.assert_status(200).text;
        assert_says(&second, &["2 / 2쪽", "page=1\"", "rel=\"prev\""]);
        assert_not(&second, &["rel=\"next\""]);
        house.app.finish().await;
    }

    async fn a_wrong_filter_is_explained_beside_its_field(db: Db) {
        let (house, _, _, browser, _) = asked(db).await;
        for (query, said) in [
            ("from=21.11.2026", "id=\"from-error\""),
            ("from=2026-11-21&to=2026-11-20", "id=\"to-error\""),
            ("state=DONE", "form-select is-invalid"),
            ("page=0", "찾을 수 없는 조건입니다"),
        ] {
            let page = browser.get(&format!("/history?{query}")).await.assert_status(400).text;
            assert_says(&page, &[said, "찾을 수 없는 조건입니다"]);
        }
        house.app.finish().await;
    }

    async fn an_empty_list_says_what_will_appear_there(db: Db) {
        let house = House::start(db, &[]).await;
        let browser = browser(&house, &house.app.person("haneul").await).await;
        let page = browser.get("/history").await.assert_status(200).text;
        assert_says(&page, &["아직 기록이 없습니다", "href=\"/account/devices\""]);
        let page = browser.get("/history?state=FAILED").await.assert_status(200).text;
        assert_says(&page, &["조건에 맞는 기록이 없습니다", "href=\"/history\""]);
        house.app.finish().await;
    }

    async fn nobody_sees_another_persons_request_or_any_without_signing_in(db: Db) {
        let (house, person, _, _, asked) = asked(db).await;
        let path = format!("/history/{}", asked.id);
        let other = browser(&house, &house.app.person("bada").await).await;
        for path in [path.clone(), "/history/x".to_owned()] {
            other.get(&path).await.assert_status(404);
            other.post(&format!("{path}/deny"), &[]).await.assert_status(404);
            let form = [("binding_code", asked.number.as_str()), ("pin_code", person.pin.as_str())];
            other.post(&format!("{path}/approve"), &form).await.assert_status(404);
        }
        let nobody = Browser::new(&house.app);
        let sent = nobody.get(&path).await.assert_status(302);
        assert_eq!(sent.header("location"), format!("/login?next=%2Fhistory%2F{}", asked.id));
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        house.app.finish().await;
    }

    async fn without_a_phone_a_person_approves_in_the_portal(db: Db) {
        let (house, person, shop, browser, asked) = asked(db).await;
        let page = detail(&browser, &asked).await;
        assert_says(&page, &["이 요청에 답하기", &format!("value=\"{}\"", asked.number), "data-countdown"]);
        assert_eq!(page.matches("name=\"binding_code\"").count(), 3);
        let done = answer(&browser, &asked, "approve", &asked.number, &person.pin).await;
        assert_says(&done, &["승인했습니다. A 쇼핑몰에 결과를 보냅니다.", "완료"]);
        assert_not(&done, &["이 요청에 답하기"]);
        assert_eq!(shop.status(&asked).await.body["status"], "COMPLETED");
        house.app.finish().await;
    }

    async fn without_a_phone_a_person_denies_in_the_portal(db: Db) {
        let (house, _, _, browser, asked) = asked(db).await;
        let denied = answer(&browser, &asked, "deny", "", "").await;
        assert_says(&denied, &["A 쇼핑몰에는 아무 정보도 보내지 않습니다.", "실패", "거절했습니다"]);
        assert_eq!(house.stands(&asked).await, ("FAILED".to_owned(), Some("denied".to_owned()), 0));
        let again = answer(&browser, &asked, "deny", "", "").await;
        assert_says(&again, &["이미 처리된"]);
        house.app.finish().await;
    }

    async fn what_is_missing_in_an_answer_is_said_at_its_field_and_ends_nothing(db: Db) {
        let (house, person, _, browser, asked) = asked(db).await;
        let page = answer(&browser, &asked, "approve", "", "12").await;
        assert_says(&page, &["id=\"binding_code-error\"", "id=\"pin_code-error\"", "이 요청에 답하기"]);
        assert_not(&page, &["value=\"12\""]);
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        answer(&browser, &asked, "approve", &asked.number, &person.pin).await;
        assert_eq!(house.stands(&asked).await.0, "COMPLETED");
        house.app.finish().await;
    }

    async fn a_wrong_number_or_pin_ends_the_request_and_says_why(db: Db) {
        let (house, person, shop, browser, first) = asked(db).await;
        let page = answer(&browser, &first, "approve", &first.other_number(), &person.pin).await;
        assert_says(&page, &["실패", "번호가 다르거나"]);
        let second = shop.ask(&person).await;
        let page = answer(&browser, &second, "approve", &second.number, "135790").await;
        assert_says(&page, &["실패", "PIN이 올바르지 않았습니다"]);
        assert_not(&page, &["135790"]);
        house.app.finish().await;
    }

    async fn with_a_paired_phone_the_page_shows_no_numbers(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, _) = house.paired("haneul").await;
        let browser = browser(&house, &person).await;
        let asked = shop.ask(&person).await;
        let page = detail(&browser, &asked).await;
        assert_says(&page, &["연결된 휴대폰에서 승인하거나 거절해 주세요"]);
        assert_not(&page, &["binding_code", "pin_code"]);
        for what in ["approve", "deny"] {
            answer(&browser, &asked, what, &asked.number, &person.pin).await;
        }
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        house.app.finish().await;
    }

    async fn half_an_hour_after_the_password_it_is_asked_for_again(db: Db) {
        let (house, person, shop, browser, _) = asked(db).await;
        for _ in 0..2 {
            house.later(15 * 60);
            browser.get("/history").await.assert_status(200);
        }
        let asked = shop.ask(&person).await;
        let page = detail(&browser, &asked).await;
        let confirm = format!("href=\"/account/confirm?next=/history/{}\"", asked.id);
        assert_says(&page, &[&confirm]);
        assert_not(&page, &["binding_code"]);
        answer(&browser, &asked, "approve", &asked.number, &person.pin).await;
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        house.app.finish().await;
    }

    async fn who_has_no_pin_is_led_to_set_one(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").without_pin().await;
        let browser = browser(&house, &person).await;
        let asked = shop.ask(&person).await;
        let page = detail(&browser, &asked).await;
        assert_says(&page, &["href=\"/account/pin\""]);
        assert_not(&page, &["binding_code"]);
        house.app.finish().await;
    }

    async fn the_dashboard_names_what_waits_and_what_was_last(db: Db) {
        let (house, _, _, browser, asked) = asked(db).await;
        let link = format!("href=\"/history/{}\"", asked.id);
        let page = browser.get("/dashboard").await.assert_status(200).text;
        assert_says(&page, &["기다리는 요청", "답하기", "최근 본인확인", "대기 중", &link]);
        answer(&browser, &asked, "deny", "", "").await;
        let page = browser.get("/dashboard").await.assert_status(200).text;
        assert_says(&page, &["최근 본인확인", "실패", &link]);
        assert_not(&page, &["기다리는 요청"]);
        let other = crate::history::pages::browser(&house, &house.app.person("bada").await).await;
        let page = other.get("/dashboard").await.assert_status(200).text;
        assert_says(&page, &["아직 본인확인 요청이 없습니다"]);
        assert_not(&page, &["A 쇼핑몰"]);
        house.app.finish().await;
    }

    async fn while_the_pin_is_locked_the_page_leads_to_what_unlocks_it(db: Db) {
        let (house, person, shop, browser, mut asked) = asked(db).await;
        for guess in ["135790", "135791", "135792", "135793", "135794"] {
            answer(&browser, &asked, "approve", &asked.number, guess).await;
            if guess != "135794" {
                asked = shop.ask(&person).await;
            }
        }
        let asked = house.provider("B 은행", json!({ "delivery": "poll", "site_code": "BANK-B" })).await.ask(&person).await;
        let page = detail(&browser, &asked).await;
        assert_says(&page, &["href=\"/account/phone\""]);
        assert_not(&page, &["name=\"binding_code\""]);
        house.app.finish().await;
    }

    async fn names_and_messages_are_text_on_the_pages(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("<script>alert(1)</script>").await;
        let person = house.app.person("haneul").await;
        let message = "\"><img src=x onerror=alert(2)>";
        let body = json!({ "user_phone_number": person.phone, "binding_message": message });
        let asked = Asked::new(&shop.request_with(body).await.assert_status(201));
        let browser = browser(&house, &person).await;
        let pages = [browser.get("/history").await.text, detail(&browser, &asked).await];
        for page in pages {
            assert_not(&page, &["<script>alert", "<img src=x"]);
            assert_says(&page, &["&#60;script&#62;alert(1)"]);
        }
        house.app.finish().await;
    }

    async fn a_trailing_slash_leads_to_the_page(db: Db) {
        let house = House::start(db, &[]).await;
        let nobody = Browser::new(&house.app);
        for (sent, page) in [
            ("/history/", "/history"),
            ("/history/?page=2", "/history?page=2"),
            ("/phone/", "/phone"),
            ("/login/?next=/history/", "/login?next=/history/"),
        ] {
            assert_eq!(nobody.get(sent).await.assert_status(308).header("location"), page);
        }
        house.app.finish().await;
    }

    async fn older_addresses_lead_to_the_pages_for_good(db: Db) {
        let house = House::start(db, &[]).await;
        let nobody = Browser::new(&house.app);
        for (from, to) in [
            ("/auth/history/", "/history"),
            ("/auth/history?page=2&state=FAILED", "/history?page=2&state=FAILED"),
            ("/portal/auth-history/", "/history"),
            ("/auth/detail/01a1fed6/", "/history/01a1fed6"),
            ("/accounts/login/?next=/history", "/login?next=/history"),
            ("/portal/login/", "/login"),
            ("/accounts/register/", "/register"),
            ("/accounts/profile/", "/account"),
            ("/portal/profile/", "/account"),
        ] {
            let answer = nobody.get(from).await.assert_status(308);
            assert_eq!(answer.header("location"), to);
        }
        house.app.finish().await;
    }
}
