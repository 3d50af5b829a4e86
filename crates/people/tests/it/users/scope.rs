//! Whom somebody sees who runs a part of the organisation: that part, in the base query, and nobody else.

use std::time::Duration;

use hanok_db::{DbError, params};
use serde_json::json;

use super::{Desk, USERS};
use crate::app as house;

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn who_leads_a_department_sees_its_people_and_no_others(db: Db) {
        let app = house(db.clone()).await;
        let (desk, lead) = (Desk::of(&app, "desk", "admin").await, Desk::of(&app, "lead", "manager").await);
        for (name, department) in [("ara", "개발팀"), ("bora", "개발팀"), ("chan", "영업팀")] {
            let typed = json!({ "username": name, "name": name, "department": department });
            desk.client.post(USERS).json(typed).await.assert_status(201);
        }
        assert_eq!(desk.names("?department=개발팀").await, ["ara", "bora"]);
        let leader = lead.person.id;
        db.write::<_, DbError, _>(async move |tx| {
            let sql = "UPDATE department SET manager_id = $1 WHERE name = '개발팀'";
            tx.execute(sql, params![leader]).await.map(|_| ())
        }).await?;
        assert_eq!(lead.names("").await, ["ara", "bora"]);
        assert_eq!(lead.names("?q=a&sort=-name").await, ["bora", "ara"]);
        assert_eq!(lead.names("?department=영업팀").await, Vec::<String>::new());
        let all = desk.client.get(&format!("{USERS}?q=chan")).await.assert_status(200).body;
        let chan = format!("{USERS}/{}", all["users"][0]["id"].as_str().unwrap());
        lead.client.get(&chan).await.assert_problem(404, "not_found");
        let ara = lead.client.get(&format!("{USERS}?q=ara")).await.assert_status(200).body;
        let ara = format!("{USERS}/{}", ara["users"][0]["id"].as_str().unwrap());
        let seen = lead.client.get(&ara).await.assert_status(200).body;
        assert_eq!((&seen["may_act"], &seen["sessions"]), (&json!(false), &json!(0)));
        lead.client.delete(&ara).await.assert_problem(403, "forbidden");
        app.settle().await;
        app.finish().await;
    }

    async fn where_somebody_was_elsewhere_is_for_who_manages_people(db: Db) {
        let app = house(db.clone()).await;
        let (desk, lead) = (Desk::of(&app, "desk", "admin").await, Desk::of(&app, "lead", "manager").await);
        for (name, department) in [("bora", "개발팀"), ("chan", "영업팀")] {
            let typed = json!({ "username": name, "name": name, "department": department });
            desk.client.post(USERS).json(typed).await.assert_status(201);
        }
        let ara = app.person("ara").signed_out().await;
        for department in ["영업팀", "개발팀"] {
            desk.patch(&ara, json!({ "department": department })).await.assert_status(200);
            app.clock.advance(Duration::from_mins(1));
        }
        let leader = lead.person.id;
        db.write::<_, DbError, _>(async move |tx| {
            let sql = "UPDATE department SET manager_id = $1 WHERE name = '개발팀'";
            tx.execute(sql, params![leader]).await.map(|_| ())
        }).await?;
        let path = format!("/admin/people/{}", ara.id);
        let whole = crate::signed_in(&app, "desk").await.get(&path).await.assert_status(200).text;
        assert!(whole.contains("개발팀") && whole.contains("영업팀"), "{whole}");
        let part = crate::signed_in(&app, "lead").await.get(&path).await.assert_status(200).text;
        assert!(part.contains("개발팀") && !part.contains("영업팀"), "{part}");
        app.settle().await;
        app.finish().await;
    }

    async fn a_number_is_looked_for_by_who_runs_everybody_alone(db: Db) {
        let app = house(db.clone()).await;
        let (desk, lead) = (Desk::of(&app, "desk", "admin").await, Desk::of(&app, "lead", "manager").await);
        let ara = app.person("ara").await;
        desk.patch(&ara, json!({ "status": "active" })).await.assert_status(200);
        let (leader, member) = (lead.person.id, ara.id);
        db.write::<_, DbError, _>(async move |tx| {
            let team = uuid::Uuid::from_u128(7);
            let made = "INSERT INTO team (id, name, name_key, leader_id, created_at) VALUES ($1, 'T', 't', $2, 1)";
            tx.execute(made, params![team, leader]).await?;
            let joined = "INSERT INTO team_membership (id, team_id, account_id, joined_at) VALUES ($1, $1, $2, 1)";
            tx.execute(joined, params![team, member]).await.map(|_| ())
        }).await?;
        assert_eq!(lead.names("").await, ["ara"]);
        assert_eq!(lead.names(&format!("?q={}", ara.phone)).await, Vec::<String>::new());
        assert_eq!(desk.names(&format!("?q={}", ara.phone)).await, ["ara"]);
        app.finish().await;
    }
}
