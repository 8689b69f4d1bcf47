"""A few pieces of heavy work at once, each in a thread, within a time limit.

A thread cannot be stopped, but the work in it asks whether somebody still waits: then, and whenever it is in another
process, it ends, and its slot is free for the next in line.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from api.confined import Patience, Stopped
from api.problems import NotNow
from ledger.words import Words

T = TypeVar("T")

RETRY_SECONDS = 15
NO_SLOT = Words(
    "Too many verifications are running at once: try again in a moment.",
    "Trop de vérifications sont en cours : réessayez dans un instant.",
)
TOO_LONG = Words(
    "The verification took too long and was stopped: try again later, or submit less at once.",
    "La vérification, trop longue, a été interrompue : réessayez plus tard, ou soumettez moins de données à la fois.",
)


class Slots:
    """``at_once`` threads, for any event loop."""

    def __init__(self, at_once: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, "slot")

    async def run(self, work: Callable[[Patience], T], *, waiting: float, working: float) -> T:
        """Returns what the work returns. The limits are in seconds: until it begins, and from then until it is done.

        The work is told to stop when they have passed, or when the caller is cancelled, as when its client leaves.
        Raises ``NotNow`` (verify-busy, verify-too-long) when one of them has passed.
        """
        loop, begun = asyncio.get_running_loop(), asyncio.Event()
        patience = Patience(waiting + working)

        def begin() -> T:
            loop.call_soon_threadsafe(begun.set)
            return work(patience)

        done = loop.run_in_executor(self._threads, begin)
        try:
            async with asyncio.timeout(waiting):
                await begun.wait()
            finished, _ = await asyncio.wait({done}, timeout=working)
        except TimeoutError:
            raise NotNow("verify-busy", NO_SLOT, RETRY_SECONDS) from None
        finally:
            patience.leave()
            done.cancel()  # work that has not begun never does; a later failure is not logged
        if not finished:
            raise NotNow("verify-too-long", TOO_LONG, RETRY_SECONDS)
        try:
            return done.result()
        except Stopped:  # too much is read in other processes
            raise NotNow("verify-busy", NO_SLOT, RETRY_SECONDS) from None
