//! The address that people and providers use, against what is served and where.

use hanok_accounts::command::Settings;
use hanok_base::config::Environment;

use super::finding::Finding;

const CHECK: &str = "address";

/// Looks at `web.public_url`. That any but localhost is https, and a proxy then believed, the settings see to.
pub(super) fn look(settings: &Settings) -> Finding {
    let url = settings.web.origin();
    if url.starts_with("https://") {
        return Finding::ok(
            CHECK,
            format!(
                "{url}; a proxy ends TLS and passes on to {}:{}",
                settings.server.host, settings.server.port
            ),
        );
    }
    if settings.environment == Environment::Production {
        return Finding::warning(
            CHECK,
            format!("{url} is reached from this machine only, and without TLS"),
            "set web.public_url to the https address that people use, and web.trusted_proxies to the proxy that ends TLS",
        );
    }
    let port = settings.server.port;
    if port != 0 && port_of(url) != Some(port) {
        return Finding::warning(
            CHECK,
            format!("{url} is where links lead, and the server listens on port {port}"),
            format!(
                "set web.public_url to http://localhost:{port}, or leave it out: it then follows the port"
            ),
        );
    }
    Finding::ok(CHECK, url)
}

/// The port of a plain address.
fn port_of(url: &str) -> Option<u16> {
    let (_, host) = url.split_once("://")?;
    match host.rsplit_once(':') {
        Some((_, port)) if !port.ends_with(']') => port.parse().ok(),
        _ => Some(80),
    }
}

#[cfg(test)]
mod tests {
    use super::port_of;

    #[test]
    fn a_port_is_read_from_an_address() {
        assert_eq!(port_of("http://localhost:9000"), Some(9_000));
        assert_eq!(port_of("http://localhost"), Some(80));
        assert_eq!(port_of("http://[::1]"), Some(80));
        assert_eq!(port_of("http://[::1]:8080"), Some(8_080));
    }
}
