"""The outbox: every notice that is to be sent, in the record, with what became of it.

A notice is queued in the transaction that moves the place in the log, so a crash repeats work and neither doubles nor
skips a notice. It becomes ``sending`` in a transaction that is on the disk before the server is given it: a process
that dies after that leaves a notice of which nobody knows whether it was sent, and which nobody sends again unasked.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from api.notices.kinds import GIVEN, TO_DECIDE, WAITING, Kind, Notice, Sending, State, Wanted
from ledger.errors import Corrupt, Unfit
from ledger.store.keystore.keeper import Value
from ledger.store.keystore.port import Destroyed, person
from ledger.store.leases import Tenure, alone
from ledger.store.ledger import Ledger
from ledger.store.notice_tables import NOTICE_PLACE, NOTICES
from ledger.store.port import Cursor, Row
from ledger.store.tables import among
from ledger.store.vault import SEALED_VALUES
from projections.entry import MICROSECOND, microseconds, moment

ID_BYTES = 16  # random: whoever knows the id of a notice may report that it bounced
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
GATHERED_FOR = timedelta(minutes=1)  # receipts: the statements of one gesture are recorded one after the other
GIVEN_UP_AFTER = timedelta(days=5)  # RFC 5321, 4.5.4.1
DOUBLINGS = 16  # more than are needed for the longest pause
MOST_LISTED = 1000
_ROW = NOTICES.c
_NEW = insert(NOTICES).on_conflict_do_nothing()
_WAITS = _ROW.state.in_(WAITING)


class Place(msgspec.Struct, frozen=True):
    """Up to and including the entry ``position`` the log was followed; ``day`` is the last whose notices are queued."""

    position: int
    day: str = ""


class Outbox:
    """The notices of one ledger. Safe for threads and processes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._database, self._keys = ledger.database, ledger.keys

    def place(self) -> Place | None:
        """Return how far the log was followed; None before anything ever was."""
        return next((Place(row.position, row.day) for row in self._database.run(select(NOTICE_PLACE))), None)

    def queue(
        self, wanted: Iterable[Wanted], now: datetime, place: Place | None = None, tenure: Tenure | None = None
    ) -> int:
        """Queue notices, once each, and move the place with them. Returns how many are new.

        None is queued for a person who was erased.
        """
        wanted = list(wanted)
        with self._database.transaction(commit=True) as cursor:
            (tenure or alone()).require(cursor)
            self._ledger.log.lock(cursor)  # nobody is erased meanwhile
            people = {one.person_id for one in wanted}
            column = SEALED_VALUES.c.person_id
            held = {row.person_id for row in among(cursor, select(column).distinct(), column, people)}
            new = 0
            for at, one in enumerate(wanted, microseconds(now)):  # each a moment later: they are sent in this order
                if one.person_id in held and (left := _not_added(cursor, one)) is not None:
                    new += len(cursor.run(_NEW.returning(_ROW.id), _row(left, at)))
            if place is not None:
                put = insert(NOTICE_PLACE).on_conflict_do_update(
                    index_elements=["one"], set_={"position": place.position, "day": place.day}
                )
                cursor.run(put, {"one": 1, "position": place.position, "day": place.day})
        return new

    def due(self, now: datetime, most: int) -> list[Notice]:
        """Return what is to be sent now, the oldest first."""
        rows = select(NOTICES).where(_WAITS, _ROW.again <= microseconds(now)).order_by(_ROW.queued, _ROW.id)
        return self._notices(self._database.run(rows.limit(most)))

    def left(self, now: datetime) -> int:
        """Return how many notices could not be sent yet; not those that are not ready."""
        late = or_(_ROW.state == State.DEFERRED, and_(_ROW.state == State.QUEUED, _ROW.again <= microseconds(now)))
        ((count,),) = self._database.run(select(func.count()).select_from(NOTICES).where(late))
        return int(count)

    def waiting(self) -> int:
        """Return how many notices wait, also for their next attempt."""
        return self.count(WAITING)

    def to_decide(self) -> int:
        """Return about how many notices a person decides: to send again, or to close."""
        return self.count(TO_DECIDE)

    def count(self, states: Sequence[State]) -> int:
        """Return how many notices are in one of these states."""
        ((count,),) = self._database.run(select(func.count()).select_from(NOTICES).where(_ROW.state.in_(states)))
        return int(count)

    def is_told(self, kinds: Sequence[Kind], subject: str, position: int) -> bool:
        """Whether a notice about something that an entry after this position caused was given to the server."""
        where = (_ROW.kind.in_(kinds), _ROW.subject == subject, _ROW.state.in_(GIVEN))
        return any(int(row.cause) > position for row in self._database.run(select(_ROW.cause).where(*where)))

    def listed(self, states: Sequence[State], person_id: str | None = None) -> list[Notice]:
        """Return the notices in one of these states, the latest first."""
        where = [_ROW.state.in_(states), *([_ROW.person_id == person_id] if person_id else [])]
        rows = select(NOTICES).where(*where).order_by(_ROW.changed.desc(), _ROW.id).limit(MOST_LISTED)
        return self._notices(self._database.run(rows))

    def get(self, notice_id: str) -> Notice:
        """Return a notice by its id. Raises ``Unfit`` when there is none."""
        for notice in self._notices(self._database.run(select(NOTICES).where(_ROW.id == notice_id))):
            return notice
        raise Unfit(f"ID: there is no notice {notice_id}", f"ID : il n’y a pas d’avis {notice_id}")

    def interrupt(self, tenure: Tenure, now: datetime) -> None:
        """Of what is being sent, by whoever does not send it any more, nobody knows whether it was sent."""
        if self.count([State.SENDING]):
            with self._database.transaction(commit=True) as cursor:
                tenure.require(cursor)
                interrupted = update(NOTICES).where(_ROW.state == State.SENDING)
                cursor.run(interrupted.values(state=State.UNKNOWN, changed=microseconds(now)))

    def doubt(self, now: datetime) -> int:
        """Of all that waits or is being sent, nobody knows whether it was sent. Returns how many there are."""
        with self._database.transaction(commit=True) as cursor:
            doubted = update(NOTICES).where(_ROW.state.in_((*WAITING, State.SENDING))).returning(_ROW.id)
            return len(cursor.run(doubted.values(state=State.UNKNOWN, changed=microseconds(now))))

    def begin(self, tenure: Tenure, notice: Notice, address: str, now: datetime) -> bool:
        """Note that the server is about to be given a notice. Returns False when it must not be: it is gone."""
        try:
            sealed = self._sealed(notice, Sending(address))
        except Destroyed:  # erased meanwhile
            return False
        values = {"state": State.SENDING, "sealed": sealed, "attempts": notice.attempts + 1}
        return self._change(tenure, notice, now, _WAITS, **values)

    def end(self, tenure: Tenure, notice: Notice, state: State, now: datetime, sending: Sending | None = None) -> None:
        """Note what became of a notice, and what the server said."""
        sealed = {} if sending is None else {"sealed": self._sealed(notice, sending)}
        self._change(tenure, notice, now, _ROW.state.in_((*WAITING, State.SENDING)), state=state, **sealed)

    def defer(self, tenure: Tenure, notice: Notice, now: datetime, sending: Sending | None = None) -> None:
        """Attempt it again, after a pause twice as long as the last one; give up after some days."""
        if now - notice.queued >= GIVEN_UP_AFTER:
            self.end(tenure, notice, State.REFUSED, now, sending)
            return
        pause = min(FIRST_PAUSE * 2 ** min(notice.attempts, DOUBLINGS), LONGEST_PAUSE)
        sealed = {} if sending is None else {"sealed": self._sealed(notice, sending)}
        values = {"state": State.DEFERRED, "again": microseconds(now + pause), "attempts": notice.attempts + 1}
        self._change(tenure, notice, now, _ROW.state.in_((*WAITING, State.SENDING)), **values, **sealed)

    def postpone(self, tenure: Tenure, notice: Notice, again: datetime) -> None:
        """Look at a notice later, without an attempt."""
        self._change(tenure, notice, notice.changed, _WAITS, again=microseconds(again))

    def resend(self, notice_id: str, now: datetime) -> None:
        """Send a notice that was not sent, or may not have been, under the same Message-ID. Raises ``Unfit``."""
        at = microseconds(now)
        self._decide(notice_id, now, state=State.QUEUED, again=at, queued=at, attempts=0)

    def close(self, notice_id: str, now: datetime) -> None:
        """Leave a notice as it is: nobody needs to decide about it any more. Raises ``Unfit``."""
        self._decide(notice_id, now, state=State.CLOSED)

    def bounce(self, notice_id: str, reply: str, now: datetime) -> bool:
        """Note that a notice was returned as undeliverable. Returns False when no such notice was sent."""
        rows = self._database.run(select(NOTICES).where(_ROW.id == notice_id))
        for notice in self._notices(rows):
            if notice.sending is not None and notice.state not in WAITING:
                sealed = self._sealed(notice, Sending(notice.sending.address, reply))
                was = _ROW.state.in_((State.SENDING, State.SENT, State.UNKNOWN, State.BOUNCED))
                return self._change(alone(), notice, now, was, state=State.BOUNCED, sealed=sealed)
        return False

    def _decide(self, notice_id: str, now: datetime, **values: object) -> None:
        notice = self.get(notice_id)
        if not self._change(alone(), notice, now, _ROW.state.in_(TO_DECIDE), **values):
            raise Unfit(
                f"ID: notice {notice_id} is {notice.state}; only one that is {', '.join(TO_DECIDE)} can be decided on",
                f"ID : l’avis {notice_id} est à l’état {notice.state} ; seul un avis à l’état {', '.join(TO_DECIDE)} "
                "appelle une décision",
            )

    def _change(
        self, tenure: Tenure, notice: Notice, now: datetime, where: ColumnElement[bool], **values: object
    ) -> bool:
        with self._database.transaction(commit=True) as cursor:
            tenure.require(cursor)
            changed = update(NOTICES).where(_ROW.id == notice.id, where).returning(_ROW.id)
            return bool(cursor.run(changed.values(changed=microseconds(now), **values)))

    def _sealed(self, notice: Notice, sending: Sending) -> bytes:
        (sealed,) = self._keys.sealed([_value(notice.person_id, notice.id, msgspec.json.encode(sending))])
        return sealed

    def _notices(self, rows: Iterable[Row]) -> list[Notice]:
        return [self._notice(row) for row in rows]

    def _notice(self, row: Row) -> Notice:
        return Notice(
            id=row.id,
            kind=Kind(row.kind),
            person_id=row.person_id,
            cause=row.cause,
            subject=row.subject,
            state=State(row.state),
            queued=moment(row.queued),
            changed=moment(row.changed),
            attempts=row.attempts,
            again=moment(row.again),
            sending=None if row.sealed is None else self._opened(row),
        )

    def _opened(self, row: Row) -> Sending | None:
        try:
            (data,) = self._keys.opened([_value(row.person_id, row.id, row.sealed)])
            return None if data is None else msgspec.json.decode(data, type=Sending)
        except (Corrupt, msgspec.DecodeError):
            return None


def _not_added(cursor: Cursor, wanted: Wanted) -> Wanted | None:
    """Add the leaves of a receipt to that of the same gesture, while it waits. Returns what is left to be queued."""
    if wanted.kind is not Kind.RECEIPT:
        return wanted
    cause = or_(_ROW.cause == wanted.cause, _ROW.cause.startswith(f"{wanted.cause}/"))
    same = cursor.run(select(NOTICES).where(_ROW.kind == wanted.kind, _ROW.person_id == wanted.person_id, cause))
    known = {leaf for row in same for leaf in row.subject.split()}
    new = [leaf for leaf in wanted.subject.split() if leaf not in known]
    if not same or not new:
        return None if same else wanted
    for row in same:
        if row.state == State.QUEUED:
            added = " ".join([row.subject, *new])
            cursor.run(update(NOTICES).where(_ROW.id == row.id).values(subject=added))
            return None
    return Wanted(wanted.kind, wanted.person_id, f"{wanted.cause}/{new[0]}", " ".join(new))


def new_id() -> str:
    """Return a random id for a notice."""
    return secrets.token_hex(ID_BYTES)


def _value(person_id: str, notice_id: str, data: bytes) -> Value:
    return Value(person(person_id), f"notice {notice_id}", data)


def _row(wanted: Wanted, at: int) -> dict[str, object]:
    return {
        **msgspec.structs.asdict(wanted),
        "id": new_id(),
        "state": State.QUEUED,
        "queued": at,
        "changed": at,
        "attempts": 0,
        "again": at + GATHERED_FOR // MICROSECOND if wanted.kind is Kind.RECEIPT else 0,
    }
