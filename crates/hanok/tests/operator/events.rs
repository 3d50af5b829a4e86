//! `hanok events`, and commands that refuse what would do harm or nothing.

use serde_json::Value;

use crate::on_both;
use crate::place::Place;

fn listed(place: &Place, arguments: &[&str]) -> Value {
    let told = place.done(&[&["events", "list", "--json"], arguments].concat());
    serde_json::from_str(&told).unwrap()
}

fn refused(place: &Place, arguments: &[&str], code: i32, words: &str) {
    let output = place.run(arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    assert!(told.contains(words), "{words:?} is not in {told}");
}

/// A mail that fails, one that is for later, and a message of somebody else.
async fn fill(place: &Place) {
    place
        .by_hand(
            "INSERT INTO job (id, kind, lane, payload, run_at, attempts, last_error, created_at) VALUES \
             (randomblob(16), 'mail.send', 'mail', '{\"secret\":1}', 4102444800000000, 3, 'the server says 451', 1800000000000000), \
             (randomblob(16), 'mail.send', 'mail', '{\"secret\":1}', 4102444800000000, 0, NULL, 1800000001000000); \
             INSERT INTO dead_letter VALUES (randomblob(16), 'kafka', 'kafka', randomblob(16), NULL, 'a/0/1', 'unknown', 0, '{}', 0, 1, 'no event', 0)",
            "INSERT INTO job (id, kind, lane, payload, run_at, attempts, last_error, created_at) VALUES \
             (gen_random_uuid(), 'mail.send', 'mail', '{\"secret\":1}', 4102444800000000, 3, 'the server says 451', 1800000000000000), \
             (gen_random_uuid(), 'mail.send', 'mail', '{\"secret\":1}', 4102444800000000, 0, NULL, 1800000001000000); \
             INSERT INTO dead_letter VALUES (gen_random_uuid(), 'kafka', 'kafka', gen_random_uuid(), NULL, 'a/0/1', 'unknown', 0, '{}', 0, 1, 'no event', 0)",
        )
        .await;
}

on_both! {
    async fn what_waits_and_what_fails_is_listed_with_its_reason(place) {
        place.done(&["migrate"]);
        fill(&place).await;
        let told = place.done(&["events", "list"]);
        assert!(told.contains("2 jobs are for later") && told.contains("a/0/1"), "{told}");
        assert!(!told.contains("secret"), "{told}");

        let all = listed(&place, &[]);
        assert_eq!(all["waiting"].as_array().unwrap().len(), 2, "{all}");
        assert_eq!(all["dead_letters"].as_array().unwrap().len(), 1);
        let failing = listed(&place, &["--failing"]);
        let found = failing["waiting"].as_array().unwrap();
        assert_eq!(found.len(), 1, "{failing}");
        let job = &found[0];
        assert_eq!((&job["item"], &job["kind"], &job["key"]), (&"job".into(), &"mail.send".into(), &"mail".into()));
        assert_eq!((&job["tries"], &job["last_error"]), (&3.into(), &"the server says 451".into()));
        assert_eq!((&job["next_at"], &job["since"]), (&"2100-01-01T00:00:00.000000Z".into(), &"2027-01-15T08:00:00.000000Z".into()));
        assert!(failing.get("dead_letters").is_none() && !failing.to_string().contains("secret"), "{failing}");
        let dead = listed(&place, &["--dead"]);
        assert!(dead.get("waiting").is_none() && dead["dead_letters"].as_array().unwrap().len() == 1, "{dead}");
        refused(&place, &["events", "list", "--dead", "--failing"], 2, "cannot be used with");
    }

    async fn all_messages_that_are_no_events_go_once_that_is_confirmed(place) {
        const LEFT: &str = "SELECT COUNT(*) FROM dead_letter";
        place.done(&["migrate"]);
        fill(&place).await;
        let all = ["events", "discard", "--all", "--source", "kafka"];
        refused(&place, &all, 2, "throws 1 dead letters away for good: say --yes");
        refused(&place, &["events", "discard", "--all"], 2, "--source");
        refused(&place, &["events", "discard"], 2, "required");
        assert_eq!(place.number(LEFT).await, 1);
        let other = place.done(&["events", "discard", "--all", "--source", "job", "--yes"]);
        assert_eq!(other, "0 dead letters are gone.\n");
        assert_eq!(place.done(&[&all[..], &["--yes"]].concat()), "1 dead letters are gone.\n");
        assert_eq!(place.number(LEFT).await, 0);
        let trail = "SELECT COUNT(*) FROM audit_log WHERE details LIKE '%\"discarded_of\":\"kafka\"%'";
        assert_eq!(place.number(trail).await, 1);
    }

    async fn no_backup_is_made_inside_of_what_it_is_a_copy_of(place) {
        place.done(&["migrate"]);
        for to in [place.file("backup"), place.file("")] {
            let to = to.display().to_string();
            refused(&place, &["backup", &to], 2, "is in the data directory");
        }
        assert!(!place.file("backup").exists());
        let beside = place.directory.path().join("safe").display().to_string();
        let keys = place.file("keys-copy").display().to_string();
        refused(&place, &["backup", &beside, "--keys", &keys], 2, "is in the data directory");
    }
}

#[test]
fn a_mistyped_target_of_the_log_is_refused_and_the_nearest_named() {
    let place = Place::sqlite();
    place.done(&["migrate"]);
    let set = ["log", "set", "hanok_identiy=debug"];
    refused(&place, &set, 2, "did you mean hanok_identity?");
}

#[test]
fn the_reports_are_listed_where_there_is_no_database() {
    let place = Place::sqlite();
    let told = place.done(&["report"]);
    assert!(told.contains("provider-success"), "{told}");
    assert!(!place.file("").exists(), "looking makes nothing");
}
