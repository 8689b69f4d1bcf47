"""The imports that were filed, and how far each is."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from api.console.names import with_names
from api.secretariat.desk import ROW
from api.secretariat.endings import How, who
from api.secretariat.inbox import Inbox
from api.words.names import name_of
from ledger.domain.reader import Reader
from ledger.store.desk_tables import IMPORTED_FILES
from ledger.store.ledger import Ledger
from ledger.words import Words

_FILE = IMPORTED_FILES.c


class Import(NamedTuple):
    """An import: ``files`` are names with the SHA-256 of their values, ``mine`` the statements that I can sign."""

    source: str
    files: tuple[tuple[str, str], ...]
    filed: datetime
    filed_by: Words
    statements: int
    recorded: int
    ended: int
    waits: int
    mine: int
    is_signed: bool


class TakenBack(NamedTuple):
    """An import that was taken back: of how many statements, when and by whom."""

    source: str
    statements: int
    at: datetime
    by: Words


def imports(inbox: Inbox, ledger: Ledger, person: str) -> list[Import]:
    """Return the imports that were not taken back, the latest first."""
    database = inbox.desk.database
    files: dict[str, list[tuple[str, str]]] = {}
    for row in database.run(select(_FILE.source, _FILE.name, _FILE.sha256).order_by(_FILE.name)):
        files.setdefault(row.source, []).append((row.name, row.sha256))
    waiting = inbox.waiting()
    counted = (
        select(
            ROW.source,
            func.min(ROW.filed).label("filed"),
            func.min(ROW.filed_by).label("filed_by"),
            func.count().label("statements"),
            func.count(ROW.leaf).label("recorded"),
            func.count(ROW.ended).label("ended"),
        )
        .where(ROW.source.in_(select(_FILE.source)))
        .group_by(ROW.source)
    )
    found, rows = [], database.run(counted)
    read = with_names(ledger, {row.filed_by for row in rows})
    for row in rows:
        own = [item for item in waiting if item.source == row.source]
        found.append(
            Import(
                row.source,
                tuple(files.get(row.source, ())),
                datetime.fromtimestamp(row.filed, UTC),
                _who(row.filed_by, read),
                row.statements,
                row.recorded,
                row.ended,
                len(own),
                sum(item.wants(person) for item in own),
                bool(row.recorded) or any(item.signatures for item in own),
            )
        )
    return sorted(found, key=lambda one: one.filed, reverse=True)


def imports_taken_back(inbox: Inbox, ledger: Ledger) -> list[TakenBack]:
    """Return the imports that were taken back, the latest first."""
    ended = (
        select(ROW.source, ROW.ended_at, ROW.ended_by, func.count().label("statements"))
        .where(ROW.ended == How.TAKEN_BACK)
        .group_by(ROW.source, ROW.ended_at, ROW.ended_by)
        .order_by(ROW.ended_at.desc())
    )
    rows = inbox.desk.database.run(ended)
    read = with_names(ledger, {row.ended_by for row in rows})
    return [
        TakenBack(
            row.source.removesuffix(f" ({How.TAKEN_BACK})"),
            row.statements,
            datetime.fromtimestamp(row.ended_at, UTC),
            _who(row.ended_by, read),
        )
        for row in rows
    ]


def _who(by: str, read: Reader) -> Words:
    """Return who did something: an officer by their name."""
    name = name_of(by, read)
    return who(by) if name is None else Words(name, name)
