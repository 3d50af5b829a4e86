//! Who sees which providers, and who may say what of them.

use super::{Keeper, assert_not, assert_says};
use crate::kit::House;

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_list_is_filtered_sorted_and_paged(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        for number in 10..32 {
            house.polling_shop(&format!("Shop {number}")).await;
        }
        house.polling_shop("100% 쇼핑").await;
        let page = admin.opens("/admin/providers?sort=name").await;
        assert_says(&page, &["모두 23건", "1 / 2쪽", "100% 쇼핑", "Shop 28", "sort=name&#38;page=2"]);
        assert_not(&page, &["Shop 29", "한옥 (Hanok)"]);
        assert_says(&admin.opens("/admin/providers?sort=-name").await, &["Shop 31", "Shop 12"]);
        let found = admin.opens("/admin/providers?q=sHoP+3&state=active").await;
        assert_says(&found, &["모두 2건", "Shop 30", "Shop 31", "value=\"sHoP 3\""]);
        assert_says(&admin.opens("/admin/providers?q=0%25").await, &["모두 1건", "100% 쇼핑"]);
        assert_says(&admin.opens("/admin/providers?q=%25_").await, &["조건에 맞는 제공자가 없습니다"]);
        for wrong in ["page=501", "page=0", "sort=owner", "state=off"] {
            admin.browser.get(&format!("/admin/providers?{wrong}")).await.assert_status(400);
        }
        house.app.finish().await;
    }

    async fn a_service_admin_opens_their_own_and_no_other(db: Db) {
        let house = House::start(db, &[]).await;
        let (mine, other) = (Keeper::of(&house, "mine", "service_admin").await, Keeper::of(&house, "other", "service_admin").await);
        let (path, _) = mine.makes("SHOP-A", "").await;
        assert_says(&other.opens("/admin/providers").await, &["맡은 제공자가 없습니다"]);
        for rest in ["", "/edit", "/deliveries"] {
            other.browser.get(&format!("{path}{rest}")).await.assert_status(404);
        }
        for rest in ["/edit", "/keys", "/secrets", "/deliveries/replay", "/test"] {
            let form = [("name", "B"), ("overlap_hours", "0")];
            other.browser.post(&format!("{path}{rest}"), &form).await.assert_status(404);
        }
        house.app.finish().await;
    }

    async fn only_a_super_admin_entitles_and_only_who_manages_all_hands_over(db: Db) {
        let house = House::start(db, &[]).await;
        let keeper = Keeper::of(&house, "keeper", "service_admin").await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let highest = Keeper::of(&house, "highest", "super_admin").await;
        let next = Keeper::of(&house, "next", "service_admin").await;
        Keeper::of(&house, "nobody", "user").await;
        let (path, _) = keeper.makes("SHOP-A", "").await;
        let (entitle, owner) = (format!("{path}/entitlement"), format!("{path}/owner"));
        for below in [&keeper, &admin] {
            below.browser.post(&entitle, &[("entitled", "yes")]).await.assert_status(403);
        }
        assert_eq!(house.app.audit_of("PERMISSION_DENIED").await.len(), 2);
        assert_says(&highest.sends(&entitle, &[("entitled", "yes")]).await, &["이제 이 제공자가 CI를 받습니다."]);
        assert_says(&highest.sends(&entitle, &[("entitled", "no")]).await, &["CI를 받지 않습니다."]);
        keeper.browser.post(&owner, &[("username", "next")]).await.assert_status(403);
        assert_says(&admin.sends(&owner, &[("username", "nowhere")]).await, &["이 아이디의 계정이 없습니다", "value=\"nowhere\""]);
        assert_says(&admin.sends(&owner, &[("username", "nobody")]).await, &["관리할 권한이 있는 활성 계정"]);
        assert_says(&admin.sends(&owner, &[("username", "next")]).await, &["담당자를 바꾸었습니다.", "next"]);
        keeper.browser.get(&path).await.assert_status(404);
        next.opens(&path).await;
        assert_says(&admin.sends(&owner, &[("username", "")]).await, &["담당자를 바꾸었습니다."]);
        next.browser.get(&path).await.assert_status(404);
        let (client, api) = (house.app.client().of(&admin.person), path.replace("/admin/", "/api/v1/"));
        let wish = serde_json::json!({ "username": "next" });
        let set = client.put(&format!("{api}/owner")).json(wish.clone()).await.assert_status(200).body;
        assert_eq!(set["owner_id"], next.person.id.to_string());
        let theirs = house.app.client().of(&next.person);
        theirs.put(&format!("{api}/owner")).json(wish).await.assert_status(403);
        let kid = theirs.post(&format!("{api}/keys")).await.assert_status(201).body["kid"].as_str().unwrap().to_owned();
        let retired = theirs.post(&format!("{api}/keys/{kid}/retire")).await.assert_status(200).body;
        assert_eq!(retired["state"], "retired");
        house.app.finish().await;
    }
}
