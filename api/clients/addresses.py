"""Where a request may go: to the public internet, and to a private network only if the operator allows it.

The name is resolved once, here, and the request goes to the address that was checked: a name that later resolves to
something else gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal

import httpx2

from api.clients.fetching import Exchanges
from ledger.errors import Unfit, Unreachable

LOCALHOST = "localhost"
Reach = Literal["public", "internal", "nowhere"]

# An IPv4 address in these networks begins at this bit, counted from the right.
_EMBEDDED = {
    IPv6Network("::ffff:0:0/96"): 0,  # RFC 4291, 2.5.5.2: IPv4-mapped
    IPv6Network("64:ff9b::/96"): 0,  # RFC 6052: NAT64
    IPv6Network("2002::/16"): 80,  # RFC 3056: 6to4
}
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291, 2.4: all that is given out
_PRIVATE = (
    IPv4Network("10.0.0.0/8"),  # RFC 1918
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),  # RFC 6598: shared by the customers of a provider
    IPv6Network("fc00::/7"),  # RFC 4193: unique local
)
# What Python takes for public or private in some of its versions only, and what serves secrets to who asks.
_NOWHERE = (
    IPv4Network("0.0.0.0/8"),  # RFC 1122, 3.2.1.3: this network
    IPv4Network("100.100.100.200/32"),  # metadata of a cloud
    IPv4Network("168.63.129.16/32"),  # the same: a public address that leads to the host of a virtual machine
    IPv4Network("192.0.0.0/24"),  # RFC 6890: protocol assignments, and metadata of a cloud
    IPv4Network("192.88.99.0/24"),  # RFC 7526: relays of 6to4
    IPv6Network("2001::/23"),  # RFC 2928: protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),  # RFC 3849 and 9637: documentation
    IPv6Network("3fff::/20"),
    IPv6Network("fd00:ec2::/32"),  # metadata of a cloud
)


def require_address(text: str) -> httpx2.URL:
    """Returns a configured address, parsed. Raises ValueError unless it is https, or http to this machine."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise Unfit(f"url: {error}", f"url : adresse non valide ({error})") from None
    if not url.host or url.userinfo or url.fragment:
        raise Unfit(
            "url: expected an address without user name and fragment",
            "url : une adresse sans nom d’utilisateur ni fragment est attendue",
        )
    if _is_unusual(url.host):
        raise Unfit(
            "url: expected a name, or an IP address in its usual form",
            "url : un nom, ou une adresse IP sous sa forme habituelle, est attendu",
        )
    if url.scheme != "https" and not (url.scheme == "http" and _is_this_machine(url.host)):
        raise Unfit(
            "url: expected https:// (http:// only to this machine itself)",
            "url : https:// est attendu (http:// seulement vers cette machine)",
        )
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
        raise Unreachable(f"{host}: {error}", f"{host} : nom non valide ({error})") from None
    addresses = [ip_address(str(address[0])) for *_, address in answers]
    for address in addresses:
        if url.scheme == "http" and not address.is_loopback:
            raise Unreachable(
                f"{host}: {address} is not this machine: only https goes there",
                f"{host} : {address} n’est pas cette machine ; seul https y est permis",
            )
        if reach(address) == "nowhere":
            raise Unreachable(
                f"{host}: {address} is no address of a host on the internet or on a private network",
                f"{host} : {address} n’est l’adresse d’aucun hôte d’Internet ou d’un réseau privé",
            )
        if url.scheme == "https" and not is_internal and reach(address) == "internal":
            raise Unreachable(
                f"{host}: {address} is an internal address, which the operator has not allowed",
                f"{host} : {address} est une adresse interne, que l’exploitant n’a pas autorisée",
            )
    checked = str(url.copy_with(host=str(addresses[0])))
    request = exchanges.request("POST", checked, content=content, headers=headers)
    request.headers["Host"] = url.netloc.decode("ascii")
    request.extensions["sni_hostname"] = host  # the certificate is checked for the name
    return request


def reach(address: IPv4Address | IPv6Address) -> Reach:
    """Returns how far an address leads, in whatever IPv6 form an IPv4 address is written.

    Nowhere lead multicast, unspecified, link-local and reserved addresses, forms that are no longer used
    (IPv4-compatible, site-local), addresses with a zone, and those at which clouds serve secrets.
    """
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "nowhere"
    for network, shift in _EMBEDDED.items():
        if address in network:
            return reach(IPv4Address(int(address) >> shift & 0xFFFF_FFFF))
    if any(address in network for network in _NOWHERE):
        return "nowhere"
    if address.is_loopback or any(address in network for network in _PRIVATE):
        return "internal"
    is_given_out = isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST
    return "public" if is_given_out and address.is_global and not address.is_multicast else "nowhere"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == LOCALHOST


def _is_unusual(host: str) -> bool:
    """Whether a resolver reads a host as an IPv4 address which is not in its usual form, such as 0x7f.1 or 127.1."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    if not last.isdigit() and not last.startswith("0x"):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False
