"""Bounds what the bodies of all requests hold in memory together, and how slowly each may arrive.

Raises an ``HTTPException`` where an application waits for the next part of a body, so that the application answers in
its own way. What a body holds counts until the request ends: work on it keeps it in memory.
"""

from asyncio import get_running_loop, timeout_at

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIB = 1024 * 1024
MOST_BYTES = 128 * MIB  # of all bodies: four of the largest, as many as are checked at once
SMALL_BYTES = MIB  # a certificate, or a photograph of one, arrives even while large uploads hold all of the above
QUIET_SECONDS = 20  # without a single byte
FIRST_SECONDS, BYTES_PER_SECOND = 30, 2048  # slower than any mobile network; the former is a start for all
LONGEST_SECONDS = 300  # the largest upload at 1 Mbit/s
RETRY_SECONDS = 10


class Bodies:
    """408 for a body that arrives too slowly, 503 for one that does not fit in beside the others."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES, small: int = SMALL_BYTES) -> None:
        self._app, self._most, self._small = app, most, small
        self._held = 0  # by all requests of this process

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        time = get_running_loop().time
        begun, held, has_arrived = time(), 0, False

        async def receive_bounded() -> Message:
            nonlocal held, has_arrived
            if has_arrived:
                return await receive()  # which waits until the client leaves
            slow = begun + min(FIRST_SECONDS + held / BYTES_PER_SECOND, LONGEST_SECONDS)
            try:
                async with timeout_at(min(slow, time() + QUIET_SECONDS)):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None  # RFC 9110, 15.5.9
            size = len(message.get("body", b""))
            if self._held + size > self._most and held + size > self._small:
                raise HTTPException(503, headers={"Retry-After": str(RETRY_SECONDS)})
            held += size
            self._held += size
            has_arrived = not message.get("more_body", False)
            return message

        try:
            await self._app(scope, receive_bounded, send)
        finally:
            self._held -= held
