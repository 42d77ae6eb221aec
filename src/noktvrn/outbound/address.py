"""Which addresses a request may go to: https anywhere public, http only to this machine.

Names are checked after they were looked up, and the connection goes to the address that was checked, so a
name that changes its mind in between (DNS rebinding) leads nowhere. A private address is reached only where
a setting names it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from noktvrn.kernel.errors import NotAllowed, Unavailable

Resolver = Callable[[str, int], Awaitable[list[str]]]
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"https": 443, "http": 80}
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes, before its name is looked up."""

    scheme: str
    host: str
    port: int


def place_of(url: str, *, named: str, private_hosts: Collection[str] = ()) -> Place:
    """The place of an absolute URL. The URL is never quoted: it may hold a secret.

    `named` tells the person which setting is meant.

    Raises:
        NotAllowed: the scheme, the user part or the host is not one the house goes to.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise _forbidden(named, "cannot be read") from None
    if parts.scheme not in _PORTS or not host or not host.isascii():
        raise _forbidden(named, "is no http or https address")
    if "@" in parts.netloc:
        raise _forbidden(named, "holds a user or password")
    if parts.scheme == "http" and not (names_loopback(host) or host in private_hosts):
        raise _forbidden(named, "is not encrypted")
    return Place(parts.scheme, host, port)


def names_loopback(host: str) -> bool:
    """Whether a host by its own words is this machine."""
    literal = _literal(host)
    return literal.is_loopback if literal else host == "localhost"


def asset_hosts(base_url: str, private_hosts: Collection[str]) -> tuple[str, ...]:
    """The private hosts a service's files may lie at: those named, and this machine where the service itself
    runs here. Nobody else's word leads a download inside."""
    with contextlib.suppress(NotAllowed):
        host = place_of(base_url, named="the service", private_hosts=private_hosts).host
        return (*private_hosts, host) if names_loopback(host) else tuple(private_hosts)
    return tuple(private_hosts)


async def addresses(
    place: Place,
    *,
    named: str,
    private_hosts: Collection[str] = (),
    resolver: Resolver | None = None,
    loopback: bool = True,
) -> list[str]:
    """The addresses of a place, every one of them checked; never empty.

    `loopback`: whether a host that by its own words is this machine needs no setting that names it.

    Raises:
        NotAllowed: one of them lies where the house does not go.
        Unavailable: the name is not known.
    """
    literal = _literal(place.host)
    found = [str(literal)] if literal else await (resolver or look_up)(place.host, place.port)
    own = place.host in private_hosts
    for address in found:
        here = own or (loopback and names_loopback(place.host))
        if not _open(ipaddress.ip_address(address.split("%")[0]), here, own):
            raise _forbidden(named, "leads to an address inside a private network")
    if not found:
        raise Unavailable(f"The host of {named} is not known.", code="outside.unreachable", hint=_SPELT)
    return found


async def look_up(host: str, port: int) -> list[str]:
    """Asks the system's resolver. It cannot be interrupted, so it waits in a thread nobody waits for."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def give(addresses: list[str]) -> None:
        if not answer.done():
            answer.set_result(addresses)

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):  # the second: an empty or endless label
            rows = []
        found = list(dict.fromkeys(str(row[4][0]) for row in rows))
        with contextlib.suppress(RuntimeError):  # the deadline has passed and the loop is gone
            loop.call_soon_threadsafe(give, found)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    return await answer


_SPELT = "Check how it is spelt, and that this machine is online."


def _literal(host: str) -> _IP | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _open(ip: _IP, loopback: bool, private: bool) -> bool:
    ip = _inner(ip)
    if ip.is_loopback:
        return loopback
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    if ip.is_private or (ip.version == 4 and ip in _SHARED):
        return private
    return ip.is_global and not ip.is_reserved


def _inner(ip: _IP) -> _IP:
    """The IPv4 address that an IPv6 one only wraps (mapped, 6to4, NAT64)."""
    if ip.version == 4:
        return ip
    wrapped = ip.ipv4_mapped or ip.sixtofour
    if wrapped is None and ip in _NAT64:
        wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return wrapped or ip


def _forbidden(named: str, why: str) -> NotAllowed:
    return NotAllowed(
        f"The address of {named} {why}.",
        code="outside.forbidden_address",
        hint="Use an https address; http is for 127.0.0.1. NOKTVRN_PRIVATE_HOSTS names your own servers.",
    )
