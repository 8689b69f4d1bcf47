"""The tables of the notices by e-mail: what is to be sent to whom, what became of it, and what people chose.

Their statements are with those who use them, outside of the ledger. A notice holds ids and nothing personal, but for
the address that it was sent to and what its server said: both are sealed under the key of the person. Everything about
a person is deleted in the transaction that erases them.
"""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, delete

from ledger.store.port import Cursor
from ledger.store.tables import RECORD, Long

# One row for each notice, which is never written twice: ``cause`` is what it is about, such as a position of the log.
# ``id`` is random, part of the Message-ID, and the same however often it is attempted. Moments are in microseconds.
NOTICES = Table(
    "notices",
    RECORD,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Text, nullable=False, index=True),
    Column("cause", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("queued", Long, nullable=False),
    Column("changed", Long, nullable=False),
    Column("attempts", Long, nullable=False),
    Column("again", Long, nullable=False),
    Column("sealed", LargeBinary),
    UniqueConstraint("kind", "person_id", "cause"),
    Index("ix_notices_state", "state", "again"),
)
# What a person chose: the language, and whether they want digests. ``token`` is in the address that ends them.
NOTICE_CHOICES = Table(
    "notice_choices",
    RECORD,
    Column("person_id", Text, primary_key=True),
    Column("language", Text),
    Column("digests", Integer, nullable=False),
    Column("token", Text, nullable=False, unique=True),
)
# One row: the entry up to which the log was followed, and the last day whose digests and expiries are queued.
NOTICE_PLACE = Table(
    "notice_place",
    RECORD,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("position", Long, nullable=False),
    Column("day", Text, nullable=False),
)
OF_PERSONS = (NOTICES, NOTICE_CHOICES)


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records the erasure."""
    person_ids = list(person_ids)
    for table in OF_PERSONS:
        cursor.run(delete(table).where(table.c.person_id.in_(person_ids)))
