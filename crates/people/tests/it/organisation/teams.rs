//! Teams, over the interface and at the older address.

use serde_json::{Value, json};

use super::{TEAMS, admin, change, department, make, member, place};
use crate::app;

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_team_is_made_with_everybody_it_names_or_not_at_all(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let (one, two) = (member(&app, "one").await, member(&app, "two").await);
        let client = app.client().of(&boss);
        let unknown = "0190b8d6-0000-7000-8000-000000000000";
        let mixed = json!({ "name": "혼합", "member_ids": [one.id.to_string(), unknown, "none", 4711, one.id.to_string()] });
        let refused = client.post(TEAMS).json(mixed.clone()).await.assert_problem(422, "unprocessable");
        let told = |at: &str, code: &str| (at.to_owned(), code.to_owned());
        assert_eq!(refused.fields(), [
            told("/member_ids/1", "account_unknown"), told("/member_ids/2", "account_unknown"),
            told("/member_ids/3", "account_unknown"), told("/member_ids/4", "named_twice"),
        ]);
        client.post("/api/teams").json(mixed).await.assert_problem(422, "unprocessable");
        assert_eq!(client.get(TEAMS).await.body["pagination"]["total"], 0);

        let whole = json!({ "name": "혼합", "leader_id": one.id.to_string(), "member_ids": [one.id.to_string(), two.id.to_string()] });
        let made = client.post(TEAMS).json(whole).await.assert_status(201).body;
        assert_eq!((&made["people"], &made["leader"]["username"]), (&json!(2), &json!("one")));
        client.post(TEAMS).json(json!({ "name": "혼합" })).await.assert_field("/name", "team_name_taken");
        app.finish().await;
    }

    async fn the_older_address_makes_and_lists_the_same_teams(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let client = app.client().of(&boss);
        let made = client.post("/api/teams").json(json!({ "name": "옛 팀" })).await.assert_status(201).body;
        assert_eq!(made["success"], true);
        let id = made["team_id"].as_str().unwrap();
        assert_eq!(client.get(&format!("{TEAMS}/{id}")).await.assert_status(200).body["name"], "옛 팀");
        assert_eq!(client.get("/api/teams").await.body, client.get(TEAMS).await.body);
        app.finish().await;
    }

    async fn people_join_and_leave_and_both_stays_known(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let haneul = member(&app, "haneul").await;
        let lab = department(&app, &boss, "연구소", None).await;
        place(&app, &boss, &lab, &haneul).await.assert_status(204);
        let team = make(&app, &boss, TEAMS, json!({ "name": "팀" })).await;
        let client = app.client().of(&boss);
        let path = format!("{TEAMS}/{team}");
        let seat = format!("{path}/members/{}", haneul.id);
        client.put(&seat).await.assert_status(204);
        client.put(&seat).await.assert_status(204);
        let full = client.get(&path).await.assert_status(200).body;
        assert_eq!((&full["members"][0]["department"], &full["people"]), (&json!("연구소"), &json!(1)));
        app.clock.advance(std::time::Duration::from_mins(1));
        client.delete(&seat).await.assert_status(204);
        client.put(&seat).await.assert_status(204);
        let again = client.get(&path).await.body;
        let turns: Vec<&Value> = again["history"].as_array().unwrap().iter().map(|turn| &turn["what"]).collect();
        assert_eq!(turns.len(), 3);
        assert_eq!(turns[2], "came");
        client.delete(&path).await.assert_status(204);
        client.get(&path).await.assert_problem(404, "not_found");
        client.put(&format!("{path}/members/{}", boss.id)).await.assert_problem(404, "not_found");
        app.finish().await;
    }

    async fn the_list_is_searched_sorted_and_leafed_through(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        for number in 0..21 {
            make(&app, &boss, TEAMS, json!({ "name": format!("팀 {number:02}") })).await;
        }
        make(&app, &boss, TEAMS, json!({ "name": "100%" })).await;
        let client = app.client().of(&boss);
        let names = async |query: &str| {
            let page = client.get(&format!("{TEAMS}{query}")).await.assert_status(200).body;
            let teams = page["teams"].as_array().unwrap().clone();
            teams.iter().map(|team| team["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("?q=%25").await, ["100%"]);
        assert_eq!(names("?sort=-name&per_page=2").await, ["팀 20", "팀 19"]);
        assert_eq!(names("?page=2").await.len(), 2);
        let page = client.get(TEAMS).await.body["pagination"].clone();
        assert_eq!(page, json!({ "page": 1, "per_page": 20, "total": 22, "pages": 2 }));
        client.get(&format!("{TEAMS}?page=0")).await.assert_field("/page", "out_of_range");
        client.get(&format!("{TEAMS}?sort=secret")).await.assert_field("/sort", "sort_unknown");
        app.finish().await;
    }

    async fn a_change_that_changes_nothing_leaves_no_row(db: Db) {
        let app = app(db).await;
        let boss = admin(&app).await;
        let team = make(&app, &boss, TEAMS, json!({ "name": "팀" })).await;
        let before = app.audit_of("ADMIN_ACTION").await.len();
        let path = format!("{TEAMS}/{team}");
        change(&app, &boss, &path, json!({ "name": "팀", "leader_id": null })).await.assert_status(200);
        assert_eq!(app.audit_of("ADMIN_ACTION").await.len(), before);
        app.finish().await;
    }
}
