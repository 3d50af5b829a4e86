//! The access table: every route called as every role, and each answer compared with one line of a file.
//!
//! The file is TOML. `roles` names the columns; `nobody` is who has no credential, every other name an
//! account that holds this role beside `user`. A line of `[routes]` is `"METHOD /path"` and what each
//! column gets: `401`, `403`, or `ok` for every other answer but a fault (5xx).
//!
//! ```toml
//! roles = ["nobody", "user", "admin"]
//!
//! [routes]
//! "POST /api/v1/auth/login" = "ok  ok  ok"
//! "GET /api/v1/me"          = "401 ok  ok"
//! "POST /api/v1/providers"  = "401 403 ok"
//! ```

use std::collections::BTreeMap;

use hanok_web::RouteEntry;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::answer::Answer;
use crate::client::Call;
use crate::person::Person;
use crate::site::Site;

/// Who has no credential.
const NOBODY: &str = "nobody";
/// Stands for every `{parameter}` of a path: an id that nothing has.
const NO_SUCH_ID: &str = "01900000-0000-7000-8000-000000000000";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    roles: Vec<String>,
    routes: BTreeMap<String, String>,
}

/// A column: who calls.
struct Column {
    role: String,
    person: Option<Person>,
}

/// Calls every route as every role.
///
/// Bodies are empty objects and ids are nobody's, so that nothing is done by a call that is let in.
///
/// # Panics
/// With every line at once that the table has other than the program, lacks, or has for no route.
pub async fn assert_access(site: &Site, entries: &[RouteEntry], table: &str) {
    let differences = differences(site, entries, table).await;
    assert!(
        differences.is_empty(),
        "the access table differs from the program:\n{}",
        differences.join("\n")
    );
}

async fn differences(site: &Site, entries: &[RouteEntry], table: &str) -> Vec<String> {
    let mut table: Table = toml::from_str(table).expect("the access table is TOML");
    let mut columns = columns(site, &table.roles).await;
    let mut differences = Vec::new();
    for entry in entries {
        let name = format!("{} {}", entry.method, entry.path);
        let mut found = Vec::new();
        for column in &mut columns {
            found.push(column.call(site, entry).await);
        }
        match table.routes.remove(&name) {
            Some(wanted)
                if wanted
                    .split_whitespace()
                    .eq(found.iter().map(String::as_str)) => {}
            Some(wanted) => differences.push(format!(
                "{name:?} = {wanted:?} answers {:?}",
                found.join(" ")
            )),
            None => differences.push(format!("{name:?} is missing: {:?}", found.join(" "))),
        }
    }
    differences.extend(
        table
            .routes
            .into_keys()
            .map(|name| format!("{name:?} is no route")),
    );
    differences
}

async fn columns(site: &Site, roles: &[String]) -> Vec<Column> {
    let mut columns = Vec::new();
    for role in roles {
        let extra: Vec<&str> = Some(role.as_str())
            .filter(|role| *role != "user")
            .into_iter()
            .collect();
        let person = match role.as_str() {
            NOBODY => None,
            _ => Some(
                site.person(&format!("walks-as-{}", role.replace('_', "-")))
                    .roles(&extra)
                    .await,
            ),
        };
        columns.push(Column {
            role: role.clone(),
            person,
        });
    }
    columns
}

impl Column {
    async fn call(&mut self, site: &Site, entry: &RouteEntry) -> String {
        let mut client = site.client();
        if let Some(person) = &mut self.person {
            // The call before may have signed out.
            if client.clone().of(person).get("/api/v1/me").await.status == StatusCode::UNAUTHORIZED
            {
                site.sign_in_again(person).await;
            }
            client = client.of(person);
        }
        // A page that needs somebody tells a program 401, where it would lead a browser to sign in.
        let call = client.call(entry.method.clone(), &filled(&entry.path));
        let answer = with_body(call.header("accept", "application/json")).await;
        class(&answer, entry, &self.role)
    }
}

fn with_body(call: Call) -> Call {
    if *call.method() == Method::GET {
        call
    } else {
        call.json(json!({}))
    }
}

fn class(answer: &Answer, entry: &RouteEntry, role: &str) -> String {
    let status = answer.status;
    assert_ne!(
        status,
        StatusCode::METHOD_NOT_ALLOWED,
        "{} {} as {role}",
        entry.method,
        entry.path
    );
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => status.as_str().to_owned(),
        _ if status.is_server_error() && answer.body["status"].is_number() => {
            status.as_str().to_owned()
        }
        _ => "ok".to_owned(),
    }
}

/// The path with an id in place of every `{parameter}`.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') {
            NO_SUCH_ID
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}
