//! Name look-up for outgoing requests: what is looked up is what is connected, once.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{AddressClass, closed_class};

/// Turns a host name into addresses. Tests put their own in place of the system's.
pub trait Resolver: Send + Sync {
    /// The addresses of `host` at this moment.
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's own look-up (hosts file, DNS).
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Every address of a name is closed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the name stands for a {0} address")]
pub(super) struct ClosedName(pub(super) AddressClass);

/// Hands the connector only addresses that are open, so that there is no second look-up between the
/// check and the connection for a name to change its mind in.
pub(super) struct OpenAddressesOnly(pub(super) Arc<dyn Resolver>);

impl Resolve for OpenAddressesOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.0.resolve(name.as_str());
        Box::pin(async move { Ok(connectable(open_only(found.await?)?)) })
    }
}

/// For origins that the configuration allows: whatever the name stands for.
pub(super) struct AnyAddress(pub(super) Arc<dyn Resolver>);

impl Resolve for AnyAddress {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.0.resolve(name.as_str());
        Box::pin(async move { Ok(connectable(found.await?)) })
    }
}

fn open_only(found: Vec<IpAddr>) -> Result<Vec<IpAddr>, ClosedName> {
    let mut closed = None;
    let mut open = found;
    open.retain(|address| match closed_class(*address) {
        Some(class) => {
            closed = Some(class);
            false
        }
        None => true,
    });
    match closed {
        Some(class) if open.is_empty() => Err(ClosedName(class)),
        _ => Ok(open),
    }
}

/// Port 0 stands for the port of the URL.
fn connectable(addresses: Vec<IpAddr>) -> Addrs {
    Box::new(
        addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, 0)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn closed_addresses_are_taken_out_of_a_mixed_answer() {
        let mixed = addresses(&["127.0.0.1", "93.184.215.14", "fd00::1", "2606:2800:21f::1"]);
        let open = open_only(mixed).unwrap();
        assert_eq!(open, addresses(&["93.184.215.14", "2606:2800:21f::1"]));
    }

    #[test]
    fn a_name_with_only_closed_addresses_is_refused() {
        let fault = open_only(addresses(&["::1", "10.1.2.3"])).unwrap_err();
        assert_eq!(fault.0, AddressClass::Private);
    }
}
