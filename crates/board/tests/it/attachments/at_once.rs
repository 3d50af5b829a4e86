//! Files and comments at once: neither waits for what the other holds.

use futures_util::future::join_all;
use serde_json::json;

use super::{attach, two};
use crate::{app, write_post};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_file_comes_while_its_author_is_named_below_the_post(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = two(&app).await;
        let post = write_post(&haneul, "글", "본문").await;
        let comments = format!("/api/v1/posts/{post}/comments");
        let sent = (0..50_u8).map(|number| {
            let (haneul, bada, comments) = (haneul.clone(), bada.clone(), comments.clone());
            async move {
                let answer = if number % 2 == 0 {
                    attach(&haneul, post, "a.txt", number.to_string().as_bytes()).await
                } else {
                    bada.post(&comments).json(json!({ "content": format!("@haneul {number}") })).await
                };
                answer.status.as_u16()
            }
        });
        let answers = join_all(sent).await;
        assert_eq!(answers, [201; 50]);
        app.finish().await;
    }
}
