"""Ends the work on a request that nobody waits for any more, or that takes too long.

Work that awaits is cancelled there. A thread cannot be stopped: its request keeps its place among the threads until it
ends, so that clients who leave cannot start ever more of them. A process of its own ends with the work that awaits it.
"""

from asyncio import Event, Task, get_running_loop
from collections.abc import Callable

from anyio import CancelScope, move_on_after, sleep_forever
from anyio.lowlevel import checkpoint
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.doors.bodies import LONGEST_SECONDS

UNWATCHED_SECONDS = 0.05  # most requests are answered sooner, and a watch would take a tenth of a page's time
SECONDS = 180.0  # from when the request has arrived: the check of a long table has 130


class TooLate(Exception):
    """A response that had begun was not finished in time, so its connection is closed."""


class Deadlines:
    """``late`` makes the response to a request whose time is over."""

    def __init__(self, app: ASGIApp, late: Callable[[Scope], Response], seconds: float = SECONDS) -> None:
        self._app, self._late, self._seconds = app, late, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_arrived, is_empty = Event(), not _has_body(scope)
        is_begun = is_finished = is_late = False

        async def receive_or_end() -> Message:
            nonlocal is_empty
            if is_empty:
                is_empty = False
                has_arrived.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            if has_arrived.is_set():
                await sleep_forever()  # the watch ends the work when the client leaves
            message = await receive()
            if message["type"] == "http.disconnect":
                work.cancel()
                await checkpoint()
            if not message.get("more_body", False):
                has_arrived.set()
            return message

        async def send_in_time(message: Message) -> None:
            nonlocal is_begun, is_finished
            if not is_late:
                is_begun = True
                is_finished = message["type"] == "http.response.body" and not message.get("more_body", False)
                await send(message)

        async def watch() -> None:
            nonlocal is_late
            if not is_empty:
                with move_on_after(LONGEST_SECONDS):
                    await has_arrived.wait()
            with move_on_after(self._seconds) as patience:
                while (await receive())["type"] != "http.disconnect":
                    pass  # the end of an empty body, or a body that nobody reads
            if is_finished:
                return  # the server reports this as a departure too
            is_late = patience.cancelled_caught
            try:
                if is_late and not is_begun:
                    await self._late(scope)(scope, receive, send)
            finally:
                work.cancel()

        watching: Task[None] | None = None

        def begin() -> None:
            nonlocal watching
            watching = loop.create_task(watch())

        loop = get_running_loop()
        beginning = loop.call_later(UNWATCHED_SECONDS, begin)
        # A scope of anyio, which a thread that cannot be stopped withstands: cancelling the task would leave it behind.
        with CancelScope() as work:
            try:
                await self._app(scope, receive_or_end, send_in_time)
            finally:
                beginning.cancel()
                if watching is not None:
                    watching.cancel()
        if is_late and is_begun:
            raise TooLate


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
