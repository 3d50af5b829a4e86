//! The pages of those who look after providers, in a browser.

mod deliveries;
mod lists;
mod overview;
mod reports;
mod statistics;
mod transactions;
mod trial;
mod viewers;

use std::time::Duration;

use hanok_db::Db;
use hanok_testkit::{Browser, Person};

use crate::kit::House;

/// Somebody who looks after providers, signed in.
pub struct Keeper {
    pub person: Person,
    pub browser: Browser,
}

impl Keeper {
    pub async fn of(house: &House, name: &str, role: &str) -> Self {
        let person = house.app.person(name).roles(&[role]).without_phone().await;
        let browser = Browser::new(&house.app);
        let form = [
            ("user_id", person.username.as_str()),
            ("password", person.password.as_str()),
        ];
        browser.post("/login", &form).await.assert_status(302);
        Self { person, browser }
    }

    pub async fn opens(&self, path: &str) -> String {
        self.browser.get(path).await.assert_status(200).text
    }

    /// Sends a form; the page that it leads back to, opened.
    pub async fn sends(&self, path: &str, form: &[(&str, &str)]) -> String {
        let sent = self.browser.post(path, form).await.assert_status(302);
        self.opens(sent.header("location")).await
    }

    /// A provider made by the form; where it lies, and what was shown once.
    pub async fn makes(&self, name: &str, url: &str) -> (String, String) {
        let delivery = if url.is_empty() { "poll" } else { "callback" };
        let form = [
            ("name", name),
            ("site_code", name),
            ("delivery", delivery),
            ("callback_url", url),
            ("notify", "all"),
            ("address_allow_list", ""),
            ("requests_per_minute", ""),
        ];
        let made = self.browser.post("/admin/providers/new", &form).await;
        let page = made.assert_status(200).text;
        (between(&page, "btn btn-primary\" href=\"", "\""), page)
    }
}

/// What stands between two words of a page.
pub fn between(page: &str, before: &str, behind: &str) -> String {
    let rest = page.split_once(before).unwrap().1;
    rest.split_once(behind).unwrap().0.to_owned()
}

pub fn assert_says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word} is missing in {page}");
    }
}

pub fn assert_not(page: &str, words: &[&str]) {
    for word in words {
        assert!(!page.contains(word), "{word} is in {page}");
    }
}

/// After this the password is asked for again.
const FIVE_MINUTES: Duration = Duration::from_mins(5);

async fn house(db: Db) -> House {
    House::start(db, &[]).await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_new_provider_shows_its_secret_and_key_once(db: Db) {
        let house = house(db).await;
        let keeper = Keeper::of(&house, "keeper", "service_admin").await;
        let (path, page) = keeper.makes("SHOP-A", "").await;
        assert_says(&page, &["제공자를 만들었습니다", "이 화면을 떠나면", "클라이언트 시크릿", "&#34;kty&#34;"]);
        let secret = between(&page, "클라이언트 시크릿</dt><dd><code class=\"text-break\">", "<");
        let base64 = between(&page, "키 (Base64)</dt><dd><code class=\"text-break\">", "<");
        assert!(secret.len() >= 43 && base64.len() == 44);
        let detail = keeper.opens(&path).await;
        assert_says(&detail, &["SHOP-A", "사용 중", "클라이언트 ID", "현재 시크릿", "keeper"]);
        assert_not(&detail, &[&secret, &base64, "CI 제공 허용", "담당자 바꾸기"]);
        let listed = keeper.opens("/admin/providers").await;
        assert_says(&listed, &["SHOP-A", "모두 1건", &format!("href=\"{path}\"")]);
        house.app.finish().await;
    }

    async fn a_wrong_form_comes_back_with_what_was_typed_and_the_password_is_asked_for_in_it(db: Db) {
        let house = house(db).await;
        let keeper = Keeper::of(&house, "keeper", "admin").await;
        house.app.clock.advance(FIVE_MINUTES);
        assert_says(&keeper.opens("/admin/providers/new").await, &["name=\"password\""]);
        let typed = [
            ("name", "A 쇼핑몰"), ("site_code", "SHOP A"), ("delivery", "callback"), ("callback_url", "http://shop.example.com/"),
            ("notify", "completed"), ("address_allow_list", "203.0.113.0/24\r\n\r\nnowhere"), ("requests_per_minute", "30"),
            ("hide_unknown_users", "on"), ("password", &keeper.person.password),
        ];
        let again = keeper.sends("/admin/providers/new", &typed).await;
        assert_says(&again, &[
            "value=\"A 쇼핑몰\"", "value=\"SHOP A\"", "value=\"http://shop.example.com/\"", "203.0.113.0/24\r\n\r\nnowhere",
            "id=\"site_code-error\"", "id=\"callback_url-error\"", "3번째 줄은", "<option value=\"completed\" selected>", "value=\"30\"",
        ]);
        assert_not(&again, &[&keeper.person.password]);
        let mut form = [("name", "A 쇼핑몰"), ("site_code", "SHOP-A"), ("delivery", "poll"), ("callback_url", ""), ("notify", "all"),
            ("address_allow_list", ""), ("requests_per_minute", "x"), ("password", "")];
        assert_says(&keeper.sends("/admin/providers/new", &form).await, &["id=\"requests_per_minute-error\""]);
        form[6].1 = "30";
        assert_says(&keeper.sends("/admin/providers/new", &form).await, &["id=\"password-error\"", "value=\"SHOP-A\""]);
        form[7].1 = "Wrong-password-1!";
        assert_says(&keeper.sends("/admin/providers/new", &form).await, &["비밀번호가 올바르지 않습니다"]);
        form[7].1 = &keeper.person.password;
        let made = keeper.browser.post("/admin/providers/new", &form).await.assert_status(200);
        assert_eq!(made.header("cache-control"), "no-store");
        house.app.finish().await;
    }

    async fn settings_change_and_another_callback_address_asks_for_the_password(db: Db) {
        let house = house(db).await;
        let keeper = Keeper::of(&house, "keeper", "admin").await;
        let (path, _) = keeper.makes("SHOP-A", "").await;
        house.app.clock.advance(FIVE_MINUTES);
        let edit = format!("{path}/edit");
        let shown = keeper.opens(&edit).await;
        let version = between(&shown, "name=\"version\" value=\"", "\"");
        let mut form = [("version", version.as_str()), ("name", "B 은행"), ("site_code", "SHOP-A"), ("delivery", "poll"),
            ("callback_url", ""), ("notify", "all"), ("address_allow_list", "198.51.100.9"), ("requests_per_minute", "")];
        let saved = keeper.sends(&edit, &form).await;
        assert_says(&saved, &["저장했습니다.", "B 은행", "198.51.100.9", "중지됨"]);
        let version = between(&keeper.opens(&edit).await, "name=\"version\" value=\"", "\"");
        (form[0].1, form[4].1) = (&version, "https://bank.example.com/callback");
        assert_says(&keeper.sends(&edit, &form).await, &["id=\"password-error\"", "value=\"https://bank.example.com/callback\""]);
        let mut with_password = form.to_vec();
        with_password.push(("password", &keeper.person.password));
        assert_says(&keeper.sends(&edit, &with_password).await, &["저장했습니다.", "https://bank.example.com/callback"]);
        form[0].1 = "1";
        assert_says(&keeper.sends(&edit, &form).await, &["읽은 뒤에 제공자가 변경되었습니다"]);
        house.app.finish().await;
    }

    async fn a_key_is_announced_brought_into_use_and_the_one_before_ended(db: Db) {
        let house = house(db).await;
        let keeper = Keeper::of(&house, "keeper", "service_admin").await;
        let (path, made) = keeper.makes("SHOP-A", "").await;
        let first = between(&made, "키 ID (kid)</dt><dd><code class=\"text-break\">", "<");
        let announced = keeper.browser.post(&format!("{path}/keys"), &[]).await.assert_status(200);
        let kid = between(&announced.text, "키 ID (kid)</dt><dd><code class=\"text-break\">", "<");
        keeper.browser.get(&format!("{path}/keys")).await.assert_status(302);
        let refused = keeper.sends(&format!("{path}/keys/{first}/retire"), &[]).await;
        assert_says(&refused, &["사용 중인 키는 만료할 수 없습니다"]);
        let active = keeper.sends(&format!("{path}/keys/{kid}/activate"), &[]).await;
        assert_says(&active, &["이 키를 쓰기 시작했습니다", "교체됨"]);
        let ended = keeper.sends(&format!("{path}/keys/{first}/retire"), &[]).await;
        assert_says(&ended, &["키를 만료했습니다"]);
        assert_not(&ended, &["교체됨"]);
        let rotated = keeper.browser.post(&format!("{path}/secrets"), &[("overlap_hours", "0")]).await;
        assert_says(&rotated.assert_status(200).text, &["새 시크릿", "클라이언트 시크릿"]);
        let actions: Vec<usize> = [
            house.app.audit_of("KEY_ROTATION").await.len(),
            house.app.audit_of("SECRET_ROTATION").await.len(),
        ].into();
        assert_eq!(actions, [3, 1]);
        house.app.clock.advance(FIVE_MINUTES);
        let sent = keeper.browser.post(&format!("{path}/keys"), &[]).await.assert_status(302);
        assert_eq!(sent.header("location"), format!("/account/confirm?next={path}"));
        house.app.finish().await;
    }
}
