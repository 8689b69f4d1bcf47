"""The desk: the proposals in the record, with the requests that filed them and the files imported.

A row that cannot be read hides no other: it is passed over, and listed by its number (:meth:`DeskTables.unreadable`).

Values and reasons are sealed, each under a key of its own. When they are removed, the key is destroyed: nothing that is
left of them in the database, its logs or a backup can be read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import ColumnElement, LargeBinary, Text, and_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from api.secretariat.endings import Ending
from api.secretariat.forthcoming import resembles
from api.secretariat.proposals import Proposal, Trace, Waiting, read_row, row_of, trace_of, values_of
from api.secretariat.sealing import REASON, VALUES, Sealing
from ledger.store.desk_tables import DESK_HEAD, PROPOSALS, REQUESTS
from ledger.store.ledger import Ledger
from ledger.store.port import LARGEST, Cursor, Row
from ledger.store.tables import among

ROW = PROPOSALS.c
WAITS = and_(ROW.leaf.is_(None), ROW.ended.is_(None))


class _Bytes(FunctionElement[bytes]):
    """The bytes of a text, which in a damaged file may be no text."""

    type = LargeBinary()
    inherit_cache = True


@compiles(_Bytes, "sqlite")
def _in_sqlite(element: _Bytes, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(_Bytes, "postgresql")
def _in_postgresql(element: _Bytes, compiler: SQLCompiler, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


_WITHOUT_SEALED: dict[str, Any] = {"disclosures": None, "disclosures_key": None}
_WITHOUT_VALUES: dict[str, Any] = {
    **_WITHOUT_SEALED,
    "payload": None,
    "signatures": b"{}",
}
_OF_NUMBER = ROW.id == bindparam("number")
# Statements that each request or recording runs are made once: to make one takes longer than to run it.
_NEXT = update(DESK_HEAD).values(last=DESK_HEAD.c.last + bindparam("count")).returning(DESK_HEAD.c.last)
_INSERT = insert(PROPOSALS)
_UNSETTLED = select(ROW.id, ROW.disclosures_key, ROW.reason_key).where(ROW.leaf.is_(None))
_SETTLE = (
    update(PROPOSALS)
    .where(_OF_NUMBER)
    .values(leaf=bindparam("at"), ended=None, reason=None, reason_key=None, **_WITHOUT_VALUES)
)
_SIGN = update(PROPOSALS).where(_OF_NUMBER, WAITS).values(payload=bindparam("says"), signatures=bindparam("signed"))
_KEYS = {ROW.disclosures_key, ROW.reason_key}
_ALL = select(
    *(_Bytes(c).label(c.name) if isinstance(c.type, Text) and c not in _KEYS else c for c in PROPOSALS.columns)
)
_ONE = _ALL.where(_OF_NUMBER)
_ALIKE = _ALL.where(WAITS, ROW.command == bindparam("named"), ROW.filed > bindparam("since"))
_LOCK = select(DESK_HEAD.c.last).with_for_update()


class DeskTables:
    """Reads and writes the proposals. Safe for threads and processes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.database = ledger.database
        self.sealing = Sealing(ledger.keys.store)
        self._settling = WeakKeyDictionary[Cursor, dict[int, tuple[int, Callable[[bool], object]]]]()
        self._is_alone = ledger.database.kind == "sqlite"  # whoever writes has the whole file
        self._locking: Cursor | None = None  # the cursor of the last transaction that locked the desk
        with self.database.transaction(commit=True) as cursor:
            cursor.run(insert(DESK_HEAD).on_conflict_do_nothing(), {"one": 1, "last": 0})

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Cursor]:
        """A transaction in which nobody else changes the desk, or join that of the thread."""
        # In this order: an append has the ledger to itself before it begins a transaction, and settles in it.
        with self._ledger.still(), self.database.transaction(commit=True, durable=durable) as cursor:
            if not self._is_alone and cursor is not self._locking:
                cursor.run(_LOCK)
                self._locking = cursor
            yield cursor

    def rows(self, *where: ColumnElement[bool]) -> list[Row]:
        """Return the rows of proposals, in the order in which they were filed."""
        return self.database.run(_ALL.where(*where).order_by(ROW.id))

    def is_there(self, *where: ColumnElement[bool]) -> bool:
        """Whether there is such a proposal."""
        return bool(self.database.run(select(ROW.id).where(*where).limit(1)))

    def numbers(self, *where: ColumnElement[bool]) -> list[int]:
        """Return the numbers of proposals, also of those that cannot be read."""
        return [row.id for row in self.database.run(select(ROW.id).where(*where).order_by(ROW.id))]

    def select(self, *where: ColumnElement[bool]) -> list[Waiting]:
        """Return the proposals that can be read."""
        return [trace.item for trace in self.traces(*where) if trace.item is not None]

    def proposal(self, number: int) -> Waiting | None:
        """Return a proposal by its number; None when there is none that can be read."""
        trace = self.trace(number)
        return None if trace is None else trace.item

    def traces(self, *where: ColumnElement[bool]) -> list[Trace]:
        """Return what is known of proposals, also of those that cannot be read."""
        return self._traces(self.rows(*where))

    def _traces(self, rows: list[Row]) -> list[Trace]:
        return list(map(trace_of, rows, self.sealing.opened(VALUES, rows), self.sealing.opened(REASON, rows)))

    def trace(self, number: int) -> Trace | None:
        """Return what is known of a proposal by its number, or None."""
        if not 0 < number <= LARGEST:
            return None
        return next(iter(self._traces(self.database.run(_ONE, {"number": number}))), None)

    def resemblances(self, proposal: Proposal, since: int) -> bool:
        """Whether something of the same command waits that may say the same, or is about the same subject.

        ``since`` is the second from which what was filed has not expired. No value is opened for this.
        """
        same = self.database.run(_ALIKE, {"named": proposal.name, "since": since})
        return any(
            item is not None and resembles(item.proposal, proposal) for item in (read_row(r, None) for r in same)
        )

    def unreadable(self) -> list[Trace]:
        """Return what is known of those that wait and cannot be read."""
        return [trace for trace in self.traces(WAITS) if trace.item is None]

    def insert(
        self, proposals: Sequence[Proposal], source: str, filed: int, by: str, payload: bytes | None = None
    ) -> list[int]:
        """Add proposals, and return their numbers. Raises ``Refused`` when one is too large for a statement."""
        common = {"source": source, "payload": payload, "filed": filed, "filed_by": by}
        rows = [{**row_of(proposal), **common, **_WITHOUT_SEALED} for proposal in proposals]
        with_values = [(row, values_of(p)) for row, p in zip(rows, proposals, strict=True) if p.disclosures]
        with self.transaction() as cursor:
            ((last,),) = cursor.run(_NEXT, {"count": len(rows)})
            sealed = self.sealing.each_sealed(VALUES, [values for _, values in with_values])
            for (row, _), columns in zip(with_values, sealed, strict=True):
                row.update(columns)
            numbers = range(last - len(rows) + 1, last + 1)
            cursor.run(_INSERT, [{"id": number, **row} for number, row in zip(numbers, rows, strict=True)])
        return list(numbers)

    def update(self, number: int, *where: ColumnElement[bool], **columns: Any) -> bool:
        """Change a proposal that is as ``where`` says; return whether there was one."""
        statement = update(PROPOSALS).where(ROW.id == number, *where).values(columns).returning(ROW.id)
        with self.transaction() as cursor:
            return bool(cursor.run(statement))

    def sign(self, items: Iterable[Waiting]) -> None:
        """Keep the statements and signatures of proposals that wait."""
        rows = [{"number": w.number, "says": w.payload, "signed": msgspec.json.encode(w.signatures)} for w in items]
        with self.transaction() as cursor:
            cursor.run(_SIGN, rows)

    def settle(self, number: int, leaf: int, then: Callable[[bool], object]) -> None:
        """Note where a statement is recorded, and remove its values, with all that is settled in this transaction.

        ``then`` is called after that, and told whether it was not noted before. What is in the log is recorded,
        whatever ended meanwhile.
        """
        with self.transaction() as cursor:
            settling = self._settling.get(cursor)
            if settling is None:
                settling = self._settling[cursor] = {}
                cursor.before_commit(partial(self._settle, cursor, settling))
            settling[number] = leaf, then

    def _settle(self, cursor: Cursor, settling: dict[int, tuple[int, Callable[[bool], object]]]) -> None:
        rows = among(cursor, _UNSETTLED, ROW.id, settling)
        cursor.run(_SETTLE, [{"number": row.id, "at": settling[row.id][0]} for row in rows])
        self.sealing.destroy(cursor, [key for row in rows for key in row[1:]])
        unsettled = {row.id for row in rows}
        for number, (_, then) in settling.items():
            then(number in unsettled)

    def end(self, numbers: Iterable[int], ending: Ending) -> None:
        """End proposals that wait: their values are removed, a trace stays."""
        columns = {"ended": ending.how.value, "ended_at": int(ending.at.timestamp()), "ended_by": ending.by}
        with self.transaction() as cursor:
            for number in numbers:
                reason = self.sealing.sealed(REASON, ending.reason.encode()) if ending.reason is not None else {}
                if self.update(number, WAITS, **columns, **reason):
                    self._remove_values(cursor, [number])

    def remove_reasons(self, cursor: Cursor, numbers: Iterable[int]) -> None:
        """Remove why proposals ended."""
        self._remove(cursor, numbers, ROW.reason_key, {"reason": None, "reason_key": None})

    def remove(self, cursor: Cursor, numbers: Iterable[int]) -> None:
        """Remove proposals that wait, why the others ended, and the requests that filed them."""
        for number in numbers:
            self._remove_values(cursor, [number])
            self.remove_reasons(cursor, [number])
            cursor.run(delete(PROPOSALS).where(ROW.id == number, WAITS))
            cursor.run(delete(REQUESTS).where(REQUESTS.c.number == number))

    def _remove_values(self, cursor: Cursor, numbers: Iterable[int]) -> None:
        self._remove(cursor, numbers, ROW.disclosures_key, _WITHOUT_VALUES)

    def _remove(self, cursor: Cursor, numbers: Iterable[int], key: ColumnElement[str], without: dict[str, Any]) -> None:
        """Empty columns now, and destroy the keys of what they held once that is committed."""
        numbers = list(numbers)
        keys = [name for (name,) in among(cursor, select(key), ROW.id, numbers)]
        cursor.run(
            update(PROPOSALS).where(_OF_NUMBER).values(without),
            [{"number": number} for number in numbers],
        )
        self.sealing.destroy(cursor, keys)
