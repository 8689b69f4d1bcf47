"""Work that follows the log, in a thread of its own, for as long as something is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from ledger.store.recorder import LedgerRecorder


@contextmanager
def following(log: LedgerRecorder, name: str, work: Callable[[], None], again: float) -> Iterator[None]:
    """Do ``work`` now, after each append, and at least every ``again`` seconds; it raises nothing."""
    appended, stopped = Event(), Event()

    def follow() -> None:
        while not stopped.is_set():
            appended.clear()
            work()
            appended.wait(again)

    thread = Thread(target=follow, name=name, daemon=True)
    log.listen(appended)
    thread.start()
    try:
        yield
    finally:
        log.unlisten(appended)
        stopped.set()
        appended.set()
        thread.join()
