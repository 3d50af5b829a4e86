use std::time::Duration;

use hanok_base::Id;
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

fn live(permissions: PermissionSet) -> Live {
    Live {
        permissions,
        roles: vec!["auditor".to_owned()].into(),
        name: "김하늘".into(),
        row: LiveRow {
            account_id: Id::from_uuid(uuid::Uuid::from_u128(1)),
            kind: SessionKind::Browser,
            created_at: NOW,
            last_seen_at: NOW,
            expires_at: NOW.plus(Duration::from_hours(1)),
            password_confirmed_at: None,
            version: 1,
            status: AccountStatus::Active,
            locale: None,
            theme: None,
            name: "김하늘".to_owned(),
        },
    }
}

fn written(permissions: PermissionSet) -> Value {
    serde_json::to_value(Kept::of(&live(permissions), NOW)).unwrap()
}

fn read(value: &Value) -> Option<Kept> {
    Kept::read(value.to_string().as_bytes())
}

#[test]
fn what_an_account_may_do_is_read_as_it_was_written() {
    let few: PermissionSet = ["audit.view", "user.view"].into_iter().collect();
    for permissions in [few, PermissionSet::default(), PermissionSet::everything()] {
        let kept = read(&written(permissions.clone())).unwrap();
        let read = kept.live().permissions;
        assert_eq!(read.is_everything(), permissions.is_everything());
        assert_eq!(read.names(), permissions.names());
    }
}

#[test]
fn an_entry_that_lacks_a_field_or_has_one_more_or_another_format_is_none() {
    let whole = written(PermissionSet::default());
    assert!(read(&whole).is_some());
    for field in ["permissions", "roles", "format", "version"] {
        let mut lacking = whole.clone();
        lacking.as_object_mut().unwrap().remove(field);
        assert!(read(&lacking).is_none(), "without {field}");
    }
    let strange = [
        ("permissions", json!(null)),
        ("permissions", json!(["audit.view"])),
        ("format", json!(FORMAT + 1)),
        ("one_more", json!(1)),
    ];
    for (field, value) in strange {
        let mut other = whole.clone();
        other[field] = value.clone();
        assert!(read(&other).is_none(), "{field}: {value}");
    }
}
