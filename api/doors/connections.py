"""Ends connections whose client sends no whole head of a request, or takes its response too slowly.

The server itself waits for both for ever: it bounds only how long a connection is kept after a response. What happens
between head and response is bounded by :mod:`api.doors.bodies` and :mod:`api.doors.deadlines`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

IDLE_SECONDS = 20.0  # without a whole head, or without so much of a response being taken:
LEAST_BYTES = 40_000  # slower than any mobile network, as for bodies of requests
CHECK_SECONDS = 2.0
MOST_CONNECTIONS = 512  # half of the files that a process may usually open; a browser needs six, a proxy some dozen
KEPT_SECONDS = 5  # after a response, for the next request
HEAD_BYTES = 16 * 1024  # of a head; signed requests have less than 2 kB
GRACE_SECONDS = 10  # for requests that are under way when the server is stopped


class Connection(H11Protocol):
    """A connection that waits ``IDLE_SECONDS`` for its client."""

    _unsent = 0
    _check: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the library's is
        super().connection_made(transport)
        self._moved = self.loop.time()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._check is not None:
            self._check.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        unsent, now = self.transport.get_write_buffer_size(), self.loop.time()
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        is_under_way = cycle is not None and not cycle.response_complete
        has_moved = unsent > self._unsent or unsent <= self._unsent - LEAST_BYTES
        if has_moved or (is_under_way and not self.transport.is_closing()):
            self._moved, self._unsent = now, unsent
        if now - self._moved > IDLE_SECONDS:
            self.transport.abort()
        else:
            self._check = self.loop.call_later(CHECK_SECONDS, self._look)


def configuration(application: ASGIApp, proxies: Sequence[str] = (), **options: Any) -> uvicorn.Config:
    """Returns how a server serves an application; ``options`` of uvicorn take precedence.

    ``proxies`` are the networks of those whose ``X-Forwarded-For`` names the client.
    """
    return uvicorn.Config(
        application,
        **{
            "http": Connection,
            "ws": "none",
            "limit_concurrency": MOST_CONNECTIONS,
            "timeout_keep_alive": KEPT_SECONDS,
            "h11_max_incomplete_event_size": HEAD_BYTES,
            "timeout_graceful_shutdown": GRACE_SECONDS,
            "log_config": None,  # api.logs has set up what is written
            "access_log": False,  # addresses contain the names that people search for
            "proxy_headers": bool(proxies),
            "forwarded_allow_ips": list(proxies),
            "server_header": False,
            **options,
        },
    )
