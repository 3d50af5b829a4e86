//! Other ways to sign in, which apps bring along and `/login` offers.

use std::sync::OnceLock;

use hanok_base::i18n::Text;

use crate::context::Accounts;

/// A way to sign in beside the password.
#[derive(Clone, Debug)]
pub struct SignInWay {
    /// What its button says.
    pub label: Text,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// The page where it begins; it takes `next` as `/login` does.
    pub path: &'static str,
}

/// What the apps offer; named once, when the program is put together.
#[derive(Default)]
pub(crate) struct SignInWays(OnceLock<Vec<SignInWay>>);

impl SignInWays {
    pub(crate) fn get(&self) -> &[SignInWay] {
        self.0.get().map(Vec::as_slice).unwrap_or_default()
    }
}

impl Accounts {
    /// Offers the apps' ways on `/login`; the first call counts.
    pub fn offer_sign_in_ways(&self, ways: Vec<SignInWay>) {
        let _ = self.ways.0.set(ways);
    }
}
