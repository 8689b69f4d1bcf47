"""Following the log: work that is done after each append, in a thread of its own.

Nothing but stopping ends it. What fails is done again after a pause, and whoever is asked how the register does can
say what fails, and for how long.
"""

import logging
from collections import UserDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Protocol

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription, PersistenceError

from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.store.port import Unavailable

POLL_SECONDS = 0.25  # how late at most a follower sees what another process appended
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds: what works again is followed again while somebody still waits
STATED = (Refused, LedgerError, PersistenceError, OSError)  # the text of any other error may hold what somebody typed


class Troubles(UserDict[str, str]):
    """What does not work now, by name, and why. Each change is logged. Safe for threads.

    ``elsewhere`` is what does not work for the process that holds a duty: see :class:`ledger.store.leases.Leases`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._since: dict[str, float] = {}
        self.elsewhere: dict[str, dict[str, tuple[str, int]]] = {}

    def __setitem__(self, name: str, why: str) -> None:
        if self.data.get(name) != why:
            logging.getLogger("pca-ledger").warning("%s: %s", name, why)
        self._since.setdefault(name, monotonic())
        super().__setitem__(name, why)

    def __delitem__(self, name: str) -> None:
        self.data.pop(name, None)  # two threads may find at once that it is over
        self._since.pop(name, None)

    def lasting(self) -> dict[str, tuple[str, int]]:
        """Return what does not work, here or for the holder of a duty: why, and for how many seconds."""
        theirs = {name: trouble for duty in list(self.elsewhere.values()) for name, trouble in duty.items()}
        return theirs | self.own(list(self.data))

    def own(self, names: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Return which of these do not work here: why, and for how many seconds."""
        now, known = monotonic(), dict(self.data)
        return {name: (known[name], int(now - self._since.get(name, now))) for name in names if name in known}

    def of(self, name: str) -> Callable[[Exception | None], None]:
        """Return what a follower reports to: its failure under this name, and None when its work is done."""

        def report(error: Exception | None) -> None:
            if error is None:
                self.pop(name, None)
            else:
                self[name] = reason(error)

        return report


def reason(error: Exception) -> str:
    """Return what may be said of a failure in public and in the server's log."""
    if isinstance(error, OSError) and error.strerror is not None:
        return error.strerror  # without the path
    return str(error) if isinstance(error, STATED) else type(error).__name__


class Woken(Protocol):
    """An event, or whoever does something at once, in the thread that appended, which waits for it."""

    def set(self) -> object: ...


class Appends:
    """Wakes the followers of one log after each append of this process. Safe for threads."""

    def __init__(self) -> None:
        self._followers: set[Woken] = set()

    def add(self, follower: Woken) -> None:
        """Set the event after each append, until ``remove``."""
        self._followers.add(follower)

    def remove(self, follower: Woken) -> None:
        self._followers.discard(follower)

    def announce(self) -> None:
        """Entries were appended."""
        for follower in tuple(self._followers):
            follower.set()


class Follower:
    """Does ``work`` at once, after each append, and at least every ``seconds``; what fails is done again.

    ``report`` is called after each time: with the failure, or with None.
    """

    def __init__(
        self, name: str, work: Callable[[], object], seconds: float, report: Callable[[Exception | None], None]
    ) -> None:
        self._name, self._work, self._seconds, self._report = name, work, seconds, report
        self._woken = Event()

    def wake(self) -> None:
        """Do the work now."""
        self._woken.set()

    @contextmanager
    def running(self, appends: Appends) -> Iterator[None]:
        """Follow in a thread for as long as the block runs."""
        stopped = Event()
        arguments = self._work, self._seconds, self._woken, stopped.is_set, self._report
        thread = Thread(target=follow, args=arguments, name=self._name, daemon=True)
        appends.add(self._woken)
        thread.start()
        try:
            yield
        finally:
            appends.remove(self._woken)
            stopped.set()
            self._woken.set()
            thread.join()


def follow(
    work: Callable[[], object],
    seconds: float,
    woken: Event,
    is_stopped: Callable[[], bool],
    report: Callable[[Exception | None], None],
) -> None:
    """Do ``work`` until it is stopped: at once, whenever it is woken, and at least every ``seconds``.

    A failure is reported, and after a pause the work is done again. Each further pause is twice as long, up to a limit.
    """
    pause = FIRST_PAUSE
    while True:
        woken.clear()
        if is_stopped():  # asked after the clearing: who stops sets the event last
            return
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it was, it may pass, and what follows must not end
            report(error)
            woken.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            report(None)
            pause = FIRST_PAUSE
            woken.wait(seconds)


class LedgerSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """The library's subscription, which would otherwise never see what another process appends.

    What passes, such as a lock, is waited for. Any other failure is raised by whoever iterates.
    """

    def __init__(self, recorder: ApplicationRecorder, appends: Appends, gt: int | None, topics: Sequence[str]) -> None:
        self._appends = appends
        super().__init__(recorder, gt, topics)
        appends.add(self._has_been_notified)

    def stop(self) -> None:
        super().stop()
        self._appends.remove(self._has_been_notified)

    def _loop_on_pull(self) -> None:
        try:
            follow(self._pull, POLL_SECONDS, self._has_been_notified, lambda: self._has_been_stopped, _unless_it_passes)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever iterates
            self._thread_error = error
            self.stop()


def _unless_it_passes(error: Exception | None) -> None:
    if error is not None and not isinstance(error, Unavailable):
        raise error
