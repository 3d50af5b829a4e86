//! A running program as people, phones and providers meet it: an address, and the accounts behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hanok_accounts::Accounts;
use hanok_web::{AccountId, Ctx};
use serde_json::json;

use crate::answer::Answer;
use crate::client::Client;
use crate::person::{NewPerson, Person};
use crate::phone::Phone;
use crate::processes::Processes;

/// A running program. Cloning shares it. [`TestApp`](crate::TestApp) is one; a program that was put
/// together otherwise becomes one by [`Site::new`].
#[derive(Clone)]
pub struct Site {
    /// Where it listens: `http://127.0.0.1:port`.
    pub base_url: String,
    /// Its accounts, and through them store, clock, random source and key ring.
    pub accounts: Accounts,
    client: Client,
    people: Arc<AtomicU32>,
}

impl Site {
    /// The program that listens at `base_url`.
    pub fn new(base_url: &str, accounts: Accounts) -> Self {
        Self::of_processes(Processes::one(base_url), accounts)
    }

    pub(crate) fn of_processes(processes: Processes, accounts: Accounts) -> Self {
        Self {
            base_url: processes.base_url().to_owned(),
            accounts,
            client: Client::of_processes(processes),
            people: Arc::default(),
        }
    }

    /// A caller that nobody knows.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A new person; awaiting it makes the account and signs in. By default the phone number is proven
    /// and a PIN is set.
    pub fn person(&self, username: &str) -> NewPerson {
        NewPerson::new(self, username)
    }

    /// Signs a person in over HTTP.
    pub async fn sign_in(&self, username: &str, password: &str) -> Answer {
        self.client
            .post("/api/v1/auth/login")
            .json(json!({ "username": username, "password": password }))
            .await
    }

    /// Signs a person in anew and keeps the new tokens, as after what ended the old ones.
    ///
    /// # Panics
    /// When the sign-in is refused.
    pub async fn sign_in_again(&self, person: &mut Person) {
        person.keep_tokens(
            &self
                .sign_in(&person.username, &person.password)
                .await
                .assert_status(200),
        );
    }

    /// Pairs a new phone as a phone does: the person asks for a code over HTTP, the phone shows it.
    ///
    /// # Panics
    /// When either is refused.
    pub async fn pair(&self, person: &Person) -> Phone {
        let asked = json!({ "password": person.password });
        let code = self
            .client()
            .of(person)
            .post("/api/v1/me/devices")
            .json(asked)
            .await
            .assert_status(201);
        Phone::pair(self, code.body["pairing_code"].as_str().unwrap()).await
    }

    /// A running number, from 1, that no other person of this site has.
    pub(crate) fn next_number(&self) -> u32 {
        self.people.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Gives an account a role, as the command line does; its tokens are no longer valid.
    ///
    /// # Panics
    /// When there is no such role.
    pub async fn grant(&self, account: AccountId, role: &str) {
        let ctx = Ctx::program("testkit", self.accounts.clock.now());
        self.accounts.grant_role(&ctx, account, role).await.unwrap();
    }
}
