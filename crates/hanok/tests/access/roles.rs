//! A role that is renamed or removed in the console, and the categories of the board that name it.

use hanok_testkit::{Client, Person};
use serde_json::{Value, json};

use crate::whole::{Desk, Whole};

const ROLES: &str = "/api/v1/roles";
const CATEGORIES: &str = "/api/v1/categories";

/// A category that this role alone reads and writes; its address.
async fn category(desk: &Desk, name: &str, role: &str) -> String {
    let only = json!({ "roles": [role] });
    let body = json!({ "name": name, "readers": only, "writers": only });
    format!("{CATEGORIES}/{}", desk.make_id(CATEGORIES, body).await)
}

async fn make_role(desk: &Desk, name: &str) {
    desk.make(ROLES, json!({ "name": name })).await;
}

/// Whether somebody finds the category at this address among those that they read.
async fn finds(client: &Client, address: &str) -> bool {
    let list = client.get(CATEGORIES).await.assert_status(200).body;
    let list = list["categories"].as_array().unwrap().clone();
    let is_it = |it: &Value| format!("{CATEGORIES}/{}", it["id"].as_str().unwrap()) == address;
    list.iter().any(is_it)
}

async fn anew(whole: &Whole, person: &mut Person) -> Client {
    whole.sign_in_again(person).await;
    whole.client().of(person)
}

hanok_db::both_engines! {
    async fn a_category_follows_a_role_that_is_renamed(db: Db) {
        let whole = Whole::start(db, false).await;
        let desk = whole.desk("nuri", "super_admin").await;
        make_role(&desk, "editor").await;
        let (mut haneul, bada) = (whole.person("haneul").roles(&["editor"]).await, whole.person("bada").await);
        let (client, other) = (whole.client().of(&haneul), whole.client().of(&bada));
        let address = category(&desk, "편집부", "editor").await;
        assert_eq!((finds(&client, &address).await, finds(&other, &address).await), (true, false));
        desk.patch(&format!("{ROLES}/editor"), json!({ "name": "writer" })).await.assert_status(200);
        let shown = desk.client.get(&address).await.assert_status(200).body;
        assert_eq!((&shown["readers"]["roles"], &shown["writers"]["roles"]), (&json!(["writer"]), &json!(["writer"])));
        let client = anew(&whole, &mut haneul).await;
        assert_eq!((finds(&client, &address).await, finds(&other, &address).await), (true, false));
        // Another role that takes the old name opens nothing.
        make_role(&desk, "editor").await;
        let late = whole.person("late").roles(&["editor"]).await;
        assert!(!finds(&whole.client().of(&late), &address).await);
        whole.end().await;
    }

    async fn a_role_that_a_category_names_is_not_removed(db: Db) {
        let whole = Whole::start(db, false).await;
        let desk = whole.desk("nuri", "super_admin").await;
        make_role(&desk, "editor").await;
        let address = category(&desk, "편집부", "editor").await;
        let role = format!("{ROLES}/editor");
        let refused = desk.client.delete(&role).await.assert_problem(409, "conflict");
        assert!(refused.text.contains("게시판 분류"), "{}", refused.text);
        desk.client.get(&role).await.assert_status(200);
        let shown = desk.client.get(&address).await.assert_status(200).body;
        assert_eq!(shown["readers"]["roles"], json!(["editor"]));
        let everyone = json!({ "roles": [] });
        let opened = json!({ "readers": everyone, "writers": everyone });
        desk.patch(&address, opened).await.assert_status(200);
        desk.client.delete(&role).await.assert_status(204);
        let bada = whole.client().of(&whole.person("bada").await);
        assert!(finds(&bada, &address).await);
        whole.end().await;
    }
}
