"""Ends connections whose client sends no whole head of a request, or takes its response too slowly.

The server itself waits for both for ever: it bounds only how long a connection is kept after a response. What happens
between head and response is bounded by :mod:`api.doors.bodies` and :mod:`api.doors.deadlines`.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol, RequestResponseCycle

IDLE_SECONDS = 20.0  # without a whole head, or without so much of a response being taken:
LEAST_BYTES = 40_000  # slower than any mobile network, as for bodies of requests
CHECK_SECONDS = 2.0
MOST_CONNECTIONS = 512  # half of the files that a process may usually open; a browser needs six, a proxy some dozen
KEPT_SECONDS = 5  # after a response, for the next request
HEAD_BYTES = 16 * 1024  # of a head; signed requests have less than 2 kB
SEND_WHOLE = "pca-ledger.send_whole"
GRACE_SECONDS = 10  # for requests that are under way when the server is stopped


class Whole:
    """A response that is sent many times: its headers are read once, and not for each client.

    ``headers`` are those of an ASGI message; the server adds the date.
    """

    def __init__(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        self.status, self.headers, self.body = status, list(headers), body
        self._dated: tuple[object, h11.Response] | None = None

    def response(self, added: list[tuple[bytes, bytes]]) -> h11.Response:
        """The head of the response with the headers that the server adds now: it makes another list each second."""
        if self._dated is None or self._dated[0] is not added:
            reason, headers = STATUS_PHRASES[self.status], added + self.headers
            self._dated = added, h11.Response(status_code=self.status, headers=headers, reason=reason)
        return self._dated[1]


class Connection(H11Protocol):
    """A connection that waits ``IDLE_SECONDS`` for its client, and sends a ``Whole`` response at once.

    What it has to send whole it is told by the extension ``SEND_WHOLE`` of a request's scope. The server itself would
    validate each header again for each response, and write head and body apart.
    """

    _unsent = 0
    _check: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._application, self.app = self.app, self._run

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {SEND_WHOLE: self._send_whole}
        await self._application(scope, receive, send)

    async def _send_whole(self, whole: Whole) -> None:
        """Sends all of a response, as the two ASGI messages would."""
        cycle = self.cycle
        if cycle.disconnected or cycle.flow.write_paused or CLOSE_HEADER in cycle.scope["headers"]:
            await cycle.send({"type": "http.response.start", "status": whole.status, "headers": whole.headers})
            await cycle.send({"type": "http.response.body", "body": whole.body})
            return
        cycle.response_started = cycle.response_complete = True
        data = b"" if cycle.scope["method"] == "HEAD" else whole.body
        events = whole.response(cycle.default_headers), h11.Data(data=data), h11.EndOfMessage()
        self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        cycle.message_event.set()
        if self.conn.our_state is h11.MUST_CLOSE or not cycle.keep_alive:
            self.conn.send(h11.ConnectionClosed())
            self.transport.close()
        cycle.on_response()

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
