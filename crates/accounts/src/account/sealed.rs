//! Opening and closing an account's sealed values; a value opens only for its own row and column.

use hanok_base::Place;
use zeroize::Zeroizing;

use crate::birthdate::Birthdate;
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::phone::PhoneNumber;
use crate::{AccountId, account};

impl Accounts {
    pub(crate) fn seal(&self, account: AccountId, column: &str, value: &[u8]) -> Vec<u8> {
        self.keys
            .seal(Place::new("account", column, account.uuid()), value)
    }

    pub(crate) fn unseal(
        &self,
        account: AccountId,
        column: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<String>, Fault> {
        let plain = self
            .keys
            .unseal(Place::new("account", column, account.uuid()), sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| not_text(column))?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// Opens an account's phone number.
    ///
    /// # Errors
    /// When the value does not open.
    pub fn phone_of(&self, account: AccountId, sealed: &[u8]) -> Result<PhoneNumber, Fault> {
        PhoneNumber::parse(&self.unseal(account, "phone", sealed)?).map_err(|_| not_text("phone"))
    }

    pub(crate) fn birthdate_of(
        &self,
        account: AccountId,
        sealed: &[u8],
    ) -> Result<Birthdate, Fault> {
        let text = self.unseal(account, "birthdate", sealed)?;
        Birthdate::parse(&text, jiff::civil::Date::MAX).map_err(|_| not_text("birthdate"))
    }

    /// The blind indexes of a phone number, the active key's first.
    pub fn phone_indexes(&self, phone: &PhoneNumber) -> Vec<(u32, [u8; 32])> {
        self.keys.blind_indexes(account::PHONE, &phone.normalised())
    }

    /// The blind indexes of an e-mail address, the active key's first.
    pub fn email_indexes(&self, email: &EmailAddress) -> Vec<(u32, [u8; 32])> {
        self.keys.blind_indexes(account::EMAIL, &email.normalised())
    }
}

fn not_text(column: &str) -> Fault {
    Fault::Internal(format!("the sealed {column} is not what it should be"))
}
