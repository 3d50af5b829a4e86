//! Whether an account is signed in to from a place that it was not signed in from before; then it is told.

use std::net::IpAddr;

use hanok_db::{Conn, DbError, Tx, params};
use hanok_web::Ctx;
use hanok_web::rate_limit::limited_network;

use crate::AccountId;
use crate::account;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::Notice;

/// How many earlier places are looked at.
const LOOKED_AT: u32 = 200;

/// The addresses and agents of an account's sessions, ended ones too.
async fn earlier(conn: &mut Conn, account: AccountId) -> Result<Vec<(String, String)>, DbError> {
    const SQL: &str = "SELECT address, agent FROM session WHERE account_id = $1 ORDER BY last_seen_at DESC LIMIT $2";
    conn.all(SQL, params![account, LOOKED_AT]).await
}

impl Accounts {
    /// Tells an account of a sign-in from a new place, before the session is written into the unit. The first
    /// sign-in of all is none.
    pub(crate) async fn tell_new_place(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
    ) -> Result<(), Fault> {
        let places = earlier(tx, account).await?;
        if is_known(&places, ctx) {
            return Ok(());
        }
        let is_first = places.is_empty()
            && account::find(tx, account)
                .await?
                .is_none_or(|row| row.last_login_at.is_none());
        if is_first {
            return Ok(());
        }
        self.notify(tx, ctx, account, Notice::NewPlace).await
    }
}

fn is_known(places: &[(String, String)], ctx: &Ctx) -> bool {
    let (here, with) = (network(ctx.address), kind(&ctx.agent));
    let network_known = places
        .iter()
        .any(|(address, _)| address.parse().is_ok_and(|it| network(it) == here));
    network_known && places.iter().any(|(_, agent)| kind(agent) == with)
}

/// The network of an address: providers give out another one of the same network every day.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}")
        }
        v6 @ IpAddr::V6(_) => limited_network(v6).to_string(),
    }
}

/// A browser without its version, which changes every few weeks.
fn kind(agent: &str) -> String {
    let is_version = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
    agent.chars().filter(|c| !is_version(*c)).collect()
}

#[cfg(test)]
mod tests {
    use hanok_base::Timestamp;

    use super::*;

    fn from(address: &str, agent: &str) -> Ctx {
        let ctx = Ctx::program(agent, Timestamp::default());
        Ctx {
            address: address.parse().unwrap(),
            ..ctx
        }
    }

    #[test]
    fn a_place_is_a_network_and_a_kind_of_browser() {
        let seen = [("203.0.113.7".to_owned(), "Firefox/140.0 (Linux)".to_owned())];
        assert!(is_known(
            &seen,
            &from("203.0.113.99", "Firefox/141.2 (Linux)")
        ));
        assert!(!is_known(
            &seen,
            &from("198.51.100.7", "Firefox/140.0 (Linux)")
        ));
        assert!(!is_known(
            &seen,
            &from("203.0.113.7", "Chrome/140.0 (Linux)")
        ));
        let seen = [("2001:db8:0:1::5".to_owned(), String::new())];
        assert!(is_known(&seen, &from("2001:db8:0:1::9", "")));
        assert!(!is_known(&seen, &from("2001:db8:0:2::5", "")));
    }
}
