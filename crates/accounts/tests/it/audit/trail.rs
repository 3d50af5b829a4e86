//! A trail in a store of its own, with a clock that stands still.

use std::path::PathBuf;
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::audit::{
    Action, Audit, AuditConfig, AuditId, Broken, BrokenKind, Entry, Origin, Report, Retention,
    Sealer, verify,
};
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::{Db, DbError, Engine, MigrationSet, Record};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

pub const SETS: &[MigrationSet] = &[hanok_accounts::audit::migrations()];

/// 2019-01-15, noon UTC.
pub const START: Timestamp = Timestamp::from_seconds(1_547_553_600);

pub struct Trail {
    pub db: Db,
    pub keys: KeyRing,
    pub clock: Clock,
    pub random: Random,
    pub audit: Audit,
    pub sealer: Sealer,
    pub folder: TempDir,
}

impl Trail {
    pub fn new(db: Db) -> Self {
        Self::with(db, &AuditConfig::default())
    }

    pub fn with(db: Db, config: &AuditConfig) -> Self {
        let (clock, random) = (Clock::manual(START), Random::seeded(4));
        let keys = KeyRing::generate(&random, START);
        let folder = tempfile::tempdir().unwrap();
        let audit = Audit::new(keys.clone(), clock.clone(), random.clone());
        let sealer = Sealer::new(
            keys.clone(),
            config,
            Some(config.checkpoint_path(folder.path())),
        );
        Self {
            db,
            keys,
            clock,
            random,
            audit,
            sealer,
            folder,
        }
    }

    pub fn file(&self) -> PathBuf {
        AuditConfig::default().checkpoint_path(self.folder.path())
    }

    pub fn retention(&self) -> Retention {
        Retention::new(
            self.keys.clone(),
            self.audit.clone(),
            &AuditConfig::default(),
        )
    }

    pub async fn record(&self, origin: Origin, entry: Entry) -> AuditId {
        let audit = self.audit.clone();
        self.db
            .write::<_, DbError, _>(async move |tx| audit.record(tx, &origin, entry).await)
            .await
            .unwrap()
    }

    /// Records `count` full rows, a second apart.
    pub async fn rows(&self, count: u128) {
        for number in 0..count {
            let who = account(number % 3 + 1);
            let entry = Entry::new(Action::UserInfoUpdate)
                .subject(who)
                .provider(Uuid::from_u128(77))
                .target("account", who.uuid())
                .version(number)
                .details(json!({ "fields": ["locale"] }));
            self.record(origin(who), entry).await;
            self.clock.advance(Duration::from_secs(1));
        }
    }

    pub async fn seal(&self) -> usize {
        self.sealer.run(&self.db, self.clock.now()).await.unwrap()
    }

    pub async fn sealed_rows(&self, count: u128) {
        self.rows(count).await;
        self.seal().await;
    }

    pub async fn verify(&self) -> Report {
        let file = self.file();
        verify(&self.db, &self.keys, Some(&file)).await.unwrap()
    }

    /// The first fault, which there must be.
    pub async fn broken(&self) -> Broken {
        self.verify().await.first_broken.unwrap()
    }

    pub async fn assert_whole(&self) -> Report {
        let report = self.verify().await;
        assert_eq!(report.first_broken, None, "{report}");
        report
    }

    pub async fn assert_broken(&self, kind: BrokenKind, seq: Option<i64>) {
        let found = self.broken().await;
        assert_eq!((found.kind, found.seq), (kind, seq), "{found}");
    }

    /// What somebody with the database's password does.
    pub async fn by_hand(&self, sql: &str) {
        self.db.hand_written(sql).await.unwrap();
    }

    /// The same, after they removed a guard.
    pub async fn around(&self, table: &str, guards: &[&str], sql: &str) {
        for guard in guards {
            self.drop_guard(table, guard).await;
        }
        self.by_hand(sql).await;
    }

    pub async fn drop_guard(&self, table: &str, guard: &str) {
        let on = if self.db.engine() == Engine::Sqlite {
            String::new()
        } else {
            format!(" ON {table}")
        };
        self.by_hand(&format!("DROP TRIGGER {table}_{guard}{on}"))
            .await;
    }

    pub async fn one<R: Record + 'static>(&self, sql: &str) -> R {
        self.db
            .read::<_, DbError, _>(async |conn| conn.one(sql, &[]).await)
            .await
            .unwrap()
    }

    pub async fn count(&self, table: &str) -> i64 {
        self.one(&format!("SELECT COUNT(*) FROM {table}")).await
    }

    /// The expression that makes an id, as each engine has it.
    pub fn new_id(&self) -> &'static str {
        if self.db.engine() == Engine::Sqlite {
            "randomblob(16)"
        } else {
            "gen_random_uuid()"
        }
    }
}

/// A browser in which this person is signed in.
pub fn origin(actor: AccountId) -> Origin {
    Origin {
        actor: Some(actor),
        address: Some("203.0.113.7".parse().unwrap()),
        agent: "Mozilla/5.0".to_owned(),
        request_id: "0190-request".to_owned(),
    }
}

pub fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

/// The id of the row that this link links, in SQL.
pub fn linked(seq: i64) -> String {
    format!("(SELECT audit_id FROM audit_chain WHERE seq = {seq})")
}
