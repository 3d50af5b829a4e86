//! The receiver of callbacks.

use hanok_testkit::{Client, Reply, Sink};

#[tokio::test]
async fn a_sink_answers_as_it_is_told_and_keeps_what_came() {
    let sink = Sink::start().await;
    let caller = Client::new(sink.origin());
    sink.answer_next(Reply::Status(500));
    sink.answer_next(Reply::Redirect("https://elsewhere.example/".into()));
    sink.answer_next(Reply::Big(10_000));
    assert_eq!(
        caller.post("/a").text("text/plain", "one").await.status,
        500
    );
    assert_eq!(
        caller.post("/b").await.header("location"),
        "https://elsewhere.example/"
    );
    assert_eq!(caller.post("/c").await.text.len(), 10_000);
    assert_eq!(caller.post("/d").await.status, 204);
    let received = sink.received();
    assert_eq!(
        received
            .iter()
            .map(|one| one.path.as_str())
            .collect::<Vec<_>>(),
        ["/a", "/b", "/c", "/d"]
    );
    assert_eq!(received[0].body, "one");
}

#[tokio::test]
async fn a_gate_holds_answers_back_until_it_opens() {
    let sink = Sink::start().await;
    let gate = sink.hold();
    let call = tokio::spawn(Client::new(sink.origin()).post("/slow").try_send());
    sink.wait_for(1).await;
    assert!(!call.is_finished());
    gate.open();
    assert_eq!(call.await.unwrap().unwrap().status, 204);
}
