"""Which addresses count as one (A-14): of IPv4 each, of IPv6 a /64, since one subscriber has all of it. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address


def network(address: str) -> str:
    """What tries from `address` are counted under; what is no address counts as itself, 60 characters of it."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return address.strip()[:60]
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))
    return str(found)
