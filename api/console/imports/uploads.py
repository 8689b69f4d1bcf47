"""The files that somebody checks before they confirm an import: sealed, one import for each person, for a day at most.

The pages cannot carry the files from one to the next: a browser does not fill a file input, and a workshop is larger
than a form. Nothing of the files is in clear between two requests. Their key is destroyed when they are confirmed,
given up, replaced, or too old.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec
from sqlalchemy import delete, insert, or_, select

from api.problems import NotNow
from api.secretariat.desk import DeskTables
from api.secretariat.importing.answers import Answer
from api.secretariat.inbox import Inbox
from ledger.store.console_tables import UPLOADS
from ledger.store.following import Appends, Follower, Troubles
from ledger.store.ledger import Ledger
from ledger.store.port import Cursor

GOOD_SECONDS = 24 * 3600
LOOK_SECONDS = 60.0  # the longest that files outlast their day while the register is served
TROUBLE = "uploads"  # the name of the trouble that says why they cannot be removed
COLUMN = "files"
_ROW = UPLOADS.c


class Upload(msgspec.Struct, frozen=True):
    """The files of an import by name, and the answers given so far. ``token`` is another one after each change."""

    files: dict[str, bytes]
    answers: tuple[Answer, ...] = ()
    token: str = ""


class Uploads:
    """The uploads of one register. Safe for threads and processes."""

    def __init__(self, desk: DeskTables, now: int) -> None:
        self._desk, self._now = desk, now

    def keep(self, person: str, upload: Upload) -> None:
        """Keep what a person checks, in the place of what they checked before."""
        columns = self._desk.sealing.sealed(COLUMN, msgspec.msgpack.encode(upload))
        row = {"person": person, "token": secrets.token_urlsafe(16), "until": self._now + GOOD_SECONDS, **columns}
        with self._desk.transaction() as cursor:
            self.remove(cursor, person)
            cursor.run(insert(UPLOADS), row)

    def find(self, person: str) -> Upload | None:
        """Return what a person checks, and remove what is too old of anybody."""
        with self._desk.transaction() as cursor:
            self.remove(cursor)
            rows = cursor.run(select(UPLOADS).where(_ROW.person == person))
        for row, data in zip(rows, self._desk.sealing.opened(COLUMN, rows), strict=True):
            if data:  # of a backup whose keys are gone, nothing is left
                return msgspec.structs.replace(msgspec.msgpack.decode(data, type=Upload), token=row.token)
        return None

    def remove_old(self) -> None:
        """Remove what is too old of anybody."""
        if self._desk.database.run(select(_ROW.person).where(_ROW.until <= self._now).limit(1)):
            with self._desk.transaction() as cursor:
                self.remove(cursor)

    def remove(self, cursor: Cursor, person: str = "") -> None:
        """Remove what a person checks, and what is too old of anybody."""
        gone = or_(_ROW.person == person, _ROW.until <= self._now)
        keys = cursor.run(delete(UPLOADS).where(gone).returning(_ROW.files_key))
        self._desk.sealing.destroy(cursor, [key for (key,) in keys])

    def give_up(self, person: str) -> None:
        """Remove what a person checks."""
        with self._desk.transaction() as cursor:
            self.remove(cursor, person)


def uploads_of(inbox: Inbox, ledger: Ledger) -> Uploads:
    """Return the uploads of a register, as of now."""
    return Uploads(inbox.desk, int(ledger.now().timestamp()))


@contextmanager
def removing_old(desk: Callable[[], Inbox], ledger: Ledger, troubles: Troubles) -> Iterator[None]:
    """Remove what is too old, in a thread of its own, for as long as the block runs; what fails is done again."""

    def remove() -> None:
        with suppress(NotNow):  # the inbox has its own trouble
            uploads_of(desk(), ledger).remove_old()

    with Follower("uploads", remove, LOOK_SECONDS, troubles.of(TROUBLE)).running(Appends()):
        yield
