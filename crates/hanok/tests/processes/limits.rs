//! A limit is one limit, however many servers count.

use std::time::Instant;

use hanok_testkit::{PASSWORD, Sink};
use serde_json::json;

use crate::house::House;
use crate::installation::Installation;
use crate::neighbours;
use crate::store::Store;

/// What one name may sign in from one address in a minute.
const SIGN_INS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_let_a_name_in_as_often_as_one_does() {
    let Some(store) = Store::postgres().await else {
        return;
    };
    if neighbours::redis().is_none() {
        println!("not run: a limit over two servers (HANOK_TEST_REDIS is unset)");
        return;
    }
    let sink = Sink::start().await;
    let config = store.config.clone();
    let mut installed = Installation::new(store, 2);
    installed.set("identity.callback_allow_hosts", sink.origin());
    installed.set("limits.sign_in_per_minute", &SIGN_INS.to_string());
    let house = House::in_place(installed, &config, &sink, 2).await;
    let _servers = house.serve_all().await;
    let (mut let_in, mut refused) = (0, 0);
    let began = Instant::now();
    for _ in 0..4 * SIGN_INS {
        let body = json!({ "username": "person1", "password": PASSWORD });
        let call = house.next_client().post("/api/v1/auth/login").json(body);
        match call.await.status.as_u16() {
            200 => let_in += 1,
            429 => refused += 1,
            other => panic!("{other}"),
        }
    }
    // However slow the machine is: as many more for each minute that it took.
    let minutes = 1 + began.elapsed().as_secs() / 60;
    assert!(let_in <= SIGN_INS * minutes, "{let_in} were let in");
    assert!(refused > 0);
}
