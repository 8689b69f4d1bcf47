"""The imports that were filed, and how far each is."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from api.secretariat.desk import ROW
from api.secretariat.endings import who
from api.secretariat.inbox import Inbox
from api.words.names import name_of
from ledger.domain.reader import Reader
from ledger.store.desk_tables import IMPORTED_FILES
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


def imports(inbox: Inbox, read: Reader, person: str) -> list[Import]:
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
    found = []
    for row in database.run(counted):
        own = [item for item in waiting if item.source == row.source]
        filer = name_of(row.filed_by, read)
        found.append(
            Import(
                row.source,
                tuple(files.get(row.source, ())),
                datetime.fromtimestamp(row.filed, UTC),
                who(row.filed_by) if filer is None else Words(filer, filer),
                row.statements,
                row.recorded,
                row.ended,
                len(own),
                sum(item.wants(person) for item in own),
                bool(row.recorded) or any(item.signatures for item in own),
            )
        )
    return sorted(found, key=lambda one: one.filed, reverse=True)
