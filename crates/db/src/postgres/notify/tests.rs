use std::net::Ipv4Addr;

use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn a_server_that_takes_the_connection_and_says_nothing_is_given_up_and_tried_again() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut config = Config::new();
    config
        .host("127.0.0.1")
        .port(silent.local_addr().unwrap().port())
        .user("hanok")
        .dbname("hanok");
    let (_notices, task) = Notices::start(&config, "house");
    // Both stay open on this side.
    let connecting = async { (silent.accept().await, silent.accept().await) };
    let (first, again) = timeout(Duration::from_mins(1), connecting).await.unwrap();
    assert!(first.is_ok() && again.is_ok());
    task.abort();
}
