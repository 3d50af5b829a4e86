//! A row of the log and its two seals.

use hanok_base::KeyRing;
use hanok_base::secret::{constant_time_eq, hmac_sha256};
use uuid::Uuid;

use crate::audit::AuditError;
use crate::audit::canonical::Canonical;

/// The origin of a row that the program wrote.
pub(super) const PROGRAM: &str = "program";

hanok_db::record! {
    /// A row of `audit_log`, as it is stored.
    #[derive(Clone, Debug)]
    pub(super) struct LogRow from "l" {
        pub(super) id: Uuid,
        pub(super) at: i64,
        pub(super) action: String,
        pub(super) actor_id: Option<Uuid>,
        pub(super) subject_id: Option<Uuid>,
        pub(super) provider_id: Option<Uuid>,
        pub(super) target_kind: Option<String>,
        pub(super) target_id: Option<Uuid>,
        pub(super) target_version: Option<String>,
        pub(super) details: String,
        pub(super) request_id: Option<String>,
        pub(super) origin: String,
        pub(super) key_version: Option<i64>,
        pub(super) row_mac: Option<Vec<u8>>,
        pub(super) origin_mac: Option<Vec<u8>>,
    }
}

impl LogRow {
    /// Every column but `row_mac`.
    fn canonical(&self, label: &str) -> Canonical {
        Canonical::new(label)
            .uuid(Some(self.id))
            .number(Some(self.at))
            .text(Some(&self.action))
            .uuid(self.actor_id)
            .uuid(self.subject_id)
            .uuid(self.provider_id)
            .text(self.target_kind.as_deref())
            .uuid(self.target_id)
            .text(self.target_version.as_deref())
            .text(Some(&self.details))
            .text(self.request_id.as_deref())
            .text(Some(&self.origin))
            .number(self.key_version)
            .bytes(self.origin_mac.as_deref())
    }

    /// The row's own seal under this version of the audit key.
    pub(super) fn own_mac(&self, keys: &KeyRing, version: i64) -> Result<[u8; 32], AuditError> {
        self.canonical("hanok audit row 1").mac(keys, version)
    }

    /// Whether the row says that the program wrote it.
    pub(super) fn claims_program(&self) -> bool {
        self.origin == PROGRAM
    }

    /// Whether the row carries the program's valid seal.
    pub(super) fn is_sealed(&self, keys: &KeyRing) -> bool {
        let (Some(version), Some(mac)) = (self.key_version, &self.row_mac) else {
            return false;
        };
        self.canonical("hanok audit row 1")
            .is_signed(keys, version, mac)
    }

    /// The form that a link of this row signs: its place, the link before, every column.
    pub(super) fn linked(&self, seq: i64, previous: &[u8]) -> Canonical {
        self.canonical("hanok audit link 1")
            .bytes(self.row_mac.as_deref())
            .number(Some(seq))
            .bytes(Some(previous))
    }
}

hanok_db::record! {
    /// A row of `audit_origin`: what erasure may take away.
    #[derive(Clone, Debug)]
    pub(super) struct SideRow from "o" {
        pub(super) salt: Vec<u8>,
        pub(super) address: Option<String>,
        pub(super) agent: String,
    }
}

impl SideRow {
    /// What the row's seal covers of this: HMAC(salt, address ‖ 0 ‖ agent). Without the salt it tells
    /// nothing of either.
    pub(super) fn digest(&self) -> [u8; 32] {
        let address = self.address.as_deref().unwrap_or_default();
        hmac_sha256(
            &self.salt,
            &[address.as_bytes(), &[0], self.agent.as_bytes()],
        )
    }

    /// Whether `mac` is the digest of this.
    pub(super) fn matches(&self, mac: &[u8]) -> bool {
        constant_time_eq(&self.digest(), mac)
    }
}
