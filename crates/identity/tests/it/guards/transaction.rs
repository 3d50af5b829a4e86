//! A transaction: its status, its code, its time.

use super::Hand;

/// Each end with what goes with it, and PENDING as it was made; without the code, which has guards of its own.
const STATES: [&str; 4] = [
    "status = 'PENDING', ended_at = NULL, failure_reason = NULL",
    "status = 'COMPLETED', ended_at = 1, failure_reason = NULL",
    "status = 'FAILED', ended_at = 1, failure_reason = 'denied'",
    "status = 'EXPIRED', ended_at = 1, failure_reason = NULL",
];

fn update(hand: &Hand, set: &str, id: &str) -> String {
    format!(
        "UPDATE auth_transaction SET {set} WHERE id = {}",
        hand.id(id)
    )
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_transaction_that_has_ended_never_gets_another_status(db: Db) {
        let hand = Hand::new(db).await;
        let expired = hand.shop.ask(&hand.person).await;
        let set = "status = 'EXPIRED', ended_at = expires_at";
        hand.writes(&update(&hand, set, &expired.id)).await;
        for (asked, own) in [(&hand.completed, 1), (&hand.failed, 2), (&expired, 3)] {
            for (_, state) in STATES.iter().enumerate().filter(|(index, _)| *index != own) {
                hand.is_refused(&update(&hand, state, &asked.id), &["hanok: a transaction ends once"]).await;
                let all = format!("{state}, auth_code_hash = NULL");
                hand.is_refused(&update(&hand, &all, &asked.id), &["hanok: a transaction "]).await;
            }
        }
        let two_steps = format!(
            "{}; {}",
            update(&hand, "ended_at = 1", &hand.failed.id),
            update(&hand, STATES[0], &hand.failed.id),
        );
        hand.is_refused(&two_steps, &["hanok: a transaction ends once"]).await;
        hand.finish().await;
    }

    async fn a_status_written_by_hand_leaves_a_trace_and_the_programs_own_no_second(db: Db) {
        let hand = Hand::new(db).await;
        assert_eq!(hand.traces().await, []);
        hand.writes(&update(&hand, STATES[2], &hand.pending.id)).await;
        let traces = hand.traces().await;
        assert_eq!(traces.len(), 1);
        assert_eq!(traces[0].action, "AUTH_STATUS_CHANGE");
        assert_eq!(traces[0].subject, Some(hand.person.id.uuid()));
        let (kind, target) = traces[0].target.clone().unwrap();
        assert_eq!((kind.as_str(), target.to_string()), ("auth_transaction", hand.pending.id.clone()));
        assert_eq!(traces[0].version.as_deref(), Some("FAILED"));
        hand.house.app.settle().await;
        assert_eq!(hand.traces().await.len(), 1);
        hand.finish().await;
    }

    async fn no_transaction_ends_before_it_began(db: Db) {
        let hand = Hand::new(db).await;
        for set in ["expires_at = created_at", "expires_at = created_at - 1", "created_at = expires_at"] {
            hand.is_refused(&update(&hand, set, &hand.pending.id), &["auth_transaction_lives"]).await;
        }
        hand.writes(&update(&hand, "expires_at = created_at + 1", &hand.pending.id)).await;
        hand.finish().await;
    }

    async fn a_code_belongs_to_one_completed_transaction(db: Db) {
        let hand = Hand::new(db).await;
        let second = hand.shop.ask(&hand.person).await;
        hand.house.confirm(&hand.phone, &second, &hand.person.pin).await.assert_status(200);
        let pending = hand.shop.ask(&hand.person).await;
        let fresh = format!("auth_code_hash = {}", hand.bytes("ab"));
        let taken = format!(
            "auth_code_hash = (SELECT auth_code_hash FROM auth_transaction WHERE id = {})",
            hand.id(&hand.completed.id),
        );
        for id in [&pending.id, &hand.failed.id] {
            let only = ["auth_transaction_code_completed"];
            hand.is_refused(&update(&hand, &fresh, id), &only).await;
        }
        hand.is_refused(&update(&hand, STATES[1], &pending.id), &["auth_transaction_code_completed"]).await;
        let gone = update(&hand, "auth_code_hash = NULL", &second.id);
        hand.is_refused(&gone, &["auth_transaction_code_completed", "hanok: a transaction keeps its keys"]).await;
        let unique = ["auth_transaction_auth_code", "hanok: a transaction keeps its keys"];
        let completed_with_it = format!("{}, {taken}", STATES[1]);
        hand.is_refused(&update(&hand, &completed_with_it, &pending.id), &unique).await;
        hand.is_refused(&update(&hand, &taken, &second.id), &unique).await;
        hand.finish().await;
    }

    async fn an_end_has_its_time_and_a_failure_its_reason(db: Db) {
        let hand = Hand::new(db).await;
        let wrong = [
            ("status = 'FAILED', failure_reason = 'denied'", "auth_transaction_ended"),
            ("ended_at = 1", "auth_transaction_ended"),
            ("status = 'FAILED', ended_at = 1", "auth_transaction_reason_failed"),
            ("status = 'EXPIRED', ended_at = 1, failure_reason = 'denied'", "auth_transaction_reason_failed"),
            ("status = 'FAILED', ended_at = 1, failure_reason = 'tired'", "auth_transaction_reason_known"),
            ("status = 'DONE', ended_at = 1", "auth_transaction_status_known"),
        ];
        for (set, word) in wrong {
            hand.is_refused(&update(&hand, set, &hand.pending.id), &[word]).await;
        }
        hand.finish().await;
    }

    async fn one_phone_has_one_pending_request_of_one_provider(db: Db) {
        let hand = Hand::new(db).await;
        let copy = format!(
            "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, created_at, \
             expires_at, binding_code, choices) SELECT {}, provider_id, account_id, phone_index, status, \
             created_at, expires_at, binding_code, choices FROM auth_transaction WHERE id = {}",
            hand.id("01900000-0000-7000-8000-000000000001"), hand.id(&hand.pending.id),
        );
        hand.is_refused(&copy, &["auth_transaction_one_pending", "hanok: this transaction exists"]).await;
        hand.finish().await;
    }
}
