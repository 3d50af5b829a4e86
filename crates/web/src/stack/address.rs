//! Where a request comes from: the peer, or what trusted proxies say of it.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const AGENT_CHARACTERS: usize = 255;

/// Whether `address` is one of the operator's proxies.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The right-most hop that is not a trusted proxy.
///
/// `X-Forwarded-For` is read from the right, each entry believed as long as the hop that wrote it is
/// trusted; one that cannot be read ends the walk at the hop that wrote it.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = peer;
    if !is_trusted(address, trusted) {
        return address;
    }
    for line in headers.get_all(X_FORWARDED_FOR).iter().rev() {
        for hop in line.to_str().unwrap_or_default().rsplit(',') {
            let Some(hop) = read(hop.trim()) else {
                return address;
            };
            address = hop;
            if !is_trusted(address, trusted) {
                return address;
            }
        }
    }
    address
}

/// An address as proxies write it: bare, bracketed, or with a port.
fn read(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare
        .parse()
        .or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// The `User-Agent`, without control characters, at most 255 characters.
pub(super) fn agent(headers: &HeaderMap) -> String {
    let Some(agent) = headers.get(USER_AGENT) else {
        return String::new();
    };
    match agent.to_str() {
        Ok(agent) if agent.len() <= AGENT_CHARACTERS => agent.to_owned(),
        _ => String::from_utf8_lossy(agent.as_bytes())
            .chars()
            .filter(|character| !character.is_control())
            .take(AGENT_CHARACTERS)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(X_FORWARDED_FOR, line.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_their_address() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        assert_eq!(seen("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            seen("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.7"]),
            "198.51.100.1"
        );
        assert_eq!(
            seen("10.0.0.1", &["6.6.6.6", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(seen("fd00::1", &["198.51.100.1:5000"]), "198.51.100.1");
        assert_eq!(seen("fd00::1", &["[2001:db8::1]:5000"]), "2001:db8::1");
        assert_eq!(seen("fd00::1", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_cannot_be_read_ends_at_the_hop_that_wrote_it() {
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            seen("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.2"]),
            "10.0.0.2"
        );
    }

    #[test]
    fn an_agent_is_cut_at_255_characters_and_has_no_control_characters() {
        let mut headers = HeaderMap::new();
        let long = format!("한옥\t{}", "x".repeat(400));
        headers.insert(
            USER_AGENT,
            axum::http::HeaderValue::from_bytes(long.as_bytes()).unwrap(),
        );
        let agent = agent(&headers);
        assert_eq!(agent.chars().count(), 255);
        assert!(agent.starts_with("한옥x"));
    }
}
