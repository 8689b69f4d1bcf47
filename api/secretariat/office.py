"""What the secretariat's commands need: the ledger that records them, and the inbox where they wait.

The public register does not need the inbox, and goes on without one. It is opened beside it, and again until it opens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Annotated, Self, cast

import msgspec
from fastapi import Depends, Request

from api.problems import NotNow
from api.secretariat.inbox import Inbox
from ledger.store.following import Follower, Troubles
from ledger.store.ledger import Ledger
from ledger.words import Words

TROUBLE = "inbox"  # the name of the trouble that says why it cannot be opened
OPENING_SECONDS = 2.0  # for which a request waits, before it is known that it does not open
LOOK_SECONDS = 60.0
RETRY_SECONDS = 10
NOT_OPEN = Words(
    "The inbox cannot be opened: nothing can be filed or signed now. Nothing that was recorded is lost.",
    "La corbeille ne peut être ouverte : aucun dépôt ni aucune signature n’est possible pour l’instant. "
    "Rien de ce qui a été enregistré n’est perdu.",
)


class Desk:
    """The inbox of a register that is served, once it could be opened. Safe for threads."""

    def __init__(self, opening: Callable[[], Inbox], troubles: Troubles) -> None:
        self._opening, self._troubles = opening, troubles
        self._inbox: Inbox | None = None
        self._opened = Event()

    def __call__(self) -> Inbox:
        """Return the inbox. Raises ``NotNow`` while it cannot be opened."""
        self._opened.wait(0 if TROUBLE in self._troubles else OPENING_SECONDS)
        if self._inbox is None:
            raise NotNow("inbox-unavailable", NOT_OPEN, RETRY_SECONDS)
        return self._inbox

    @contextmanager
    def running(self, ledger: Ledger) -> Iterator[Self]:
        """Open it in a thread, and close it when the block ends."""
        follower = Follower("inbox", self._open, LOOK_SECONDS, self._troubles.of(TROUBLE))
        try:
            with follower.running(ledger.log.appends):
                yield self
        finally:
            if self._inbox is not None:
                self._inbox.close()

    def _open(self) -> None:
        if self._inbox is None:
            self._inbox = self._opening()
            self._opened.set()


class Office(msgspec.Struct, frozen=True):
    """``base_url`` is the public address, which officers sign as part of their requests.

    ``sends_mail`` says whether notices are sent: without them nobody signs in by a link to their address.
    """

    ledger: Ledger
    desk: Callable[[], Inbox]
    base_url: str
    sends_mail: bool = False

    @property
    def inbox(self) -> Inbox:
        """The inbox. Raises ``NotNow`` while it cannot be opened."""
        return self.desk()


async def office_of(request: Request) -> Office:  # not in a thread, which takes longer than this
    """Return the office of the application that serves this request."""
    return cast(Office, request.app.state.office)


OfOffice = Annotated[Office, Depends(office_of)]
