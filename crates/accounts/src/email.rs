//! E-mail addresses: how they are read, kept and shown.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The longest address a mail path carries, in bytes (RFC 5321, 4.5.3.1.3 less the brackets).
const LONGEST: usize = 254;
/// The longest local part, in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// The longest label of a domain name, in bytes (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// An address as mail is sent to it. Wiped when dropped; `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EmailAddress {
    local: String,
    domain: String,
}

/// Why what was typed is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    /// More than 254 bytes, or more than 64 before the `@`.
    #[error("E-mail address is too long")]
    TooLong,
    /// Not of the shape `name@example.com`.
    #[error("E-mail address must be in format: name@example.com")]
    Malformed,
}

impl EmailFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "email_too_long",
            Self::Malformed => "email_format",
        }
    }
}

impl EmailAddress {
    /// Reads `local@domain` after trimming: an unquoted local part (RFC 5322 dot-atom) and a domain
    /// name of at least two labels; no address literals, no internationalised names.
    ///
    /// # Errors
    /// [`EmailFault`].
    pub fn parse(text: &str) -> Result<Self, EmailFault> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(EmailFault::Malformed)?;
        if text.len() > LONGEST || local.len() > LONGEST_LOCAL {
            return Err(EmailFault::TooLong);
        }
        if !is_local(local) || !is_domain(domain) {
            return Err(EmailFault::Malformed);
        }
        Ok(Self {
            local: local.to_owned(),
            domain: domain.to_ascii_lowercase(),
        })
    }

    /// The address to send to: the local part as it was typed.
    pub fn address(&self) -> Zeroizing<String> {
        Zeroizing::new([self.local.as_str(), "@", self.domain.as_str()].concat())
    }

    /// The one form that is indexed and compared: all in lower case.
    pub fn normalised(&self) -> Zeroizing<String> {
        let mut text = self.address();
        text.make_ascii_lowercase();
        text
    }

    /// What lists and logs may show: `h***@example.com`.
    pub fn masked(&self) -> String {
        let first: String = self.local.chars().take(1).collect();
        format!("{first}***@{}", self.domain)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

fn is_local(local: &str) -> bool {
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_domain(domain: &str) -> bool {
    let names_a_country_or_kind = domain
        .rsplit('.')
        .next()
        .is_some_and(|top| top.len() > 1 && !top.bytes().all(|b| b.is_ascii_digit()));
    domain.contains('.') && names_a_country_or_kind && domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_keeps_its_local_part_and_compares_in_lower_case() {
        let address = EmailAddress::parse("  Hong.Gil-Dong+shop@Mail.Example.COM ").unwrap();
        assert_eq!(
            address.address().as_str(),
            "Hong.Gil-Dong+shop@mail.example.com"
        );
        assert_eq!(
            address.normalised().as_str(),
            "hong.gil-dong+shop@mail.example.com"
        );
        assert_eq!(address.masked(), "H***@mail.example.com");
        assert_eq!(format!("{address:?}"), "H***@mail.example.com");
    }

    #[test]
    fn what_no_mail_reaches_is_refused() {
        for text in [
            "",
            "@",
            "hong",
            "hong@",
            "@example.com",
            "a@b@example.com",
            "hong@example",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "a b@example.com",
            "a@-example.com",
            "a@example-.com",
            "a@example..com",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "\"a\"@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "홍@example.com",
            "a@예시.kr",
            "a@example.com.",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(EmailFault::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn an_overlong_address_is_named_as_such() {
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(EmailAddress::parse(&long), Err(EmailFault::TooLong));
        let long = format!("a@{}.com", "b.".repeat(130));
        assert_eq!(EmailAddress::parse(&long), Err(EmailFault::TooLong));
    }

    proptest! {
        #[test]
        fn a_mask_shows_one_letter_of_the_name(
            local in "[a-z0-9]{2,20}", domain in "[a-z]{1,10}\\.(com|co\\.kr)"
        ) {
            let address = EmailAddress::parse(&format!("{local}@{domain}")).unwrap();
            let first: String = local.chars().take(1).collect();
            prop_assert_eq!(address.masked(), format!("{first}***@{domain}"));
        }

        #[test]
        fn reading_any_text_is_safe_and_settles(text in "\\PC{0,40}|[a-zA-Z.@ -]{0,30}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                let again = EmailAddress::parse(&address.normalised()).unwrap();
                prop_assert_eq!(again.normalised(), address.normalised());
                prop_assert!(address.address().len() <= 254);
            }
        }
    }
}
