//! The form of a record that is signed: one that two different records never share.

use hanok_base::KeyRing;
use uuid::Uuid;

use crate::audit::AuditError;

/// A label that says what is signed, then fields: each absent (0), or present (1), its length (4 bytes,
/// big endian) and its bytes.
pub(super) struct Canonical(Vec<u8>);

impl Canonical {
    pub(super) fn new(label: &str) -> Self {
        Self(Vec::with_capacity(512)).text(Some(label))
    }

    pub(super) fn bytes(mut self, field: Option<&[u8]>) -> Self {
        match field {
            None => self.0.push(0),
            Some(bytes) => {
                self.0.push(1);
                let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.0.extend_from_slice(&length.to_be_bytes());
                self.0.extend_from_slice(bytes);
            }
        }
        self
    }

    pub(super) fn text(self, field: Option<&str>) -> Self {
        self.bytes(field.map(str::as_bytes))
    }

    pub(super) fn number(self, field: Option<i64>) -> Self {
        self.bytes(
            field
                .map(i64::to_be_bytes)
                .as_ref()
                .map(<[u8; 8]>::as_slice),
        )
    }

    pub(super) fn uuid(self, field: Option<Uuid>) -> Self {
        self.bytes(field.as_ref().map(|id| id.as_bytes().as_slice()))
    }

    /// HMAC-SHA256 under this version of the audit key.
    ///
    /// # Errors
    /// When that version is not on the ring, nor in its file.
    pub(super) fn mac(&self, keys: &KeyRing, version: i64) -> Result<[u8; 32], AuditError> {
        let unknown = AuditError::UnknownKey(version);
        let Ok(version) = u32::try_from(version) else {
            return Err(unknown);
        };
        let parts: &[&[u8]] = &[&self.0];
        keys.audit_mac(version, parts)
            .or_else(|| {
                // Another process may have rotated the file since it was read.
                let _ = keys.reload();
                keys.audit_mac(version, parts)
            })
            .ok_or(unknown)
    }

    /// Whether `mac` is the one of this form under this version of the key.
    pub(super) fn is_signed(&self, keys: &KeyRing, version: i64, mac: &[u8]) -> bool {
        self.mac(keys, version)
            .is_ok_and(|expected| hanok_base::secret::constant_time_eq(&expected, mac))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_records_share_a_form() {
        let forms = [
            Canonical::new("a").text(Some("bc")).text(None),
            Canonical::new("a").text(Some("b")).text(Some("c")),
            Canonical::new("ab").text(Some("c")).text(None),
            Canonical::new("a").text(Some("")).text(Some("bc")),
            Canonical::new("a").text(None).text(Some("bc")),
        ];
        let distinct: std::collections::BTreeSet<&[u8]> =
            forms.iter().map(|form| form.0.as_slice()).collect();
        assert_eq!(distinct.len(), forms.len());
    }
}
