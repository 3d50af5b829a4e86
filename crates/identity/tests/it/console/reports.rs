//! The reports, as pages, as JSON and as files.

use std::collections::BTreeSet;
use std::time::Duration;

use hanok_testkit::Answer;
use serde_json::json;
use uuid::Uuid;

use super::transactions::give;
use super::{Keeper, assert_not, assert_says};
use crate::kit::House;
use crate::sample::{Sample, Stands};

const NAMES: [&str; 7] = [
    "provider-success",
    "failing-people",
    "hours-of-today",
    "provider-days",
    "latest-completions",
    "ci-di-reveals",
    "many-addresses",
];
/// What those read who have no more than providers of their own.
const OF_PROVIDERS: [&str; 3] = ["provider-success", "hours-of-today", "provider-days"];

/// Two shops: of one twelve requests of today, of which a person approved nine; of the other ten.
async fn filled(house: &House) -> [Uuid; 2] {
    let sample = Sample(house);
    let (own, other) = (
        sample.provider("own shop").await,
        sample.provider("other shop").await,
    );
    let person = sample.person("mina").await;
    for n in 0..12_u64 {
        let stands = if n < 9 {
            Stands::Completed(10)
        } else {
            Stands::Denied
        };
        // A report ends before the moment in which it is read.
        let at = sample.ago(n % 3).minus(Duration::from_mins(1));
        sample.asked(own, Some(person), at, stands).await;
    }
    for _ in 0..10 {
        let at = sample.ago(1);
        sample.asked(other, None, at, Stands::Expired).await;
    }
    [own, other]
}

async fn read(house: &House, keeper: &Keeper, rest: &str) -> Answer {
    let client = house.app.client().of(&keeper.person);
    client.get(&format!("/api/v1/stats/{rest}")).await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn each_report_is_a_drawing_and_a_table_or_says_that_there_is_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        let index = admin.opens("/admin/reports").await;
        for name in NAMES {
            let path = format!("/admin/reports/{name}");
            assert_says(&index, &[&format!("href=\"{path}\"")]);
            assert_says(&admin.opens(&path).await, &["보여 드릴 내용이 없습니다", "aria-current=\"page\""]);
        }
        filled(&house).await;
        for name in ["provider-success", "failing-people", "hours-of-today", "provider-days", "latest-completions"] {
            let page = admin.opens(&format!("/admin/reports/{name}")).await;
            assert_says(&page, &["<svg class=\"w-100 text-primary\"", "<desc id=\"drawing-1-desc\">", "<table class=\"table table-stack\">"]);
            assert_not(&page, &[" style=", "보여 드릴 내용이 없습니다"]);
        }
        let hours = admin.opens("/admin/reports/hours-of-today").await;
        assert_eq!((hours.matches("<rect").count(), hours.matches("<polyline").count()), (48, 1));
        assert_says(&hours, &["14:00: 3 / 4", "drawing-2-title", "시간대별 성공률"]);
        let days = admin.opens("/admin/reports/provider-days").await;
        assert_eq!(days.matches("<rect").count(), 14);
        assert_says(&days, &["소계", "합계", "own shop 2026-11-21: 9 / 12", "11-15"]);
        let people = admin.opens("/admin/reports/failing-people").await;
        assert_says(&people, &["mina: 0 / 3", "/admin/people/"]);
        let english = admin.browser.clone().header("accept-language", "en").get("/admin/reports/provider-success").await.text;
        assert_says(&english, &["Success by provider", "75.0%", "own shop"]);
        admin.browser.get("/admin/reports/unknown").await.assert_status(404);
        house.app.finish().await;
    }

    async fn an_owner_reads_the_numbers_of_their_own_providers_and_nothing_of_people(db: Db) {
        let house = House::start(db, &[]).await;
        let keeper = Keeper::of(&house, "keeper", "service_admin").await;
        let [own, _] = filled(&house).await;
        give(&house, own, &keeper).await;
        let index = keeper.opens("/admin/reports").await;
        for name in NAMES {
            let path = format!("/admin/reports/{name}");
            let is_theirs = OF_PROVIDERS.contains(&name);
            assert_eq!(index.contains(&path), is_theirs, "{name}");
            let status = if is_theirs { 200 } else { 403 };
            let page = keeper.browser.get(&path).await.assert_status(status).text;
            assert_not(&page, &["other shop", "mina", "/export"]);
            read(&house, &keeper, name).await.assert_status(status);
            keeper.browser.get(&format!("{path}/export")).await.assert_status(403);
            read(&house, &keeper, &format!("{name}?format=csv")).await.assert_status(403);
        }
        let told = read(&house, &keeper, "provider-success").await.body;
        assert_eq!(told["rows"], json!([{
            "provider_id": own, "provider_name": "own shop", "total_requests": 12, "completed": 9, "failed": 3,
            "expired": 0, "success_rate": 75.0, "avg_processing_seconds": 10.0,
        }]));
        let hours = read(&house, &keeper, "hours-of-today").await.body;
        let sum: i64 = hours["rows"].as_array().unwrap().iter().map(|row| row["total_requests"].as_i64().unwrap()).sum();
        assert_eq!(sum, 12);
        let days = read(&house, &keeper, "provider-days").await.body;
        assert_eq!(days["rows"].as_array().unwrap().last().unwrap()["total_requests"], 12);
        house.app.finish().await;
    }

    async fn a_period_is_what_was_asked_for_and_a_wrong_one_is_explained(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        filled(&house).await;
        let told = read(&house, &admin, "provider-success?to=2026-11-20&days=7").await.assert_status(200).body;
        assert_eq!((&told["report"], &told["rows"]), (&json!("provider-success"), &json!([])));
        assert_eq!((&told["from"], &told["until"]), (&json!("2026-11-13T15:00:00.000000Z"), &json!("2026-11-20T15:00:00.000000Z")));
        let hour = read(&house, &admin, "many-addresses?to=2026-11-20&hour=9").await.assert_status(200).body;
        assert_eq!(hour["from"], "2026-11-20T00:00:00.000000Z");
        for (rest, pointer, code) in [
            ("provider-success?to=2026-11-22", "/to", "date_to_come"), ("provider-success?to=x", "/to", "date_format"),
            ("provider-success?days=8", "/days", "unknown_value"), ("many-addresses?hour=24", "/hour", "out_of_range"),
            ("provider-success?format=pdf", "/format", "unknown_value"),
        ] {
            read(&house, &admin, rest).await.assert_field(pointer, code);
        }
        read(&house, &admin, "unknown").await.assert_problem(404, "not_found");
        let page = admin.opens("/admin/reports/provider-success?to=2026-11-21&days=90").await;
        assert_says(&page, &["value=\"2026-11-21\"", "<option value=\"90\" selected>", "export?to=2026-11-21&#38;days=90"]);
        let wrong = admin.browser.get("/admin/reports/many-addresses?to=2026-11-22&hour=3").await.assert_status(400).text;
        assert_says(&wrong, &["id=\"to-error\"", "기간을 확인해 주세요", "<option value=\"3\" selected>"]);
        house.app.finish().await;
    }

    async fn a_file_and_a_reading_of_people_are_on_the_record(db: Db) {
        let house = House::start(db, &[]).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        filled(&house).await;
        let before = house.app.audit_of("AUDIT_SEARCH").await.len();
        admin.opens("/admin/reports/provider-success").await;
        assert_eq!(house.app.audit_of("AUDIT_SEARCH").await.len(), before, "it names nobody");
        admin.opens("/admin/reports/ci-di-reveals").await;
        read(&house, &admin, "many-addresses").await.assert_status(200);
        admin.opens("/admin/reports/failing-people").await;
        read(&house, &admin, "latest-completions").await.assert_status(200);
        let searches = house.app.audit_of("AUDIT_SEARCH").await;
        let mut reports: Vec<_> = searches[before..].iter().map(|row| row.details.clone()).collect();
        reports.sort_by_key(ToString::to_string);
        let noted = [("ci-di-reveals", 0), ("failing-people", 1), ("latest-completions", 5), ("many-addresses", 0)];
        assert_eq!(reports, noted.map(|(report, rows)| json!({ "report": report, "rows": rows })));
        let file = admin.browser.get("/admin/reports/provider-days/export").await.assert_status(200);
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"provider-days-2026-11-21.csv\"");
        assert!(file.text.contains("provider,date,requests,completed,failed,expired,success rate\r\n"), "{}", file.text);
        assert!(file.text.contains("own shop,2026-11-21,12,9,3,0,75.00\r\n"), "{}", file.text);
        let by_key = read(&house, &admin, "provider-success?format=csv").await.assert_status(200);
        assert_eq!(by_key.header("content-type"), "text/csv; charset=utf-8");
        let exports = house.app.audit_of("DATA_EXPORT").await;
        let exports: BTreeSet<_> = exports.iter().map(|row| row.details["report"].as_str()).collect();
        assert_eq!(exports, BTreeSet::from([Some("provider-days"), Some("provider-success")]));
        house.app.finish().await;
    }
}
