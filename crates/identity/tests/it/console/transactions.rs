//! The requests of everybody, for those who look after providers.

use std::time::Duration;

use hanok_db::{DbError, params};
use hanok_testkit::{Answer, Person};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Keeper, assert_not, assert_says};
use crate::kit::{Asked, House, Shop};
use crate::sample::{Sample, Stands};

const API: &str = "/api/v1/transactions";

/// The provider is looked after by this person.
pub async fn give(house: &House, provider: Uuid, keeper: &Keeper) {
    const SQL: &str = "UPDATE service_provider SET owner_id = $2 WHERE id = $1";
    let owner = keeper.person.id;
    let written = house
        .app
        .db
        .write::<_, DbError, _>(async move |tx| tx.execute(SQL, params![provider, owner]).await);
    assert_eq!(written.await.unwrap(), 1);
}

async fn given(house: &House, name: &str, keeper: &Keeper) -> Shop {
    let shop = house.polling_shop(name).await;
    give(house, shop.id.parse().unwrap(), keeper).await;
    shop
}

async fn read(house: &House, keeper: &Keeper, rest: &str) -> Answer {
    let client = house.app.client().of(&keeper.person);
    client.get(&format!("{API}{rest}")).await
}

/// The ids of the transactions of an answer, in order.
fn ids(answer: &Answer) -> Vec<String> {
    let all = answer.body["transactions"].as_array().unwrap();
    let id = |one: &Value| one["transaction_id"].as_str().unwrap().to_owned();
    all.iter().map(id).collect()
}

/// The steps of a time line.
fn steps(answer: &Answer) -> Vec<&str> {
    let steps = answer.body["timeline"].as_array().unwrap();
    let words = steps.iter().map(|step| step["step"].as_str().unwrap());
    words.collect()
}

async fn deny(house: &House, person: &Person, asked: &Asked) {
    let body = json!({ "transaction_id": asked.id });
    let client = house.app.client().of(person);
    let denied = client.post("/api/v1/auth/deny").json(body).await;
    denied.assert_status(200);
}

async fn wrong_pin(house: &House, person: &Person, asked: &Asked) {
    let body =
        json!({ "transaction_id": asked.id, "pin_code": "135790", "binding_code": asked.number });
    let client = house.app.client().of(person);
    let refused = client.post("/api/v1/auth/confirm").json(body).await;
    refused.assert_problem(401, "invalid_pin");
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_list_names_who_was_asked_and_how_it_ended(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        assert_says(&admin.opens("/admin/transactions").await, &["아직 거래가 없습니다"]);
        let shop = house.polling_shop("A & <쇼핑몰>").await;
        let (person, other) = (house.app.person("haneul").await, house.app.person("bada").await);
        let done = shop.ask(&person).await;
        house.confirm_by_session(&person, &done).await.assert_status(200);
        let denied = shop.ask(&other).await;
        deny(&house, &other, &denied).await;
        let page = admin.opens("/admin/transactions").await;
        let link = format!("href=\"/admin/transactions/{}\"", done.id);
        assert_says(&page, &["haneul", "bada", "A &#38; &#60;쇼핑몰&#62;", "완료", "본인이 거절함", "모두 2건", &link, "aria-current=\"page\""]);
        assert_not(&page, &["COMPLETED</", &person.phone, "binding_code"]);
        let failed = admin.opens("/admin/transactions?state=FAILED&person=").await;
        assert_says(&failed, &["모두 1건", "bada", "<option value=\"FAILED\" selected>"]);
        assert_not(&failed, &["haneul"]);
        assert_says(&admin.opens("/admin/transactions?person=nobody").await, &["조건에 맞는 거래가 없습니다"]);
        let wrong = admin.browser.get("/admin/transactions?from=2026-11-21&to=2026-11-20").await.assert_status(400).text;
        assert_says(&wrong, &["id=\"to-error\"", "찾는 조건을 확인해 주세요", "A &#38; &#60;쇼핑몰&#62;"]);
        let older = admin.browser.get("/admin/auth_transactions/authtransaction?state=FAILED").await;
        assert_eq!(older.assert_status(308).header("location"), "/admin/transactions?state=FAILED");
        house.app.finish().await;
    }

    async fn each_filter_lets_through_what_it_says(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let (one, two) = (house.polling_shop("A").await, house.polling_shop("B").await);
        let (person, other) = (house.app.person("haneul").await, house.app.person("bada").await);
        let done = one.ask(&person).await;
        house.confirm_by_session(&person, &done).await.assert_status(200);
        let denied = two.ask(&person).await;
        deny(&house, &person, &denied).await;
        let waits = two.ask(&other).await;
        let of = async |query: &str| {
            let found = read(&house, &admin, query).await.assert_status(200);
            assert_eq!(found.body["total"], json!(ids(&found).len()), "{query}");
            ids(&found)
        };
        assert_eq!(of("?state=COMPLETED").await, [done.id.as_str()]);
        assert_eq!(of("?state=PENDING").await, [waits.id.as_str()]);
        assert_eq!(of(&format!("?provider={}&state=FAILED", two.id)).await, [denied.id.as_str()]);
        assert_eq!(of(&format!("?provider={}", one.id)).await, [done.id.as_str()]);
        assert_eq!(of("?person=HANEUL").await.len(), 2);
        assert_eq!(of("?from=2026-11-21&to=2026-11-21").await.len(), 3);
        assert_eq!(of("?to=2026-11-20").await.len(), 0);
        house.later(180);
        assert_eq!(of("?state=PENDING").await.len(), 0);
        assert_eq!(of("?state=EXPIRED").await, [waits.id.as_str()], "nobody has written it down");
        for (query, pointer, code) in [
            ("?state=DONE", "/state", "unknown_value"), ("?provider=A", "/provider", "invalid_value"),
            ("?person=a", "/person", "invalid_value"), ("?from=1.1.2026", "/from", "date_format"),
            ("?limit=101", "/limit", "out_of_range"), ("?cursor=x", "/cursor", "cursor_unknown"),
        ] {
            read(&house, &admin, query).await.assert_field(pointer, code);
        }
        house.app.finish().await;
    }

    async fn pages_lead_on_by_their_rows(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let admin = Keeper::of(&house, "admin", "admin").await;
        let (shop, person) = (sample.provider("shop").await, sample.person("mina").await);
        for n in 0..25 {
            let at = sample.ago(1).plus(Duration::from_secs(n % 7));
            sample.asked(shop, Some(person), at, Stands::Completed(1)).await;
        }
        let first = read(&house, &admin, "").await.assert_status(200);
        assert_eq!((ids(&first).len(), &first.body["total"], &first.body["previous"]), (20, &json!(25), &Value::Null));
        let next = format!("?cursor={}", first.body["next"].as_str().unwrap());
        let second = read(&house, &admin, &next).await.assert_status(200);
        let mut all = [ids(&first), ids(&second)].concat();
        assert_eq!((all.len(), &second.body["next"]), (25, &Value::Null));
        let back = format!("?cursor={}", second.body["previous"].as_str().unwrap());
        assert_eq!(ids(&read(&house, &admin, &back).await), ids(&first));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 25);
        let page = admin.opens("/admin/transactions?person=mina").await;
        assert_says(&page, &["모두 25건", "rel=\"next\"", "person=mina&#38;cursor="]);
        house.app.finish().await;
    }

    async fn an_owner_sees_their_own_and_no_more_than_their_provider_is_told(db: Db) {
        let house = House::start(db, &[]).await;
        let (keeper, admin) = (Keeper::of(&house, "keeper", "service_admin").await, Keeper::of(&house, "admin", "admin").await);
        assert_says(&keeper.opens("/admin/transactions").await, &["맡은 제공자가 없습니다"]);
        let (own, other) = (given(&house, "A", &keeper).await, house.polling_shop("B").await);
        let (person, phone) = house.paired("haneul").await;
        let theirs = other.ask(&person).await;
        house.confirm(&phone, &theirs, &person.pin).await.assert_status(200);
        let failed = own.ask(&person).await;
        let body = json!({ "transaction_id": failed.id, "pin_code": "135790", "binding_code": failed.number });
        phone.post("/api/v1/auth/confirm").json(body).await.assert_problem(401, "invalid_pin");
        let listed = read(&house, &keeper, "").await.assert_status(200);
        assert_eq!(ids(&listed), [failed.id.as_str()]);
        let seen = &listed.body["transactions"][0];
        assert_eq!((&seen["person"], &seen["reason"]), (&Value::Null, &json!("not_confirmed")));
        let rest = format!("/{}", failed.id);
        let detail = read(&house, &keeper, &rest).await.assert_status(200);
        assert_eq!(steps(&detail), ["requested", "not_confirmed"], "nothing of the phone");
        let by_admin = read(&house, &admin, &rest).await.assert_status(200);
        assert!(steps(&by_admin).contains(&"wrong_pin") && steps(&by_admin).contains(&"sent"), "{}", by_admin.text);
        assert_eq!(by_admin.body["person"]["username"], "haneul");
        for rest in [format!("?person={}", person.username), format!("?provider={}", other.id)] {
            assert_eq!(ids(&read(&house, &keeper, &rest).await.assert_status(200)), Vec::<String>::new());
        }
        let hidden = format!("/{}", theirs.id);
        read(&house, &keeper, &hidden).await.assert_problem(404, "unknown_transaction");
        keeper.browser.get(&format!("/admin/transactions{hidden}")).await.assert_status(404);
        let done = own.ask(&person).await;
        house.confirm(&phone, &done, &person.pin).await.assert_status(200);
        let found = read(&house, &keeper, "?person=haneul").await.assert_status(200);
        assert_eq!(ids(&found), [done.id.as_str()], "who approved is known");
        assert_says(&keeper.opens("/admin/transactions").await, &["haneul", "모두 2건"]);
        house.app.finish().await;
    }

    async fn a_decoy_looks_to_its_owner_like_anybody(db: Db) {
        let house = House::start(db, &[]).await;
        let keeper = Keeper::of(&house, "keeper", "service_admin").await;
        let shop = house.provider("A", json!({ "delivery": "poll", "hide_unknown_users": true })).await;
        give(&house, shop.id.parse().unwrap(), &keeper).await;
        let (person, _phone) = house.paired("haneul").await;
        let real = shop.ask(&person).await;
        let decoy = Asked::new(&shop.request("010-9999-0000").await.assert_status(201));
        let seen = async |asked: &Asked| {
            let mut detail = read(&house, &keeper, &format!("/{}", asked.id)).await.assert_status(200).body;
            detail["transaction_id"] = Value::Null;
            detail
        };
        assert_eq!(seen(&real).await, seen(&decoy).await);
        house.app.finish().await;
    }

    async fn the_page_of_one_tells_what_happened_and_no_code(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let body = json!({ "user_phone_number": person.phone, "binding_message": "결제 12,000원", "state": "ORDER-7" });
        let asked = Asked::new(&shop.request_with(body).await.assert_status(201));
        let path = format!("/admin/transactions/{}", asked.id);
        assert_says(&admin.opens(&path).await, &["대기 중", "data-countdown", "포털에만 표시했습니다"]);
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        shop.result(&asked).await.assert_status(200);
        let page = admin.opens(&path).await;
        let masked = format!("010-****-{}", person.phone.split('-').next_back().unwrap());
        assert_says(&page, &["결제 12,000원", "본인이 승인했습니다.", "제공자가 결과를 가져갔습니다.", "haneul", &masked, &asked.id]);
        assert_says(&page, &[&format!("href=\"/admin/providers/{}\"", shop.id), &format!("/admin/providers/{}/deliveries/", shop.id)]);
        assert_not(&page, &[&person.phone, "ORDER-7", "COMPLETED"]);
        let english = admin.browser.clone().header("accept-language", "en").get(&path).await.text;
        assert_says(&english, &["A transaction of A 쇼핑몰", "The person approved."]);
        for wrong in ["x", shop.id.as_str()] {
            admin.browser.get(&format!("/admin/transactions/{wrong}")).await.assert_status(404);
        }
        house.app.finish().await;
    }

    async fn a_file_holds_what_the_filters_let_through_and_is_on_the_record(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (keeper, admin) = (Keeper::of(&house, "keeper", "service_admin").await, Keeper::of(&house, "admin", "admin").await);
        let (shop, person) = (sample.provider("=1+1").await, sample.person("mina").await);
        for n in 0..3_u64 {
            sample.asked(shop, Some(person), sample.ago(n + 1), Stands::Completed(1)).await;
        }
        sample.asked(shop, None, sample.ago(1), Stands::Denied).await;
        let path = "/admin/transactions/export?state=COMPLETED";
        let file = admin.browser.get(path).await.assert_status(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"transactions-2026-11-21.csv\"");
        let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("transaction_id,provider,provider_id,username,"), "{}", lines[0]);
        assert!(lines[1..].iter().all(|line| line.contains(",'=1+1,") && line.contains(",mina,") && line.contains("COMPLETED")));
        let exports = house.app.audit_of("DATA_EXPORT").await;
        assert_eq!(exports.len(), 1);
        assert_eq!(exports[0].details, json!({ "export": "transactions", "filters": ["state"] }));
        keeper.browser.get(path).await.assert_status(403);
        assert_eq!(house.app.audit_of("PERMISSION_DENIED").await.len(), 1);
        assert_not(&keeper.opens("/admin/transactions").await, &["/export"]);
        assert_says(&admin.opens("/admin/transactions").await, &["href=\"/admin/transactions/export\""]);
        house.app.finish().await;
    }

    async fn who_was_asked_sees_who_looked(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let shop = house.polling_shop("A").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        let looks = async |action: &str| {
            let mut rows = house.app.audit_of(action).await;
            rows.retain(|row| row.subject.is_some());
            rows
        };
        read(&house, &admin, "").await.assert_status(200);
        read(&house, &admin, "?person=admin").await.assert_status(200);
        read(&house, &admin, "?person=nobody").await.assert_status(200);
        assert_eq!(looks("AUDIT_SEARCH").await.len(), 0, "of nobody else in particular");
        let list = |filters: &[&str]| json!({ "list": "transactions", "filters": filters });
        for (path, details) in [
            ("/admin/transactions?person=haneul&state=COMPLETED".to_owned(), list(&["state", "person"])),
            (format!("{API}?person=HANEUL"), list(&["person"])),
            (format!("/admin/transactions/{}", asked.id), json!({})),
            (format!("{API}/{}", asked.id), json!({})),
        ] {
            let before = looks("AUDIT_SEARCH").await;
            if path.starts_with(API) {
                house.app.client().of(&admin.person).get(&path).await.assert_status(200);
            } else {
                admin.opens(&path).await;
            }
            let rows = looks("AUDIT_SEARCH").await;
            assert_eq!(rows.len(), before.len() + 1, "{path}");
            let row = rows.iter().find(|row| row.details == details).unwrap();
            assert_eq!((row.actor, row.subject), (Some(admin.person.id.uuid()), Some(person.id.uuid())), "{path}");
        }
        let target = Some(("auth_transaction".to_owned(), asked.id.parse().unwrap()));
        let rows = looks("AUDIT_SEARCH").await;
        assert_eq!(rows.iter().filter(|row| row.target == target).count(), 2);
        admin.browser.get("/admin/transactions/export?person=haneul").await.assert_status(200);
        let files = looks("DATA_EXPORT").await;
        assert_eq!((files.len(), files[0].subject), (1, Some(person.id.uuid())));
        house.app.finish().await;
    }

    async fn a_wrong_pin_is_told_to_who_manages_all(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let shop = house.polling_shop("A").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        wrong_pin(&house, &person, &asked).await;
        assert_says(&admin.opens(&format!("/admin/transactions/{}", asked.id)).await, &["PIN이 올바르지 않아 요청이 끝났습니다."]);
        house.app.finish().await;
    }
}
