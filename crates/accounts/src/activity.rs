//! What people do, told to the house: `user_activities`, published in the unit of the act by the audit trail, which
//! every act of a person passes. Reading is no activity, nor is what jobs, commands and nobody do; who comes by a link that
//! was given to them alone is somebody.

use hanok_base::Timestamp;
use hanok_db::{DbError, Tx, params, text_enum};
use hanok_events::{Event, Outbox, Topic};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::AccountId;
use crate::audit::words::BY_LINK;
use crate::audit::{Action, Entry, Origin};

text_enum! {
    /// What kind of thing a person did.
    pub enum ActivityType {
        /// Signed in.
        SignIn = "sign_in",
        /// Signed out, here or elsewhere.
        SignOut = "sign_out",
        /// Approved or denied what a provider asked.
        IdentityAnswer = "identity_answer",
        /// Wrote a post.
        PostWritten = "post_written",
        /// Wrote a comment.
        CommentWritten = "comment_written",
        /// Changed, deleted, recommended or reported something on the board.
        BoardChange = "board_change",
        /// Changed something of their own account: data, password, PIN, phones, keys.
        AccountChange = "account_change",
        /// Did something to others, or to the installation.
        Administration = "administration",
    }
}

/// Something that a person did, as the topic `user_activities` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserActivity {
    /// What the person signs in with.
    pub user_id: String,
    /// What kind of thing it was.
    pub activity_type: ActivityType,
    /// When it was.
    pub timestamp: Timestamp,
    /// The trail's word for it (`action`), and where there are: `act`, `by`, `target` with `target_id`, `outcome`.
    pub details: Value,
    /// The client's address.
    pub ip_address: Option<String>,
    /// What the client calls itself, in 255 characters at most.
    pub user_agent: Option<String>,
}

/// What the key of an activity begins with.
const KEY: &str = "activity:";

impl UserActivity {
    /// What the event is called.
    pub const TYPE: &'static str = "user.activity";

    /// The key of a person's activities.
    pub fn key(account: AccountId) -> String {
        format!("{KEY}{account}")
    }

    /// Whose activity an event with this key is.
    pub fn account(key: &str) -> Option<AccountId> {
        key.strip_prefix(KEY)?.parse().ok()
    }
}

/// An activity on its way. A person's stay in order, and nothing else of theirs waits behind one.
#[derive(Serialize)]
struct Published {
    #[serde(skip)]
    account: AccountId,
    #[serde(flatten)]
    activity: UserActivity,
}

impl Event for Published {
    const TYPE: &'static str = UserActivity::TYPE;
    const TOPIC: Topic = Topic::UserActivities;

    fn key(&self) -> String {
        UserActivity::key(self.account)
    }
}

impl ActivityType {
    /// Of which kind an act is; `None` for what is no activity.
    pub(crate) fn of(actor: AccountId, entry: &Entry) -> Option<Self> {
        let is_own = entry.subject.is_none_or(|subject| subject == actor);
        match entry.action {
            Action::UserLogin => Some(Self::SignIn),
            Action::UserLogout => Some(Self::SignOut),
            Action::AuthCompleted => Some(Self::IdentityAnswer),
            // A request that fails by itself, or by another's PIN, was not answered.
            Action::AuthFailed => {
                (word(entry, "reason") == "denied").then_some(Self::IdentityAnswer)
            }
            Action::BoardChange => of_board(entry),
            Action::UserInfoUpdate
            | Action::PasswordChange
            | Action::PinChange
            | Action::DevicePaired
            | Action::DeviceRevoked
            | Action::AccountUnlocked
                if is_own =>
            {
                Some(Self::AccountChange)
            }
            // A key of one's own: for programs, or for feeds.
            Action::SecretRotation if is_kind(entry, "api_key") || entry.subject == Some(actor) => {
                Some(Self::AccountChange)
            }
            // One's own account is locked by too many wrong guesses alone.
            Action::AccountLocked if is_own => None,
            Action::AdminAction => (word(entry, "act") != LOOKED).then_some(Self::Administration),
            Action::UserInfoUpdate
            | Action::PasswordChange
            | Action::PinChange
            | Action::DevicePaired
            | Action::DeviceRevoked
            | Action::AccountLocked
            | Action::AccountUnlocked
            | Action::SecretRotation
            | Action::RoleChange
            | Action::ConfigChange
            | Action::KeyRotation => Some(Self::Administration),
            Action::UserLoginFailed
            | Action::AuthRequest
            | Action::AuthExpired
            | Action::AuthStatusChange
            | Action::CiDiAccess
            | Action::PermissionDenied
            | Action::DataRevealed
            | Action::DataExport
            | Action::AuditSearch => None,
        }
    }
}

/// Who looked at who has read a post: on the record, and no more than reading.
const LOOKED: &str = "looked_at_readers";
/// Of the board, what others never see.
const UNSEEN: [&str; 2] = ["draft_begun", "draft_dropped"];

fn of_board(entry: &Entry) -> Option<ActivityType> {
    match word(entry, "act") {
        act if UNSEEN.contains(&act) => None,
        // A file of a draft, which is no post yet.
        "attached" | "detached" if entry.details.get("number").is_none_or(Value::is_null) => None,
        "written" => Some(ActivityType::PostWritten),
        "commented" => Some(ActivityType::CommentWritten),
        _ => Some(ActivityType::BoardChange),
    }
}

fn word<'a>(entry: &'a Entry, name: &str) -> &'a str {
    let found = entry.details.get(name).and_then(Value::as_str);
    found.unwrap_or_default()
}

fn is_kind(entry: &Entry, wanted: &str) -> bool {
    entry.target.is_some_and(|(kind, _)| kind == wanted)
}

/// Of an act's details what tells others what it was. The rest stays on the trail, which fewer read.
fn details(entry: &Entry) -> Value {
    let mut told = Map::new();
    let mut tell = |name: &str, value: String| told.insert(name.to_owned(), Value::String(value));
    tell("action", entry.action.as_str().to_owned());
    for (name, known_as) in [("act", "act"), ("reason", "outcome")] {
        // Somebody's reason in their own words is no public word.
        let value = word(entry, name);
        if !value.is_empty() && (name == "act" || value == "denied") {
            tell(known_as, value.to_owned());
        }
    }
    if word(entry, "by") == BY_LINK {
        tell("by", BY_LINK.to_owned());
    }
    if let Some((kind, id)) = entry.target {
        tell("target", kind.to_owned());
        tell("target_id", id.to_string());
    }
    Value::Object(told)
}

/// Who did it, where a person did: who is signed in, unless the proof they came with says it.
fn doer(origin: &Origin, entry: &Entry) -> Option<AccountId> {
    let proven = entry.subject.filter(|_| entry.is_proven);
    proven.or(origin.actor).filter(|_| !origin.is_job())
}

const USERNAME: &str = "SELECT username FROM account WHERE id = $1";

/// Publishes what was done, in its unit, where a person did it and it is an activity.
///
/// # Errors
/// The store's.
pub(crate) async fn publish(
    tx: &mut Tx,
    outbox: &Outbox,
    origin: &Origin,
    entry: &Entry,
    at: Timestamp,
) -> Result<(), DbError> {
    let Some(account) = doer(origin, entry) else {
        return Ok(());
    };
    let Some(activity_type) = ActivityType::of(account, entry) else {
        return Ok(());
    };
    let Some(user_id) = tx.optional::<String>(USERNAME, params![account]).await? else {
        return Ok(());
    };
    let agent = origin.stored_agent();
    let activity = UserActivity {
        user_id,
        activity_type,
        timestamp: at,
        details: details(entry),
        ip_address: origin.address.map(|address| address.to_string()),
        user_agent: (!agent.is_empty()).then_some(agent),
    };
    outbox.publish(tx, &Published { account, activity }).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const MINA: AccountId = AccountId::from_uuid(Uuid::from_u128(1));
    const JUN: AccountId = AccountId::from_uuid(Uuid::from_u128(2));

    fn of(entry: &Entry) -> Option<ActivityType> {
        ActivityType::of(MINA, entry)
    }

    #[test]
    fn looking_is_no_activity() {
        for action in [
            Action::AuditSearch,
            Action::DataRevealed,
            Action::DataExport,
            Action::CiDiAccess,
            Action::PermissionDenied,
            Action::UserLoginFailed,
        ] {
            assert_eq!(of(&Entry::new(action).subject(MINA)), None, "{action}");
        }
        let looked = Entry::new(Action::AdminAction).details(json!({ "act": LOOKED }));
        assert_eq!(of(&looked), None);
    }

    #[test]
    fn what_one_does_to_others_is_administration() {
        for action in [
            Action::UserInfoUpdate,
            Action::PasswordChange,
            Action::DeviceRevoked,
        ] {
            let own = Entry::new(action).subject(MINA);
            assert_eq!(of(&own), Some(ActivityType::AccountChange), "{action}");
            let of_other = Entry::new(action).subject(JUN);
            assert_eq!(
                of(&of_other),
                Some(ActivityType::Administration),
                "{action}"
            );
        }
        let own_feed = Entry::new(Action::SecretRotation).subject(MINA);
        assert_eq!(of(&own_feed), Some(ActivityType::AccountChange));
        let of_shop = Entry::new(Action::SecretRotation);
        assert_eq!(of(&of_shop), Some(ActivityType::Administration));
        let guessed = Entry::new(Action::AccountLocked).subject(MINA);
        assert_eq!(of(&guessed), None);
    }

    #[test]
    fn who_comes_with_a_proof_of_their_own_did_it_and_nobody_else_without_one() {
        let of = |actor, request: &str| Origin {
            actor,
            address: None,
            agent: String::new(),
            request_id: request.to_owned(),
        };
        let (nobody, jun, job) = (of(None, "1"), of(Some(JUN), "2"), Origin::system("sweep"));
        let changed = Entry::new(Action::PasswordChange).subject(MINA);
        assert_eq!(doer(&nobody, &changed), None);
        assert_eq!(doer(&jun, &changed), Some(JUN));
        let proven = changed.proven();
        assert_eq!(doer(&nobody, &proven), Some(MINA));
        assert_eq!(
            doer(&jun, &proven),
            Some(MINA),
            "in a browser of somebody else"
        );
        assert_eq!(doer(&job, &proven), None);
    }

    #[test]
    fn the_board_is_told_apart_and_drafts_are_nobodys_business() {
        let act = |act: &str| of(&Entry::new(Action::BoardChange).details(json!({ "act": act })));
        assert_eq!(act("written"), Some(ActivityType::PostWritten));
        assert_eq!(act("commented"), Some(ActivityType::CommentWritten));
        assert_eq!(act("recommended"), Some(ActivityType::BoardChange));
        assert_eq!(act("draft_begun"), None);
        let attached = |number: Value| {
            let details = json!({ "act": "attached", "number": number });
            of(&Entry::new(Action::BoardChange).details(details))
        };
        assert_eq!(attached(Value::Null), None);
        assert_eq!(attached(json!(7)), Some(ActivityType::BoardChange));
    }

    #[test]
    fn a_request_is_answered_by_a_yes_or_a_no_alone() {
        let failed =
            |reason: &str| of(&Entry::new(Action::AuthFailed).details(json!({ "reason": reason })));
        assert_eq!(
            of(&Entry::new(Action::AuthCompleted)),
            Some(ActivityType::IdentityAnswer)
        );
        assert_eq!(failed("denied"), Some(ActivityType::IdentityAnswer));
        assert_eq!(failed("superseded"), None);
    }

    #[test]
    fn no_more_is_told_than_what_it_was() {
        let entry = Entry::new(Action::AuthFailed)
            .target("auth_transaction", Uuid::from_u128(3))
            .details(json!({ "reason": "denied", "phone": "010" }));
        let id = Uuid::from_u128(3).to_string();
        let told = json!({ "action": "AUTH_FAILED", "outcome": "denied", "target": "auth_transaction", "target_id": id });
        assert_eq!(details(&entry), told);
        let by =
            |by: &str| details(&Entry::new(Action::PasswordChange).details(json!({ "by": by })));
        assert_eq!(by("person"), json!({ "action": "PASSWORD_CHANGE" }));
        assert_eq!(
            by(BY_LINK),
            json!({ "action": "PASSWORD_CHANGE", "by": BY_LINK })
        );
        let written = Entry::new(Action::AdminAction).details(json!({ "reason": "said so" }));
        assert_eq!(details(&written), json!({ "action": "ADMIN_ACTION" }));
    }
}
