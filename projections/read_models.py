"""All read models of a ledger: queried, kept up to date, rebuilt, and compared with a fresh replay.

Whoever answers for them asks first for the position that they speak for: they never speak from behind.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from threading import Condition, Semaphore
from time import monotonic
from types import TracebackType
from typing import Self

import msgspec

from ledger.errors import Corrupt
from ledger.store.cache import folder_of, remove, replace
from ledger.store.following import POLL_SECONDS, Follower, Troubles
from ledger.store.ledger import Ledger
from ledger.store.opening import open_database, open_in_memory
from ledger.store.port import Database
from projections.copying import start_from_another
from projections.following import INDEXES, TABLES, Following, Progress, position_of, rows
from projections.names import Names
from projections.questions import Questions

DATABASE, PUBLIC_DATABASE = "projections.db", "projections.public.db"
TROUBLE = "read-models"  # the name of the trouble that says why they do not follow
MOST_WAITING = 8  # threads of the server, for entries that a client names: it may name any number
PATIENCE = 2.0  # seconds for which an answer waits for them: they follow an append within milliseconds


class Behind(Exception):
    """The read models do not hold what is public now: who asks has to ask again."""


class Difference(msgspec.Struct, frozen=True):
    """A row that a fresh replay and the stored table do not share."""

    table: str
    kind: str
    row: str


class ReadModels(Questions):
    """The read models of one ledger: of all of it, or of what is published."""

    def __init__(self, ledger: Ledger, *, public: bool = False, troubles: Troubles | None = None) -> None:
        """``troubles`` says under ``read-models`` why they do not follow the log."""
        self._ledger = ledger
        self._path, end = _place(ledger, public)
        start_from_another(self._path, ledger.folder, ledger.log)
        # What was published and is lost must be noticed. What only this process saw can be forgotten with the log.
        are_dispensable = partial(_nothing_published_is_lost, ledger) if end is None else lambda: False
        self.following = Following(open_database(self._path), ledger.log, end, are_dispensable)
        super().__init__(self.following.database, Names(ledger.vault))
        report = (Troubles() if troubles is None else troubles).of(TROUBLE)
        self._follower = Follower("follow", self._follow, POLL_SECONDS, report)
        self._moved = Condition()  # guards the next line, and is notified when the position may have changed
        self._contradict = False
        self._places = Semaphore(MOST_WAITING)
        self._behind: tuple[int, float] | None = None  # the position, and since when it was seen to be behind

    def catch_up(self, progress: Progress | None = None) -> None:
        """Takes in whatever the log has."""
        try:
            self.following.catch_up(progress)
        except Corrupt:
            self._contradict = True
            raise
        self._contradict = False
        with self._moved:
            self._moved.notify_all()

    def current(self, at_least: int = 0) -> int:
        """Returns a position that the read models have reached, and that covers all that is public now.

        Waits for whoever follows the log. Raises ``Behind`` when they stood still for ``PATIENCE`` seconds, so that
        those who come later do not wait as well, and ``Corrupt`` when they hold entries that the log lacks.

        ``at_least`` so many entries are waited for, that long at most, even if they are not public yet; ``Behind`` is
        raised at once when ``MOST_WAITING`` others wait for such entries.
        """
        position, wanted = self.following.require_same_log()
        if position < wanted:
            self._follower.wake()
            position = self._wait(wanted, self._behind_since(position) + PATIENCE)
        if position < at_least:
            if not self._places.acquire(blocking=False):
                raise Behind(f"{position} of {at_least} entries")
            try:
                position = self._wait(at_least, monotonic() + PATIENCE)
            finally:
                self._places.release()
        return position

    @contextmanager
    def at_one_moment(self) -> Iterator[int]:
        """Yields a position as ``current`` returns it; within it, this thread reads what was committed by then.

        Raises ``Behind`` and ``Corrupt`` like ``current``. What the thread reads is one transaction, with that of
        the position.
        """
        with ExitStack() as stack:
            stack.enter_context(self.following.database.transaction(commit=False))
            position, wanted = self.following.require_same_log()
            if position < wanted:
                stack.close()  # it sees nothing that comes later
                self.current()
                stack.enter_context(self.following.database.transaction(commit=False))
                position, _ = self.following.require_same_log()
                if position < wanted:  # they were filled anew meanwhile
                    raise Behind(f"{position} of {wanted} entries")
            yield position

    def _wait(self, wanted: int, deadline: float) -> int:
        with self._moved:
            while (position := self.following.position) < wanted:
                if not self._moved.wait(deadline - monotonic()):
                    raise Behind(f"{position} of {wanted} entries")
        return position

    def are_late(self) -> bool:
        """Whether they contradict the log, or lacked what is public for longer than an answer waits."""
        if self._contradict:
            return True
        position = self.following.position
        return position != self.following.end() and monotonic() - self._behind_since(position) >= PATIENCE

    def lag(self) -> tuple[int, float]:
        """Returns how many public entries they do not hold yet, and for how many seconds they have stood still so.

        Below 0 when they contradict the log.
        """
        if self._contradict:
            return -1, 0.0
        position, end = self.following.position, self.following.end()
        return end - position, 0.0 if position == end else monotonic() - self._behind_since(position)

    def _behind_since(self, position: int) -> float:
        with self._moved:
            if self._behind is None or self._behind[0] != position:
                self._behind = position, monotonic()
            return self._behind[1]

    def _follow(self) -> None:
        """Takes in whatever the log has, in memory too: who is erased or withdraws a consent is forgotten unasked.

        So the roster of today is ready for whoever asks, when the program starts and when the day changes.
        """
        self.catch_up()
        today = self._ledger.now().date()
        self.roster.figures(today, datetime.combine(today, time.max, UTC))

    @contextmanager
    def live(self) -> Iterator[None]:
        """Follows the log in a thread for as long as the block runs."""
        with self._follower.running(self._ledger.log.appends):
            yield

    def differences(self, progress: Progress | None = None) -> list[Difference]:
        """Returns the rows in which the stored tables differ from a fresh replay up to their position."""
        # A served register may follow meanwhile: one snapshot is compared.
        with closing(open_database(self._path)) as stored, stored.snapshot(), closing(open_in_memory()) as replayed:
            position = position_of(stored)
            fresh = Following(replayed, self._ledger.log, lambda: position)
            fresh.catch_up(progress)
            return list(differences(stored, fresh))

    def close(self) -> None:
        self.following.database.close()

    def __enter__(self) -> Self:
        self.catch_up()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def rebuild(ledger: Ledger, progress: Progress | None = None) -> None:
    """Replays the whole log into new files, and replaces the tables of the old ones."""
    for public in {False, ledger.publications.policy.asks}:
        path, end = _place(ledger, public)
        rebuilt = path.with_name(f"{path.stem}.rebuilt.db")
        remove(rebuilt)
        with closing(open_database(rebuilt)) as fresh:
            following = Following(fresh, ledger.log, end, to_be_copied=True)
            following.catch_up(progress)
            replace(path, fresh, following.catch_up, INDEXES)
        remove(rebuilt)


def differences(stored: Database, fresh: Following) -> Iterator[Difference]:
    """The rows in which stored tables, which are only read, differ from a fresh replay up to their position."""
    for table in TABLES:
        kept, replayed = set(rows(stored, table)), set(fresh.rows(table))
        yield from (Difference(table, "missing", repr(row)) for row in sorted(replayed - kept, key=repr))
        yield from (Difference(table, "unexpected", repr(row)) for row in sorted(kept - replayed, key=repr))
    if position_of(stored) != fresh.position:
        yield Difference("tracking", "unexpected", str(position_of(stored)))


def _place(ledger: Ledger, public: bool) -> tuple[Path, Callable[[], int] | None]:
    """Returns the file of the read models and how far they follow the log; None is to its end."""
    if public and ledger.publications.policy.asks:  # only where publishing waits for witnesses do the two differ
        return folder_of(ledger.folder) / PUBLIC_DATABASE, lambda: ledger.publications.size
    return folder_of(ledger.folder) / DATABASE, None


def _nothing_published_is_lost(ledger: Ledger) -> bool:
    """Whether the log has all that was published; raises ``Corrupt`` if the note of it in the folder says otherwise."""
    ledger.publications.require_not_behind()
    return ledger.publications.policy.asks  # where nobody is asked, all that was recorded was published
