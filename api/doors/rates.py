"""How often clients may ask for what takes work or invites guessing, stated in headers that clients and proxies read.

Counted by address only where the operator has said which proxies are in front, or that there are none: otherwise
everybody may seem to have the address of one proxy. Counted for all together in any case. The fields are those of
draft-ietf-httpapi-ratelimit-headers-10.
"""

import re
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WINDOW_SECONDS = 60
MOST_CLIENTS = 10_000  # whose requests are counted at once: some 2 MB
NO_PROXY = "none"
EVERYBODY = "*"
_SUBSCRIBER = 64  # bits of an IPv6 address: what a provider gives to one customer at least (RFC 6177)

Client = str | IPv6Network


class Limit(msgspec.Struct, frozen=True):
    """At most so many requests in a window, to addresses of this form."""

    name: str
    path: re.Pattern[str]
    of_client: int
    of_all: int


LIMITS = (
    # Ten people behind one address who check a certificate every five seconds. A table of numbers counts as one.
    Limit("verify", re.compile("/verify/?"), of_client=120, of_all=3000),
    # A person compares the name on a paper; who guesses names is soon told to wait.
    Limit("name", re.compile("/verify/name/?"), of_client=10, of_all=60),
    # Officers of a workshop behind one address, each of whom signs in or enrols once, perhaps at the third attempt.
    Limit("sign-in", re.compile("/console/(sign-in|enter|enrol)(/.*)?"), of_client=60, of_all=600),
    # Whoever asks for a link to sign in has mail sent to somebody; ten people of one administration sign in at once.
    Limit("link", re.compile("/console/(holder|member)(/link/[^/]+)?/?"), of_client=20, of_all=300),
    # A person asks for an offer, and their wallet for a token and some documents: twenty people behind one address.
    Limit("wallet", re.compile("/wallet/.*|/holder/[^/]+/wallet/?"), of_client=120, of_all=1200),
)


class Proxies:
    """The addresses of the proxies in front, from a setting such as ``10.0.0.0/8, 192.0.2.7``, ``none`` or nothing.

    Raises ValueError for any other text.
    """

    def __init__(self, setting: str) -> None:
        self.are_known = bool(setting.strip())
        try:
            self._networks = [
                ip_network(part.strip()) for part in setting.split(",") if part.strip() not in ("", NO_PROXY)
            ]
        except ValueError as error:
            raise ValueError(f"PCA_LEDGER_PROXIES: {error}") from None

    @property
    def names(self) -> list[str]:
        """The networks, as a server is told whose ``X-Forwarded-For`` it may use."""
        return [str(network) for network in self._networks]

    def client(self, host: str) -> Client | None:
        """Returns whose requests count together with those from this address; None when nobody knows."""
        try:
            address = ip_address(host)
        except ValueError:
            return None
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:  # of a socket for both
            address = address.ipv4_mapped
        if not self.are_known or any(address in network for network in self._networks):
            return None
        if isinstance(address, IPv6Address):
            return IPv6Network((int(address), _SUBSCRIBER), strict=False)
        return str(address)


class Counter:
    """How many requests each client has sent in its window. Bounded: those of the longest silent are given up first."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._windows: dict[Client, tuple[float, int]] = {}

    def count(self, client: Client, most: int) -> tuple[int, int]:
        """Counts a request. Returns how many remain, -1 when it is one too many, and the seconds until all do again."""
        now = self._clock()
        begun, count = self._windows.pop(client, (now, 0))
        if now - begun >= WINDOW_SECONDS:
            begun, count = now, 0
        if len(self._windows) >= MOST_CLIENTS:
            del self._windows[next(iter(self._windows))]
        count = min(count + 1, most + 1)
        self._windows[client] = begun, count
        return most - count, max(1, round(begun + WINDOW_SECONDS - now))


class Rates:
    """429 for a request that is one too many. ``refuse`` makes the response; it is given the seconds to wait."""

    def __init__(
        self,
        app: ASGIApp,
        proxies: Proxies,
        refuse: Callable[[Scope, int], Response],
        limits: tuple[Limit, ...] = LIMITS,
    ) -> None:
        self._app, self._proxies, self._refuse = app, proxies, refuse
        self._counters = {limit: Counter() for limit in limits}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limit(scope)
        if limit is None:
            await self._app(scope, receive, send)
            return
        quotas: list[tuple[str, int, int, int]] = []
        client = self._proxies.client((scope.get("client") or ("",))[0])
        for who, counted, most in (("client", client, limit.of_client), ("all", EVERYBODY, limit.of_all)):
            # What one client sends too often uses up nothing of the others'.
            if counted is not None and all(left >= 0 for _, _, left, _ in quotas):
                quotas.append((who, most, *self._counters[limit].count(counted, most)))
        policies = (f'"{limit.name}-{who}";q={most};w={WINDOW_SECONDS}' for who, most, _, _ in quotas)
        states = (f'"{limit.name}-{who}";r={max(left, 0)};t={wait}' for who, _, left, wait in quotas)
        fields = {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}

        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(fields)
            await send(message)

        *_, (_, _, left, wait) = quotas
        answer = self._refuse(scope, wait) if left < 0 else self._app
        await answer(scope, receive, send_with_fields)

    def _limit(self, scope: Scope) -> Limit | None:
        """Returns the limit for a request; the form of ``/verify`` is a page like others until it is filled in."""
        if scope["type"] != "http" or (scope["method"] == "GET" and not scope["query_string"]):
            return None
        return next((limit for limit in self._counters if limit.path.fullmatch(scope["path"])), None)
