//! What became of a provider's requests, on its page.

use super::{Keeper, assert_not, assert_says};
use crate::kit::House;

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn each_day_is_a_bar_and_a_line_of_the_table(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let path = format!("/admin/providers/{}/statistics", shop.id);
        assert_says(&admin.opens(&path).await, &["이 기간에 요청이 없습니다"]);
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        let page = admin.opens(&format!("{path}?days=7")).await;
        assert_says(&page, &["<desc id=\"bars-desc\">", "2026년 11월 21일 (토): 1 / 1", "datetime=\"2026-11-21\"", "100.0%", "최근 7일", "aria-current=\"page\""]);
        assert_eq!(page.matches("<rect").count(), 14);
        assert_not(&page, &["haneul"]);
        admin.browser.get(&format!("{path}?days=8")).await.assert_status(400);
        let other = Keeper::of(&house, "other", "service_admin").await;
        other.browser.get(&path).await.assert_status(404);
        house.app.finish().await;
    }
}
