"""Which IP addresses are public.

Knows: the IANA special-purpose registries (RFC 6890 and its updates), as an allow rule for IPv6 and a deny list for
IPv4. Must not know: sockets, names, configuration. `ipaddress.is_global` is not used: its answer for embedded and
reserved ranges differs between Python versions, and a door must not move with them.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

_IPV4_DENIED = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link local; cloud metadata services live here
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_IPV6_GLOBAL = IPv6Network("2000::/3")  # the only range that IANA has handed out for global unicast
_IPV6_DENIED = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments; holds Teredo (2001::/32), which embeds an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, embeds an IPv4 address
        "3fff::/20",  # documentation (RFC 9637)
    )
)


def is_public(address: str) -> bool:
    """Whether a numeric address, as a resolver gives it, may be contacted. Anything unreadable is not public."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _IPV4_DENIED)
    # IPv4-mapped, IPv4-compatible and NAT64 addresses lie outside 2000::/3 and so are refused as well
    return parsed in _IPV6_GLOBAL and not any(parsed in network for network in _IPV6_DENIED)
