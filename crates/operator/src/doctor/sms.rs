//! The SMS gateway: whether it can be reached, and over TLS. No message is sent.

use std::net::IpAddr;

use hanok_accounts::SmsChannel;
use hanok_accounts::command::Settings;
use hanok_accounts::sms::{Reached, probe};
use hanok_base::directory::DEMO_MARK;

use super::finding::Finding;

pub(super) const CHECK: &str = "sms";

/// Connects to the gateway as sending does, and asks it nothing of a message.
pub(super) async fn look(settings: &Settings) -> Finding {
    if settings.accounts.sms == SmsChannel::Simulated {
        return simulated(settings);
    }
    match probe(&settings.accounts).await {
        Ok(reached) => judge(&reached),
        Err(fault) => Finding::failed(
            CHECK,
            fault,
            "start the gateway, let this machine reach it, or correct accounts.sms_url; for https its certificate has \
             to be valid for that name",
        ),
    }
}

fn simulated(settings: &Settings) -> Finding {
    if settings.demo || settings.server.data_dir.join(DEMO_MARK).exists() {
        return Finding::skipped(CHECK, "text messages are simulated, as a demo's are");
    }
    Finding::warning(
        CHECK,
        "text messages are simulated (accounts.sms): no code reaches a phone, so nobody can prove a number",
        "name a gateway: accounts.sms = \"http\", accounts.sms_url and accounts.sms_token",
    )
}

fn judge(reached: &Reached) -> Finding {
    let origin = &reached.origin;
    if reached.tls {
        return Finding::ok(
            CHECK,
            format!("{origin} answers over TLS; no message was sent"),
        );
    }
    if is_here(&reached.host) {
        return Finding::ok(
            CHECK,
            format!("{origin} answers on this machine; no message was sent"),
        );
    }
    Finding::warning(
        CHECK,
        format!("{origin} answers without TLS: numbers and codes cross the network in the open"),
        "name the gateway's https address (accounts.sms_url)",
    )
}

fn is_here(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn a_gateway_without_tls_is_told_of_unless_it_is_here() {
        let state = |tls, host: &str| {
            let reached = Reached {
                origin: "gateway".to_owned(),
                host: host.to_owned(),
                tls,
            };
            judge(&reached).state
        };
        assert_eq!(state(true, "sms.example.com"), State::Ok);
        assert_eq!(state(false, "sms.example.com"), State::Warning);
        assert_eq!(state(false, "[::1]"), State::Ok);
        assert_eq!(state(false, "127.0.0.1"), State::Ok);
    }
}
