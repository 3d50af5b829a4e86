//! What somebody leads or runs, and what they do not: the calls that roles alone do not decide.

use std::collections::{BTreeMap, BTreeSet};

use hanok_testkit::{Client, Person};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::TABLE;
use crate::whole::{Desk, Whole};

const SCOPES: &str = include_str!("../scope.toml");
/// Stands for what is not there.
const NO_SUCH_ID: &str = "01900000-0000-7000-8000-000000000000";

#[derive(Deserialize)]
struct Access {
    roles: Vec<String>,
    routes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scopes {
    columns: Vec<String>,
    not_scoped: Vec<String>,
    routes: BTreeMap<String, Row>,
}

/// What each column gets, with the body that is sent where an empty one is refused before anybody looks whose it is.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Plain(String),
    With { gets: String, body: Value },
}

impl Row {
    fn gets(&self) -> &str {
        match self {
            Self::Plain(gets) | Self::With { gets, .. } => gets,
        }
    }

    fn body(&self) -> Value {
        match self {
            Self::Plain(_) => json!({}),
            Self::With { body, .. } => body.clone(),
        }
    }
}

/// Whose calls the columns are, and what stands for the names in a path.
struct Place {
    callers: BTreeMap<&'static str, Client>,
    things: Vec<(&'static str, String)>,
}

/// A department and a team with one person each way, and a provider whom that person answered.
async fn place(whole: &Whole) -> Place {
    let chief = whole.desk("chief", "super_admin").await;
    let inside = whole.desk("inside", "manager").await;
    let outside = whole.desk("outside", "manager").await;
    let owner = whole.desk("owner", "service_admin").await;
    let other = whole.desk("other", "service_admin").await;
    let person = whole.person("haneul").await;
    let led = async |name: &str, by: &Desk| {
        let typed = json!({ "name": name, "manager_id": by.person.id.to_string() });
        chief.make_id("/api/v1/departments", typed).await
    };
    let (department, _) = (led("연구소", &inside).await, led("영업", &outside).await);
    let team = json!({ "name": "우리", "leader_id": inside.person.id.to_string() });
    let team = chief.make_id("/api/v1/teams", team).await;
    let path = format!("/api/v1/departments/{department}/members/{}", person.id);
    chief.put(&path, json!({})).await.assert_status(204);
    other.make("/api/v1/providers", provider("B")).await;
    let shop = owner.make("/api/v1/providers", provider("A")).await;
    let transaction = approved(whole, &shop, &person).await;
    let rows = owner.client.get("/api/v1/audit-logs").await;
    let row = rows.assert_status(200).body["logs"][0]["id"].clone();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    Place {
        things: vec![
            ("{person}", person.id.to_string()),
            ("{department}", department),
            ("{team}", team),
            ("{provider}", id(&shop["id"])),
            ("{key}", id(&shop["key"]["kid"])),
            ("{transaction}", transaction),
            ("{audit}", id(&row)),
            ("{none}", NO_SUCH_ID.to_owned()),
        ],
        callers: BTreeMap::from([
            ("manager_in", inside.client),
            ("manager_out", outside.client),
            ("owner", owner.client),
            ("other_owner", other.client),
        ]),
    }
}

fn provider(name: &str) -> Value {
    json!({ "name": name, "site_code": name, "delivery": "poll" })
}

/// A request that the person has approved on a phone.
async fn approved(whole: &Whole, shop: &Value, person: &Person) -> String {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let phone = whole.pair(person).await;
    let body = json!({ "client_id": shop["client_id"], "client_secret": shop["client_secret"],
        "user_phone_number": person.phone });
    let asked = whole.client().post("/api/v1/auth/request").json(body).await;
    let asked = asked.assert_status(201).body;
    let answer = json!({ "transaction_id": asked["transaction_id"], "binding_code": asked["binding_code"],
        "pin_code": person.pin });
    let confirmed = phone.post("/api/v1/auth/confirm").json(answer).await;
    confirmed.assert_status(200);
    word(&asked["transaction_id"])
}

async fn gets(client: &Client, method: &str, path: &str, body: Value) -> String {
    let call = match method {
        "GET" => client.get(path),
        "POST" => client.post(path).json(body),
        "PUT" => client.put(path).json(body),
        "PATCH" => client.patch(path).json(body),
        "DELETE" => client.delete(path),
        other => panic!("{other}"),
    };
    let answer = call.header("accept", "application/json").await;
    match answer.status.as_u16() {
        status @ (401 | 403 | 404 | 405) => status.to_string(),
        status if status >= 500 => status.to_string(),
        _ => "ok".to_owned(),
    }
}

/// A route's path with the names of its parameters left out.
fn shape(route: &str) -> String {
    let parts = route
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// The routes of the access table that name something and are open to a manager or a service_admin, not to everybody.
fn to_be_scoped() -> BTreeSet<String> {
    let access: Access = toml::from_str(TABLE).unwrap();
    let column = |name: &str| access.roles.iter().position(|role| role == name).unwrap();
    let (user, roles) = (column("user"), [column("manager"), column("service_admin")]);
    let concerned = access.routes.iter().filter(|(route, gets)| {
        let gets: Vec<&str> = gets.split_whitespace().collect();
        route.contains('{')
            && gets.get(user) == Some(&"403")
            && roles.iter().any(|role| gets.get(*role) == Some(&"ok"))
    });
    concerned.map(|(route, _)| shape(route)).collect()
}

#[test]
fn every_call_that_a_role_alone_does_not_decide_is_in_the_table_of_scopes() {
    let scopes: Scopes = toml::from_str(SCOPES).unwrap();
    let routes = scopes.routes.keys().chain(&scopes.not_scoped);
    let there: BTreeSet<String> = routes.map(|route| shape(route)).collect();
    assert_eq!(there, to_be_scoped());
}

hanok_db::both_engines! {
    async fn a_manager_in_and_out_of_a_department_and_an_owner_and_another_get_what_the_table_says(db: Db) {
        let whole = Whole::start(db, false).await;
        let place = place(&whole).await;
        let scopes: Scopes = toml::from_str(SCOPES).unwrap();
        let mut differences = Vec::new();
        for (route, row) in &scopes.routes {
            let (method, path) = route.split_once(' ').unwrap();
            let path = place.things.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id));
            assert!(!path.contains('{'), "{path}");
            let mut found = Vec::new();
            for column in &scopes.columns {
                let client = place.callers.get(column.as_str()).unwrap();
                found.push(gets(client, method, &path, row.body()).await);
            }
            if !row.gets().split_whitespace().eq(found.iter().map(String::as_str)) {
                differences.push(format!("{route:?} = {:?} answers {:?}", row.gets(), found.join(" ")));
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        whole.end().await;
    }
}
