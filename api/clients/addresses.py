"""Where a request may go: to the public internet, and to a private network only if the operator allows it.

The name is resolved once, here, and the request goes to the address that was checked: a name that later resolves to
something else gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx2

from api.clients.fetching import Exchanges

LOCALHOST = "localhost"
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def require_address(text: str) -> httpx2.URL:
    """Returns a configured address, parsed. Raises ValueError unless it is https, or http to this machine."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise ValueError(f"url: {error}") from None
    if not url.host or url.userinfo or url.fragment:
        raise ValueError("url: expected an address without user name and fragment")
    if url.scheme != "https" and not (url.scheme == "http" and _is_this_machine(url.host)):
        raise ValueError("url: expected https:// (http:// only to this machine itself)")
    return url


def pinned(
    exchanges: Exchanges, url: httpx2.URL, *, is_internal: bool, content: bytes, headers: dict[str, str]
) -> httpx2.Request:
    """Returns a POST to an address that is allowed for its host. Raises OSError when it has none.

    ``is_internal`` allows addresses of private networks; http goes to this machine in any case.
    """
    host, port = url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # of a label that is too long
        raise OSError(f"{host}: {error}") from None
    addresses = [ip_address(str(address[0])) for *_, address in answers]
    for address in addresses:
        if url.scheme == "http" and not address.is_loopback:
            raise OSError(f"{host}: {address} is not this machine: only https goes there")
        if url.scheme == "https" and not is_internal and not is_public(address):
            raise OSError(f"{host}: {address} is an internal address, which the operator has not allowed")
    checked = str(url.copy_with(host=str(addresses[0])))
    request = exchanges.request("POST", checked, content=content, headers=headers)
    request.headers["Host"] = url.netloc.decode("ascii")
    request.extensions["sni_hostname"] = host  # the certificate is checked for the name
    return request


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the public internet, in whatever IPv6 form an IPv4 address is written."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == LOCALHOST
