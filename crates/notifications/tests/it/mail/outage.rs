//! Letters that wait for the mail server: they go to whom they still concern.

use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hanok_accounts::mail::{Mail, MailFault, Outgoing};
use hanok_accounts::sms::Pending;
use hanok_db::{Db, DbError, Tx, params};
use hanok_testkit::TestApp;

use super::people;
use crate::{House, comment};

/// A mail server that is away until it comes back; keeps what it took.
#[derive(Default)]
struct Away {
    is_back: AtomicBool,
    taken: Mutex<Vec<String>>,
}

impl Mail for Away {
    fn send<'a>(&'a self, mail: &'a Outgoing) -> Pending<'a, Result<(), MailFault>> {
        let answer = if self.is_back.load(Ordering::Relaxed) {
            self.taken.lock().unwrap().push(mail.subject.clone());
            Ok(())
        } else {
            Err(MailFault::Later("421".to_owned()))
        };
        Box::pin(ready(answer))
    }
}

/// What is sent of a comment where this happens while the mail server is away.
async fn sent_after(db: Db, meanwhile: Option<&'static str>) -> usize {
    let away = Arc::new(Away::default());
    let mailer: Arc<dyn Mail> = Arc::<Away>::clone(&away);
    let house = House::of(TestApp::builder(db).mailer(mailer)).await;
    let (mina, bada) = people(&house).await;
    comment(&house, &mina, &bada, "1", 1).await;
    house.settle().await;
    if let Some(sql) = meanwhile {
        let id = mina.id;
        let unit = async move |tx: &mut Tx| tx.execute(sql, params![id]).await;
        house.db.write::<_, DbError, _>(unit).await.unwrap();
    }
    away.is_back.store(true, Ordering::Relaxed);
    house.clock.advance(Duration::from_hours(1));
    house.settle().await;
    house.finish().await;
    let taken = away.taken.lock().unwrap();
    taken
        .iter()
        .filter(|subject| subject.contains("댓글"))
        .count()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn it_leaves_when_the_mail_server_is_back(db: Db) {
        assert_eq!(sent_after(db, None).await, 1);
    }

    async fn nothing_goes_to_who_was_switched_off_meanwhile(db: Db) {
        let off = "UPDATE account SET status = 'disabled' WHERE id = $1";
        assert_eq!(sent_after(db, Some(off)).await, 0);
    }

    async fn nothing_goes_to_an_address_that_is_no_more_theirs(db: Db) {
        let unverified = "UPDATE account SET email_verified_at = NULL WHERE id = $1";
        assert_eq!(sent_after(db, Some(unverified)).await, 0);
    }
}
