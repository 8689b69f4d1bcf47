"""Turns in making pages: one at a time, because there is one interpreter.

A page is made by a thread, and threads that work at the same time take the interpreter from one another: with four,
eight clients got 0.66 of what one gets. With turns that are taken on the event loop, before there is a thread, they get
the same. Whoever waits for a turn holds no thread and no connection.
"""

from asyncio import get_running_loop
from collections.abc import Callable
from typing import TypeVar

from anyio import Semaphore
from starlette.concurrency import run_in_threadpool

T = TypeVar("T")

AT_ONCE = 1
TURN_SECONDS = 0.25  # some fifty pages; whoever takes longer, or waits for a database, no longer keeps others waiting


class Turns:
    """The turns of one application, in the order in which they are asked for, for any event loop."""

    def __init__(self) -> None:
        self._turns = Semaphore(AT_ONCE)

    async def take(self, work: Callable[[], T]) -> T:
        """Returns what the work returns, done in a thread.

        A turn ends with the work, also when its caller is cancelled meanwhile, or after ``TURN_SECONDS``: then the work
        goes on beside that of the next.
        """
        is_over = False

        def end() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self._turns.release()

        await self._turns.acquire()
        passed_on = get_running_loop().call_later(TURN_SECONDS, end)
        try:
            return await run_in_threadpool(work)
        finally:
            passed_on.cancel()
            end()
