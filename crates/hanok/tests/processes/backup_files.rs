//! Attached files go with a backup and come back with it.

use std::fs;
use std::path::Path;

use hanok_testkit::{Client, PASSWORD, Sink};
use serde_json::json;

use crate::backup::blank;
use crate::house::House;
use crate::installation::Installation;
use crate::store::Store;

const TEXT: &str = "3월 회의록\n";

async fn attach(client: &Client) -> String {
    let post = json!({ "title": "회의록", "content": "붙임" });
    let post = client.post("/api/v1/posts").json(post).await;
    let id = post.assert_status(201).body["id"].as_i64().unwrap();
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"minutes.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n{TEXT}\r\n--b--\r\n"
    );
    let attaching = client.post(&format!("/api/v1/posts/{id}/attachments"));
    let attaching = attaching.bytes("multipart/form-data; boundary=b", body.into_bytes());
    let made = attaching.await.assert_status(201).body;
    made["url"].as_str().unwrap().to_owned()
}

fn only_file(folder: &Path) -> std::path::PathBuf {
    let mut files = fs::read_dir(folder).unwrap();
    files.next().unwrap().unwrap().path()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attached_file_is_in_the_backup_and_read_where_it_is_restored() {
    let sink = Sink::start().await;
    let house = House::prepare(Store::sqlite(), 1, &sink, 1).await;
    let copy = house.installed.place().join("copy");
    let to = copy.to_str().unwrap();
    let server = house.installed.serve(0).await;
    let client = house.installed.client(0).bearer(&house.people[0].token);
    let url = attach(&client).await;
    let told = house.installed.run(&["backup", to, "--with-keys"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains(&format!("attachments: 1 files, {} bytes", TEXT.len())),
        "{told}"
    );
    drop(server);

    let mut restored = Installation::new(blank(house.installed.store().engine).await, 1);
    restored.set("web.public_url", &house.installed.origin());
    restored.run(&["restore", to]);
    let _server = restored.serve(0).await;
    let name = json!({ "username": "person0", "password": PASSWORD });
    let signing_in = restored
        .client(0)
        .post("/api/v1/auth/login")
        .json(name)
        .await;
    let token = signing_in.assert_status(200).body["access_token"].clone();
    let reader = restored.client(0).bearer(token.as_str().unwrap());
    let read = reader.get(&url).await.assert_status(200);
    assert_eq!(read.text, TEXT);

    fs::write(only_file(&copy.join("attachments")), "changed").unwrap();
    let checked = restored.try_run(&["restore", to, "--check"]);
    assert_eq!(checked.status.code(), Some(1));
    let told = String::from_utf8(checked.stderr).unwrap();
    assert!(told.contains("the backup is damaged"), "{told}");
}
