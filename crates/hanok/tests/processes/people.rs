//! The people who confirm.

use hanok_accounts::hash::{HashPool, HashSettings};
use hanok_base::Random;
use hanok_testkit::{Client, PASSWORD, PIN};
use serde_json::json;

/// Somebody with a session that may confirm.
pub struct Somebody {
    pub phone: String,
    pub token: String,
}

/// A row for everybody: a proven number, and a password of the tests' cheap hash.
pub async fn people_csv(people: usize) -> String {
    let settings = HashSettings {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
        threads: 1,
        queue: 4,
    };
    let pool = HashPool::start(&settings, Random::system()).unwrap();
    let hash = pool
        .reserve()
        .unwrap()
        .hash(PASSWORD.as_bytes())
        .await
        .unwrap();
    let rows = (0..people)
        .map(|number| format!("person{number},김하늘,{},true,\"{hash}\"\n", phone(number)));
    format!(
        "username,name,phone_number,phone_proven,password_hash\n{}",
        rows.collect::<String>()
    )
}

fn phone(number: usize) -> String {
    format!("010-7300-{number:04}")
}

/// Signs in and sets a PIN.
pub async fn settle_in(client: &Client, number: usize) -> Somebody {
    let name = json!({ "username": format!("person{number}"), "password": PASSWORD });
    let signed_in = client
        .post("/api/v1/auth/login")
        .json(name)
        .await
        .assert_status(200);
    let token = signed_in.body["access_token"].as_str().unwrap();
    client
        .clone()
        .bearer(token)
        .put("/api/v1/me/pin")
        .json(json!({ "pin_code": PIN }))
        .await
        .assert_status(204);
    // The PIN ended the access token, not the session.
    let refresh = json!({ "refresh_token": signed_in.body["refresh_token"] });
    let refreshed = client
        .post("/api/v1/auth/refresh")
        .json(refresh)
        .await
        .assert_status(200);
    Somebody {
        phone: phone(number),
        token: refreshed.body["access_token"].as_str().unwrap().to_owned(),
    }
}
