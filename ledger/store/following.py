"""Following the log: work that is done after each append, in a thread of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription

POLL_SECONDS = 0.25  # how late at most a follower sees what another process appended


class Appends:
    """Wakes the followers of one log after each append of this process. Safe for threads."""

    def __init__(self) -> None:
        self._followers: set[Event] = set()

    def add(self, follower: Event) -> None:
        """Set the event after each append, until ``remove``."""
        self._followers.add(follower)

    def remove(self, follower: Event) -> None:
        self._followers.discard(follower)

    def announce(self) -> None:
        """Entries were appended."""
        for follower in tuple(self._followers):
            follower.set()


class Follower:
    """Does ``work`` at once, after each append, and at least every ``seconds``; ``failure`` is what ended it."""

    def __init__(self, name: str, work: Callable[[], object], seconds: float) -> None:
        self.failure: BaseException | None = None
        self._name, self._work, self._seconds = name, work, seconds

    @contextmanager
    def running(self, appends: Appends) -> Iterator[None]:
        """Follow in a thread for as long as the block runs."""
        woken, stopped = Event(), Event()
        thread = Thread(target=self._run, args=(woken, stopped.is_set), name=self._name, daemon=True)
        appends.add(woken)
        thread.start()
        try:
            yield
        finally:
            appends.remove(woken)
            stopped.set()
            woken.set()
            thread.join()

    def _run(self, woken: Event, is_stopped: Callable[[], bool]) -> None:
        try:
            follow(self._work, self._seconds, woken, is_stopped)
        except BaseException as error:
            self.failure = error
            raise


def follow(work: Callable[[], object], seconds: float, woken: Event, is_stopped: Callable[[], bool]) -> None:
    """Do ``work`` until it is stopped: at once, whenever it is woken, and at least every ``seconds``."""
    while not is_stopped():
        woken.clear()
        work()
        woken.wait(seconds)


class LedgerSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """The library's subscription, which would otherwise never see what another process appends."""

    def __init__(self, recorder: ApplicationRecorder, appends: Appends, gt: int | None, topics: Sequence[str]) -> None:
        self._appends = appends
        super().__init__(recorder, gt, topics)
        appends.add(self._has_been_notified)

    def stop(self) -> None:
        super().stop()
        self._appends.remove(self._has_been_notified)

    def _loop_on_pull(self) -> None:
        try:
            follow(self._pull, POLL_SECONDS, self._has_been_notified, lambda: self._has_been_stopped)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever iterates
            self._thread_error = error
            self.stop()
