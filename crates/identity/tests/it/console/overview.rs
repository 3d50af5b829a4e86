//! What the console's overview shows of requests and deliveries.

use std::sync::Arc;

use hanok_accounts::{App, role};
use hanok_identity::{IdentityApp, text};
use hanok_web::{Caller, Ctx, Principal, Via};
use uuid::Uuid;

use super::Keeper;
use super::transactions::give;
use crate::kit::House;
use crate::sample::{Sample, Stands};

/// The headings of the panels that the person sees.
async fn panels(house: &House, keeper: &Keeper, held: &str) -> Vec<hanok_base::i18n::Text> {
    let roles = [held.to_owned(), "user".to_owned()];
    let caller = Caller {
        account: keeper.person.id,
        name: "김하늘".into(),
        session: None,
        api_key: None,
        via: Via::Bearer,
        permissions: role::permissions(&roles, &[]),
        roles: Arc::from(roles.to_vec()),
        version: 1,
        password_confirmed_at: None,
        locale: None,
        theme: None,
    };
    let ctx = Ctx {
        principal: Principal::Account(caller),
        ..Ctx::program("tests", house.app.clock.now())
    };
    let mut titles = Vec::new();
    for panel in IdentityApp(house.identity.clone()).console_panels() {
        let view = panel.show(&ctx).await.unwrap();
        titles.extend(view.map(|view| view.title));
    }
    titles
}

/// A result of this provider was given up.
async fn give_up(house: &House, provider: Uuid, transaction: Uuid) {
    const SQL: &str = "INSERT INTO callback_delivery (id, transaction_id, provider_id, state, created_at, code_until) \
        VALUES ($1, $1, $2, 'DEAD', 1, 1)";
    let written = house
        .app
        .db
        .write::<_, hanok_db::DbError, _>(async move |tx| {
            tx.execute(SQL, hanok_db::params![transaction, provider])
                .await
        });
    assert_eq!(written.await.unwrap(), 1);
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn each_panel_is_there_for_whom_it_concerns_while_it_has_something_to_say(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (keeper, admin) = (Keeper::of(&house, "keeper", "service_admin").await, Keeper::of(&house, "admin", "admin").await);
        let (own, other) = (sample.provider("own").await, sample.provider("other").await);
        give(&house, own, &keeper).await;
        let today = text::overview::today();
        assert_eq!(panels(&house, &admin, "admin").await, std::slice::from_ref(&today));
        assert_eq!(panels(&house, &keeper, "service_admin").await, std::slice::from_ref(&today));
        for held in ["manager", "auditor", "user"] {
            assert!(panels(&house, &keeper, held).await.is_empty(), "{held}");
        }
        for n in 0..10 {
            let stands = if n < 4 { Stands::Completed(1) } else { Stands::Denied };
            let id = sample.asked(other, None, sample.ago(1), stands).await;
            if n == 0 {
                give_up(&house, other, id).await;
            }
        }
        let all = [text::overview::given_up(), text::overview::failing(), today.clone()];
        assert_eq!(panels(&house, &admin, "admin").await, all);
        assert_eq!(panels(&house, &keeper, "service_admin").await, [today], "another's provider");
        give(&house, other, &keeper).await;
        assert_eq!(panels(&house, &keeper, "service_admin").await, all);
        house.app.finish().await;
    }
}
