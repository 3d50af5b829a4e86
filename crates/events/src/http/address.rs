//! Which addresses an outgoing request may never reach.
//!
//! Sources: the IANA special-purpose address registries for IPv4 (RFC 6890 and its successors) and
//! IPv6, the multicast registries, and the clouds' documentation of their metadata services. Of IPv6
//! only global unicast (2000::/3) is open at all, so that a range nobody has thought of is closed.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Why an address is closed to callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressClass {
    /// "This host", `0.0.0.0/8` and `::`.
    Unspecified,
    /// The machine itself.
    Loopback,
    /// RFC 1918.
    Private,
    /// Carrier-grade NAT, RFC 6598.
    SharedNat,
    /// One cable only; the usual metadata address is among these.
    LinkLocal,
    /// A cloud's metadata or host service that lies outside the ranges above.
    Metadata,
    /// Groups, not hosts.
    Multicast,
    /// `255.255.255.255`.
    Broadcast,
    /// Examples in documents.
    Documentation,
    /// Measurement networks, RFC 2544 and RFC 5180.
    Benchmark,
    /// An IPv4 address written as IPv6: mapped, compatible or translated.
    Mapped,
    /// IPv6 that a translator turns into IPv4, RFC 6052 and RFC 8215.
    Nat64,
    /// 6to4 and Teredo, RFC 3056 and RFC 4380.
    Tunnel,
    /// Private IPv6, RFC 4193, and its deprecated forerunner.
    UniqueLocal,
    /// Everything else that is no global unicast address.
    Reserved,
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::SharedNat => "carrier-grade NAT",
            Self::LinkLocal => "link-local",
            Self::Metadata => "metadata",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Documentation => "documentation",
            Self::Benchmark => "benchmark",
            Self::Mapped => "IPv4 written as IPv6",
            Self::Nat64 => "NAT64",
            Self::Tunnel => "tunnel",
            Self::UniqueLocal => "unique-local",
            Self::Reserved => "reserved",
        })
    }
}

/// The class that closes `address`, or `None` for an address of the public internet.
pub fn closed_class(address: IpAddr) -> Option<AddressClass> {
    match address {
        IpAddr::V4(address) => closed_v4(address),
        IpAddr::V6(address) => closed_v6(address),
    }
}

fn closed_v4(address: Ipv4Addr) -> Option<AddressClass> {
    let range = CLOSED_V4.iter().find(|(range, _)| range.contains(&address));
    range.map(|(_, class)| *class)
}

fn closed_v6(address: Ipv6Addr) -> Option<AddressClass> {
    let range = CLOSED_V6.iter().find(|(range, _)| range.contains(&address));
    match range {
        Some((_, class)) => Some(*class),
        None if GLOBAL_UNICAST.contains(&address) => None,
        None => Some(AddressClass::Reserved),
    }
}

const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The first range that contains an address decides.
const CLOSED_V4: &[(Ipv4Net, AddressClass)] = &[
    (v4([0, 0, 0, 0], 8), AddressClass::Unspecified),
    (v4([10, 0, 0, 0], 8), AddressClass::Private),
    (v4([100, 64, 0, 0], 10), AddressClass::SharedNat),
    (v4([127, 0, 0, 0], 8), AddressClass::Loopback),
    (v4([168, 63, 129, 16], 32), AddressClass::Metadata),
    (v4([169, 254, 0, 0], 16), AddressClass::LinkLocal),
    (v4([172, 16, 0, 0], 12), AddressClass::Private),
    (v4([192, 0, 0, 0], 24), AddressClass::Reserved),
    (v4([192, 0, 2, 0], 24), AddressClass::Documentation),
    (v4([192, 88, 99, 0], 24), AddressClass::Tunnel),
    (v4([192, 168, 0, 0], 16), AddressClass::Private),
    (v4([198, 18, 0, 0], 15), AddressClass::Benchmark),
    (v4([198, 51, 100, 0], 24), AddressClass::Documentation),
    (v4([203, 0, 113, 0], 24), AddressClass::Documentation),
    (v4([224, 0, 0, 0], 4), AddressClass::Multicast),
    (v4([255, 255, 255, 255], 32), AddressClass::Broadcast),
    (v4([240, 0, 0, 0], 4), AddressClass::Reserved),
];

/// The first range that contains an address decides.
const CLOSED_V6: &[(Ipv6Net, AddressClass)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), AddressClass::Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), AddressClass::Loopback),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 96), AddressClass::Mapped),
    (v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), AddressClass::Mapped),
    (v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96), AddressClass::Mapped),
    (
        v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
        AddressClass::Nat64,
    ),
    (
        v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
        AddressClass::Nat64,
    ),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), AddressClass::Tunnel),
    (
        v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48),
        AddressClass::Benchmark,
    ),
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
        AddressClass::Reserved,
    ),
    (
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
        AddressClass::Documentation,
    ),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), AddressClass::Tunnel),
    (
        v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        AddressClass::Documentation,
    ),
    (
        v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
        AddressClass::UniqueLocal,
    ),
    (
        v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
        AddressClass::UniqueLocal,
    ),
    (
        v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
        AddressClass::LinkLocal,
    ),
    (
        v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
        AddressClass::Multicast,
    ),
];

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::from_octets(octets), prefix)
}

const fn v6(segments: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_segments(segments), prefix)
}
