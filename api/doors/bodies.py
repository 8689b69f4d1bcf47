"""Bounds what the bodies of all requests hold in memory together, and how slowly each may arrive.

Raises an ``HTTPException`` where an application waits for the next part of a body, so that the application answers in
its own way. What a body holds counts until the request ends: work on it keeps it in memory.
"""

from asyncio import Timeout, get_running_loop, timeout_at

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIB = 1024 * 1024
MOST_BYTES = 128 * MIB  # of all bodies: four of the largest, as many as are checked at once
SMALL_BYTES = MIB // 4  # a certificate or a request arrives even while checks hold all of the above; and the most
# connections that a server takes then hold 128 MiB more at most
QUIET_SECONDS = 20  # without a single byte
FIRST_SECONDS, BYTES_PER_SECOND = 30, 2048  # slower than any mobile network; the former is a start for all
LONGEST_SECONDS = 300  # the largest upload at 1 Mbit/s
RETRY_SECONDS = 10


class _Body:
    """A body that arrives: the bytes that it holds, and the wait for its next part."""

    held = 0
    gives_way = False
    wait: Timeout | None = None

    def give_way(self) -> None:
        self.gives_way = True
        if self.wait is not None:
            self.wait.reschedule(0)


class Bodies:
    """408 for a body that arrives too slowly, 503 for one that does not fit in beside the others.

    Where there is no room left, the largest of those that still arrive gives way: uploads that never finish cannot
    keep out a photograph.
    """

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES, small: int = SMALL_BYTES) -> None:
        self._app, self._most, self._small = app, most, small
        self._held = 0  # by all requests of this process
        self._arriving: set[_Body] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        time = get_running_loop().time
        begun, has_arrived, body = time(), False, _Body()

        async def receive_bounded() -> Message:
            nonlocal has_arrived
            if has_arrived:
                return await receive()  # which waits until the client leaves
            slow = begun + min(FIRST_SECONDS + body.held / BYTES_PER_SECOND, LONGEST_SECONDS)
            message: Message = {}
            try:
                async with timeout_at(min(slow, time() + QUIET_SECONDS)) as body.wait:
                    message = await receive()
            except TimeoutError:
                if not body.gives_way:
                    raise HTTPException(408, headers={"Connection": "close"}) from None  # RFC 9110, 15.5.9
            finally:
                body.wait = None
            self._add(body, len(message.get("body", b"")))
            has_arrived = not message.get("more_body", False)
            if has_arrived:
                self._arriving.discard(body)
            return message

        self._arriving.add(body)
        try:
            await self._app(scope, receive_bounded, send)
        finally:
            self._arriving.discard(body)
            self._held -= body.held

    def _add(self, body: _Body, size: int) -> None:
        """Counts the next part of a body. Raises ``HTTPException`` when there is no room for it."""
        wanted = body.held + size
        while wanted > self._small and self._held + size > self._most and not body.gives_way:
            largest = max(self._arriving, key=lambda other: other.held)
            if largest.held <= wanted:
                largest = body
            largest.give_way()
            self._arriving.discard(largest)
            self._held -= largest.held
            largest.held = 0
        if body.gives_way:
            raise HTTPException(503, headers={"Retry-After": str(RETRY_SECONDS)})
        body.held += size
        self._held += size
