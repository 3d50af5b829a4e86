//! Who a person is to a provider: the same DI for one company, another for every other one, the CI only
//! for those who are entitled, and every look at them on the record.

use hanok_accounts::ci::{Ci, Di, di_message};
use hanok_base::{Id, Place, Random};
use hanok_testkit::{Person, Sink, TestApp};
use serde_json::json;

use crate::kit::{House, Shop};
use crate::receiver::{Told, told};

/// Marks the id of a version of a CI.
enum CiVersion {}

/// A CI that nobody issued.
fn made_up(seed: u64) -> String {
    Ci::synthetic(&Random::seeded(seed)).expose().to_owned()
}

async fn entitled(house: &House, name: &str, sink: &Sink) -> Shop {
    let input =
        json!({ "callback_url": sink.url("/callback"), "ci_entitled": true, "site_code": "BANK" });
    house.provider(name, input).await
}

async fn with_synthetic_ci(db: hanok_db::Db, sink: &Sink) -> House {
    House::build(
        TestApp::builder(db),
        &[sink],
        |config| config.synthetic_ci = true,
        |_| {},
    )
    .await
}

/// The person gets another CI, as a later import brings it.
async fn renew_ci(house: &House, person: &Person, ci: &str) {
    const SQL: &str = "INSERT INTO account_ci (id, account_id, version, ci, synthetic, created_at) \
        VALUES ($1, $2, (SELECT MAX(version) + 1 FROM account_ci WHERE account_id = $2), $3, $4, $5)";
    let id: Id<CiVersion> = Id::new(&house.app.clock, &house.app.random);
    let sealed = house
        .app
        .keys
        .seal(Place::new("account_ci", "ci", id.uuid()), ci.as_bytes());
    let (account, now) = (person.id, house.app.clock.now());
    let values = async move |tx: &mut hanok_db::Tx| {
        tx.execute(SQL, hanok_db::params![id, account, sealed, false, now])
            .await
    };
    house
        .app
        .db
        .write::<_, hanok_db::DbError, _>(values)
        .await
        .unwrap();
}

/// What the last callback said.
fn last(shop: &Shop, sink: &Sink) -> Told {
    told(shop, sink).pop().unwrap()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_company_knows_a_person_by_one_di_and_every_other_by_another(db: Db) {
        let (one, two, three) = (Sink::start().await, Sink::start().await, Sink::start().await);
        let house = House::start(db, &[&one, &two, &three]).await;
        let url = |sink: &Sink, site: &str| json!({ "callback_url": sink.url("/callback"), "site_code": site });
        let shop = house.provider("A 쇼핑몰", url(&one, "SHOP-A")).await;
        let sister = house.provider("A 쇼핑몰 앱", url(&two, "SHOP-A")).await;
        let stranger = house.provider("B 서점", url(&three, "BOOKS-B")).await;
        let ci = made_up(1);
        let haneul = house.app.person("haneul").ci(&ci).await;
        let phone = house.app.pair(&haneul).await;
        let (bada, other_phone) = house.paired("bada").await;
        for shop in [&shop, &sister, &stranger] {
            house.completed(shop, &haneul, &phone).await;
        }
        house.app.settle().await;
        let [di, of_sister, of_stranger] =
            [(&shop, &one), (&sister, &two), (&stranger, &three)].map(|(shop, sink)| last(shop, sink).claims["di"].clone());
        assert_eq!(di, of_sister);
        assert_ne!(di, of_stranger);
        let mac = house.app.keys.di_mac(&di_message("SHOP-A", &Ci::parse(&ci).unwrap()));
        assert_eq!(di, Di::from_mac(&mac).expose(), "of the site and the person's first CI");
        assert!(di.as_str().unwrap().starts_with("MC0GCCqGSIb3DQIJAyEA"));

        house.completed(&shop, &bada, &other_phone).await;
        house.completed(&shop, &haneul, &phone).await;
        house.app.settle().await;
        let dis: Vec<_> = told(&shop, &one).iter().map(|told| told.claims["di"].clone()).collect();
        assert_eq!((dis.len(), &dis[0]), (3, &di));
        assert_eq!(dis.iter().filter(|told| **told == di).count(), 2, "another person has another");
        house.app.finish().await;
    }

    async fn a_new_ci_is_told_and_changes_no_di(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let bank = entitled(&house, "은행", &sink).await;
        let (first, second) = (made_up(1), made_up(2));
        let haneul = house.app.person("haneul").ci(&first).await;
        let phone = house.app.pair(&haneul).await;
        house.completed(&bank, &haneul, &phone).await;
        house.app.settle().await;
        let before = last(&bank, &sink);
        renew_ci(&house, &haneul, &second).await;
        house.completed(&bank, &haneul, &phone).await;
        house.app.settle().await;
        let after = last(&bank, &sink);
        assert_eq!((before.claim("ci"), after.claim("ci")), (first.as_str(), second.as_str()));
        assert_eq!(before.claims["di"], after.claims["di"]);

        // A company that first asks now gets the DI that it would always have got.
        let shop = house.shop("A 쇼핑몰", &sink).await;
        house.completed(&shop, &haneul, &phone).await;
        house.app.settle().await;
        let delivery = sink.received().pop().unwrap();
        let told = crate::receiver::open(&shop.key, &delivery.body).unwrap();
        let mac = house.app.keys.di_mac(&di_message("SHOP-A", &Ci::parse(&first).unwrap()));
        assert_eq!(told.claims["di"], Di::from_mac(&mac).expose());
        house.app.finish().await;
    }

    async fn ci_is_told_only_to_whom_it_may_be(db: Db) {
        let (at_bank, at_shop) = (Sink::start().await, Sink::start().await);
        let house = House::start(db, &[&at_bank, &at_shop]).await;
        let bank = entitled(&house, "은행", &at_bank).await;
        let shop = house.shop("A 쇼핑몰", &at_shop).await;
        let ci = made_up(1);
        let haneul = house.app.person("haneul").ci(&ci).await;
        let phone = house.app.pair(&haneul).await;
        house.completed(&bank, &haneul, &phone).await;
        house.completed(&shop, &haneul, &phone).await;
        house.app.settle().await;
        let (entitled, other) = (last(&bank, &at_bank), last(&shop, &at_shop));
        assert_eq!((entitled.claim("ci"), entitled.claims.get("ci_synthetic")), (ci.as_str(), None));
        assert_eq!((other.claims.get("ci"), other.claims.get("ci_synthetic")), (None, None));

        // Nobody issued this person a CI: there is a DI, and what it is made of never leaves.
        let (bada, other_phone) = house.paired("bada").await;
        house.completed(&bank, &bada, &other_phone).await;
        house.app.settle().await;
        let told = last(&bank, &at_bank);
        assert_eq!((told.claims.get("ci"), told.claims.get("ci_synthetic")), (None, None));
        assert_eq!(told.claim("di").len(), 64);
        house.app.finish().await;
    }

    async fn a_made_up_ci_is_told_in_the_demo_and_named_so(db: Db) {
        let sink = Sink::start().await;
        let house = with_synthetic_ci(db, &sink).await;
        let bank = entitled(&house, "은행", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        house.completed(&bank, &person, &phone).await;
        house.completed(&bank, &person, &phone).await;
        house.app.settle().await;
        let told = told(&bank, &sink);
        assert!(told.iter().all(|told| told.claims["ci_synthetic"] == true && Ci::parse(told.claim("ci")).is_ok()));
        assert_eq!((told.len(), told[0].claim("ci")), (2, told[1].claim("ci")), "made once");
        house.app.finish().await;
    }

    async fn every_unsealing_is_on_the_record_and_nothing_else_of_it(db: Db) {
        let (at_bank, at_shop) = (Sink::start().await, Sink::start().await);
        let house = House::start(db, &[&at_bank, &at_shop]).await;
        let bank = entitled(&house, "은행", &at_bank).await;
        let shop = house.shop("A 쇼핑몰", &at_shop).await;
        let ci = made_up(7);
        let haneul = house.app.person("haneul").ci(&ci).await;
        let phone = house.app.pair(&haneul).await;
        at_bank.answer_next(hanok_testkit::Reply::Status(500));
        let to_bank = house.completed(&bank, &haneul, &phone).await;
        house.app.settle().await;
        house.try_again().await;
        let to_shop = house.completed(&shop, &haneul, &phone).await;
        house.app.settle().await;
        shop.result(&to_shop).await.assert_status(200);

        let rows = house.app.audit_of("CI_DI_ACCESS").await;
        let mut seen: Vec<_> = rows.iter().map(|row| (row.target.as_ref().unwrap().1.to_string(), row.details.clone())).collect();
        // The times of the test's clock tell no order.
        seen.sort_by_key(|(request, _)| *request != to_bank.id);
        let both = json!({ "values": ["di", "ci"] });
        let only_di = json!({ "values": ["di"] });
        let (to_bank, to_shop) = (to_bank.id, to_shop.id);
        assert_eq!(seen, [
            (to_bank.clone(), both.clone()), (to_bank, both), (to_shop.clone(), only_di.clone()), (to_shop, only_di),
        ]);
        assert!(rows.iter().all(|row| row.subject == Some(haneul.id.uuid())));
        assert!(house.app.verify_audit().await.is_whole());

        let (bank, shop) = (last(&bank, &at_bank), last(&shop, &at_shop));
        let plaintexts = [ci.as_str(), bank.claim("di"), shop.claim("di"), bank.claim("auth_code"), shop.claim("auth_code")];
        assert_eq!(house.app.scan_for(&plaintexts).await, Vec::<String>::new());
        house.app.finish().await;
    }
}
